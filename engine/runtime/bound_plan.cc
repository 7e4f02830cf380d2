#include "runtime/bound_plan.h"

#include <cstring>

namespace rondo {
namespace {

const void** slot(TensorView& v) { return &v.data; }
const void** slot(MutableTensorView& v) { return const_cast<const void**>(&v.data); }

}  // namespace

template <class View>
void BoundPlan::add_patch(View& view, const Place& place) {
  switch (place.in) {
    case Place::In::input:
      input_patches_.push_back({slot(view), place.index});
      break;
    case Place::In::output:
      output_patches_.push_back({slot(view), place.index});
      break;
    case Place::In::arena:
      arena_patches_.push_back({slot(view), place.offset});
      break;
    case Place::In::constant:
      *slot(view) = place.data;
      break;
    case Place::In::nowhere:
      break;
  }
}

BoundPlan::BoundPlan(const Plan& plan, RunMeter& meter) : plan_(plan) {
  for (const PlanStep& step : plan.steps) {
    for (std::size_t v : step.inputs)
      inputs_.push_back(v == Plan::kAbsent ? TensorView{}
                                           : TensorView{plan.values[v].dtype, plan.values[v].shape, nullptr});
    for (std::size_t v : step.outputs)
      outputs_.push_back(v == Plan::kAbsent ? MutableTensorView{}
                                            : MutableTensorView{plan.values[v].dtype, plan.values[v].shape, nullptr});
    states_.push_back(step.step ? step.step->make_state(meter) : nullptr);
  }
  // Patches point into the vectors above, which no longer grow.
  std::size_t in = 0, out = 0;
  for (const PlanStep& step : plan.steps) {
    for (std::size_t v : step.inputs) {
      if (v != Plan::kAbsent) add_patch(inputs_[in], plan.values[v].place);
      ++in;
    }
    for (std::size_t v : step.outputs) {
      if (v != Plan::kAbsent) add_patch(outputs_[out], plan.values[v].place);
      ++out;
    }
  }
}

void BoundPlan::point_into(std::byte* arena) {
  arena_ = arena;
  for (const ArenaPatch& p : arena_patches_) *p.data = arena + p.offset;
}

void BoundPlan::run(std::span<const TensorView> in, std::span<const MutableTensorView> out, ThreadPool& pool,
                    const RunMeter& meter) {
  for (const Patch& p : input_patches_) *p.data = in[p.index].data;
  for (const Patch& p : output_patches_) *p.data = out[p.index].data;
  const TensorView* step_in = inputs_.data();
  const MutableTensorView* step_out = outputs_.data();
  const PlanStep* step = nullptr;
  try {
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      step = &plan_.steps[i];
      meter.check();
      take_step(*step, step_in, step_out, states_[i].get(), pool);
      step_in += step->inputs.size();
      step_out += step->outputs.size();
    }
  } catch (Error& e) {
    if (e.where().node_index < 0) e.at_node(step->info.node, step->info.op, step->node_index, plan_.graph.name);
    throw;
  }
}

void BoundPlan::take_step(const PlanStep& step, const TensorView* in, const MutableTensorView* out, StepState* state,
                          ThreadPool& pool) const {
  if (step.step) {
    step.step->run({{in, step.inputs.size()}, {out, step.outputs.size()}, arena_ + step.scratch_offset, pool, state});
  } else if (out->bytes() != 0) {
    std::memcpy(out->data, in->data, out->bytes());
  }
}

}  // namespace rondo
