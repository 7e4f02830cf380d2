// A context binds a plan to memory: for every step the views it is called with, all pointers filled in but those of the
// caller's tensors, which each run patches. So a run is a loop over steps and touches no map, no lock and no heap.
#include <algorithm>
#include <cstring>

#include "base/aligned.h"
#include "base/checked.h"
#include "runtime/session_state.h"

namespace rondo {
namespace {

struct Patch {
  const void** data;
  std::size_t index;  // of the caller's input or output
};
struct ArenaPatch {
  const void** data;
  std::size_t offset;
};

// A plan bound to one context.
struct Bound {
  std::shared_ptr<const Prepared> prepared;
  std::vector<TensorView> inputs;  // of all steps, one after the other
  std::vector<MutableTensorView> outputs;
  std::vector<Patch> input_patches, output_patches;
  std::vector<ArenaPatch> arena_patches;
  std::vector<TensorView> results;  // the graph's outputs; data is null until a run
  std::size_t results_bytes = 0;

  const Plan& plan() const { return *prepared->plan; }
};

const void** slot(TensorView& v) { return &v.data; }
const void** slot(MutableTensorView& v) { return const_cast<const void**>(&v.data); }

template <class View>
void add_patch(Bound& b, View& view, const Place& place) {
  switch (place.in) {
    case Place::In::input:
      b.input_patches.push_back({slot(view), place.index});
      break;
    case Place::In::output:
      b.output_patches.push_back({slot(view), place.index});
      break;
    case Place::In::arena:
      b.arena_patches.push_back({slot(view), place.offset});
      break;
    case Place::In::constant:
      *slot(view) = place.data;
      break;
    case Place::In::nowhere:
      break;
  }
}

std::unique_ptr<Bound> bind_plan(std::shared_ptr<const Prepared> prepared) {
  auto b = std::make_unique<Bound>();
  b->prepared = std::move(prepared);
  const Plan& plan = b->plan();
  for (const PlanStep& step : plan.steps) {
    for (std::size_t v : step.inputs)
      b->inputs.push_back(v == Plan::kAbsent ? TensorView{}
                                             : TensorView{plan.values[v].dtype, plan.values[v].shape, nullptr});
    for (std::size_t v : step.outputs)
      b->outputs.push_back(v == Plan::kAbsent ? MutableTensorView{}
                                              : MutableTensorView{plan.values[v].dtype, plan.values[v].shape, nullptr});
  }
  // Patches point into the vectors above, which no longer grow.
  std::size_t in = 0, out = 0;
  for (const PlanStep& step : plan.steps) {
    for (std::size_t v : step.inputs) {
      if (v != Plan::kAbsent) add_patch(*b, b->inputs[in], plan.values[v].place);
      ++in;
    }
    for (std::size_t v : step.outputs) {
      if (v != Plan::kAbsent) add_patch(*b, b->outputs[out], plan.values[v].place);
      ++out;
    }
  }
  for (std::size_t v : plan.outputs) {
    b->results.push_back({plan.values[v].dtype, plan.values[v].shape, nullptr});
    b->results_bytes +=
        static_cast<std::size_t>(round_up(static_cast<std::int64_t>(b->results.back().bytes()), kAlignment));
  }
  return b;
}

}  // namespace

struct RunContext::Impl {
  std::shared_ptr<Session::State> state;
  std::vector<std::unique_ptr<Bound>> recent;  // most recently used first
  AlignedArray<std::byte> arena;
  std::size_t arena_bytes = 0;
  AlignedArray<std::byte> results;
  std::size_t results_bytes = 0;
  std::vector<MutableTensorView> own_outputs;

  Bound& bound_for(std::span<const TensorView> inputs) {
    const auto known = std::ranges::find_if(recent, [&](const auto& b) { return b->prepared->fits(inputs); });
    if (known != recent.end()) {
      std::rotate(recent.begin(), known, known + 1);
    } else {
      auto fresh = bind_plan(state->prepared(inputs));
      grow_arena(fresh->plan().arena_bytes);
      recent.insert(recent.begin(), std::move(fresh));
      if (recent.size() > std::max<std::size_t>(state->options.max_prepared_shapes, 1)) recent.pop_back();
      point_into_arena(*recent.front());
    }
    return *recent.front();
  }

  void grow_arena(std::size_t bytes) {
    if (bytes <= arena_bytes) return;
    arena = make_aligned<std::byte>(bytes);
    arena_bytes = bytes;
    for (const auto& b : recent) point_into_arena(*b);
  }

  void point_into_arena(Bound& b) {
    for (const ArenaPatch& p : b.arena_patches) *p.data = arena.get() + p.offset;
  }

  void run(Bound& b, std::span<const TensorView> in, std::span<const MutableTensorView> out) {
    for (const Patch& p : b.input_patches) *p.data = in[p.index].data;
    for (const Patch& p : b.output_patches) *p.data = out[p.index].data;
    const TensorView* step_in = b.inputs.data();
    const MutableTensorView* step_out = b.outputs.data();
    const PlanStep* step = nullptr;
    try {
      for (const PlanStep& next : b.plan().steps) {
        step = &next;
        take_step(next, step_in, step_out);
        step_in += next.inputs.size();
        step_out += next.outputs.size();
      }
    } catch (Error& e) {
      e.at_node(step->info.node, step->info.op, step->node_index, b.plan().graph.name).at_file(state->info.file);
      throw;
    }
  }

  void take_step(const PlanStep& step, const TensorView* in, const MutableTensorView* out) {
    if (step.step) {
      step.step->run(
          {{in, step.inputs.size()}, {out, step.outputs.size()}, arena.get() + step.scratch_offset, state->pool});
    } else if (out->bytes() != 0) {
      std::memcpy(out->data, in->data, out->bytes());
    }
  }

  void check_outputs(const Bound& b, std::span<const MutableTensorView> out) const {
    const auto& names = state->outputs;
    if (out.size() != b.results.size())
      throw Error(ErrorCode::data, "wrong number of outputs")
          .got(std::to_string(out.size()))
          .expected(std::to_string(b.results.size()));
    for (std::size_t i = 0; i < out.size(); ++i)
      if (out[i].dtype != b.results[i].dtype || !std::ranges::equal(out[i].shape, b.results[i].shape))
        throw Error(ErrorCode::data, "the memory for output '" + names[i].name + "' has the wrong type or shape")
            .got(std::string(name_of(out[i].dtype)) + to_string(out[i].shape))
            .expected(std::string(name_of(b.results[i].dtype)) + to_string(b.results[i].shape))
            .fix("ask prepare() for the shapes");
  }

  std::span<const TensorView> run_into_own_memory(std::span<const TensorView> in) {
    Bound& b = bound_for(in);
    if (b.results_bytes > results_bytes) {
      results = make_aligned<std::byte>(b.results_bytes);
      results_bytes = b.results_bytes;
    }
    own_outputs.resize(b.results.size());
    std::byte* at = results.get();
    for (std::size_t i = 0; i < own_outputs.size(); ++i) {
      own_outputs[i] = {b.results[i].dtype, b.results[i].shape, at};
      b.results[i].data = at;
      at += round_up(static_cast<std::int64_t>(b.results[i].bytes()), kAlignment);
    }
    run(b, in, own_outputs);
    return b.results;
  }
};

RunContext::RunContext(const Session& session) : impl_(std::make_unique<Impl>()) { impl_->state = session.state(); }
RunContext::~RunContext() = default;
RunContext::RunContext(RunContext&&) noexcept = default;
RunContext& RunContext::operator=(RunContext&&) noexcept = default;

std::span<const TensorView> RunContext::run(std::span<const TensorView> inputs) {
  return impl_->run_into_own_memory(inputs);
}

void RunContext::run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) {
  Bound& b = impl_->bound_for(inputs);
  impl_->check_outputs(b, outputs);
  impl_->run(b, inputs, outputs);
}

std::span<const TensorView> RunContext::prepare(std::span<const TensorView> inputs) {
  Bound& b = impl_->bound_for(inputs);
  for (TensorView& v : b.results) v.data = nullptr;
  return b.results;
}

std::vector<StepInfo> RunContext::explain() const {
  std::vector<StepInfo> infos;
  if (impl_->recent.empty()) return infos;
  for (const PlanStep& step : impl_->recent.front()->plan().steps) infos.push_back(step.info);
  return infos;
}

std::string RunContext::plan_text() const {
  return impl_->recent.empty() ? "" : print(impl_->recent.front()->plan().graph);
}

std::size_t RunContext::working_bytes() const noexcept { return impl_->arena_bytes + impl_->results_bytes; }

}  // namespace rondo
