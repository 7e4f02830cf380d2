#include "ops/recurrent_gradient.h"

#include <algorithm>

#include "ops/internal_op_list.h"
#include "ops/recurrent_gradient_eval.h"

namespace rondo::ops {
namespace {

namespace in = recurrent_gradient_input;
namespace out = recurrent_gradient_output;

const OpDef& gradient_op(Cell cell) {
  switch (cell) {
    case Cell::rnn:
      return rnn_gradient();
    case Cell::lstm:
      return lstm_gradient();
    case Cell::gru:
      break;
  }
  return gru_gradient();
}

// The layer's workspace; asked for now if it was not before.
ValueId workspace_of(GradientContext& ctx, Cell cell) {
  const std::size_t port = workspace_output(cell);
  Graph& graph = ctx.graph();
  std::vector<ValueId>& outputs = graph.node(ctx.node_id()).outputs;
  outputs.resize(std::max(outputs.size(), port + 1), kNone);
  if (outputs[port] != kNone) return outputs[port];
  const TensorType unknown{ctx.type(ctx.input(recurrent_input::X)).dtype, std::nullopt};
  outputs[port] = graph.add_value(graph.fresh_name(ctx.node().name + ".workspace"), unknown);
  graph.value(outputs[port]).producer = ctx.node_id();
  graph.infer(ctx.node_id());
  return outputs[port];
}

void check_shape(const InferContext& ctx, std::size_t input, const Shape& expected) {
  if (!ctx.ranked(input)) return;
  const Shape& got = ctx.shape(input);
  if (std::ranges::equal(got, expected, may_equal)) return;
  throw ctx.error(ctx.input_label(input) + " has the wrong shape").got(to_string(got)).expected(to_string(expected));
}

void infer(InferContext& ctx) {
  const RecurrentShapes shapes = recurrent_shapes(ctx);
  check_shape(ctx, in::workspace, shapes.workspace);
  check_shape(ctx, in::grad_Y, shapes.Y);
  check_shape(ctx, in::grad_Y_h, shapes.state);
  check_shape(ctx, in::grad_Y_c, shapes.state);
  for (std::size_t i = 0; i < out::count; ++i) {
    if (ctx.has(kGradientOf[i]))
      ctx.set(i, ctx.type(kGradientOf[i]));
    else if (ctx.wants(i))
      throw ctx.error("the gradient of an absent input is wanted").got(ctx.input_label(kGradientOf[i]));
  }
}

constexpr std::int64_t kWideHiddenSize = 2;  // the most hidden units of a layer whose gradient is computed in double

std::size_t vectors_bytes(const Node& node, std::span<const TensorView> inputs, DType dtype) {
  const auto H = static_cast<std::size_t>(inputs[recurrent_input::R].shape[2]);
  const auto G = static_cast<std::size_t>(recurrent_form(node).G());
  return (std::max(kGradientVectors + 2 * G, kCellStateVectors)) * H * size_of(dtype);
}

std::size_t scratch_bytes(const Node& node, std::span<const TensorView> inputs) {
  const DType dtype = inputs[recurrent_input::X].dtype;
  if (is_wide_gradient(dtype, inputs[recurrent_input::R].shape[2])) return WideGradient::bytes(node, inputs);
  return vectors_bytes(node, inputs, dtype);
}

bool is_real_input(std::size_t i) { return i != recurrent_input::sequence_lens; }

}  // namespace

bool is_wide_gradient(DType dtype, std::int64_t H) noexcept { return dtype == DType::float32 && H <= kWideHiddenSize; }

WideGradient::WideGradient(const EvalContext& ctx) {
  double* memory = reinterpret_cast<double*>(ctx.scratch);
  const auto take = [&memory](std::span<const std::int64_t> shape) {
    const MutableTensorView view{DType::float64, shape, memory};
    memory += view.count();
    return view;
  };
  for (std::size_t i = 0; i < ctx.inputs.size(); ++i) {
    const TensorView& narrow = ctx.inputs[i];
    inputs_[i] = narrow;
    if (!narrow.present() || !is_real_input(i)) continue;
    const MutableTensorView wide = take(narrow.shape);
    if (i == in::workspace)
      workspace_ = wide;
    else
      std::copy_n(narrow.as<float>(), narrow.count(), wide.as<double>());
    inputs_[i] = wide;
  }
  for (std::size_t i = 0; i < ctx.outputs.size(); ++i)
    if (ctx.outputs[i].present()) outputs_[i] = take(ctx.outputs[i].shape);
  scratch_ = reinterpret_cast<std::byte*>(memory);
}

void WideGradient::run_layer(const EvalContext& ctx, const OpDef& layer) {
  std::array<MutableTensorView, workspace_output(Cell::lstm) + 1> outputs{};
  outputs[workspace_output(recurrent_form(ctx.node).cell)] = workspace_;
  layer.eval({ctx.node, std::span(inputs_).first(recurrent_input::count), outputs, scratch_});
}

void WideGradient::round_outputs(const EvalContext& ctx) const {
  for (std::size_t i = 0; i < ctx.outputs.size(); ++i)
    if (ctx.outputs[i].present())
      std::transform(outputs_[i].as<double>(), outputs_[i].as<double>() + outputs_[i].count(),
                     ctx.outputs[i].as<float>(), [](double v) { return static_cast<float>(v); });
}

std::size_t WideGradient::bytes(const Node& node, std::span<const TensorView> inputs) {
  std::size_t numbers = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i)  // twice: an output has the shape of its input
    if (inputs[i].present() && is_real_input(i)) numbers += 2 * static_cast<std::size_t>(inputs[i].count());
  return numbers * sizeof(double) + vectors_bytes(node, inputs, DType::float64);
}

void emit_recurrent_gradient(GradientContext& ctx) {
  const Cell cell = recurrent_form(ctx.node()).cell;
  std::vector<ValueId> inputs(in::count, kNone);
  for (std::size_t i = 0; i < recurrent_input::count; ++i) inputs[i] = ctx.input(i);
  inputs[in::workspace] = workspace_of(ctx, cell);
  for (std::size_t i = 0; i < workspace_output(cell); ++i) inputs[in::grad_Y + i] = ctx.grad_output(i);

  std::vector<bool> present(out::count);
  for (std::size_t i = 0; i < out::count; ++i) present[i] = ctx.has(kGradientOf[i]) && ctx.wants(kGradientOf[i]);
  const std::vector<ValueId> grads = ctx.emit(gradient_op(cell), std::move(inputs), ctx.node().attributes, present);
  for (std::size_t i = 0; i < out::count; ++i)
    if (present[i]) ctx.set(kGradientOf[i], grads[i]);
}

OpDef recurrent_gradient_op(const OpDef& layer, void (*eval)(const EvalContext&)) {
  std::vector<PortDef> inputs = layer.inputs;
  inputs.resize(in::workspace, {"", "T", Presence::optional});
  inputs[recurrent_input::initial_c].name = "initial_c";
  inputs[recurrent_input::P].name = "P";
  inputs.push_back({"workspace", "T"});
  std::vector<PortDef> outputs;
  for (const char* name : {"grad_Y", "grad_Y_h", "grad_Y_c"}) inputs.push_back({name, "T", Presence::optional});
  for (const std::size_t input : kGradientOf)
    outputs.push_back({"grad_" + inputs[input].name, "T", Presence::optional});
  return {.name = layer.name + "Gradient",
          .domain = "rondo",
          .attributes = layer.attributes,
          .inputs = std::move(inputs),
          .outputs = std::move(outputs),
          .types = layer.types,
          .infer = infer,
          .eval = eval,
          .tolerance = layer.tolerance,
          .scratch_bytes = scratch_bytes};
}

}  // namespace rondo::ops
