// Before opset 9 every input of Scan had a batch axis in front, and each row of the batch was a scan of its own: a Scan
// of today over the rows, whose body is the scan of one row.
#include <fmt/format.h>

#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {
namespace {

constexpr std::size_t kStart = 1;  // of the states, behind sequence_lens

TensorType row_type(const TensorType& batch) {
  TensorType type{batch.dtype, std::nullopt};
  if (batch.ranked() && batch.rank() > 0) type.shape.emplace(batch.shape->begin() + 1, batch.shape->end());
  return type;
}

// The graph that scans one row. Its own inputs come first, then what the body captures.
GraphPtr graph_of_one_row(const SourceNode& node, const Emitter& out, const OpDef& scan, Attributes attributes) {
  auto row = std::make_shared<Graph>();
  row->name = node.op_type;
  const std::size_t captures = node.inputs.size() - node.num_captures;
  std::vector<ValueId> inputs;
  for (std::size_t i = kStart; i < node.inputs.size(); ++i) {
    const TensorType& given = out.type(node.inputs[i]);
    if (i < captures) {
      inputs.push_back(row->add_input(fmt::format("row_{}", i), row_type(given)));
    } else {
      inputs.push_back(row->add_value(fmt::format("captured_{}", i), given));
      row->captures.push_back(inputs.back());
    }
  }
  std::vector<std::string> results;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) results.push_back(fmt::format("result_{}", i));
  try {
    const NodeId made =
        row->add_node(scan, node.name, std::move(attributes), std::move(inputs), std::move(results), node.num_captures);
    row->outputs = row->node(made).outputs;
  } catch (Error& e) {
    throw e.at_node(node.name, node.op_type, node.index, node.graph);
  }
  return row;
}

}  // namespace

void legalize_scan(SourceNode& node, Emitter& out) {
  if (node.has_input(0))
    throw node.error("sequence_lens of Scan before opset 9 is not supported", ErrorCode::unsupported)
        .fix("export the model with opset 9 or newer");
  const std::size_t own = node.inputs.size() - node.num_captures;
  if (own <= kStart) throw node.error("there is nothing to scan");
  Attributes inner;
  for (Attribute& a : node.attributes)
    inner.push_back({a.name == "directions" ? "scan_input_directions" : a.name, std::move(a.value)});
  const GraphPtr row = graph_of_one_row(node, out, out.definition(node, "Scan"), std::move(inner));
  node.attributes = {{"body", row}, {"num_scan_inputs", static_cast<std::int64_t>(own - kStart)}};
  node.inputs.erase(node.inputs.begin());
  out.emit(std::move(node));
}

}  // namespace rondo::importer
