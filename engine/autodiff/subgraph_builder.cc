#include "autodiff/subgraph_builder.h"

#include <algorithm>
#include <cstring>

#include "base/half.h"
#include "ops/op_list.h"
#include "ops/subgraph.h"
#include "passes/passes.h"

namespace rondo::autodiff {
namespace {

// A tensor of the type and shape of a value, with one element everywhere.
ValueId filled_like(Graph& graph, ValueId value, TensorPtr element) {
  const std::string name = graph.value(value).name;
  const auto emit = [&](const OpDef& op, const char* what, Attributes attributes, ValueId input) {
    const NodeId node =
        graph.add_node(op, name + what, std::move(attributes), {input}, {graph.fresh_name(name + what)});
    return graph.node(node).outputs[0];
  };
  const ValueId shape = emit(ops::shape(), ".shape", {}, value);
  return emit(ops::constant_of_shape(), ".filled", {{"value", std::move(element)}}, shape);
}

TensorPtr one_element(DType dtype, bool one) {
  auto element = std::make_shared<Tensor>(dtype, std::vector<std::int64_t>{1});
  std::memset(element->data(), 0, element->bytes());
  if (!one) return element;
  if (dtype == DType::float64) *static_cast<double*>(element->data()) = 1;
  if (dtype == DType::float32) *static_cast<float*>(element->data()) = 1;
  if (dtype == DType::float16) *static_cast<Float16*>(element->data()) = to_float16(1);
  if (dtype == DType::bfloat16) *static_cast<BFloat16*>(element->data()) = to_bfloat16(1);
  return element;
}

}  // namespace

ValueId zeros_like(Graph& graph, ValueId value) {
  return filled_like(graph, value, one_element(graph.value(value).type.dtype, false));
}
ValueId ones_like(Graph& graph, ValueId value) {
  return filled_like(graph, value, one_element(graph.value(value).type.dtype, true));
}

BodyBuilder::BodyBuilder(const Graph& outer, const Node& node, const Graph& body, std::vector<ValueId>& captured)
    : outer_(outer), captured_(captured), graph_(body) {
  const std::vector<ValueId> inner = std::exchange(graph_.captures, {});
  const std::size_t own = ops::own_inputs(node);
  for (std::size_t i = 0; i < inner.size(); ++i)
    if (inner[i] != kNone) graph_.captures[free_place(node.inputs[own + i])] = inner[i];
}

// Where a capture of that value may stand that this graph does not have yet.
std::size_t BodyBuilder::free_place(ValueId outer) {
  graph_.captures.resize(captured_.size(), kNone);
  for (std::size_t i = 0; i < captured_.size(); ++i)
    if (captured_[i] == outer && graph_.captures[i] == kNone) return i;
  captured_.push_back(outer);
  graph_.captures.push_back(kNone);
  return captured_.size() - 1;
}

ValueId BodyBuilder::capture(ValueId outer) {
  for (std::size_t i = 0; i < graph_.captures.size(); ++i)
    if (captured_[i] == outer && graph_.captures[i] != kNone) return graph_.captures[i];
  const std::size_t place = free_place(outer);
  const Value& value = outer_.value(outer);
  graph_.captures[place] = graph_.add_value(graph_.fresh_name(value.name), value.type);
  return graph_.captures[place];
}

ValueId BodyBuilder::add_input(const std::string& name, TensorType type) {
  return graph_.add_input(graph_.fresh_name(name), std::move(type));
}

GraphPtr BodyBuilder::finish(std::size_t num_captured) {
  remove_dead(graph_);
  graph_.captures.resize(num_captured, kNone);
  return std::make_shared<const Graph>(std::move(graph_));
}

std::vector<ValueId> emit_with_captures(GradientContext& ctx, const OpDef& op, std::vector<ValueId> inputs,
                                        const std::vector<ValueId>& captured, Attributes attributes,
                                        std::size_t num_outputs) {
  Graph& graph = ctx.graph();
  const std::string name = ctx.node().name + ".gradient";
  inputs.insert(inputs.end(), captured.begin(), captured.end());
  const std::string first =
      ctx.graph().value(*std::ranges::find_if(ctx.node().outputs, [](ValueId v) { return v != kNone; })).name;
  std::vector<std::string> names;
  for (std::size_t k = 0; k < num_outputs; ++k)
    names.push_back(graph.fresh_name(first + ".gradient." + std::to_string(k)));
  const NodeId node = graph.add_node(op, name, std::move(attributes), std::move(inputs), std::move(names),
                                     static_cast<std::uint32_t>(captured.size()));
  return graph.node(node).outputs;
}

}  // namespace rondo::autodiff
