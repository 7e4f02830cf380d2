#include "passes/linear_sum.h"

#include <algorithm>
#include <cmath>

#include "ir/real_tensor.h"
#include "ops/axes.h"
#include "ops/op_list.h"

namespace rondo {
namespace {

constexpr std::size_t kMaxNodes = 64;  // of one sum; what is larger is no layer

struct Columns {
  std::int64_t begin, count;
};

std::int64_t integer(const Node& n, std::string_view name) {
  return std::get<std::int64_t>(*find_attribute(n.attributes, name));
}

bool is_last_axis(std::int64_t axis) { return ops::resolved_axis(axis, 2) == 1; }

class Expansion {
 public:
  Expansion(const Graph& graph, ValueId whole) : g_(graph), whole_(whole) {}

  std::optional<LinearSum> run() {
    sum_.columns = columns_of(g_, whole_);
    if (sum_.columns < 0 || !is_real(g_.value(whole_).type.dtype)) return std::nullopt;
    if (!expand(whole_, {0, sum_.columns}, 1)) return std::nullopt;
    return std::move(sum_);
  }

 private:
  // Adds factor * those columns of v to the sum.
  bool expand(ValueId v, Columns part, double factor) {
    if (g_.value(v).constant) return add_bias(v, columns_of_row(v), part, factor, kNone);
    if (!has_same_rows(g_, v, whole_)) return false;
    const NodeId id = g_.value(v).producer;
    if (id == kNoNode) return add_other(v, part, factor);
    if (sum_.nodes.size() >= kMaxNodes) return false;
    const Node& n = g_.node(id);
    const std::size_t before = sum_.nodes.size();
    sum_.nodes.push_back(id);
    if (n.op == &ops::gemm() && is_product(n)) return expand_gemm(n, part, factor);
    if (n.op == &ops::mat_mul() && is_product(n)) return add_product(n, false, part, factor);
    if (n.op == &ops::add() || n.op == &ops::sum()) return expand_addition(n, v, part, factor);
    if (const auto inner = taken_columns(n, v, part)) return expand(n.inputs[0], *inner, factor);
    sum_.nodes.resize(before);
    return add_other(v, part, factor);
  }

  bool is_product(const Node& n) const {
    const Tensor* matrix = real_constant(g_, n.inputs[1]);
    const bool transposed = n.op == &ops::gemm() && integer(n, "transA") != 0;
    return matrix != nullptr && matrix->shape().size() == 2 && !transposed && columns_of(g_, n.inputs[0]) >= 0;
  }

  bool add_product(const Node& n, bool transposed, Columns part, double factor) {
    const auto& shape = g_.value(n.inputs[1]).constant->shape();
    const std::int64_t row = transposed ? 1 : shape[1], column = transposed ? shape[1] : 1;
    sum_.products.push_back(
        {n.inputs[0], shape[transposed ? 1 : 0], {n.inputs[1], part.begin * column, row, column, factor}});
    return has_same_rows(g_, n.inputs[0], whole_) && std::isfinite(factor);
  }

  bool expand_gemm(const Node& n, Columns part, double factor) {
    const auto scale = [&](std::string_view name) {
      return factor * static_cast<double>(std::get<float>(*find_attribute(n.attributes, name)));
    };
    if (!add_product(n, integer(n, "transB") != 0, part, scale("alpha"))) return false;
    if (n.inputs.size() < 3 || n.inputs[2] == kNone) return true;
    if (!g_.value(n.inputs[2]).constant) return expand(n.inputs[2], part, scale("beta"));
    return add_bias(n.inputs[2], columns_of(g_, n.outputs[0]), part, scale("beta"), n.inputs[0]);
  }

  // Constants last, so that each knows which products it stands beside.
  bool expand_addition(const Node& n, ValueId v, Columns part, double factor) {
    const std::size_t first = sum_.products.size(), others = sum_.others.size();
    for (ValueId in : n.inputs) {
      if (g_.value(in).constant) continue;
      if (columns_of(g_, in) != columns_of(g_, v) || !expand(in, part, factor)) return false;
    }
    const std::span added(sum_.products.begin() + static_cast<std::ptrdiff_t>(first), sum_.products.end());
    const auto same = [&](const LinearSum::Product& p) { return p.source == added.front().source; };
    const bool one_source = !added.empty() && others == sum_.others.size() && std::ranges::all_of(added, same);
    const ValueId beside = one_source ? added.front().source : kNone;
    return std::ranges::all_of(n.inputs, [&](ValueId in) {
      return !g_.value(in).constant || add_bias(in, columns_of(g_, v), part, factor, beside);
    });
  }

  std::int64_t columns_of_row(ValueId constant) const {
    const auto& shape = g_.value(constant).constant->shape();
    return shape.empty() ? 1 : shape.back();
  }

  // A constant that is added to every row of a matrix of that many columns.
  bool add_bias(ValueId v, std::int64_t columns, Columns part, double factor, ValueId beside) {
    const Tensor* row = real_constant(g_, v);
    if (row == nullptr || row->shape().size() > 2 || row->count() != columns_of_row(v)) return false;
    if (row->count() != columns && row->count() != 1) return false;
    const std::int64_t stride = row->count() == 1 ? 0 : 1;
    sum_.biases.push_back({{v, part.begin * stride, 0, stride, factor}, beside});
    return std::isfinite(factor);
  }

  bool add_other(ValueId v, Columns part, double factor) {
    sum_.others.push_back(v);
    return factor == 1 && part.begin == 0 && part.count == columns_of(g_, v);
  }

  // Which columns of its input the node hands on as `part` of v; nullopt when it does anything else.
  std::optional<Columns> taken_columns(const Node& n, ValueId v, Columns part) const {
    if (n.op == &ops::split() && is_last_axis(integer(n, "axis"))) {
      for (ValueId out : n.outputs) {
        if (out == v) return part;
        if (out == kNone || columns_of(g_, out) < 0) return std::nullopt;
        part.begin += columns_of(g_, out);
      }
    }
    if (n.op != &ops::slice() || columns_of(g_, n.inputs[0]) < 0) return std::nullopt;
    const auto only = [&](std::size_t input) -> std::optional<std::int64_t> {
      if (input >= n.inputs.size() || n.inputs[input] == kNone) return std::nullopt;
      const TensorPtr& list = g_.value(n.inputs[input]).constant;
      if (!list || list->count() != 1) return std::nullopt;
      return ops::IntegerList(list->view())[0];
    };
    const auto start = only(1), axis = only(3);
    const bool has_steps = n.inputs.size() > 4 && n.inputs[4] != kNone;
    if (!start || !axis || !is_last_axis(*axis) || (has_steps && only(4) != 1)) return std::nullopt;
    const std::int64_t size = columns_of(g_, n.inputs[0]);
    part.begin += std::clamp<std::int64_t>(*start < 0 ? *start + size : *start, 0, size);
    return part;
  }

  const Graph& g_;
  ValueId whole_;
  LinearSum sum_;
};

}  // namespace

std::int64_t columns_of(const Graph& graph, ValueId value) {
  const TensorType& type = graph.value(value).type;
  return type.ranked() && type.rank() == 2 && (*type.shape)[1].known() ? (*type.shape)[1].value : -1;
}

bool has_same_rows(const Graph& graph, ValueId a, ValueId b) {
  if (columns_of(graph, a) < 0 || columns_of(graph, b) < 0) return false;
  const Dim &x = (*graph.value(a).type.shape)[0], &y = (*graph.value(b).type.shape)[0];
  return x.known() ? x == y : !x.symbol.empty() && x == y;
}

std::optional<LinearSum> linear_sum(const Graph& graph, ValueId value) { return Expansion(graph, value).run(); }

std::optional<LinearSum> through_concat(const Graph& graph, LinearSum sum, ValueId concat) {
  const NodeId id = graph.value(concat).producer;
  if (id == kNoNode || graph.node(id).op != &ops::concat()) return std::nullopt;
  const Node& n = graph.node(id);
  if (!is_last_axis(integer(n, "axis"))) return std::nullopt;
  std::vector<LinearSum::Product> products;
  for (const LinearSum::Product& p : sum.products) {
    if (p.source != concat) {
      products.push_back(p);
      continue;
    }
    LinearSum::Product piece = p;
    for (ValueId in : n.inputs) {
      if (!has_same_rows(graph, in, concat)) return std::nullopt;
      piece.source = in;
      piece.rows = columns_of(graph, in);
      products.push_back(piece);
      piece.matrix.offset += piece.rows * piece.matrix.row_stride;
    }
  }
  sum.products = std::move(products);
  for (LinearSum::Bias& bias : sum.biases)
    if (bias.beside == concat) bias.beside = kNone;
  sum.nodes.push_back(id);
  return sum;
}

}  // namespace rondo
