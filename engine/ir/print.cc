// graph "tagger"
//   input %X : float32[T,N,8]
//   const %W : float32[2,16,8]
//   %Y, _ = LSTM(%X, %W, %R) {direction="bidirectional"} "lstm_0" : float32[T,2,N,4]
//   output %Y
// Attributes equal to their default are left out; subgraphs follow their node, indented.
#include <fmt/format.h>

#include "base/escape.h"
#include "ir/graph.h"

namespace rondo {
namespace {

std::string value_text(const Graph& g, ValueId id) { return id == kNone ? "_" : "%" + escaped(g.value(id).name); }

template <class F>
std::string list(const std::vector<ValueId>& ids, F&& text) {
  std::string s;
  for (std::size_t i = 0; i < ids.size(); ++i) s += (i ? ", " : "") + text(ids[i]);
  return s;
}

std::string attributes_text(const Node& node) {
  std::string s;
  for (const Attribute& a : node.attributes) {
    const AttrDef* def = node.op->find_attribute(a.name);
    if (def != nullptr && def->default_value && equal(*def->default_value, a.value)) continue;
    s += (s.empty() ? " {" : ", ") + a.name + "=" + to_string(a.value);
  }
  return s.empty() ? s : s + "}";
}

void print_graph(const Graph& g, std::string indent, std::string& out) {
  const auto name = [&](ValueId id) { return value_text(g, id); };
  const auto type = [&](ValueId id) { return id == kNone ? std::string("_") : to_string(g.value(id).type); };
  out += fmt::format("{}graph \"{}\"\n", indent, escaped(g.name));
  indent += "  ";
  for (ValueId id : g.inputs) out += fmt::format("{}input {} : {}\n", indent, name(id), type(id));
  for (ValueId id : g.captures)
    if (id != kNone) out += fmt::format("{}capture {} : {}\n", indent, name(id), type(id));
  for (std::size_t i = 0; i < g.num_values(); ++i) {
    const ValueId id{static_cast<std::uint32_t>(i)};
    if (g.value(id).constant) out += fmt::format("{}const {} : {}\n", indent, name(id), type(id));
  }
  for (NodeId id : g.order()) {
    const Node& n = g.node(id);
    out += fmt::format("{}{} = {}({}){} \"{}\" : {}\n", indent, list(n.outputs, name), n.op->name, list(n.inputs, name),
                       attributes_text(n), escaped(n.name), list(n.outputs, type));
    for (const Attribute& a : n.attributes)
      if (const auto* sub = std::get_if<GraphPtr>(&a.value)) print_graph(**sub, indent + "  ", out);
  }
  out += fmt::format("{}output {}\n", indent, list(g.outputs, name));
}

}  // namespace

std::string print(const Graph& graph) {
  std::string out;
  print_graph(graph, "", out);
  return out;
}

}  // namespace rondo
