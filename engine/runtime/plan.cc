// Lowering in three sweeps. Values that are views share the bytes of the value they view (their root). Roots get a
// place: the caller's memory for inputs and outputs, the constant's own memory, or the arena. Then each node becomes a
// step.
#include "runtime/plan.h"

#include <algorithm>
#include <stdexcept>

#include "base/memory_budget.h"
#include "passes/subgraphs.h"
#include "runtime/control.h"
#include "runtime/memory_plan.h"

namespace rondo {
namespace {

constexpr std::size_t kAbsent = Plan::kAbsent;

class Planner {
 public:
  Planner(Graph graph, const Environment& environment)
      : plan_(std::make_shared<Plan>()), environment_(environment), budget_(environment.memory) {
    plan_->graph = std::move(graph);
  }

  std::shared_ptr<const Plan> make() {
    take_values();
    find_roots();
    place_outputs();
    make_steps();
    copy_remaining_outputs();
    place_arena();
    for (std::size_t i = 0; i < plan_->values.size(); ++i) plan_->values[i].place = plan_->values[root_[i]].place;
    check_places();
    check_total();
    return plan_;
  }

 private:
  const Graph& graph() const { return plan_->graph; }
  PlanValue& value(std::size_t i) { return plan_->values[i]; }

  void take_values() {
    const Graph& g = graph();
    plan_->values.resize(g.num_values());
    const auto take = [&](ValueId id) {
      const Value& v = g.value(id);
      PlanValue& p = value(Graph::index(id));
      p.dtype = v.type.dtype;
      p.shape = *concrete_dims(v.type);
      check_size(v, p);
      if (v.constant) p.place = {Place::In::constant, 0, 0, v.constant->data()};
    };
    for (std::size_t i = 0; i < g.inputs.size(); ++i) {
      take(g.inputs[i]);
      if (!g.value(g.inputs[i]).constant) value(Graph::index(g.inputs[i])).place = {Place::In::input, i, 0, nullptr};
      plan_->inputs.push_back(Graph::index(g.inputs[i]));
    }
    for (NodeId id : g.order())
      for (const auto* ids : {&g.node(id).inputs, &g.node(id).outputs})
        for (ValueId v : *ids)
          if (v != kNone) take(v);
    for (ValueId v : g.outputs) take(v), plan_->outputs.push_back(Graph::index(v));
  }

  // No value alone may exceed the memory there is, so sums of a few of them cannot overflow.
  void check_size(const Value& v, const PlanValue& p) const {
    try {
      MemoryBudget(budget_).take(p.dtype, p.shape);
    } catch (Error& e) {
      if (v.producer == kNoNode) throw;
      const Node& n = graph().node(v.producer);
      throw e.at_node(n.name, n.op->name, static_cast<std::int64_t>(Graph::index(v.producer)), graph().name);
    }
  }

  void check_total() const {
    std::int64_t results = 0;
    for (std::size_t v : plan_->outputs)
      results += static_cast<std::int64_t>(TensorView{plan_->values[v].dtype, plan_->values[v].shape, nullptr}.bytes());
    const auto total = static_cast<std::int64_t>(plan_->arena_bytes) + results;
    if (total > budget_)
      throw Error(ErrorCode::limit, "a run with inputs of these shapes needs too much memory")
          .got(std::to_string(total) + " bytes")
          .expected("at most " + std::to_string(budget_))
          .fix("use a smaller batch or shorter sequences");
  }

  void find_roots() {
    root_.resize(plan_->values.size());
    for (std::size_t i = 0; i < root_.size(); ++i) root_[i] = i;
    for (NodeId id : graph().order()) {
      const Node& n = graph().node(id);
      if (n.op->is_view) root_[Graph::index(n.outputs[0])] = root_[Graph::index(n.inputs[0])];
    }
  }

  // A root made by a step is written straight into the first graph output that shows it.
  void place_outputs() {
    written_in_place_.resize(plan_->outputs.size());
    for (std::size_t i = 0; i < plan_->outputs.size(); ++i) {
      Place& place = value(root_[plan_->outputs[i]]).place;
      if (place.in != Place::In::nowhere) continue;
      place = {Place::In::output, i, 0, nullptr};
      written_in_place_[i] = true;
    }
  }

  void make_steps() {
    for (NodeId id : graph().order()) {
      const Node& n = graph().node(id);
      if (n.op->is_view) continue;
      PlanStep step;
      std::vector<TensorView> in, out;
      for (ValueId v : n.inputs) in.push_back(view(v)), step.inputs.push_back(index_of(v));
      for (ValueId v : n.outputs) out.push_back(view(v)), step.outputs.push_back(index_of(v));
      Selection chosen = has_subgraphs(n)
                             ? Selection{make_control(n, environment_), "runtime", {}}
                             : select_step({graph(), n, in, out, environment_.lowering, environment_.weights});
      step.node_index = static_cast<std::int64_t>(Graph::index(id));
      step.info = {n.name, n.op->name, chosen.backend, chosen.step->kernel(), std::move(chosen.refusals)};
      step.step = std::move(chosen.step);
      plan_->steps.push_back(std::move(step));
    }
  }

  // Outputs that show an input, a constant or another output's bytes are copied at the end.
  void copy_remaining_outputs() {
    for (std::size_t i = 0; i < plan_->outputs.size(); ++i) {
      if (written_in_place_[i]) continue;
      const PlanValue source = value(plan_->outputs[i]);
      PlanStep copy;
      copy.inputs = {plan_->outputs[i]};
      copy.outputs = {plan_->values.size()};
      copy.info = {"", "copy", "runtime", "memcpy", {}};
      root_.push_back(plan_->values.size());
      plan_->values.push_back({source.dtype, source.shape, {Place::In::output, i, 0, nullptr}});
      plan_->outputs[i] = copy.outputs[0];
      plan_->steps.push_back(std::move(copy));
    }
  }

  void place_arena() {
    std::vector<std::size_t> buffer_of(plan_->values.size(), kAbsent);
    std::vector<PlannedBuffer> buffers;
    std::vector<std::size_t> scratch_buffer(plan_->steps.size(), kAbsent);
    for (std::size_t s = 0; s < plan_->steps.size(); ++s) {
      PlanStep& step = plan_->steps[s];
      for (std::size_t v : step.outputs) {
        if (v == kAbsent || value(root_[v]).place.in != Place::In::nowhere) continue;
        buffer_of[root_[v]] = buffers.size();
        buffers.push_back({TensorView{value(v).dtype, value(v).shape, nullptr}.bytes(), s, s, 0});
      }
      for (std::size_t v : step.inputs)
        if (v != kAbsent && buffer_of[root_[v]] != kAbsent) buffers[buffer_of[root_[v]]].last = s;
      const std::size_t scratch = step.step ? step.step->scratch_bytes() : 0;
      if (scratch == 0) continue;
      scratch_buffer[s] = buffers.size();
      buffers.push_back({scratch, s, s, 0});
    }
    plan_->arena_bytes = plan_memory(buffers);
    for (std::size_t v = 0; v < buffer_of.size(); ++v)
      if (buffer_of[v] != kAbsent) value(v).place = {Place::In::arena, 0, buffers[buffer_of[v]].offset, nullptr};
    for (std::size_t s = 0; s < scratch_buffer.size(); ++s)
      if (scratch_buffer[s] != kAbsent) plan_->steps[s].scratch_offset = buffers[scratch_buffer[s]].offset;
  }

  // A value that is read but made by nobody means that a pass broke the graph.
  void check_places() {
    for (const PlanStep& step : plan_->steps)
      for (std::size_t v : step.inputs)
        if (v != kAbsent && value(v).place.in == Place::In::nowhere)
          throw std::logic_error("step '" + step.info.node + "' reads a value that nothing makes");
  }

  static std::size_t index_of(ValueId v) { return v == kNone ? kAbsent : Graph::index(v); }
  TensorView view(ValueId v) {
    if (v == kNone) return {};
    const PlanValue& p = value(Graph::index(v));
    const PlanValue& root = value(root_[Graph::index(v)]);
    return {p.dtype, p.shape, root.place.in == Place::In::constant ? root.place.data : nullptr};
  }

  std::shared_ptr<Plan> plan_;
  const Environment& environment_;
  const std::int64_t budget_;
  std::vector<std::size_t> root_;
  std::vector<bool> written_in_place_;
};

}  // namespace

std::shared_ptr<const Plan> make_plan(Graph graph, const Environment& environment) {
  return Planner(std::move(graph), environment).make();
}

}  // namespace rondo
