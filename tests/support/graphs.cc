#include "support/graphs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/half.h"
#include "passes/passes.h"

namespace rondo::test {
namespace {

double next_uniform(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1p-52 - 1.0;
}

double element(const TensorView& t, std::int64_t i) {
  switch (t.dtype) {
    case DType::float32:
      return static_cast<double>(t.as<float>()[i]);
    case DType::float64:
      return t.as<double>()[i];
    case DType::float16:
      return static_cast<double>(to_float(t.as<Float16>()[i]));
    case DType::bfloat16:
      return static_cast<double>(to_float(t.as<BFloat16>()[i]));
    case DType::int64:
      return static_cast<double>(t.as<std::int64_t>()[i]);
    case DType::int32:
      return static_cast<double>(t.as<std::int32_t>()[i]);
    default:
      throw std::logic_error("no such element in tests");
  }
}

}  // namespace

Tensor random_tensor(DType dtype, std::vector<std::int64_t> shape, std::uint64_t seed) {
  Tensor t(dtype, std::move(shape));
  std::uint64_t state = seed * 2654435761u + 1;
  for (std::int64_t i = 0; i < t.count(); ++i) {
    const double v = next_uniform(state);
    if (dtype == DType::float32) t.values<float>()[static_cast<std::size_t>(i)] = static_cast<float>(v);
    if (dtype == DType::float64) t.values<double>()[static_cast<std::size_t>(i)] = v;
    if (dtype == DType::float16) t.values<Float16>()[static_cast<std::size_t>(i)] = to_float16(static_cast<float>(v));
    if (dtype == DType::bfloat16)
      t.values<BFloat16>()[static_cast<std::size_t>(i)] = to_bfloat16(static_cast<float>(v));
  }
  return t;
}

Tensor int64_tensor(std::vector<std::int64_t> values) {
  return Tensor::of<std::int64_t>(DType::int64, {static_cast<std::int64_t>(values.size())}, values);
}

TensorType type_of(DType dtype, Shape shape) { return {dtype, std::move(shape)}; }

ValueId add(Graph& g, const OpDef& op, Attributes attributes, std::vector<ValueId> inputs, const std::string& output) {
  return g.node(g.add_node(op, output, std::move(attributes), std::move(inputs), {output})).outputs[0];
}

std::vector<Tensor> interpret(const Graph& g, const std::vector<Tensor>& inputs) {
  std::vector<TensorView> views;
  for (const Tensor& t : inputs) views.push_back(t.view());
  const Graph folded = specialize(g, views);
  std::vector<Tensor> outputs;
  for (ValueId out : folded.outputs) {
    const TensorPtr& value = folded.value(out).constant;
    if (!value) throw std::logic_error("output '" + folded.value(out).name + "' did not fold:\n" + print(folded));
    outputs.emplace_back(value->view());
  }
  return outputs;
}

double largest_difference(const TensorView& a, const TensorView& b) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (a.dtype != b.dtype || !std::ranges::equal(a.shape, b.shape)) return kInfinity;
  double worst = 0;
  for (std::int64_t i = 0; i < a.count(); ++i) {
    const double x = element(a, i), y = element(b, i);
    if (std::isnan(x) != std::isnan(y)) return kInfinity;
    if (x != y && !std::isnan(x)) worst = std::max(worst, std::abs(x - y));
  }
  return worst;
}

double difference_made(Graph& g, void (*pass)(Graph&), std::int64_t open) {
  std::vector<Tensor> inputs;
  for (ValueId id : g.inputs) {
    std::vector<std::int64_t> dims;
    for (const Dim& d : *g.value(id).type.shape) dims.push_back(d.known() ? d.value : open);
    inputs.push_back(random_tensor(g.value(id).type.dtype, std::move(dims), 100 + inputs.size()));
  }
  const auto before = interpret(g, inputs);
  pass(g);
  verify(g);
  const auto after = interpret(g, inputs);
  double worst = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    worst = std::max(worst, largest_difference(before[i].view(), after[i].view()));
  return worst;
}

std::string op_names(const Graph& g) {
  std::string s;
  for (NodeId id : g.order()) s += (s.empty() ? "" : " ") + g.node(id).op->name;
  return s;
}

}  // namespace rondo::test
