// Calls of functions that the model defines: the body's nodes are added to the caller's graph, their values and nodes
// named after the call. Depth, cycles and the number of nodes are limited, so a small file cannot unfold without end.
#include <fmt/format.h>

#include <algorithm>

#include "importers/onnx/graph_builder.h"

namespace rondo::importer {
namespace {

constexpr std::size_t kShownNames = 8;

std::string chain(const std::vector<const Function*>& calls, const Function& again) {
  const auto first = std::ranges::find(calls, &again);
  std::string names;
  const auto length = static_cast<std::size_t>(calls.end() - first);
  for (std::size_t i = 0; i < length && i < kShownNames; ++i)
    names += (i == 0 ? "" : " -> ") + (*(first + static_cast<std::ptrdiff_t>(i)))->proto->name();
  return length > kShownNames ? names + fmt::format(" -> and {} more", length - kShownNames) : names;
}

}  // namespace

void GraphBuilder::call(const Function& function, const onnx::NodeProto& proto, SourceNode node, Scope& scope) {
  enter(function, node);
  read_attributes(proto, node, scope, nullptr);
  for (const Attribute& a : node.attributes)
    if (!function.takes(a.name)) throw node.attribute_error(a.name, "unknown attribute").fix("remove it");

  Scope body{scope.graph, scope.names, function.opsets, function.proto->name()};
  body.prefix = (node.name.empty() ? scope.prefix + node.op_type : node.name) + "/";
  body.call = &node.attributes;
  for (const auto& proto_default : function.defaults) {
    if (find_attribute(node.attributes, proto_default.name()) != nullptr) continue;
    const AttributeSources none{context_.tensors, nullptr, [&](const onnx::AttributeProto& a) -> GraphPtr {
                                  throw node.attribute_error(a.name(), "a default cannot be a subgraph");
                                }};
    if (auto value = read_attribute(proto_default, node, none)) node.attributes.push_back(std::move(*value));
  }
  std::unordered_set<std::string> given;
  for (int i = 0; i < function.proto->input_size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (!given.insert(function.proto->input(i)).second)
      throw node.error(fmt::format("the function has two inputs named '{}'", function.proto->input(i)));
    body.values[function.proto->input(i)] = at < node.inputs.size() ? node.inputs[at] : kNone;
  }
  name_results(function, proto, node, body);
  active_.push_back(&function);
  add_nodes(function.proto->node(), body, given);
  active_.pop_back();
  add_aliases(function, node, body);
  bind_outputs(proto, node.outputs, node, scope);
}

void GraphBuilder::enter(const Function& function, const SourceNode& node) const {
  if (std::ranges::find(active_, &function) != active_.end())
    throw node.error("the functions of the model call each other in a cycle").got(chain(active_, function));
  if (static_cast<std::int64_t>(active_.size()) >= context_.limits.function_depth)
    throw node.error("functions are nested too deep", ErrorCode::limit)
        .expected(fmt::format("at most {}", context_.limits.function_depth))
        .fix("raise the limit if you trust the file");
  if (node.inputs.size() > static_cast<std::size_t>(function.proto->input_size()))
    throw node.error("too many inputs")
        .got(std::to_string(node.inputs.size()))
        .expected(fmt::format("at most {}", function.proto->input_size()));
  if (node.outputs.size() > static_cast<std::size_t>(function.proto->output_size()))
    throw node.error("too many outputs")
        .got(std::to_string(node.outputs.size()))
        .expected(fmt::format("at most {}", function.proto->output_size()));
}

// A value that the body makes and the call returns takes the caller's name at once.
void GraphBuilder::name_results(const Function& function, const onnx::NodeProto& proto, SourceNode& node,
                                Scope& body) const {
  for (int i = 0; i < proto.output_size(); ++i) {
    const std::string& name = node.outputs[static_cast<std::size_t>(i)];
    if (!name.empty()) body.result_names.emplace(function.proto->output(i), name);
  }
}

// A result that is an input of the function, or another result once more, still gets a value of its own name.
void GraphBuilder::add_aliases(const Function& function, const SourceNode& node, Scope& body) {
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i].empty()) continue;
    const std::string& result = function.proto->output(static_cast<int>(i));
    const auto id = body.find(result);
    if (!id || *id == kNone) throw node.error(fmt::format("output '{}' of the function is made by nothing", result));
    if (body.graph.value(*id).name == node.outputs[i]) continue;
    Emitter out(body.graph, body.names, context_.lookup);
    SourceNode identity{.name = node.outputs[i], .op_type = "Identity", .domain = "", .graph = node.graph};
    identity.inputs = {*id};
    identity.outputs = {node.outputs[i]};
    out.emit(std::move(identity));
  }
}

}  // namespace rondo::importer
