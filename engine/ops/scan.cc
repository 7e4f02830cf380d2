// Scan: runs body once for each element of the sequences, in step, handing states from one to the next. The outputs are
// the states after the last element and the sequences of what each run gave.
#include "ops/scan.h"

#include <fmt/format.h>

#include "ops/axes.h"
#include "ops/dims.h"
#include "ops/op_list.h"
#include "ops/subgraph.h"

namespace rondo::ops {
namespace {

std::size_t count_of_sequences(const Node& node) {
  const auto n = std::get<std::int64_t>(*find_attribute(node.attributes, "num_scan_inputs"));
  const auto own = static_cast<std::int64_t>(own_inputs(node));
  return n < 0 || n > own ? own_inputs(node) : static_cast<std::size_t>(n);
}

std::int64_t listed(const Node& node, std::string_view attribute, std::size_t i) {
  const AttrValue* value = find_attribute(node.attributes, attribute);
  if (value == nullptr) return 0;
  const auto& list = std::get<std::vector<std::int64_t>>(*value);
  return i < list.size() ? list[i] : 0;
}

void check_list(const InferContext& ctx, std::string_view attribute, std::size_t length, bool flags) {
  const AttrValue* value = ctx.find(attribute);
  if (value == nullptr) return;
  const auto& list = std::get<std::vector<std::int64_t>>(*value);
  if (list.size() != length)
    throw ctx.attribute_error(attribute, "list of the wrong length")
        .got(std::to_string(list.size()))
        .expected(fmt::format("{}, one for each sequence", length));
  for (const std::int64_t v : list)
    if (flags && v != 0 && v != 1)
      throw ctx.attribute_error(attribute, "no such direction").got(std::to_string(v)).expected("0 or 1");
}

void check_attributes(const InferContext& ctx, const ScanParts& parts) {
  const std::int64_t n = ctx.integer("num_scan_inputs");
  const auto own = static_cast<std::int64_t>(own_inputs(ctx.node()));
  if (n < 1 || n > own)
    throw ctx.attribute_error("num_scan_inputs", "impossible number of sequences")
        .got(std::to_string(n))
        .expected(fmt::format("1 to the number of inputs, {}", own));
  check_list(ctx, "scan_input_axes", parts.inputs.size(), false);
  check_list(ctx, "scan_input_directions", parts.inputs.size(), true);
  check_list(ctx, "scan_output_axes", parts.outputs.size(), false);
  check_list(ctx, "scan_output_directions", parts.outputs.size(), true);
}

Dim common_length(const InferContext& ctx, const ScanParts& parts) {
  Dim length;
  for (std::size_t i = 0; i < parts.inputs.size(); ++i) {
    const std::size_t at = parts.states + i;
    if (!ctx.ranked(at)) continue;
    const auto axis = checked_axis(ctx, parts.inputs[i].axis, checked_rank(ctx, at), "scan_input_axes");
    const Dim& here = ctx.shape(at)[static_cast<std::size_t>(axis)];
    const auto both = agreed(length, here);
    if (!both)
      throw ctx.error(fmt::format("sequence {} has another length than those before it", i))
          .got(std::to_string(here.value))
          .expected(std::to_string(length.value));
    length = *both;
  }
  return length;
}

void infer(InferContext& ctx) {
  const Graph& body = subgraph(ctx, "body");
  const ScanParts parts(ctx.node());
  check_attributes(ctx, parts);
  check_arity(ctx, "body", own_inputs(ctx.node()), parts.states + parts.outputs.size());
  const Dim length = common_length(ctx, parts);
  for (std::size_t i = 0; i < parts.states; ++i) {
    check_dtype(ctx, "body", fmt::format("state {}", i), output_type(body, i), ctx.dtype(i));
    ctx.set(i, joined(ctx.type(i), output_type(body, i)));
  }
  for (std::size_t i = 0; i < parts.outputs.size(); ++i) {
    TensorType type = output_type(body, parts.states + i);
    if (type.ranked()) {
      const auto axis = checked_axis(ctx, parts.outputs[i].axis, type.rank() + 1, "scan_output_axes");
      type.shape->insert(type.shape->begin() + axis, length);
    }
    ctx.set(parts.states + i, std::move(type));
  }
}

}  // namespace

ScanParts::ScanParts(const Node& node) {
  const Graph& body = *std::get<GraphPtr>(*find_attribute(node.attributes, "body"));
  inputs.resize(count_of_sequences(node));
  states = own_inputs(node) - inputs.size();
  outputs.resize(body.outputs.size() > states ? body.outputs.size() - states : 0);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    inputs[i] = {listed(node, "scan_input_axes", i), listed(node, "scan_input_directions", i) != 0};
  for (std::size_t i = 0; i < outputs.size(); ++i)
    outputs[i] = {listed(node, "scan_output_axes", i), listed(node, "scan_output_directions", i) != 0};
}

TensorType element_type(const TensorType& sequence, std::int64_t axis) {
  TensorType type = sequence;
  if (!type.ranked() || type.rank() == 0) return {type.dtype, std::nullopt};
  const auto at = resolved_axis(axis, type.rank());
  if (at < 0 || at >= type.rank()) return {type.dtype, std::nullopt};
  type.shape->erase(type.shape->begin() + at);
  return type;
}

const OpDef& scan() {
  static const OpDef def{
      .name = "Scan",
      .attributes = {required_attr("body", AttrKind::graph), required_attr("num_scan_inputs", AttrKind::integer),
                     optional_attr("scan_input_axes", AttrKind::integers),
                     optional_attr("scan_input_directions", AttrKind::integers),
                     optional_attr("scan_output_axes", AttrKind::integers),
                     optional_attr("scan_output_directions", AttrKind::integers)},
      .inputs = {{"initial_state_and_scan_inputs", "V", Presence::variadic}},
      .outputs = {{"final_state_and_scan_outputs", "V", Presence::variadic}},
      .types = {{"V", kAny, true}},
      .infer = infer};
  return def;
}

}  // namespace rondo::ops
