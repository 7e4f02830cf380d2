#include "base/run_meter.h"
#include "base/way_out.h"
#include "runtime/execution.h"
#include "runtime/session_state.h"

namespace rondo {

struct RunContext::Impl {
  explicit Impl(std::shared_ptr<Session::State> s)
      : state(std::move(s)),
        meter({state->options.max_loop_iterations, state->options.max_seconds}),
        execution(state->program, meter) {}

  // Calls f with inputs that were checked; what it throws names the file and a way out.
  template <class F>
  auto guarded(std::span<const TensorView> inputs, F&& f) {
    try {
      if (!execution.knows(inputs)) state->check_inputs(inputs);
      meter.start();
      return f();
    } catch (Error& e) {
      e.at_file(state->info.file);
      add_way_out(e, state->signature());
      throw;
    }
  }

  std::shared_ptr<Session::State> state;
  RunMeter meter;
  Execution execution;
};

RunContext::RunContext(const Session& session) : impl_(std::make_unique<Impl>(session.state())) {}
RunContext::~RunContext() = default;
RunContext::RunContext(RunContext&&) noexcept = default;
RunContext& RunContext::operator=(RunContext&&) noexcept = default;

std::span<const TensorView> RunContext::run(std::span<const TensorView> inputs) {
  return impl_->guarded(inputs, [&] { return impl_->execution.run(inputs); });
}

void RunContext::run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) {
  impl_->guarded(inputs, [&] { impl_->execution.run(inputs, outputs, impl_->state->outputs); });
}

std::span<const TensorView> RunContext::prepare(std::span<const TensorView> inputs) {
  return impl_->guarded(inputs, [&] { return impl_->execution.prepare(inputs); });
}

void RunContext::stop() noexcept { impl_->meter.stop(); }

std::vector<StepInfo> RunContext::explain() const {
  std::vector<StepInfo> infos;
  impl_->execution.explain(infos);
  return infos;
}

std::string RunContext::plan_text() const { return impl_->execution.plan_text(); }

std::size_t RunContext::working_bytes() const noexcept { return impl_->execution.working_bytes(); }

}  // namespace rondo
