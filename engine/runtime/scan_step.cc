#include <cstring>

#include "ops/axes.h"
#include "ops/scan.h"
#include "ops/subgraph.h"
#include "runtime/control.h"

namespace rondo {
namespace {

// A sequence of `length` elements along an axis, as memory: `outer` blocks, each of `length` pieces of `piece` bytes.
struct Blocks {
  std::size_t outer = 1, piece = 1, length = 1;
  Blocks(const TensorView& sequence, std::int64_t axis) : piece(size_of(sequence.dtype)) {
    const auto at = static_cast<std::size_t>(ops::resolved_axis(axis, sequence.rank()));
    length = static_cast<std::size_t>(sequence.shape[at]);
    for (std::size_t d = 0; d < sequence.shape.size(); ++d)
      if (d != at) (d < at ? outer : piece) *= static_cast<std::size_t>(sequence.shape[d]);
  }
};

const std::byte* bytes_of(const TensorView& v) { return static_cast<const std::byte*>(v.data); }

struct ScanState : ControlState {
  ScanState(const HeldProgram& held, const ops::ScanParts& parts, RunMeter& m)
      : meter(m),
        body(held.program, m),
        states(parts.states),
        elements(parts.inputs.size()),
        stacks(parts.outputs.size()),
        arranged(parts.outputs.size()) {
    held.prepare_ahead(body);
    results.resize(parts.states + parts.outputs.size());
  }
  void explain(std::vector<StepInfo>& infos) const override { body.explain(infos); }

  RunMeter& meter;
  Execution body;
  std::vector<TensorView> inputs;                 // of the body
  std::vector<std::vector<std::int64_t>> shapes;  // of the elements of each sequence
  std::vector<GrowingTensor> states, elements, stacks, arranged;
  std::vector<std::int64_t> arranged_shape;
};

class ScanStep : public ControlStep {
 public:
  ScanStep(const Node& node, const Environment& environment)
      : held_(*body_of(node), ops::own_inputs(node), environment), parts_(node), memory_(environment.memory) {
    const Graph& body = *body_of(node);
    for (std::size_t i = 0; i < parts_.outputs.size(); ++i)
      elements_.emplace_back(body, body.outputs[parts_.states + i]);
  }

  std::unique_ptr<StepState> make_state(RunMeter& meter) const override {
    return std::make_unique<ScanState>(held_, parts_, meter);
  }
  std::string kernel() const override { return "a graph for each element"; }

  std::span<const TensorView> evaluate(std::span<const TensorView> inputs, StepState& of_context) const override {
    auto& state = static_cast<ScanState&>(of_context);
    const std::int64_t length = start(inputs, state);
    for (std::int64_t t = 0; t < length; ++t) {
      state.meter.iterate();
      for (std::size_t i = 0; i < parts_.inputs.size(); ++i) show_element(inputs, i, t, length, state);
      take(state.body.run(state.inputs), t, state);
    }
    for (std::size_t i = 0; i < parts_.states; ++i) state.results[i] = state.inputs[i];
    for (std::size_t i = 0; i < parts_.outputs.size(); ++i) state.results[parts_.states + i] = sequence(i, state);
    return state.results;
  }

 private:
  static GraphPtr body_of(const Node& node) { return std::get<GraphPtr>(*find_attribute(node.attributes, "body")); }

  // Gives the number of elements.
  std::int64_t start(std::span<const TensorView> inputs, ScanState& state) const {
    state.inputs.assign(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(parts_.states));
    state.shapes.resize(parts_.inputs.size());
    std::int64_t length = 0;
    for (std::size_t i = 0; i < parts_.inputs.size(); ++i) {
      const TensorView& sequence = inputs[parts_.states + i];
      const std::int64_t axis = ops::resolved_axis(parts_.inputs[i].axis, sequence.rank());
      length = sequence.shape[static_cast<std::size_t>(axis)];
      state.shapes[i].assign(sequence.shape.begin(), sequence.shape.end());
      state.shapes[i].erase(state.shapes[i].begin() + axis);
      state.inputs.push_back({sequence.dtype, state.shapes[i], sequence.data});
    }
    held_.add_captured(inputs, state.inputs);
    for (std::size_t i = 0; i < parts_.outputs.size(); ++i) elements_[i].start(state.stacks[i]);
    return length;
  }

  // Points the body's input at element t of sequence i, copied together where it does not lie in one piece.
  void show_element(std::span<const TensorView> inputs, std::size_t i, std::int64_t t, std::int64_t length,
                    ScanState& state) const {
    const TensorView& sequence = inputs[parts_.states + i];
    TensorView& shown = state.inputs[parts_.states + i];
    const Blocks blocks(sequence, parts_.inputs[i].axis);
    const auto at = static_cast<std::size_t>(parts_.inputs[i].reverse ? length - 1 - t : t);
    if (blocks.outer == 1) {
      shown.data = bytes_of(sequence) + at * blocks.piece;
      return;
    }
    GrowingTensor& element = state.elements[i];
    if (t == 0) element.reshape(shown.dtype, shown.shape, memory_);
    auto* to = static_cast<std::byte*>(element.view().data);
    shown.data = to;
    if (blocks.piece == 0) return;
    for (std::size_t o = 0; o < blocks.outer; ++o)
      std::memcpy(to + o * blocks.piece, bytes_of(sequence) + (o * blocks.length + at) * blocks.piece, blocks.piece);
  }

  void take(std::span<const TensorView> made, std::int64_t t, ScanState& state) const {
    for (std::size_t i = 0; i < parts_.states; ++i) {
      state.states[i].assign(made[i], memory_);
      state.inputs[i] = std::as_const(state.states[i]).view();
    }
    for (std::size_t i = 0; i < parts_.outputs.size(); ++i) {
      const TensorView& element = made[parts_.states + i];
      if (t == 0) state.stacks[i].start_sequence(element.dtype, element.shape);
      state.stacks[i].append(element, memory_);
    }
  }

  // The elements of output i lie one after the other in the order they were made; this is the sequence asked for.
  TensorView sequence(std::size_t i, ScanState& state) const {
    const TensorView stack = std::as_const(state.stacks[i]).view();
    const std::int64_t axis = ops::resolved_axis(parts_.outputs[i].axis, stack.rank());
    if (axis == 0 && !parts_.outputs[i].reverse) return stack;
    std::vector<std::int64_t>& shape = state.arranged_shape;
    shape.assign(stack.shape.begin() + 1, stack.shape.end());
    shape.insert(shape.begin() + axis, stack.shape[0]);
    GrowingTensor& out = state.arranged[i];
    out.reshape(stack.dtype, shape, memory_);
    const TensorView result = std::as_const(out).view();
    const Blocks blocks(result, axis);
    auto* to = static_cast<std::byte*>(out.view().data);
    if (result.bytes() == 0) return result;
    for (std::size_t t = 0; t < blocks.length; ++t) {
      const std::size_t at = parts_.outputs[i].reverse ? blocks.length - 1 - t : t;
      for (std::size_t o = 0; o < blocks.outer; ++o)
        std::memcpy(to + (o * blocks.length + at) * blocks.piece,
                    bytes_of(stack) + (t * blocks.outer + o) * blocks.piece, blocks.piece);
    }
    return result;
  }

  HeldProgram held_;
  ops::ScanParts parts_;
  std::int64_t memory_;
  std::vector<SequenceElement> elements_;  // of the outputs
};

}  // namespace

std::unique_ptr<ControlStep> make_scan_step(const Node& node, const Environment& environment) {
  return std::make_unique<ScanStep>(node, environment);
}

}  // namespace rondo
