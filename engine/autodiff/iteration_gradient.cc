#include <algorithm>

#include "autodiff/bodies.h"
#include "autodiff/control.h"
#include "autodiff/differentiate.h"
#include "autodiff/influence.h"
#include "autodiff/subgraph_builder.h"
#include "ops/op_list.h"
#include "passes/passes.h"

namespace rondo::autodiff {
namespace {

// Makes the body of the backward Scan and what the Scan is called with. An iteration of it goes back over one of the
// node:
//   states:     gradients of the node's states; sums of the gradients of what is captured
//   sequences:  what the node's iterations began with; gradients of what they wrote
//   gives:      gradients of what they read
class Reverse {
 public:
  explicit Reverse(GradientContext& ctx)
      : ctx_(ctx), body_(bodies_of(ctx.node())[0]), back_(ctx.graph(), ctx.node(), *body_.graph, captured_) {}

  void run() {
    find_states();
    Graph& graph = back_.graph();
    graph.inputs.clear();
    graph.outputs.clear();
    if (body_.condition != kNone) graph.make_constant(body_.condition, truth());
    const std::vector<Seed> seeds = seed();
    const std::vector<ValueId> wanted = wanted_values();
    const std::vector<ValueId> grads = differentiate(graph, seeds, wanted);
    close_states(grads);
    close_sums(grads);
    close_sequences(grads);
    open_sequences();
    emit();
  }

 private:
  struct Opened {  // a sequence that the Scan reads
    ValueId outer;
    ops::ScanSide side;
  };

  static TensorPtr truth() {
    const bool yes = true;
    return std::make_shared<Tensor>(Tensor::of<bool>(DType::boolean, {}, {&yes, 1}));
  }

  // The states through which a gradient flows.
  void find_states() {
    ValueSet wanted(ctx_.graph().num_values()), given(ctx_.graph().num_values());
    for (std::size_t i = 0; i < ctx_.node().inputs.size(); ++i)
      if (ctx_.wants(i)) wanted[Graph::index(ctx_.input(i))] = true;
    for (std::size_t k = 0; k < ctx_.node().outputs.size(); ++k)
      if (ctx_.grad_output(k) != kNone) given[Graph::index(ctx_.output(k))] = true;
    const ValueSet from = influenced_within(body_, ctx_.node(), wanted);
    const ValueSet to = influencing_within(body_, ctx_.node(), given);
    for (const State& state : body_.states)
      if (holds(from, state.before) && holds(to, state.after)) states_.push_back(state);
  }

  std::string name_of(ValueId inner) { return back_.graph().value(inner).name; }

  std::vector<Seed> seed() {
    Graph& graph = back_.graph();
    std::vector<Seed> seeds;
    for (const State& state : states_) {
      const TensorType type = joined(graph.value(state.before).type, graph.value(state.after).type);
      seeds.push_back({state.after, back_.add_input(name_of(state.before) + ".gradient_after", type)});
      const ValueId after = ctx_.output(state.output);
      initial_.push_back(ctx_.grad_output(state.output) != kNone ? ctx_.grad_output(state.output)
                                                                 : zeros_like(ctx_.graph(), last_value(state, after)));
    }
    for (const Sequence& written : body_.written) {
      const ValueId grad = ctx_.grad_output(written.port);
      if (grad == kNone) continue;
      const std::string name = graph.fresh_name(name_of(written.element) + ".gradient_here");
      const ValueId element = graph.add_value(name, graph.value(written.element).type);
      seeds.push_back({written.element, element});
      elements_.push_back(element);
      opened_.push_back({grad, opposite(written.side)});
    }
    return seeds;
  }

  // A state after the last iteration, for its shape; made an output of the node where it was none.
  ValueId last_value(const State& state, ValueId after) {
    return after != kNone ? after
                          : add_output(state.output, ctx_.graph().value(ctx_.input(state.input)).name + ".last");
  }

  std::vector<ValueId> wanted_values() {
    std::vector<ValueId> wanted;
    for (const State& state : states_) wanted.push_back(state.before);
    for (const Link& capture : body_.captures)
      if (ctx_.wants(capture.port)) sums_.push_back(capture), wanted.push_back(capture.value);
    for (const Sequence& read : body_.read)
      if (ctx_.wants(read.port)) read_.push_back(read), wanted.push_back(read.element);
    return wanted;
  }

  void close_states(const std::vector<ValueId>& grads) {
    Graph& graph = back_.graph();
    for (std::size_t i = 0; i < states_.size(); ++i) {
      graph.outputs.push_back(grads[i] != kNone ? grads[i] : zeros_like(graph, states_[i].before));
      results_.push_back(states_[i].input);
    }
  }

  void close_sums(const std::vector<ValueId>& grads) {
    Graph& graph = back_.graph();
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const ValueId grad = grads[states_.size() + i];
      if (grad == kNone) continue;
      const std::string name = name_of(sums_[i].value) + ".gradient_sum";
      const ValueId before = back_.add_input(name, graph.value(sums_[i].value).type);
      const NodeId node = graph.add_node(ops::add(), name, {}, {before, grad}, {graph.fresh_name(name)});
      graph.outputs.push_back(graph.node(node).outputs[0]);
      initial_.push_back(zeros_like(ctx_.graph(), ctx_.input(sums_[i].port)));
      results_.push_back(sums_[i].port);
    }
  }

  void close_sequences(const std::vector<ValueId>& grads) {
    Graph& graph = back_.graph();
    for (std::size_t i = 0; i < read_.size(); ++i) {
      const ValueId grad = grads[states_.size() + sums_.size() + i];
      if (grad == kNone) continue;
      graph.outputs.push_back(grad);
      given_.push_back(opposite(read_[i].side));
      results_.push_back(read_[i].port);
    }
  }

  // Sequences come last among the inputs: gradients of what was written, then whatever of the iteration's own beginning
  // is still read. There is at least one, for its length.
  void open_sequences() {
    Graph& graph = back_.graph();
    remove_dead(graph);
    const std::vector<bool> needed = needed_values(graph);
    graph.inputs.insert(graph.inputs.end(), elements_.begin(), elements_.end());
    const auto open = [&](ValueId inner, ValueId outer, const ops::ScanSide& side) {
      graph.inputs.push_back(inner);
      opened_.push_back({outer, opposite(side)});
    };
    for (const Sequence& read : body_.read)
      if (needed[Graph::index(read.element)] || body_.iteration == kNone)
        open(read.element, ctx_.input(read.port), read.side);
    for (const State& state : body_.states) {
      if (!needed[Graph::index(state.before)]) continue;
      if (may_grow(state) && measure(state.before))
        open(measured_, kept(state.before, true), {});
      else
        open(state.before, kept(state.before), {});
    }
    const bool counts = body_.iteration != kNone && (opened_.empty() || needed[Graph::index(body_.iteration)]);
    if (counts) open(body_.iteration, kept(body_.iteration), {});
  }

  static std::vector<bool> needed_values(const Graph& graph) {
    std::vector<bool> needed(graph.num_values());
    for (ValueId out : graph.outputs) needed[Graph::index(out)] = true;
    const auto& order = graph.order();
    for (auto it = order.rbegin(); it != order.rend(); ++it) {
      const Node& node = graph.node(*it);
      if (std::ranges::none_of(node.outputs, [&](ValueId v) { return v != kNone && needed[Graph::index(v)]; }))
        continue;
      for (ValueId in : node.inputs)
        if (in != kNone) needed[Graph::index(in)] = true;
    }
    return needed;
  }

  static ops::ScanSide opposite(ops::ScanSide side) { return {side.axis, !side.reverse}; }

  // Whether a state may have another shape after an iteration than before it.
  bool may_grow(const State& state) {
    const TensorType &before = body_.graph->value(state.before).type, &after = body_.graph->value(state.after).type;
    const auto same = [](const Dim& a, const Dim& b) { return a == b && (a.known() || !a.symbol.empty()); };
    return !before.ranked() || !after.ranked() || !std::ranges::equal(*before.shape, *after.shape, same);
  }

  // Where nothing but the shape of a value is read in the new body, measured_ becomes that shape. A state that grows
  // cannot be kept as a sequence; its shapes can.
  bool measure(ValueId inner) {
    Graph& graph = back_.graph();
    if (!graph.value(inner).type.ranked() || graph.is_output(inner)) return false;
    std::vector<NodeId> readers = graph.readers()[Graph::index(inner)];
    const auto measures = [&](NodeId id) {
      const Node& node = graph.node(id);
      return node.op == &ops::shape() && equal(node.attributes, normalized(ops::shape(), {}));
    };
    if (!std::ranges::all_of(readers, measures)) return false;
    const std::string name = graph.fresh_name(name_of(inner) + ".shape");
    measured_ = graph.add_value(name, {DType::int64, Shape{graph.value(inner).type.rank()}});
    for (const NodeId id : readers) graph.replace_uses(graph.node(id).outputs[0], measured_);
    return true;
  }

  // The sequence of what a value of the node's body was in each iteration, or of its shapes, along axis 0: one more
  // output of the node.
  ValueId kept(ValueId inner, bool its_shape = false) {
    auto body = std::make_shared<Graph>(
        *std::get<GraphPtr>(*find_attribute(ctx_.graph().node(ctx_.node_id()).attributes, body_.attribute)));
    const std::string name = body->value(inner).name + (its_shape ? ".shape" : "");
    if (its_shape) {
      const NodeId shape = body->add_node(ops::shape(), name, {}, {inner}, {body->fresh_name(name)});
      inner = body->node(shape).outputs[0];
    }
    body->outputs.push_back(inner);
    const std::size_t place = body->outputs.size() - 1 - (body_.iteration != kNone ? 1 : 0);
    for (Attribute& a : ctx_.graph().node(ctx_.node_id()).attributes) {
      if (a.name == body_.attribute) a.value = GraphPtr(body);
      const bool per_output = a.name == "scan_output_axes" || a.name == "scan_output_directions";
      if (per_output) std::get<std::vector<std::int64_t>>(a.value).push_back(0);
    }
    return add_output(place, name + ".kept");
  }

  // The output at that place, made where there is none; those before it are made too, as ONNX demands.
  ValueId add_output(std::size_t place, const std::string& name) {
    Graph& graph = ctx_.graph();
    for (std::size_t k = 0; k <= place; ++k) {
      if (k < graph.node(ctx_.node_id()).outputs.size() && graph.node(ctx_.node_id()).outputs[k] != kNone) continue;
      const ValueId made = graph.add_value(graph.fresh_name(name), {});
      graph.value(made).producer = ctx_.node_id();
      Node& node = graph.node(ctx_.node_id());
      node.outputs.resize(std::max(node.outputs.size(), k + 1), kNone);
      node.outputs[k] = made;
    }
    graph.infer(ctx_.node_id());
    return graph.node(ctx_.node_id()).outputs[place];
  }

  void emit() {
    if (results_.empty()) return;
    std::vector<ValueId> inputs = initial_;
    std::vector<std::int64_t> in_axes, in_directions, out_axes, out_directions;
    for (const Opened& sequence : opened_) {
      inputs.push_back(sequence.outer);
      in_axes.push_back(sequence.side.axis);
      in_directions.push_back(sequence.side.reverse);
    }
    for (const ops::ScanSide& side : given_) {
      out_axes.push_back(side.axis);
      out_directions.push_back(side.reverse);
    }
    Attributes attributes{{"num_scan_inputs", static_cast<std::int64_t>(opened_.size())},
                          {"scan_input_axes", std::move(in_axes)},
                          {"scan_input_directions", std::move(in_directions)},
                          {"scan_output_axes", std::move(out_axes)},
                          {"scan_output_directions", std::move(out_directions)},
                          {"body", back_.finish(captured_.size())}};
    const auto made =
        emit_with_captures(ctx_, ops::scan(), std::move(inputs), captured_, std::move(attributes), results_.size());
    for (std::size_t k = 0; k < results_.size(); ++k) ctx_.set(results_[k], made[k]);
  }

  GradientContext& ctx_;
  Body body_;
  std::vector<ValueId> captured_;
  BodyBuilder back_;
  std::vector<State> states_;         // that a gradient flows through
  std::vector<Link> sums_;            // captures whose gradient is asked for
  std::vector<Sequence> read_;        // sequences whose gradient is asked for
  std::vector<ValueId> initial_;      // of the Scan's states
  std::vector<ValueId> elements_;     // of the body, for gradients of what was written
  std::vector<Opened> opened_;        // sequences that the Scan reads
  std::vector<ops::ScanSide> given_;  // sequences that it gives
  ValueId measured_ = kNone;
  std::vector<std::size_t> results_;  // inputs of the node that its outputs are the gradients of
};

}  // namespace

void iteration_gradient(GradientContext& ctx) { Reverse(ctx).run(); }

}  // namespace rondo::autodiff
