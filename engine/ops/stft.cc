// STFT: the discrete Fourier transform of frames of a signal, frame_length long, one every frame_step samples, each
// times the window. Without frame_length a frame is as long as the window, without either as the signal. Signals are
// real, [batch,length] or [batch,length,1], or complex, [batch,length,2].
#include <fmt/format.h>

#include <algorithm>

#include "ir/graph.h"
#include "ops/axes.h"
#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/fourier.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kSignal, kStep, kWindow, kLength };

void check_signal(const InferContext& ctx) {
  const Shape& signal = ctx.shape(kSignal);
  const bool real = signal.size() == 2 || (signal.size() == 3 && may_equal(signal[2], 1));
  const bool complex = signal.size() == 3 && may_equal(signal[2], 2);
  if (!real && !complex)
    throw ctx.error("signal has the wrong shape")
        .got(to_string(signal))
        .expected("[batch_size,signal_length,1] or [batch_size,signal_length,2]");
  if (!real && ctx.integer("onesided") != 0)
    throw ctx.attribute_error("onesided", "a one-sided result is not possible for a complex signal")
        .got(to_string(signal))
        .fix("set onesided to 0");
}

// The length of a frame, by what is known of its three sources.
Dim frame_length(const InferContext& ctx) {
  const auto stated = integer_of(ctx, kLength);
  const Dim window = ctx.ranked(kWindow) ? ctx.shape(kWindow)[0] : Dim();
  if (stated && !may_equal(window, *stated < 0 ? Dim() : Dim(*stated)))
    throw ctx.error("window has another size than frame_length")
        .got(std::to_string(window.value))
        .expected(std::to_string(*stated));
  const Dim signal = ctx.ranked(kSignal) ? ctx.shape(kSignal)[1] : Dim();
  const Dim length = ctx.has(kLength) ? (stated ? Dim(*stated) : window) : ctx.has(kWindow) ? window : signal;
  const std::int64_t most = signal.known() ? std::min(signal.value, kMaxFourierLength) : kMaxFourierLength;
  const bool wrong = (stated && *stated < 1) || length.value > most || length == Dim(0);
  if (wrong)
    throw ctx.error("the length of a frame is out of range")
        .got(std::to_string(length.value))
        .expected(fmt::format("1 to {}", most));
  return length;
}

void infer(InferContext& ctx) {
  for (std::size_t i : {kStep, kLength}) require_one_element(ctx, i);
  require_rank(ctx, kWindow, 1);
  if (ctx.ranked(kSignal)) check_signal(ctx);
  const auto step = integer_of(ctx, kStep);
  if (step && *step < 1) throw ctx.error("frame_step is out of range").got(std::to_string(*step)).expected("1 or more");
  const Dim length = frame_length(ctx);
  Shape out(4);
  if (ctx.ranked(kSignal)) out[0] = ctx.shape(kSignal)[0];
  if (step && length.known() && ctx.ranked(kSignal) && ctx.shape(kSignal)[1].known())
    out[1] = (ctx.shape(kSignal)[1].value - length.value) / *step + 1;
  if (length.known()) out[2] = ctx.integer("onesided") != 0 ? length.value / 2 + 1 : length.value;
  out[3] = 2;
  ctx.set(0, ctx.dtype(kSignal), std::move(out));
}

std::int64_t frame_length(std::span<const TensorView> inputs) {
  const auto has = [&](std::size_t i) { return i < inputs.size() && inputs[i].present(); };
  if (has(kWindow)) return inputs[kWindow].shape[0];
  return has(kLength) ? IntegerList(inputs[kLength])[0] : inputs[kSignal].shape[1];
}

std::size_t scratch_bytes(const Node&, std::span<const TensorView> inputs) {
  return Fourier<double>::scratch_bytes(frame_length(inputs));
}

template <class T>
void transform_frames(const EvalContext& ctx) {
  const TensorView& signal = ctx.inputs[kSignal];
  const std::span<const std::int64_t> out = ctx.outputs[0].shape;
  const std::int64_t n = frame_length(ctx.inputs), step = IntegerList(ctx.inputs[kStep])[0];
  const std::int64_t components = signal.rank() == 3 ? signal.shape[2] : 1;
  const T* window = ctx.has(kWindow) ? ctx.inputs[kWindow].as<T>() : nullptr;
  const Fourier<double> fourier(n, false, ctx.scratch);
  T* y = ctx.outputs[0].as<T>();
  for (std::int64_t frame = 0; frame < out[0] * out[1]; ++frame) {
    const T* x = signal.as<T>() + (frame / out[1] * signal.shape[1] + frame % out[1] * step) * components;
    for (std::int64_t k = 0; k < n; ++k)
      fourier.input()[k] = complex_at<double>(x + k * components, components) *
                           (window == nullptr ? 1.0 : static_cast<double>(window[k]));
    fourier.run();
    for (std::int64_t k = 0; k < out[2]; ++k) {
      *y++ = static_cast<T>(fourier.output()[k].real());
      *y++ = static_cast<T>(fourier.output()[k].imag());
    }
  }
}

void eval(const EvalContext& ctx) {
  const std::int64_t length = frame_length(ctx.inputs);
  if (ctx.has(kLength) && IntegerList(ctx.inputs[kLength])[0] != length)  // known too late for infer
    throw ctx.error("window has another size than frame_length")
        .got(std::to_string(length))
        .expected(std::to_string(IntegerList(ctx.inputs[kLength])[0]));
  if (ctx.outputs[0].count() == 0) return;
  with_float(ctx.inputs[kSignal].dtype, [&]<class T>(TypeTag<T>) { transform_frames<T>(ctx); });
}

// Frames are gathered from the signal, weighed and transformed; each step goes back by itself.
void gradient(GradientContext& ctx) {
  const Term signal = input(ctx, kSignal), window = input(ctx, kWindow), g = grad(ctx);
  const Term samples = signal.rank() == 2 ? unsqueezed(signal, {2}) : signal;
  const auto number = [](const Term& list) {
    return reshaped(as_type(list, DType::int64), std::vector<std::int64_t>{});
  };
  const auto size = [&](const Term& x, std::int64_t axis) {
    return number(apply(gather(), shape_of(x), x.integers({axis})));
  };
  const Term n = window.present() ? size(window, 0) : ctx.has(kLength) ? number(input(ctx, kLength)) : size(signal, 1);
  const auto counted = [](const Term& count) { return apply(range(), {count.number(0), count, count.number(1)}); };
  const Term starts = counted(size(g, 1)) * number(input(ctx, kStep));
  const Term places = unsqueezed(starts, {1}) + counted(n);  // [frames, n]
  const Term spectrum =
      apply(dft(), {g, n, reshaped(g.integers({2}), std::vector<std::int64_t>{})}, {{"inverse", std::int64_t{1}}});
  const Term parts = apply(gather(), shape_of(samples), g.integers({2}));
  const Term frames = apply(slice(), {spectrum, g.integers({0}), parts, g.integers({-1})}) * as_type(n, g.dtype());
  const Attributes along{{"axis", std::int64_t{1}}};
  if (ctx.wants(kSignal)) {
    const Term weighed = window.present() ? frames * unsqueezed(window, {1}) : frames;
    const Term made = apply(gather_gradient(), {weighed, places, shape_of(samples)}, along);
    ctx.set(kSignal, reshaped_like(made, signal).id());
  }
  if (ctx.wants(kWindow))
    ctx.set(kWindow, sum_over(frames * apply(gather(), {samples, places}, along), {0, 1, 3}, false).id());
}

}  // namespace

const OpDef& stft() {
  static const OpDef def{.name = "STFT",
                         .attributes = {attr("onesided", 1)},
                         .inputs = {{"signal", "T1"},
                                    {"frame_step", "T2"},
                                    {"window", "T1", Presence::optional},
                                    {"frame_length", "T2", Presence::optional}},
                         .outputs = {{"output", "T1"}},
                         .types = {{"T1", kFloats}, {"T2", kIndices}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kSummed,
                         .scratch_bytes = scratch_bytes,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
