// Every gradient rule against differences in double, at points of the cases of tests/ops: their attributes, shapes,
// axes and absent inputs, with values of our own where no rule has a kink.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "autodiff/differentiate.h"
#include "difference.h"
#include "op_case.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "rondo/error.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

constexpr double kBound = 1e-6, kFloatBound = 2e-6;

struct Interval {
  double low, high;
};
// Where values are drawn from, by operator and, after a colon, input; others come from kAnywhere.
constexpr Interval kAnywhere{-2, 2};
const std::map<std::string, Interval> kDomains{
    {"Acos", {-0.9, 0.9}},
    {"Acosh", {1.2, 3}},
    {"Asin", {-0.9, 0.9}},
    {"Atanh", {-0.9, 0.9}},
    {"BatchNormalization:4", {0.3, 2}},
    {"Div:1", {0.4, 2.5}},
    {"Log", {0.3, 3}},
    {"Mod:0", {2.1, 2.9}},
    {"Mod:1", {1.05, 1.95}},
    {"Pow:0", {0.3, 2.5}},
    {"Reciprocal", {0.4, 2.5}},
    {"ReduceLogSum", {0.3, 2}},
    {"Sqrt", {0.3, 3}},
    {"Tan", {-1.2, 1.2}},
    {"HardSigmoid", {-1.7, 2.3}},
    {"HardSwish", {-2.8, 2.8}},
    {"Round", {-0.4, 0.4}},
};
// Inputs that keep the values of their case, because a result depends on them in steps or not at all.
const std::set<std::string> kKept{"CastLike:1", "Clip:1",  "Clip:2",  "Dropout:1", "OneHot:0",
                                  "OneHot:1",   "Range:0", "Range:1", "Range:2"};
// Of these the ones that are not differentiated. The elements of Range jump where their number does.
const std::set<std::string> kFrozen{"CastLike:1", "Dropout:1", "OneHot:0", "OneHot:1", "Range:0", "Range:1", "Range:2"};
// Rules that want to know shapes or an axis before the graph runs.
const std::set<std::string> kNeedsShapes{"ConvTranspose", "DFT", "STFT"};
// Inputs whose gradient no rule gives; losses say so.
const std::set<std::string> kRefused{"NegativeLogLikelihoodLoss:2", "SoftmaxCrossEntropyLoss:2"};

std::string key(const OpCase& c, std::size_t input) { return c.op + ":" + std::to_string(input); }

Interval domain(const OpCase& c, std::size_t input) {
  for (const std::string& name : {key(c, input), c.op})
    if (const auto it = kDomains.find(name); it != kDomains.end()) return it->second;
  return kAnywhere;
}

// Distinct values in the interval, none nearer to another or to 0 than any step of a difference reaches, in an order
// that depends on the seed.
Tensor spread_values(const std::vector<std::int64_t>& shape, Interval interval, std::uint64_t seed) {
  Tensor t(DType::float64, shape);
  const auto values = t.values<double>();
  const auto n = static_cast<double>(values.size());
  std::vector<std::size_t> order(values.size());
  const Tensor keys = random_tensor(DType::float64, {static_cast<std::int64_t>(order.size())}, seed);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return keys.values<double>()[i]; });
  const double step = (interval.high - interval.low) / n, shift = 0.37 + 0.1 * static_cast<double>(seed % 3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& v = values[order[i]];
    v = interval.low + (static_cast<double>(i) + shift) * step;
    if (std::abs(v) < 0.05) v += v < 0 ? -0.06 : 0.06;
    v = static_cast<double>(static_cast<float>(v));  // the same point in both precisions
  }
  return t;
}

// One case in double. Absent inputs have an empty tensor.
struct Point {
  const OpCase& c;
  std::vector<Tensor> inputs;
  std::vector<std::size_t> wanted;  // inputs to differentiate by
};

bool takes_double(const OpDef& op, std::size_t input) {
  return op.type_of(*op.input_port(input)).allowed.contains(DType::float64);
}
bool is_real(const OpCase& c, std::size_t i) {
  const DType given = c.inputs[i].dtype;
  return !c.inputs[i].absent && (given == DType::undefined || given == DType::float32 || given == DType::float64) &&
         takes_double(op_named(c.op), i);
}

std::optional<Point> point_of(const OpCase& c, std::uint64_t seed) {
  Point point{c, {}, {}};
  const auto types = types_of(c);
  const bool open = types != std::vector{DType::undefined};
  if (open && std::ranges::find(types, DType::float64) == types.end()) return std::nullopt;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const bool kept = kKept.contains(key(c, i));
    if (!is_real(c, i) || kept) {
      Data data = c.inputs[i];
      if (is_real(c, i)) data.dtype = DType::float64;
      auto tensor = tensor_of(data, DType::float64);
      if (!tensor) return std::nullopt;
      point.inputs.push_back(std::move(*tensor));
    } else {
      point.inputs.push_back(spread_values(c.inputs[i].shape, domain(c, i), seed + i));
    }
    if (is_real(c, i) && !kFrozen.contains(key(c, i)) && !kRefused.contains(key(c, i))) point.wanted.push_back(i);
  }
  return point.wanted.empty() ? std::nullopt : std::optional(std::move(point));
}

// Running statistics are results that cannot be differentiated.
bool is_differentiated(const OpCase& c, const std::vector<Tensor>& outputs, std::size_t k) {
  return outputs[k].dtype() == DType::float64 && !(c.op == "BatchNormalization" && k > 0);
}

std::vector<Tensor> weights_for(const OpCase& c, const std::vector<Tensor>& outputs, std::uint64_t seed) {
  std::vector<Tensor> weights;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    weights.push_back(random_tensor(DType::float64, outputs[k].shape(), ++seed));
    if (!is_differentiated(c, outputs, k)) std::ranges::fill(weights.back().values<double>(), 0.0);
  }
  return weights;
}

// How much of types and values a graph knows before it runs.
enum class Knowledge { all, ranks };

TensorType type_known(const Tensor& t, Knowledge knowledge) {
  if (knowledge == Knowledge::all) return concrete_type(t.dtype(), t.shape());
  return {t.dtype(), Shape(t.shape().size())};
}

// The gradients of the weighed sum of outputs, by point.wanted; an empty tensor where there is none.
std::vector<Tensor> gradients(const Point& point, const std::vector<Tensor>& outputs,
                              const std::vector<Tensor>& weights, Knowledge knowledge) {
  Graph g;
  std::vector<Tensor> given;
  std::vector<ValueId> ids, wanted;
  for (std::size_t i = 0; i < point.inputs.size(); ++i) {
    const Tensor& t = point.inputs[i];
    const std::string name = "in" + std::to_string(i);
    const bool differentiable = std::ranges::find(point.wanted, i) != point.wanted.end();
    if (t.dtype() == DType::undefined) {
      ids.push_back(kNone);
    } else if (differentiable || knowledge == Knowledge::ranks) {
      ids.push_back(g.add_input(name, type_known(t, knowledge)));
      given.emplace_back(t.view());
    } else {
      ids.push_back(g.add_constant(name, shared(Tensor(t.view()))));
    }
    if (differentiable) wanted.push_back(ids.back());
  }
  std::vector<std::string> names;
  for (std::size_t k = 0; k < outputs.size(); ++k) names.push_back("out" + std::to_string(k));
  const NodeId node = g.add_node(op_named(point.c.op), "the_node", point.c.attributes, ids, names);
  std::vector<Seed> seeds;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    if (!is_differentiated(point.c, outputs, k)) continue;
    seeds.push_back(
        {g.node(node).outputs[k], g.add_input("weight" + std::to_string(k), type_known(weights[k], knowledge))});
    given.emplace_back(weights[k].view());
  }
  const auto grads = differentiate(g, seeds, wanted);
  for (ValueId grad : grads)
    if (grad != kNone) g.outputs.push_back(grad);
  verify(g);
  std::vector<Tensor> found = interpret(g, given), out;
  std::size_t next = 0;
  for (ValueId grad : grads) out.push_back(grad == kNone ? Tensor() : std::move(found[next++]));
  return out;
}

struct Tally {
  double worst = 0;
  std::size_t checked = 0;
  std::set<std::string> ops;
};

// Whether a result is no number whatever the values are, as the mean of nothing: the case says so, too.
bool has_no_number(const OpCase& c, const std::vector<Tensor>& outputs) {
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    if (outputs[k].dtype() != DType::float64) continue;
    const auto open = [](double v) { return !std::isfinite(v); };
    if (std::ranges::none_of(doubles(outputs[k]), open)) continue;
    EXPECT_TRUE(std::ranges::any_of(c.outputs[k].values, open)) << "is not finite at the values drawn";
    return true;
  }
  return false;
}

void check_point(const Point& point, Tally& tally) {
  OneNode node(
      point.c.op, point.c.attributes,
      [&] {
        std::vector<Tensor> copies;
        for (const Tensor& t : point.inputs)
          copies.push_back(t.dtype() == DType::undefined ? Tensor() : Tensor(t.view()));
        return copies;
      }(),
      point.c.outputs.size());
  const std::vector<Tensor> outputs = node.eval(point.inputs);
  const std::vector<Tensor> weights = weights_for(point.c, outputs, 99);
  const auto has_double = [](const Tensor& t) { return t.dtype() == DType::float64; };
  if (std::ranges::none_of(outputs, has_double) || has_no_number(point.c, outputs)) return;
  std::map<std::size_t, std::vector<double>> expected;
  for (std::size_t i : point.wanted) {
    std::vector<Tensor> copies;
    for (const Tensor& t : point.inputs) copies.push_back(t.dtype() == DType::undefined ? Tensor() : Tensor(t.view()));
    expected[i] = differences([&](const std::vector<Tensor>& in) { return weighed_sum(node.eval(in), weights); },
                              std::move(copies), i);
  }
  for (const Knowledge knowledge : {Knowledge::all, Knowledge::ranks}) {
    SCOPED_TRACE(knowledge == Knowledge::all ? "all is known" : "ranks are known");
    std::vector<Tensor> got;
    try {
      got = gradients(point, outputs, weights, knowledge);
    } catch (const Error& e) {
      const bool allowed = knowledge == Knowledge::ranks && kNeedsShapes.contains(point.c.op);
      EXPECT_TRUE(allowed && e.code() == ErrorCode::unsupported) << e.what();
      continue;
    }
    for (std::size_t k = 0; k < point.wanted.size(); ++k) {
      const std::size_t i = point.wanted[k];
      const bool none = got[k].dtype() == DType::undefined;
      EXPECT_TRUE(none || got[k].shape() == point.inputs[i].shape());
      const std::vector<double> values = none ? std::vector<double>(expected[i].size()) : doubles(got[k]);
      const double error = relative_difference(values, expected[i]);
      EXPECT_LE(error, kBound) << "input " << i << ": " << ::testing::PrintToString(values)
                               << " where differences give " << ::testing::PrintToString(expected[i]);
      tally.worst = std::max(tally.worst, error);
      ++tally.checked;
      tally.ops.insert(point.c.op);
    }
  }
}

Tensor narrowed(const Tensor& t) {
  if (t.dtype() == DType::undefined) return Tensor();
  if (t.dtype() != DType::float64) return Tensor(t.view());
  Tensor out(DType::float32, t.shape());
  std::ranges::transform(t.values<double>(), out.values<float>().begin(),
                         [](double v) { return static_cast<float>(v); });
  return out;
}

double norm(const Tensor& t) {
  double squares = 0;
  for (std::int64_t i = 0; i < t.count(); ++i) squares += element(t.view(), i) * element(t.view(), i);
  return std::sqrt(squares);
}

// The Euclidean norm of the difference over that of b.
double relative_error(const Tensor& a, const Tensor& b) {
  double squares = 0;
  for (std::int64_t i = 0; i < a.count(); ++i) squares += std::pow(element(a.view(), i) - element(b.view(), i), 2);
  return squares == 0 ? 0 : std::sqrt(squares) / norm(b);
}

TEST(GradientRules, InFloatStayNearThoseInDouble) {
  double worst = 0;
  std::size_t index = 0;
  for (const OpCase& c : all_cases()) {
    ++index;
    const OpDef& op = op_named(c.op);
    if (op.gradient == nullptr || !op.type_of(op.inputs[0]).allowed.contains(DType::float32)) continue;
    const auto point = point_of(c, index);
    if (!point) continue;
    SCOPED_TRACE(fmt::format("{} case {}", c.op, index - 1));
    Point in_float{c, {}, point->wanted};
    std::vector<Tensor> same;
    for (const Tensor& t : point->inputs) {
      in_float.inputs.push_back(narrowed(t));
      same.push_back(t.dtype() == DType::undefined ? Tensor() : Tensor(t.view()));
    }
    OneNode node(c.op, c.attributes, std::move(same), c.outputs.size());
    const std::vector<Tensor> outputs = node.eval(point->inputs);
    std::vector<Tensor> weights = weights_for(c, outputs, 99), float_weights;
    if (has_no_number(c, outputs)) continue;
    for (Tensor& w : weights) {
      float_weights.push_back(narrowed(w));
      for (double& v : w.values<double>()) v = static_cast<double>(static_cast<float>(v));
    }
    const auto expected = gradients(*point, outputs, weights, Knowledge::all);
    const auto got = gradients(in_float, outputs, float_weights, Knowledge::all);
    for (std::size_t k = 0; k < got.size(); ++k) {
      if (got[k].dtype() == DType::undefined) continue;
      // A normalized group of one or two elements has next to none: there terms cancel.
      if (norm(expected[k]) < 0.05 * norm(weights[0])) continue;
      const double error = relative_error(got[k], expected[k]);
      EXPECT_LE(error, kFloatBound) << "input " << point->wanted[k];
      worst = std::max(worst, error);
    }
  }
  RecordProperty("worst_error", fmt::format("{:.3g}", worst));
}

TEST(GradientRules, AgreeWithDifferences) {
  Tally tally;
  std::size_t index = 0;
  for (const OpCase& c : all_cases()) {
    ++index;
    if (op_named(c.op).gradient == nullptr) continue;
    const auto point = point_of(c, index);
    if (!point) continue;
    SCOPED_TRACE(fmt::format("{} case {}", c.op, index - 1));
    try {
      check_point(*point, tally);
    } catch (const std::exception& e) {
      ADD_FAILURE() << e.what();
    }
  }
  RecordProperty("worst_error", fmt::format("{:.3g}", tally.worst));
  RecordProperty("gradients", static_cast<int>(tally.checked));
  for (const OpDef* op : all_ops()) {
    const bool has_slope = op->gradient != nullptr && op->gradient != &ops::no_slope;
    const bool in_double = !op->inputs.empty() && (takes_double(*op, 0) || op->name == "OneHot" || op->name == "Where");
    static const std::set<std::string> kElsewhere{"Cast", "CastLike", "GRU", "LSTM", "RNN", "Range"};
    if (!has_slope || !in_double || kElsewhere.contains(op->name)) continue;
    EXPECT_TRUE(tally.ops.contains(op->name)) << op->name;
  }
}

}  // namespace
}  // namespace rondo::test
