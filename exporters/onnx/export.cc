#include "exporters/onnx/export.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <set>
#include <span>
#include <unordered_set>

#include "exporters/onnx/op_versions.h"
#include "exporters/onnx/tensor_proto.h"
#include "ops/recurrent.h"

namespace rondo {
namespace {

using Names = std::vector<std::string>;  // by value index; empty where absent

void write_type(const TensorType& type, onnx::TypeProto& out) {
  auto* tensor = out.mutable_tensor_type();
  tensor->set_elem_type(static_cast<std::int32_t>(type.dtype));
  if (!type.ranked()) return;
  tensor->mutable_shape();
  for (const Dim& dim : *type.shape) {
    auto* proto = tensor->mutable_shape()->add_dim();
    if (dim.known()) {
      proto->set_dim_value(dim.value);
    } else if (!dim.symbol.empty()) {
      proto->set_dim_param(dim.symbol);
    }
  }
}

class GraphWriter {
 public:
  // captured: for a subgraph, the names of the outer values in the order of Graph::captures.
  GraphWriter(const Graph& graph, const Names& captured, onnx::GraphProto& out)
      : graph_(graph), captured_(captured), out_(out) {}

  // The domains of the operators written, besides ONNX's own.
  void run(std::set<std::string>& domains) {
    choose_names();
    out_.set_name(graph_.name);
    for (ValueId id : graph_.inputs) write_info(id, *out_.add_input());
    write_constants();
    for (NodeId id : graph_.order()) write_node(id, domains);
    for (ValueId id : graph_.outputs) write_info(id, *out_.add_output());
    write_value_infos();
  }

 private:
  const std::string& name(ValueId id) const { return names_[Graph::index(id)]; }

  // A captured value goes by its outer name; a value of the subgraph's own that has that name by accident gives way.
  void choose_names() {
    names_.resize(graph_.num_values());
    std::unordered_set<std::string> outer;
    for (std::size_t i = 0; i < graph_.captures.size(); ++i) {
      if (graph_.captures[i] == kNone) continue;
      names_[Graph::index(graph_.captures[i])] = captured_[i];
      outer.insert(captured_[i]);
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!names_[i].empty()) continue;
      names_[i] = graph_.value(ValueId{static_cast<std::uint32_t>(i)}).name;
      while (outer.contains(names_[i])) names_[i] = graph_.fresh_name(names_[i] + "_inner");
    }
  }

  void write_info(ValueId id, onnx::ValueInfoProto& out) const {
    out.set_name(name(id));
    write_type(graph_.value(id).type, *out.mutable_type());
  }

  std::vector<bool> used_values() const {
    std::vector<bool> used(graph_.num_values());
    for (NodeId id : graph_.order())
      for (ValueId in : graph_.node(id).inputs)
        if (in != kNone) used[Graph::index(in)] = true;
    for (ValueId id : graph_.outputs) used[Graph::index(id)] = true;
    for (ValueId id : graph_.captures)
      if (id != kNone) used[Graph::index(id)] = false;
    return used;
  }

  void write_constants() {
    const auto used = used_values();
    for (std::size_t i = 0; i < used.size(); ++i) {
      const Value& value = graph_.value(ValueId{static_cast<std::uint32_t>(i)});
      if (used[i] && value.constant) exporter::write_tensor(value.constant->view(), names_[i], *out_.add_initializer());
    }
  }

  void write_node(NodeId id, std::set<std::string>& domains) {
    const Node& node = graph_.node(id);
    onnx::NodeProto& out = *out_.add_node();
    out.set_name(node.name);
    out.set_op_type(node.op->name);
    if (!node.op->domain.empty()) {
      out.set_domain(node.op->domain);
      domains.insert(node.op->domain);
    }
    const std::size_t own = node.inputs.size() - node.num_captures;
    for (std::size_t i = 0; i < own; ++i) out.add_input(node.inputs[i] == kNone ? "" : name(node.inputs[i]));
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] != kNone && ops::is_workspace(*node.op, i))
        throw internal_error(id, fmt::format("only Rondo knows the output '{}'", node.op->output_port(i)->name));
      out.add_output(node.outputs[i] == kNone ? "" : name(node.outputs[i]));
    }
    Names captured;
    for (std::size_t i = own; i < node.inputs.size(); ++i) captured.push_back(name(node.inputs[i]));
    for (const Attribute& a : node.attributes) {
      const AttrDef* def = node.op->find_attribute(a.name);
      if (def != nullptr && def->internal)
        throw internal_error(id, "only Rondo knows this attribute").at_attribute(a.name);
      if (exporter::worth_writing(node, a)) write_attribute(a, captured, domains, *out.add_attribute());
    }
  }

  Error internal_error(NodeId id, const std::string& why) const {
    const Node& node = graph_.node(id);
    Error error(ErrorCode::unsupported, why + ", so ONNX cannot hold the node");
    error.at_node(node.name, node.op->name, std::ranges::find(graph_.order(), id) - graph_.order().begin(), graph_.name)
        .fix("export the graph before it is rewritten for running");
    return error;
  }

  static void write_attribute(const Attribute& a, const Names& captured, std::set<std::string>& domains,
                              onnx::AttributeProto& out) {
    using Proto = onnx::AttributeProto;
    out.set_name(a.name);
    switch (kind_of(a.value)) {
      case AttrKind::integer:
        out.set_type(Proto::INT);
        return out.set_i(std::get<std::int64_t>(a.value));
      case AttrKind::real:
        out.set_type(Proto::FLOAT);
        return out.set_f(std::get<float>(a.value));
      case AttrKind::text:
        out.set_type(Proto::STRING);
        return out.set_s(std::get<std::string>(a.value));
      case AttrKind::integers:
        out.set_type(Proto::INTS);
        for (std::int64_t v : std::get<std::vector<std::int64_t>>(a.value)) out.add_ints(v);
        return;
      case AttrKind::reals:
        out.set_type(Proto::FLOATS);
        for (float v : std::get<std::vector<float>>(a.value)) out.add_floats(v);
        return;
      case AttrKind::texts:
        out.set_type(Proto::STRINGS);
        for (const std::string& v : std::get<std::vector<std::string>>(a.value)) out.add_strings(v);
        return;
      case AttrKind::tensor:
        out.set_type(Proto::TENSOR);
        return exporter::write_tensor(std::get<TensorPtr>(a.value)->view(), "", *out.mutable_t());
      case AttrKind::graph:
        out.set_type(Proto::GRAPH);
        return GraphWriter(*std::get<GraphPtr>(a.value), captured, *out.mutable_g()).run(domains);
    }
  }

  void write_value_infos() const {
    for (NodeId id : graph_.order())
      for (ValueId o : graph_.node(id).outputs)
        if (o != kNone && !graph_.is_output(o)) write_info(o, *out_.add_value_info());
  }

  const Graph& graph_;
  const Names& captured_;
  onnx::GraphProto& out_;
  Names names_;
};

}  // namespace

std::string export_model(const Graph& graph, const ExportOptions& options) {
  onnx::ModelProto model;
  const std::int64_t opset = exporter::opset_for(graph, kExportOpset);
  model.set_ir_version(exporter::ir_version_for(opset));
  model.set_producer_name(options.producer_name);
  model.set_producer_version(options.producer_version);
  model.set_domain(options.domain);
  model.set_doc_string(options.doc_string);
  model.set_model_version(options.model_version);
  for (const auto& [key, value] : options.metadata) {
    auto* entry = model.add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
  }
  std::set<std::string> domains;
  GraphWriter(graph, {}, *model.mutable_graph()).run(domains);
  auto* own = model.add_opset_import();
  own->set_domain("");
  own->set_version(opset);
  for (const std::string& domain : domains) {
    auto* other = model.add_opset_import();
    other->set_domain(domain);
    other->set_version(1);
  }
  return exporter::serialized(model);
}

void export_file(const Graph& graph, const std::string& path, Overwrite overwrite, const ExportOptions& options) {
  const std::string bytes = export_model(graph, options);
  save_file(path, std::as_bytes(std::span(bytes)), overwrite);
}

}  // namespace rondo
