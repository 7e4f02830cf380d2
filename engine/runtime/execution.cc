#include "runtime/execution.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "runtime/bound_plan.h"
#include "runtime/control.h"
#include "runtime/late_nodes.h"

namespace rondo {

struct Execution::Bound {
  Bound(std::shared_ptr<const Prepared> p, const Environment& environment, RunMeter& meter)
      : prepared(std::move(p)), steps(*prepared->plan, meter) {
    const Plan& plan = *prepared->plan;
    for (std::size_t v : plan.outputs) {
      results.push_back({plan.values[v].dtype, plan.values[v].shape, nullptr});
      results_bytes +=
          static_cast<std::size_t>(round_up(static_cast<std::int64_t>(results.back().bytes()), kAlignment));
    }
    if (!prepared->is_staged()) return;
    late = std::make_unique<LateNodes>(prepared->late, environment, meter);
    if (prepared->rest)
      rest = std::make_unique<Execution>(std::shared_ptr<Program>(prepared, prepared->rest.get()), meter);
    describe_open_outputs();
  }

  void describe_open_outputs() {
    stage_results.clear();
    open_shapes.assign(prepared->output_types.size(), {});
    for (std::size_t i = 0; i < open_shapes.size(); ++i) {
      const TensorType& type = prepared->output_types[i];
      if (!type.ranked()) open_shapes[i] = {Dim::kUnknown};
      if (type.ranked())
        for (const Dim& d : *type.shape) open_shapes[i].push_back(d.value);
      stage_results.push_back({type.dtype, open_shapes[i], nullptr});
    }
  }

  std::shared_ptr<const Prepared> prepared;
  BoundPlan steps;
  std::vector<TensorView> results;  // of the plan; data is null until a run
  std::size_t results_bytes = 0;

  // Only where the prepared graph is staged.
  std::unique_ptr<LateNodes> late;
  std::unique_ptr<Execution> rest;
  std::vector<std::vector<std::int64_t>> open_shapes;  // of the graph's outputs, -1 where unknown
  std::vector<TensorView> stage_results, rest_inputs;
};

Execution::Execution(std::shared_ptr<Program> program, RunMeter& meter) : program_(std::move(program)), meter_(meter) {}
Execution::~Execution() = default;
Execution::Execution(Execution&&) noexcept = default;

bool Execution::knows(std::span<const TensorView> inputs) const noexcept {
  return std::ranges::any_of(recent_, [&](const auto& b) { return b->prepared->fits(inputs); });
}

Execution::Bound& Execution::bound_for(std::span<const TensorView> inputs) {
  const auto known = std::ranges::find_if(recent_, [&](const auto& b) { return b->prepared->fits(inputs); });
  if (known != recent_.end()) {
    std::rotate(recent_.begin(), known, known + 1);
  } else {
    const Environment& environment = program_->environment();
    auto fresh = std::make_unique<Bound>(program_->prepared(inputs), environment, meter_);
    grow_arena(fresh->prepared->plan->arena_bytes);
    recent_.insert(recent_.begin(), std::move(fresh));
    if (recent_.size() > std::max<std::size_t>(environment.max_prepared, 1)) recent_.pop_back();
    recent_.front()->steps.point_into(arena_.get());
  }
  return *recent_.front();
}

void Execution::grow_arena(std::size_t bytes) {
  if (bytes <= arena_bytes_) return;
  arena_ = make_aligned<std::byte>(bytes);
  arena_bytes_ = bytes;
  for (const auto& b : recent_) b->steps.point_into(arena_.get());
}

void Execution::place_results(Bound& b) {
  if (b.results_bytes > results_bytes_) {
    results_ = make_aligned<std::byte>(b.results_bytes);
    results_bytes_ = b.results_bytes;
  }
  own_outputs_.resize(b.results.size());
  std::byte* at = results_.get();
  for (std::size_t i = 0; i < own_outputs_.size(); ++i) {
    own_outputs_[i] = {b.results[i].dtype, b.results[i].shape, at};
    b.results[i].data = at;
    at += round_up(static_cast<std::int64_t>(b.results[i].bytes()), kAlignment);
  }
}

void Execution::run_plan(Bound& b, std::span<const TensorView> in, std::span<const MutableTensorView> out) {
  b.steps.run(in, out, program_->environment().pool, meter_);
}

std::span<const TensorView> Execution::run(std::span<const TensorView> inputs) {
  Bound& b = bound_for(inputs);
  place_results(b);
  run_plan(b, inputs, own_outputs_);
  return b.prepared->is_staged() ? run_stages(b, inputs) : std::span<const TensorView>(b.results);
}

std::span<const TensorView> Execution::run_stages(Bound& b, std::span<const TensorView> in) {
  const Prepared& p = *b.prepared;
  b.late->run(in, b.results, p.plan->graph.name);
  std::span<const TensorView> rest;
  if (b.rest) {
    b.rest_inputs.clear();
    for (const Source& s : p.rest_inputs) b.rest_inputs.push_back(view_of(s, in, b.results, b.late->results()));
    rest = b.rest->run(b.rest_inputs);
  }
  for (std::size_t i = 0; i < p.outputs.size(); ++i)
    b.stage_results[i] = p.outputs[i].from == Source::From::rest
                             ? rest[p.outputs[i].index]
                             : view_of(p.outputs[i], in, b.results, b.late->results());
  return b.stage_results;
}

void Execution::run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                    const std::vector<TensorInfo>& names) {
  Bound& b = bound_for(inputs);
  const auto check = [&](std::span<const TensorView> made) {
    if (outputs.size() != made.size())
      throw Error(ErrorCode::data, "wrong number of outputs")
          .got(std::to_string(outputs.size()))
          .expected(std::to_string(made.size()));
    for (std::size_t i = 0; i < outputs.size(); ++i)
      if (outputs[i].dtype != made[i].dtype || !std::ranges::equal(outputs[i].shape, made[i].shape))
        throw Error(ErrorCode::data, "the memory for output '" + names[i].name + "' has the wrong type or shape")
            .got(std::string(name_of(outputs[i].dtype)) + to_string(outputs[i].shape))
            .expected(std::string(name_of(made[i].dtype)) + to_string(made[i].shape))
            .fix("ask prepare() for the shapes, or run() without memory of your own");
  };
  if (!b.prepared->is_staged()) {
    check(b.results);
    return run_plan(b, inputs, outputs);
  }
  const auto made = run(inputs);
  check(made);
  for (std::size_t i = 0; i < made.size(); ++i)
    if (made[i].bytes() != 0) std::memcpy(outputs[i].data, made[i].data, made[i].bytes());
}

std::span<const TensorView> Execution::prepare(std::span<const TensorView> inputs) {
  Bound& b = bound_for(inputs);
  if (b.prepared->is_staged()) {
    b.describe_open_outputs();
    return b.stage_results;
  }
  for (TensorView& v : b.results) v.data = nullptr;
  return b.results;
}

void Execution::explain(std::vector<StepInfo>& infos) const {
  if (recent_.empty()) return;
  const Bound& b = *recent_.front();
  const auto inside = [&infos](const std::unique_ptr<StepState>& state) {
    if (const auto* control = dynamic_cast<const ControlState*>(state.get())) control->explain(infos);
  };
  const auto& steps = b.prepared->plan->steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    infos.push_back(steps[i].info);
    inside(b.steps.states()[i]);
  }
  for (std::size_t i = 0; i < b.prepared->late.size(); ++i) {
    const LateNode& late = b.prepared->late[i];
    infos.push_back({late.node.name,
                     late.node.op->name,
                     late.control ? "runtime" : "reference",
                     late.control ? late.control->kernel() : "scalar reference, shape known when it runs",
                     {}});
    inside(b.late->states()[i]);
  }
  if (b.rest) b.rest->explain(infos);
}

std::string Execution::plan_text() const {
  return recent_.empty() ? "" : print(recent_.front()->prepared->plan->graph);
}

std::size_t Execution::working_bytes() const noexcept { return arena_bytes_ + results_bytes_; }

}  // namespace rondo
