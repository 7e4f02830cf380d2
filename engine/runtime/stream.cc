#include "rondo/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/way_out.h"
#include "passes/passes.h"
#include "passes/states.h"
#include "runtime/execution.h"
#include "runtime/growing_tensor.h"
#include "runtime/session_state.h"
#include "runtime/stream_check.h"

namespace rondo {
namespace {

bool contains(const std::vector<HeldState>& states, std::size_t HeldState::*side, std::size_t index) {
  return std::ranges::find(states, index, side) != states.end();
}

std::vector<HeldState> named_states(const Graph& g, const std::vector<StatePair>& pairs) {
  const auto place = [&](const std::vector<ValueId>& ids, const std::string& name, const char* what) {
    const auto at = std::ranges::find_if(ids, [&](ValueId v) { return g.value(v).name == name; });
    if (at != ids.end()) return static_cast<std::size_t>(at - ids.begin());
    throw Error(ErrorCode::usage, fmt::format("the model has no {} of that name to hold a state", what))
        .got(name)
        .fix("name one that `rondo inspect` shows");
  };
  std::vector<HeldState> states;
  for (const StatePair& pair : pairs) {
    const HeldState state{place(g.inputs, pair.input, "input"), place(g.outputs, pair.output, "output"), nullptr};
    const TensorType &in = g.value(g.inputs[state.input]).type, &out = g.value(g.outputs[state.output]).type;
    const bool fits = in.dtype == out.dtype &&
                      (!in.ranked() || !out.ranked() || std::ranges::equal(*in.shape, *out.shape, may_equal));
    if (!fits)
      throw Error(ErrorCode::usage, fmt::format("'{}' cannot become '{}' in the next step", pair.output, pair.input))
          .got(to_string(out))
          .expected(to_string(in))
          .fix("pair an output with an input of its type and shape");
    if (contains(states, &HeldState::input, state.input) || contains(states, &HeldState::output, state.output))
      throw Error(ErrorCode::usage, "an input or output is named for two states")
          .got(pair.input + "=" + pair.output)
          .fix("name each once");
    states.push_back(state);
  }
  return states;
}

// The axis of rows: the one dim that the model leaves open; -1 where there is none, or more than one.
int batch_axis(const TensorType& type) {
  if (!type.ranked() || std::ranges::count_if(*type.shape, [](const Dim& d) { return !d.known(); }) != 1) return -1;
  return static_cast<int>(std::ranges::find_if(*type.shape, [](const Dim& d) { return !d.known(); }) -
                          type.shape->begin());
}

}  // namespace

struct Stream::Impl {
  Impl(const Session& session, const StreamOptions& options)
      : state(session.state()),
        held(options.states.empty() ? find_states(graph()) : named_states(graph(), options.states)),
        holds_layers(held.empty()),
        program(holds_layers ? with_held_layers() : state->program),
        meter({state->options.max_loop_iterations, state->options.max_seconds}),
        execution(program, meter),
        now(held.size()) {
    describe(session);
    if (holds_layers) check_that_pieces_give_the_whole(*state, *program, held, axes);
  }

  const Graph& graph() const { return state->program->graph(); }

  std::shared_ptr<Program> with_held_layers() {
    Graph g = graph();
    try {
      held = hold_layer_states(g);
      if (held.empty())
        throw Error(ErrorCode::unsupported, "the model has neither states nor recurrent layers, so nothing to hold")
            .fix("run it without a stream, or name its states");
    } catch (Error& e) {
      throw e.at_file(state->info.file);
    }
    return std::make_shared<Program>(std::move(g), state->environment);
  }

  void describe(const Session& session) {
    const Graph& g = program->graph();
    const Axes all = time_axes(g);
    for (std::size_t i = 0; i < session.inputs().size(); ++i) {
      if (contains(held, &HeldState::input, i)) continue;
      free_inputs.push_back(i);
      inputs.push_back(session.inputs()[i]);
      axes.inputs.push_back(all.inputs[i]);
    }
    for (std::size_t i = 0; i < session.outputs().size(); ++i) {
      if (contains(held, &HeldState::output, i)) continue;
      free_outputs.push_back(i);
      outputs.push_back(session.outputs()[i]);
      axes.outputs.push_back(all.outputs[i]);
    }
    for (const HeldState& s : held)
      pairs.push_back({g.value(g.inputs[s.input]).name, g.value(g.outputs[s.output]).name});
    args.resize(g.inputs.size());
    results.resize(free_outputs.size());
  }

  void take_inputs(std::span<const TensorView> given) {
    if (given.size() != free_inputs.size())
      throw Error(ErrorCode::data, "a step takes another number of inputs")
          .got(std::to_string(given.size()))
          .expected(fmt::format("{}, the model's without its states", free_inputs.size()));
    for (std::size_t i = 0; i < given.size(); ++i) args[free_inputs[i]] = given[i];
    if (!started) start();
    for (std::size_t k = 0; k < held.size(); ++k) args[held[k].input] = std::as_const(now[k]).view();
    if (!execution.knows(args)) state->check_inputs(std::span(args).first(state->inputs.size()));
  }

  // The states before the first step, whose inputs tell the sizes that the model leaves open.
  void start() {
    Graph g = program->graph();
    for (NodeId id : g.order())
      for (ValueId made : g.node(id).outputs)
        if (made != kNone) g.value(made).type.shape.reset();
    for (std::size_t i : free_inputs) g.value(g.inputs[i]).type = concrete_type(args[i].dtype, args[i].shape);
    fold_constants(g, {}, ErrorCode::data);
    for (std::size_t k = 0; k < held.size(); ++k) {
      const TensorType &in = g.value(g.inputs[held[k].input]).type, &out = g.value(g.outputs[held[k].output]).type;
      std::vector<std::int64_t> shape;
      if (held[k].initial) {
        now[k].assign(held[k].initial->view(), state->environment.memory);
        continue;
      }
      if (!in.ranked() && !out.ranked())
        throw Error(ErrorCode::data, fmt::format("the model does not tell the rank of state '{}'", pairs[k].input))
            .fix("give the state's input a shape in the model");
      const std::size_t rank = in.ranked() ? in.shape->size() : out.shape->size();
      for (std::size_t d = 0; d < rank; ++d) {
        const Dim from_input = in.ranked() ? (*in.shape)[d] : Dim(),
                  from_output = out.ranked() ? (*out.shape)[d] : Dim();
        const Dim& dim = more_specific(from_input, from_output);
        shape.push_back(dim.known() ? dim.value : 1);  // a size that no input tells is that of one row
      }
      now[k].reshape(in.dtype, shape, state->environment.memory);
      if (now[k].view().bytes() != 0) std::memset(now[k].view().data, 0, now[k].view().bytes());
    }
    started = true;
  }

  std::span<const TensorView> step(std::span<const TensorView> given) try {
    meter.start();
    take_inputs(given);
    const auto made = execution.run(args);
    for (std::size_t k = 0; k < held.size(); ++k) now[k].assign(made[held[k].output], state->environment.memory);
    for (std::size_t i = 0; i < free_outputs.size(); ++i) results[i] = made[free_outputs[i]];
    return results;
  } catch (Error& e) {
    add_way_out(e, state->signature());
    throw e.at_file(state->info.file);
  }

  void reset(std::int64_t row) {
    const Graph& g = program->graph();
    if (!started) return;
    for (std::size_t k = 0; k < held.size(); ++k) {
      const int axis = batch_axis(g.value(g.inputs[held[k].input]).type);
      const MutableTensorView v = now[k].view();
      if (axis < 0 || row < 0 || row >= v.shape[static_cast<std::size_t>(axis)])
        throw Error(ErrorCode::usage, fmt::format("state '{}' has no such row", pairs[k].input))
            .got(std::to_string(row))
            .expected(axis < 0 ? "a model with one batch axis" : "a row of " + to_string(v.shape))
            .fix("reset all rows together");
      std::size_t outer = 1, piece = size_of(v.dtype), rows = 1;
      for (std::size_t d = 0; d < v.shape.size(); ++d)
        (static_cast<int>(d) < axis   ? outer
         : static_cast<int>(d) > axis ? piece
                                      : rows) *= static_cast<std::size_t>(v.shape[d]);
      auto* to = static_cast<std::byte*>(v.data);
      const auto* from = held[k].initial ? static_cast<const std::byte*>(held[k].initial->data()) : nullptr;
      for (std::size_t o = 0; o < outer; ++o) {
        const std::size_t at = (o * rows + static_cast<std::size_t>(row)) * piece;
        from == nullptr ? std::memset(to + at, 0, piece) : std::memcpy(to + at, from + at, piece);
      }
    }
  }

  std::shared_ptr<Session::State> state;
  std::vector<HeldState> held;
  bool holds_layers;
  std::shared_ptr<Program> program;
  RunMeter meter;
  Execution execution;
  std::vector<StatePair> pairs;
  std::vector<std::size_t> free_inputs, free_outputs;  // of the program's, those that are no states
  std::vector<TensorInfo> inputs, outputs;
  Axes axes;                       // of the free ones
  std::vector<GrowingTensor> now;  // the states
  bool started = false;
  std::vector<TensorView> args, results;
};

Stream::Stream(const Session& session, const StreamOptions& options)
    : impl_(std::make_unique<Impl>(session, options)) {}
Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

const std::vector<TensorInfo>& Stream::inputs() const noexcept { return impl_->inputs; }
const std::vector<TensorInfo>& Stream::outputs() const noexcept { return impl_->outputs; }
const std::vector<StatePair>& Stream::states() const noexcept { return impl_->pairs; }
int Stream::time_axis_of_input(std::size_t i) const noexcept { return impl_->axes.inputs[i]; }
int Stream::time_axis_of_output(std::size_t i) const noexcept { return impl_->axes.outputs[i]; }

std::span<const TensorView> Stream::step(std::span<const TensorView> inputs) { return impl_->step(inputs); }
void Stream::reset() { impl_->started = false; }
void Stream::reset(std::int64_t row) { impl_->reset(row); }

StreamSnapshot Stream::snapshot() const {
  if (!impl_->started)
    throw Error(ErrorCode::state, "the stream has no states before its first step").fix("take a step first");
  StreamSnapshot kept;
  for (const GrowingTensor& t : impl_->now) kept.states_.emplace_back(t.view());
  return kept;
}

void Stream::restore(const StreamSnapshot& snapshot) {
  const Graph& g = impl_->program->graph();
  const auto fits = [&](const Tensor& t, const HeldState& s) {
    const TensorType& want = g.value(g.inputs[s.input]).type;
    return t.dtype() == want.dtype && (!want.ranked() || std::ranges::equal(t.shape(), *want.shape, may_equal));
  };
  if (!std::ranges::equal(snapshot.states_, impl_->held, fits))
    throw Error(ErrorCode::usage, "the snapshot is of another model's states").fix("restore one of this model");
  for (std::size_t k = 0; k < impl_->now.size(); ++k)
    impl_->now[k].assign(snapshot.states_[k].view(), impl_->state->environment.memory);
  impl_->started = true;
}

}  // namespace rondo
