// The builder walks the nodes of a graph in an order that respects data flow. A name is looked up in a Scope; a node of
// a known operator is read into a SourceNode, brought to its newest form and appended; a call of a function walks the
// function's nodes in a Scope of their own that writes into the same graph (function_call.cc); an attribute that holds
// a graph is built into a Graph of its own, whose Scope captures what it needs from the outer one.
#include "importers/onnx/graph_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/onnx/constant_node.h"
#include "importers/onnx/declared_type.h"
#include "importers/onnx/node_order.h"
#include "importers/onnx/suggestion.h"

namespace rondo::importer {
namespace {

// Names and attributes that functions repeat, by every call of them; nodes have a limit of their own.
constexpr std::int64_t kUnfoldedBytes = std::int64_t{64} << 20;

struct PayloadBytes {
  std::size_t operator()(const std::string& text) const { return text.size(); }
  std::size_t operator()(const std::vector<std::int64_t>& list) const { return list.size() * sizeof(std::int64_t); }
  std::size_t operator()(const std::vector<float>& list) const { return list.size() * sizeof(float); }
  std::size_t operator()(const std::vector<std::string>& list) const {
    std::size_t bytes = list.size() * sizeof(std::string);
    for (const std::string& text : list) bytes += text.size();
    return bytes;
  }
  std::size_t operator()(const auto&) const { return 0; }  // numbers, and what all calls share
};

Error graph_error(const Scope& scope, std::string what) {
  return Error(ErrorCode::model, fmt::format("graph '{}': {}", scope.place, what));
}

// What a body input of Loop or Scan has when it declares no type: body input i belongs to node input i.
std::vector<TensorType> body_input_types(const SourceNode& node, const Graph& graph) {
  std::vector<TensorType> types;
  for (ValueId id : node.inputs) types.push_back({id == kNone ? DType::undefined : graph.value(id).type.dtype, {}});
  if (node.op_type == "Scan" && node.opset < 9 && !types.empty()) types.erase(types.begin());  // sequence_lens
  if (node.op_type == "Loop") {
    types.resize(std::max<std::size_t>(types.size(), 2));
    types[0] = {DType::int64, Shape{}};
    types[1] = {DType::boolean, Shape{}};
  }
  return types;
}

// PyTorch's exporter has written linear_before_reset=0 for layers that were trained with 1 (pytorch issue 189225).
bool doubtful_gru(const SourceNode& node) {
  const AttrValue* value = find_attribute(node.attributes, "linear_before_reset");
  return node.op_type == "GRU" && (value == nullptr || *value == AttrValue(std::int64_t{0}));
}

}  // namespace

Graph GraphBuilder::build(const onnx::GraphProto& proto, const Opsets& opsets) {
  Graph graph;
  GraphNames names(graph);
  Scope scope{graph, names, opsets, proto.name()};
  fill(proto, scope, {});
  if (graph.outputs.empty()) throw graph_error(scope, "the model has no outputs").fix("export the model again");
  return graph;
}

void GraphBuilder::fill(const onnx::GraphProto& proto, Scope& scope, const std::vector<TensorType>& input_types) {
  scope.graph.name = proto.name();
  if (proto.sparse_initializer_size() > 0)
    throw Error(ErrorCode::unsupported, fmt::format("graph '{}' has sparse initializers", scope.place))
        .fix("store them as dense tensors");
  if (proto.quantization_annotation_size() > 0)
    context_.warn(fmt::format("the quantization annotations of graph '{}' are ignored", scope.place));
  const Names given = claim_names(proto, scope);
  for (const auto& info : proto.value_info())
    if (!info.type().has_sequence_type()) scope.declared.emplace(info.name(), &info);
  for (const auto& info : proto.output()) scope.declared.insert_or_assign(info.name(), &info);
  add_inputs(proto, scope, input_types);
  add_initializers(proto, scope);
  add_nodes(proto.node(), scope, given);
  add_outputs(proto, scope);
}

GraphBuilder::Names GraphBuilder::claim_names(const onnx::GraphProto& proto, Scope& scope) const {
  Names initializers, inputs;
  const auto claim = [&](const std::string& name, const char* what, Names& into) {
    if (name.empty()) throw graph_error(scope, fmt::format("an {} has no name", what)).fix("export the model again");
    if (!into.insert(name).second)
      throw graph_error(scope, fmt::format("two {}s are named '{}'", what, name)).fix("give every value its own name");
    scope.names.reserve(name);
  };
  for (const auto& tensor : proto.initializer()) claim(tensor.name(), "initializer", initializers);
  for (const auto& input : proto.input()) claim(input.name(), "input", inputs);
  for (const auto& node : proto.node())
    for (const std::string& name : node.output()) scope.names.reserve(name);
  inputs.merge(initializers);
  return inputs;
}

void GraphBuilder::add_inputs(const onnx::GraphProto& proto, Scope& scope,
                              const std::vector<TensorType>& input_types) const {
  Names initializers;
  for (const auto& tensor : proto.initializer()) initializers.insert(tensor.name());
  for (int i = 0; i < proto.input_size(); ++i) {
    const auto& info = proto.input(i);
    if (initializers.contains(info.name())) {
      if (scope.outer != nullptr)
        throw graph_error(scope, fmt::format("input '{}' of a subgraph is an initializer, too", info.name()));
      continue;
    }
    auto type = declared_type(info, fmt::format("input '{}'", info.name()));
    const auto at = static_cast<std::size_t>(i);
    if (!type && at < input_types.size() && input_types[at].dtype != DType::undefined) type = input_types[at];
    if (!type)
      throw graph_error(scope, fmt::format("input '{}' has no type", info.name())).fix("export the model again");
    scope.values[info.name()] = scope.graph.add_input(info.name(), *type);
  }
}

void GraphBuilder::add_initializers(const onnx::GraphProto& proto, Scope& scope) {
  std::unordered_map<std::string, const onnx::ValueInfoProto*> inputs;
  for (const auto& info : proto.input()) inputs.emplace(info.name(), &info);
  std::unordered_map<std::string, std::int64_t> symbols;
  for (const auto& tensor : proto.initializer()) {
    const std::string owner = fmt::format("initializer '{}'", tensor.name());
    const ValueId id = scope.graph.add_constant(tensor.name(), context_.tensors.read(tensor, owner));
    scope.values[tensor.name()] = id;
    const auto input = inputs.find(tensor.name());
    if (input == inputs.end()) continue;
    const auto type = declared_type(*input->second, fmt::format("input '{}'", tensor.name()));
    if (type) check_initializer(tensor.name(), scope.graph.value(id).type, *type, symbols);
  }
}

void GraphBuilder::add_outputs(const onnx::GraphProto& proto, Scope& scope) const {
  for (const auto& info : proto.output()) {
    const auto id = scope.find(info.name());
    if (id && *id != kNone) {
      scope.graph.outputs.push_back(*id);
      continue;
    }
    Suggestion near(info.name());
    for (const auto& [name, value] : scope.values) near.offer(name);
    Error e = graph_error(scope, fmt::format("output '{}' is made by nothing", info.name()));
    if (!near.best().empty()) e.fix(fmt::format("if '{}' was meant, rename the output", near.best()));
    throw e;
  }
}

void GraphBuilder::add_nodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes, Scope& scope,
                             const Names& given) {
  const NodeOrder order =
      order_nodes(nodes, scope.place, given, [&](const std::string& name) { return scope.knows(name); });
  if (order.sorted)
    context_.warn(fmt::format("the nodes of graph '{}' stand in no order that can run; they were sorted", scope.place));
  for (int i : order.order) add_node(nodes[i], i, scope);
}

void GraphBuilder::add_node(const onnx::NodeProto& proto, std::int64_t index, Scope& scope) {
  SourceNode node = start(proto, index, scope);
  if (++nodes_built_ > context_.limits.nodes)
    throw node.error("the functions of the model unfold to too many nodes", ErrorCode::limit)
        .expected(fmt::format("at most {}", context_.limits.nodes))
        .fix("raise the limit if you trust the file");
  std::size_t names = node.name.size();
  for (const std::string& output : node.outputs) names += output.size();
  spend(node, names);
  if (const Function* function = context_.functions.called_by(proto)) {
    call(*function, proto, std::move(node), scope);
  } else {
    add_operator(proto, std::move(node), scope);
  }
}

void GraphBuilder::spend(const SourceNode& node, std::size_t bytes) {
  if (active_.empty()) return;
  bytes_unfolded_ += static_cast<std::int64_t>(bytes);
  if (bytes_unfolded_ > kUnfoldedBytes)
    throw node.error("the functions of the model unfold to too many names and attributes", ErrorCode::limit)
        .expected(fmt::format("at most {} bytes", kUnfoldedBytes))
        .fix("give nodes shorter names, or export the model without functions");
}

SourceNode GraphBuilder::start(const onnx::NodeProto& proto, std::int64_t index, Scope& scope) {
  SourceNode node{.name = proto.name().empty() ? "" : scope.prefix + proto.name(),
                  .op_type = proto.op_type(),
                  .domain = canonical_domain(proto.domain()),
                  .index = index,
                  .graph = scope.place};
  node.opset = scope.opsets.version_of(node.domain).value_or(0);
  for (const std::string& name : proto.input()) node.inputs.push_back(name.empty() ? kNone : *scope.find(name));
  while (!node.inputs.empty() && node.inputs.back() == kNone) node.inputs.pop_back();
  for (const std::string& name : proto.output()) node.outputs.push_back(name.empty() ? "" : scope.graph_name(name));
  return node;
}

void GraphBuilder::read_attributes(const onnx::NodeProto& proto, SourceNode& node, Scope& scope, const OpDef* op) {
  std::vector<Subgraph> subgraphs;
  const AttributeSources sources{context_.tensors, scope.call, [&](const onnx::AttributeProto& a) -> GraphPtr {
                                   const AttrDef* def = op == nullptr ? nullptr : op->find_attribute(a.name());
                                   if (def == nullptr || def->kind != AttrKind::graph)
                                     throw node.attribute_error(a.name(), "this operator takes no subgraph here");
                                   subgraphs.push_back(build_subgraph(a, node, scope));
                                   return subgraphs.back().graph;
                                 }};
  // In the order that attributes have in a node, so that captures are in an order of their own, too.
  std::vector<const onnx::AttributeProto*> by_name;
  for (const auto& attribute : proto.attribute()) by_name.push_back(&attribute);
  std::ranges::stable_sort(by_name, {}, [](const auto* a) -> const std::string& { return a->name(); });
  for (const auto* attribute : by_name) {
    auto read = read_attribute(*attribute, node, sources);
    if (!read) continue;
    spend(node, std::visit(PayloadBytes{}, read->value));
    if (find_attribute(node.attributes, read->name) != nullptr)
      throw node.attribute_error(read->name, "attribute is given twice");
    node.attributes.push_back(std::move(*read));
  }
  // Every captured value becomes one more input; each subgraph lists its inner value for it, or that it has none.
  std::vector<ValueId> outer;
  for (const Subgraph& s : subgraphs)
    for (const auto& [from, to] : s.captured)
      if (std::ranges::find(outer, from) == outer.end()) outer.push_back(from);
  for (const Subgraph& s : subgraphs) {
    s.graph->captures.assign(outer.size(), kNone);
    for (const auto& [from, to] : s.captured)
      s.graph->captures[static_cast<std::size_t>(std::ranges::find(outer, from) - outer.begin())] = to;
  }
  node.inputs.insert(node.inputs.end(), outer.begin(), outer.end());
  node.num_captures = static_cast<std::uint32_t>(outer.size());
}

GraphBuilder::Subgraph GraphBuilder::build_subgraph(const onnx::AttributeProto& attribute, const SourceNode& node,
                                                    Scope& scope) {
  if (++open_subgraphs_ > context_.limits.subgraph_depth)
    throw node.error("subgraphs are nested too deep once functions are unfolded", ErrorCode::limit)
        .expected(fmt::format("at most {}", context_.limits.subgraph_depth))
        .fix("raise the limit if you trust the file");
  Subgraph out{std::make_shared<Graph>(), {}};
  GraphNames names(*out.graph);
  Scope inner{*out.graph, names, scope.opsets, attribute.g().name()};
  inner.outer = &scope;
  inner.call = scope.call;
  fill(attribute.g(), inner, body_input_types(node, scope.graph));
  --open_subgraphs_;
  out.captured = std::move(inner.captured);
  return out;
}

void GraphBuilder::add_operator(const onnx::NodeProto& proto, SourceNode node, Scope& scope) {
  const OpRow* row = find_row(node.domain, node.op_type);
  const OpDef* op = row == nullptr ? nullptr : context_.lookup(node.domain, row->ir_name());
  read_attributes(proto, node, scope, op);
  const std::vector<std::string> names = node.outputs;
  const SourceNode where = node;
  if (row != nullptr && row->name == "Constant") {
    TensorPtr tensor = constant_of(node);
    scope.graph.add_constant(names[0], context_.stored.same(&proto.attribute(0), std::move(tensor)));
    return bind_outputs(proto, names, where, scope);
  }
  if (op == nullptr)
    throw node.error(fmt::format("operator {} is not supported", node.op_type), ErrorCode::unsupported);
  check_attribute_versions(*row, node);
  if (context_.from_pytorch && doubtful_gru(node))
    context_.warn(
        fmt::format("GRU '{}' was exported by PyTorch with linear_before_reset=0, but PyTorch's own GRU is 1; "
                    "compare its results with the original",
                    node.name));
  Emitter out(scope.graph, scope.names, context_.lookup);
  if (const Legalizer legalize = row->legalizer(node.opset)) {
    legalize(node, out);
  } else {
    out.emit(std::move(node));
  }
  bind_outputs(proto, names, where, scope);
}

void GraphBuilder::bind_outputs(const onnx::NodeProto& proto, const std::vector<std::string>& graph_names,
                                const SourceNode& where, Scope& scope) {
  for (int i = 0; i < proto.output_size(); ++i) {
    const std::string& name = proto.output(i);
    if (name.empty()) continue;
    const ValueId id = scope.graph.find_value(graph_names[static_cast<std::size_t>(i)]);
    if (id == kNone) throw where.error(fmt::format("output '{}' is not supported", name), ErrorCode::unsupported);
    scope.values[name] = id;
    const auto declared = scope.declared.find(name);
    if (declared == scope.declared.end()) continue;
    if (const auto type = declared_type(*declared->second, fmt::format("value '{}'", name)))
      fill_from_declaration(scope.graph, id, *type, context_.warn);
  }
}

}  // namespace rondo::importer
