#include "autodiff/differentiate.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "autodiff/control.h"
#include "autodiff/influence.h"
#include "autodiff/subgraph_builder.h"
#include "ir/gradient.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo {
namespace {

using autodiff::Body;
using autodiff::holds;
using autodiff::influenced;
using autodiff::influencing;
using autodiff::ValueSet;

constexpr const char* kWayOut = "train only what comes after it, or export the model without it";

using Rule = void (*)(GradientContext&);
Rule rule_of(const Node& node) {
  if (node.op == &ops::if_else()) return autodiff::if_gradient;
  if (node.op == &ops::loop() || node.op == &ops::scan()) return autodiff::iteration_gradient;
  return node.op->gradient;
}

// Everything that is wrong as one error.
class Findings {
 public:
  void add(const Error& error) {
    if (!first_) {
      first_ = error;
      return;
    }
    const Where& where = error.where();
    first_->also(fmt::format("'{}' ({}): {}", where.node, where.op, error.message()));
    for (const std::string& other : error.others()) first_->also(other);
  }
  void raise() const {
    if (first_) throw *first_;
  }

 private:
  std::optional<Error> first_;
};

// Nodes without a rule between `from` and `to`, also in the graphs that nodes hold.
void find_missing(const Graph& graph, const ValueSet& from, const ValueSet& to, Findings& findings) {
  const auto on_the_way = [&](ValueId out) { return holds(from, out) && holds(to, out); };
  for (NodeId id : graph.order()) {
    const Node& node = graph.node(id);
    if (std::ranges::none_of(node.outputs, on_the_way)) continue;
    for (const Body& body : autodiff::bodies_of(node))
      find_missing(*body.graph, influenced_within(body, node, from), influencing_within(body, node, to), findings);
    if (rule_of(node) != nullptr) continue;
    Error missing(ErrorCode::unsupported, fmt::format("{} has no gradient", node.op->name));
    findings.add(missing.at_node(node.name, node.op->name, static_cast<std::int64_t>(Graph::index(id)), graph.name)
                     .fix(kWayOut));
  }
}

// The gradients found so far, by value of the graph as it was at the beginning.
class Sums {
 public:
  explicit Sums(Graph& graph) : graph_(graph), parts_(graph.num_values()) {}

  void add(ValueId value, ValueId grad) { parts_[Graph::index(value)].push_back(grad); }

  // The sum of what was added, made once; kNone when nothing was.
  ValueId of(ValueId value) {
    if (value == kNone || Graph::index(value) >= parts_.size()) return kNone;
    std::vector<ValueId>& parts = parts_[Graph::index(value)];
    if (parts.size() > 1) {
      const OpDef& op = parts.size() == 2 ? ops::add() : ops::sum();
      const std::string name = graph_.value(value).name + ".gradient";
      const NodeId node = graph_.add_node(op, name, {}, std::move(parts), {graph_.fresh_name(name)});
      parts = {graph_.node(node).outputs[0]};
    }
    return parts.empty() ? kNone : parts[0];
  }

 private:
  Graph& graph_;
  std::vector<std::vector<ValueId>> parts_;
};

void differentiate_node(Graph& graph, NodeId id, const ValueSet& from, Sums& sums) {
  const Node node = graph.node(id);
  std::vector<ValueId> grads;
  for (ValueId out : node.outputs) grads.push_back(holds(from, out) ? sums.of(out) : kNone);
  if (std::ranges::all_of(grads, [](ValueId grad) { return grad == kNone; })) return;
  std::vector<bool> wanted;
  for (ValueId in : node.inputs) wanted.push_back(holds(from, in));
  GradientContext ctx(graph, id, grads, wanted);
  rule_of(node)(ctx);
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (wanted[i] && ctx.grad_inputs()[i] != kNone) sums.add(node.inputs[i], ctx.grad_inputs()[i]);
}

void require_floating(const Graph& graph, ValueId id, std::string_view what) {
  const Value& value = graph.value(id);
  if (!is_floating(value.type.dtype))
    throw Error(ErrorCode::usage, fmt::format("'{}' cannot be {}", value.name, what))
        .got(std::string(name_of(value.type.dtype)))
        .expected("a floating-point value");
}

}  // namespace

std::vector<ValueId> differentiate(Graph& graph, std::span<const Seed> seeds, std::span<const ValueId> wanted) {
  ValueSet from(graph.num_values()), to(graph.num_values());
  for (ValueId id : wanted) {
    require_floating(graph, id, "differentiated by");
    from[Graph::index(id)] = true;
  }
  for (const Seed& seed : seeds) {
    require_floating(graph, seed.value, "differentiated");
    to[Graph::index(seed.value)] = true;
  }
  from = influenced(graph, std::move(from));
  to = influencing(graph, std::move(to));
  Findings findings;
  find_missing(graph, from, to, findings);
  findings.raise();

  Sums sums(graph);
  for (const Seed& seed : seeds) sums.add(seed.value, seed.grad);
  const std::vector<NodeId> order = graph.order();
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    try {
      differentiate_node(graph, *it, from, sums);
    } catch (Error& error) {
      findings.add(error.fix().empty() ? error.fix(kWayOut) : error);
    }
  }
  findings.raise();
  std::vector<ValueId> grads;
  for (ValueId id : wanted) grads.push_back(sums.of(id));
  return grads;
}

std::vector<ValueId> differentiate(Graph& graph, ValueId loss, std::span<const ValueId> wanted) {
  const Value& value = graph.value(loss);
  if (value.type.ranked() &&
      !std::ranges::all_of(*value.type.shape, [](const Dim& d) { return !d.known() || d.value == 1; }))
    throw Error(ErrorCode::usage, fmt::format("'{}' is not one number", value.name))
        .got("shape " + to_string(*value.type.shape))
        .expected("a single element");
  require_floating(graph, loss, "differentiated");
  return differentiate(graph, std::vector<Seed>{{loss, autodiff::ones_like(graph, loss)}}, wanted);
}

}  // namespace rondo
