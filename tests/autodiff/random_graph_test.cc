// Graphs composed at random of operators that are smooth where they are used: their gradients against differences in
// double, as the runtime runs both. A seed that fails says its graph.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "executed.h"
#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

using Sizes = std::vector<std::int64_t>;

class Composer {
 public:
  explicit Composer(std::uint64_t seed) : random_(seed), seed_(seed) {
    const std::size_t n = 1 + below(3);
    for (std::size_t i = 0; i < n; ++i) add_input();
    const std::size_t steps = 3 + below(8);
    for (std::size_t i = 0; i < steps; ++i) step();
    // The last values are the results; the first of them reads most of what came before.
    graph_.outputs = {values_.back()};
    const ValueId other = pick();
    if (other != values_.back() && graph_.value(other).producer != kNoNode) graph_.outputs.push_back(other);
  }

  const Graph& graph() const { return graph_; }
  std::vector<Tensor> inputs() const { return copies(inputs_); }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  ValueId pick() { return values_[values_.size() - 1 - below(std::min<std::size_t>(values_.size(), 5))]; }
  const Shape& shape(ValueId v) const { return *graph_.value(v).type.shape; }
  std::int64_t rank(ValueId v) const { return graph_.value(v).type.rank(); }
  std::string name() { return "v" + std::to_string(named_++); }
  ValueId emit(const OpDef& op, std::vector<ValueId> in, Attributes attributes = {}) {
    return add(graph_, op, std::move(attributes), std::move(in), name());
  }
  ValueId list(std::vector<std::int64_t> v) { return graph_.add_constant(name(), shared(int64_tensor(std::move(v)))); }
  ValueId number(double v) {
    return graph_.add_constant(name(), shared(Tensor::of<double>(DType::float64, {}, {&v, 1})));
  }
  ValueId weights(Sizes sizes) {
    return graph_.add_constant(name(), shared(random_tensor(DType::float64, std::move(sizes), ++seed_)));
  }

  void add_input() {
    Sizes sizes;
    for (std::size_t d = 0, n = below(4); d < n; ++d) sizes.push_back(static_cast<std::int64_t>(1 + below(3)));
    inputs_.push_back(random_tensor(DType::float64, sizes, ++seed_));
    Shape symbols;
    for (const std::int64_t d : sizes) symbols.push_back(below(2) == 0 ? Dim(d) : Dim("d" + std::to_string(named_++)));
    values_.push_back(graph_.add_input(name(), {DType::float64, std::move(symbols)}));
  }

  bool broadcasts(ValueId a, ValueId b) const {
    const Shape &x = shape(a), &y = shape(b);
    for (std::size_t i = 1; i <= std::min(x.size(), y.size()); ++i) {
      const Dim &p = x[x.size() - i], &q = y[y.size() - i];
      const bool fits = p == q ? p.known() || !p.symbol.empty() : p == Dim(1) || q == Dim(1);
      if (!fits) return false;
    }
    return true;
  }
  bool small(ValueId v) const { return graph_.value(v).type.ranked() && rank(v) <= 4; }

  void step() {
    const ValueId x = pick();
    const ValueId made = make(x);
    if (made == kNone || !small(made)) return;
    // Bounded, so that composing many of them stays in range.
    values_.push_back(below(3) == 0 ? emit(ops::tanh(), {made}) : made);
  }

  ValueId make(ValueId x) {
    switch (below(8)) {
      case 0:
      case 1:
        return function(x);
      case 2:
      case 3:
        return pair(x, pick());
      case 4:
        return reduction(x);
      case 5:
        return move(x);
      case 6:
        return rank(x) > 0 ? along_last(x) : function(x);
      default:
        return choice(x, pick());
    }
  }

  ValueId function(ValueId x) {
    const OpDef* smooth[] = {&ops::tanh(),  &ops::sigmoid(), &ops::softplus(), &ops::sin(),   &ops::erf(),
                             &ops::cos(),   &ops::gelu(),    &ops::mish(),     &ops::swish(), &ops::atan(),
                             &ops::asinh(), &ops::neg(),     &ops::identity()};
    return emit(*smooth[below(std::size(smooth))], {x});
  }
  ValueId positive(ValueId x) { return emit(ops::add(), {emit(ops::softplus(), {x}), number(0.5)}); }
  ValueId pair(ValueId a, ValueId b) {
    if (!broadcasts(a, b)) return kNone;
    switch (below(6)) {
      case 0:
        return emit(ops::add(), {a, b});
      case 1:
        return emit(ops::sub(), {a, b});
      case 2:
        return emit(ops::div(), {a, positive(b)});
      case 3:
        return emit(ops::pow(), {positive(a), b});
      case 4:
        return emit(ops::mean(), {a, b, a});
      default:
        return emit(ops::mul(), {a, b});
    }
  }
  ValueId reduction(ValueId x) {
    const OpDef* kinds[] = {&ops::reduce_sum(), &ops::reduce_mean(), &ops::reduce_sum_square(),
                            &ops::reduce_log_sum_exp()};
    const Attributes keep{{"keepdims", static_cast<std::int64_t>(below(2))}};
    const OpDef& op = *kinds[below(std::size(kinds))];
    if (rank(x) == 0 || below(3) == 0) return emit(op, {x}, keep);
    const auto axis = static_cast<std::int64_t>(below(static_cast<std::size_t>(2 * rank(x)))) - rank(x);
    return emit(op, {x, list({axis})}, keep);
  }
  ValueId move(ValueId x) {
    const std::int64_t r = rank(x);
    if (r == 0) return emit(ops::unsqueeze(), {x, list({0})});
    const auto axis = static_cast<std::int64_t>(below(static_cast<std::size_t>(r)));
    switch (below(8)) {
      case 0:
        return emit(ops::transpose(), {x});
      case 1:
        return emit(ops::flatten(), {x}, {{"axis", axis}});
      case 2:
        return emit(ops::slice(), {x, list({-1}), list({-9}), list({axis}), list({-1})});
      case 3:
        return emit(ops::concat(), {x, emit(ops::tanh(), {x})}, {{"axis", axis - r}});
      case 4:
        return emit(ops::gather(), {x, list({0, -1, 0})}, {{"axis", axis}});
      case 5:
        return emit(ops::pad(), {x, list({1, -1}), number(0.25), list({axis})});
      case 6:
        return emit(ops::cum_sum(), {x, list({axis})}, {{"exclusive", static_cast<std::int64_t>(below(2))}});
      default:
        return emit(ops::tile(), {x, list(Sizes(static_cast<std::size_t>(r), 2))});
    }
  }
  ValueId along_last(ValueId x) {
    const std::int64_t size = shape(x).back().value;
    switch (below(5)) {
      case 0:
        return emit(ops::softmax(), {x});
      case 1:
        return emit(ops::log_softmax(), {x}, {{"axis", std::int64_t{0}}});
      case 2:
        return emit(ops::layer_normalization(), {x, number(1.5), number(0.5)}, {{"epsilon", 0.1f}});
      case 3:
        if (size < 0) return kNone;
        return emit(ops::mat_mul(), {x, weights({size, 2})});
      default:
        if (rank(x) == 1) return emit(ops::mat_mul(), {x, x});
        return emit(ops::mat_mul(), {x, emit(ops::transpose(), {x}, {{"perm", swapped(rank(x))}})});
    }
  }
  static Sizes swapped(std::int64_t rank) {
    Sizes perm;
    for (std::int64_t d = 0; d < rank; ++d) perm.push_back(d);
    std::swap(perm[perm.size() - 2], perm.back());
    return perm;
  }
  ValueId choice(ValueId a, ValueId b) {
    if (!broadcasts(a, b)) return kNone;
    // By something that does not depend on the inputs: a choice by their values would jump.
    const ValueId shape_of = emit(ops::shape(), {a});
    const ValueId odd = emit(ops::mod(), {emit(ops::reduce_sum(), {shape_of}, {{"keepdims", std::int64_t{0}}}),
                                          emit(ops::squeeze(), {list({2})})});
    return emit(ops::where(), {emit(ops::cast(), {odd}, {{"to", std::int64_t{9}}}), a, b});
  }

  std::mt19937_64 random_;
  std::uint64_t seed_;
  Graph graph_;
  std::vector<ValueId> values_;
  std::vector<Tensor> inputs_;
  std::size_t named_ = 0;
};

TEST(RandomGraphs, GradientsAgreeWithDifferences) {
  double worst = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Composer composer(seed);
    SCOPED_TRACE(fmt::format("seed {}:\n{}", seed, print(composer.graph())));
    try {
      worst = std::max(worst, gradient_error(composer.graph(), composer.inputs()));
    } catch (const std::exception& e) {
      ADD_FAILURE() << e.what();
    }
    if (HasFailure()) break;
  }
  RecordProperty("worst_error", fmt::format("{:.3g}", worst));
}

}  // namespace
}  // namespace rondo::test
