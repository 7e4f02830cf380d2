// In inference a BatchNormalization is y = x * s + t for each channel, with s = scale / sqrt(var + epsilon) and
// t = B - mean * s. After an operator that is linear in its constant weights it is the same operator with weights W * s
// and bias b * s + t.
#include <array>
#include <cmath>
#include <optional>

#include "ir/real_tensor.h"
#include "ops/op_list.h"
#include "passes/passes.h"

namespace rondo {
namespace {

struct Channels {
  std::vector<double> scale, shift;  // s and t
};

std::int64_t integer(const Node& n, std::string_view name) {
  return std::get<std::int64_t>(*find_attribute(n.attributes, name));
}
float real(const Node& n, std::string_view name) { return std::get<float>(*find_attribute(n.attributes, name)); }

// nullopt for training, computed parameters, and results that are not finite.
std::optional<Channels> channels_of(const Graph& g, const Node& bn) {
  if (integer(bn, "training_mode") != 0) return std::nullopt;
  std::array<const Tensor*, 5> in{};
  for (std::size_t i = 1; i < in.size(); ++i) {
    in[i] = real_constant(g, bn.inputs[i]);
    if (in[i] == nullptr) return std::nullopt;
  }
  Channels c;
  for (std::int64_t i = 0; i < in[1]->count(); ++i) {
    const double s = real_at(*in[1], i) / std::sqrt(real_at(*in[4], i) + static_cast<double>(real(bn, "epsilon")));
    const double t = real_at(*in[2], i) - real_at(*in[3], i) * s;
    if (!std::isfinite(s) || !std::isfinite(t)) return std::nullopt;
    c.scale.push_back(s);
    c.shift.push_back(t);
  }
  return c;
}

// The output channel that element i of the weights belongs to.
std::int64_t channel_of(const Node& n, const std::vector<std::int64_t>& w, std::int64_t i) {
  if (n.op == &ops::mat_mul()) return i % w[1];
  if (n.op == &ops::gemm()) return integer(n, "transB") != 0 ? i / w[1] : i % w[1];
  std::int64_t taps = 1;
  for (std::size_t d = 2; d < w.size(); ++d) taps *= w[d];
  if (n.op == &ops::conv()) return i / (w[1] * taps);
  const std::int64_t row = i / (w[1] * taps), of_group = w[0] / integer(n, "group");
  return row / of_group * w[1] + i / taps % w[1];
}

bool is_product(const Node& n) { return n.op == &ops::gemm() || n.op == &ops::mat_mul(); }

// Products have their channels in dim 1 when they give a matrix; C of a Gemm must not depend on the row.
bool has_channels(const Graph& g, const Node& n, std::int64_t channels) {
  if (n.op == &ops::conv() || n.op == &ops::conv_transpose()) return true;
  if (!is_product(n)) return false;
  const TensorType& out = g.value(n.outputs[0]).type;
  if (!out.ranked() || out.rank() != 2 || g.value(n.inputs[1]).type.rank() != 2) return false;
  const Tensor* c = n.inputs.size() > 2 ? real_constant(g, n.inputs[2]) : nullptr;
  if (c == nullptr) return true;
  const bool is_row = c->shape().size() < 2 || c->shape()[0] == 1;
  return is_row && (c->count() == 1 || c->count() == channels);
}

struct Found {
  Node linear, bn;
  Channels channels;
};

std::optional<Found> found(const Graph& g, const Node& bn, const std::vector<std::vector<NodeId>>& readers) {
  if (bn.op != &ops::batch_normalization()) return std::nullopt;
  const ValueId x = bn.inputs[0];
  if (g.value(x).producer == kNoNode || readers[Graph::index(x)].size() != 1 || g.is_output(x)) return std::nullopt;
  const Node& linear = g.node(g.value(x).producer);
  if (linear.inputs.size() < 2 || real_constant(g, linear.inputs[1]) == nullptr) return std::nullopt;
  const bool has_bias = linear.inputs.size() > 2 && linear.inputs[2] != kNone;
  if (has_bias && real_constant(g, linear.inputs[2]) == nullptr) return std::nullopt;
  auto channels = channels_of(g, bn);
  if (!channels || !has_channels(g, linear, static_cast<std::int64_t>(channels->scale.size()))) return std::nullopt;
  return Found{linear, bn, std::move(*channels)};
}

// W * s and b * s + t in double, rounded once; the Gemm's beta is spent.
ValueId add_folded(Graph& g, const Found& f, std::vector<ValueId>& map) {
  const Node& n = f.linear;
  const Value weights = g.value(n.inputs[1]);
  const Tensor* bias = n.inputs.size() > 2 ? real_constant(g, n.inputs[2]) : nullptr;
  const std::string output = g.value(f.bn.outputs[0]).name;
  const std::string bias_name = bias != nullptr ? g.value(n.inputs[2]).name : output + ".B";
  const auto scaled = [&](std::int64_t i) {
    const auto c = static_cast<std::size_t>(channel_of(n, weights.constant->shape(), i));
    return real_at(*weights.constant, i) * f.channels.scale[c];
  };
  const double beta = n.op == &ops::gemm() ? static_cast<double>(real(n, "beta")) : 1;
  const auto shifted = [&](std::int64_t i) {
    const auto c = static_cast<std::size_t>(i);
    const double b = bias == nullptr ? 0 : beta * real_at(*bias, bias->count() == 1 ? 0 : i);
    return b * f.channels.scale[c] + f.channels.shift[c];
  };
  const DType dtype = weights.type.dtype;
  const auto count = static_cast<std::int64_t>(f.channels.scale.size());
  const ValueId w =
      g.add_constant(g.fresh_name(weights.name + ".normalized"), make_real(dtype, weights.constant->shape(), scaled));
  const ValueId b = g.add_constant(g.fresh_name(bias_name + ".normalized"), make_real(dtype, {count}, shifted));

  const OpDef& op = n.op == &ops::mat_mul() ? ops::gemm() : *n.op;
  Attributes attributes = n.attributes;
  std::erase_if(attributes, [](const Attribute& a) { return a.name == "beta"; });
  const NodeId made = g.add_node(op, n.name, std::move(attributes), {map[Graph::index(n.inputs[0])], w, b}, {output});
  return g.node(made).outputs[0];
}

// One sweep: false when there was nothing to fold.
bool fold(Graph& g) {
  const auto readers = g.readers();
  std::vector<Found> all;
  std::vector<bool> gone(g.node_capacity());
  for (NodeId id : g.order()) {
    auto f = found(g, g.node(id), readers);
    if (!f) continue;
    gone[Graph::index(id)] = gone[Graph::index(g.value(f->bn.inputs[0]).producer)] = true;
    all.push_back(std::move(*f));
  }
  if (all.empty()) return false;
  g.erase(gone);
  auto map = g.identity_map();
  for (const Found& f : all) map[Graph::index(f.bn.outputs[0])] = add_folded(g, f, map);
  for (std::size_t i = map.size(); i < g.num_values(); ++i) map.push_back(ValueId{static_cast<std::uint32_t>(i)});
  g.replace_uses(std::move(map));
  g.sort();
  return true;
}

}  // namespace

void fold_batch_normalization(Graph& graph) {
  while (fold(graph)) {
  }
}

}  // namespace rondo
