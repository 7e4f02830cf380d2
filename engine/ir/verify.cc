#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "ir/graph.h"

namespace rondo {
namespace {

[[noreturn]] void broken(const Graph& g, const std::string& what) {
  throw std::logic_error(fmt::format("graph '{}' is broken: {}", g.name, what));
}

void check_node(const Graph& g, NodeId id, const std::vector<bool>& available) {
  const Node& n = g.node(id);
  for (ValueId in : n.inputs) {
    if (in == kNone) continue;
    if (Graph::index(in) >= g.num_values()) broken(g, fmt::format("node '{}' reads an id out of range", n.name));
    if (!available[Graph::index(in)])
      broken(g, fmt::format("node '{}' reads '{}' before it is made", n.name, g.value(in).name));
  }
  for (ValueId out : n.outputs)
    if (out != kNone && (Graph::index(out) >= g.num_values() || g.value(out).producer != id))
      broken(g, fmt::format("an output of node '{}' does not name it as its producer", n.name));
  if (!equal(normalized(*n.op, n.attributes), n.attributes))
    broken(g, fmt::format("attributes of node '{}' are not normalized", n.name));
  const auto inferred = g.inferred(id);
  for (std::size_t i = 0; i < n.outputs.size(); ++i) {
    if (n.outputs[i] == kNone) continue;
    const Value& v = g.value(n.outputs[i]);
    if (!(v.type == inferred[i]))
      broken(g, fmt::format("'{}' has type {} where its rule gives {}", v.name, to_string(v.type),
                            to_string(inferred[i])));
  }
}

struct EqualGraphs {
  const Graph& a;
  const Graph& b;

  bool same(ValueId x, ValueId y) const {
    if (x == kNone || y == kNone) return x == y;
    const Value &v = a.value(x), &w = b.value(y);
    if (v.name != w.name || !(v.type == w.type) || !v.constant != !w.constant) return false;
    return !v.constant || identical(v.constant->view(), w.constant->view());
  }
  bool same(const std::vector<ValueId>& x, const std::vector<ValueId>& y) const {
    return std::ranges::equal(x, y, [this](ValueId p, ValueId q) { return same(p, q); });
  }
  bool same(NodeId x, NodeId y) const {
    const Node &n = a.node(x), &m = b.node(y);
    return n.name == m.name && n.op == m.op && n.num_captures == m.num_captures && equal(n.attributes, m.attributes) &&
           same(n.inputs, m.inputs) && same(n.outputs, m.outputs);
  }
};

}  // namespace

bool equal(const Graph& a, const Graph& b) {
  const EqualGraphs eq{a, b};
  return a.name == b.name && eq.same(a.inputs, b.inputs) && eq.same(a.outputs, b.outputs) &&
         eq.same(a.captures, b.captures) &&
         std::ranges::equal(a.order(), b.order(), [&](NodeId x, NodeId y) { return eq.same(x, y); });
}

void verify(const Graph& g) {
  std::vector<bool> available(g.num_values());
  for (ValueId id : g.inputs) available.at(Graph::index(id)) = true;
  for (ValueId id : g.captures)
    if (id != kNone) available.at(Graph::index(id)) = true;
  for (std::size_t i = 0; i < g.num_values(); ++i)
    if (g.value(ValueId{static_cast<std::uint32_t>(i)}).constant) available[i] = true;
  for (NodeId id : g.order()) {
    check_node(g, id, available);
    for (ValueId out : g.node(id).outputs)
      if (out != kNone) available[Graph::index(out)] = true;
  }
  for (ValueId id : g.outputs)
    if (Graph::index(id) >= g.num_values() || !available[Graph::index(id)])
      broken(g, "an output is not made by anything");
}

}  // namespace rondo
