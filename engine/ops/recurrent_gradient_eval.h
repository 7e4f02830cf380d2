// The scalar reference of the gradients of RNN, LSTM and GRU: one direction after the other, one row after the other,
// each from its last step to its first, plain sums in the tensors' own precision. The operators' files give the cell,
// which turns the gradient of Ht (and Ct) into those of the gates' sums.
#pragma once

#include <cmath>

#include "ops/recurrent_eval.h"
#include "ops/recurrent_gradient.h"

namespace rondo::ops {

// Where the gradients of one direction are summed; null where nobody wants them. As DirectionWeights.
template <class Real>
struct WeightGradients {
  Real *W, *R, *Wb, *Rb, *P;
};

// One step of one row, for a cell. Vectors of H unless they say otherwise.
template <class Real>
struct GradientStep {
  const Real* kept;             // of this step, as the workspace has it
  const Real *h_prev, *c_prev;  // the state before the step
  Real *dh, *dc;          // in: of the state after it; out: of the state before it, but for what from_h adds to dh
  Real *from_x, *from_h;  // [G*H], out: of the sums Xt*W^T + Wb and Ht-1*R^T + Rb of each gate
  Real* work;
};

// dh, dc, work, and the zeros that stand for an absent initial state.
inline constexpr std::size_t kGradientVectors = 4;

template <class Real>
struct GradientCell : CellArithmetic<Real> {
  using CellArithmetic<Real>::spec, CellArithmetic<Real>::d, CellArithmetic<Real>::w;
  WeightGradients<Real> grad;

  // The slope of the k-th function, and with the clip in front of it.
  Real slope_of(std::size_t k, Real x) const { return slope(spec.activations[static_cast<std::size_t>(d)][k], x); }
  Real gate_slope(std::size_t k, Real x) const {
    return spec.clip && std::abs(x) > Real{*spec.clip} ? 0 : slope_of(k, x);
  }

  // of[i] is the gradient of a sum over k of weights[i][k] * operand[k]: adds to those of the weights and the operand.
  static void add_product(std::int64_t rows, std::int64_t columns, const Real* of, const Real* weights,
                          const Real* operand, Real* grad_weights, Real* grad_operand) {
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t k = 0; k < columns; ++k) {
        if (grad_weights != nullptr) grad_weights[i * columns + k] += of[i] * operand[k];
        if (grad_operand != nullptr) grad_operand[k] += of[i] * weights[i * columns + k];
      }
  }

  void add_input(const GradientStep<Real>& s, const Real* x, Real* grad_x) const {
    const std::int64_t rows = spec.G() * spec.H;
    add_product(rows, spec.I, s.from_x, w.W, x, grad.W, grad_x);
    for (std::int64_t i = 0; grad.Wb != nullptr && i < rows; ++i) grad.Wb[i] += s.from_x[i];
    for (std::int64_t i = 0; grad.Rb != nullptr && i < rows; ++i) grad.Rb[i] += s.from_h[i];
  }

  // What the products with Ht-1 give. The candidate of GRU multiplies another vector unless it is linear before reset.
  void add_recurrent(const GradientStep<Real>& s) const {
    const std::int64_t H = spec.H;
    const bool other = spec.cell == Cell::gru && !spec.linear_before_reset;
    const std::int64_t rows = (other ? this->row_of(GruGate::hidden, 0) : spec.G() * H);
    add_product(rows, H, s.from_h, w.R, s.h_prev, grad.R, s.dh);
    if (other && grad.R != nullptr)
      add_product(H, H, s.from_h + rows, nullptr, s.kept + spec.kept_c() * H, grad.R + rows * H, nullptr);
  }
};

template <class Real>
Real* wanted_output(const EvalContext& ctx, std::size_t i) {
  return ctx.wants(i) ? ctx.outputs[i].as<Real>() : nullptr;
}

template <class Real>
WeightGradients<Real> weight_gradients(const RecurrentSpec& spec, std::int64_t d, const EvalContext& ctx) {
  namespace out = recurrent_gradient_output;
  const std::int64_t rows = spec.G() * spec.H;
  const auto block = [&](std::size_t output, std::int64_t elements) {
    Real* whole = wanted_output<Real>(ctx, output);
    return whole == nullptr ? nullptr : whole + d * elements;
  };
  Real* bias = block(out::B, static_cast<std::int64_t>(kBiases) * rows);
  return {block(out::W, rows * spec.I), block(out::R, rows * spec.H), bias, bias == nullptr ? nullptr : bias + rows,
          block(out::P, static_cast<std::int64_t>(kPeepholes) * spec.H)};
}

// step(cell, GradientStep<Real>) fills from_x and from_h, and replaces dh and dc.
template <class Real, class Step>
void eval_recurrent_gradient_as(const EvalContext& ctx, const RecurrentSpec& spec, Step step) {
  namespace in = recurrent_gradient_input;
  namespace out = recurrent_gradient_output;
  for (const MutableTensorView& view : ctx.outputs)
    if (view.present()) std::fill_n(view.as<Real>(), view.count(), Real{0});
  const std::span<const std::int32_t> lens = sequence_lens_of(ctx, spec);
  const std::int64_t H = spec.H;
  const auto input = [&](std::size_t i) { return ctx.has(i) ? ctx.inputs[i].as<Real>() : nullptr; };
  const Real *x = input(recurrent_input::X), *kept = input(in::workspace), *grad_y = input(in::grad_Y);
  const Real *h0 = input(recurrent_input::initial_h), *c0 = input(recurrent_input::initial_c);
  Real* grad_x = wanted_output<Real>(ctx, out::X);
  Real* memory = reinterpret_cast<Real*>(ctx.scratch);
  Real* zeros = memory + 3 * H;
  std::fill_n(zeros, H, Real{0});
  GradientStep<Real> s{nullptr,       nullptr, nullptr, memory, memory + H, memory + 4 * H, memory + (4 + spec.G()) * H,
                       memory + 2 * H};

  for (std::int64_t d = 0; d < spec.D; ++d) {
    const GradientCell<Real> cell{{spec, d, direction_weights<Real>(spec, d, ctx.inputs)},
                                  weight_gradients<Real>(spec, d, ctx)};
    const bool reverse = spec.reverse[static_cast<std::size_t>(d)];
    for (std::int64_t n = 0; n < spec.N; ++n) {
      const std::int64_t at = spec.state_at(d, n);
      load_state(ctx, in::grad_Y_h, spec, at, s.dh);
      load_state(ctx, in::grad_Y_c, spec, at, s.dc);
      const std::int64_t first = reverse ? spec.length(lens, n) - 1 : 0;
      walk_steps(spec, lens, d, n, n + 1, WalkOrder::gradient, [&](const RecurrentStep& now) {
        s.kept = kept + spec.kept_at(now.t, d, n);
        if (now.t == first) {
          s.h_prev = h0 == nullptr ? zeros : h0 + at;
          s.c_prev = c0 == nullptr ? zeros : c0 + at;
        } else {
          const Real* before = kept + spec.kept_at(reverse ? now.t + 1 : now.t - 1, d, n);
          s.h_prev = before + spec.kept_h() * H;
          s.c_prev = before + spec.kept_c() * H;
        }
        for (std::int64_t j = 0; grad_y != nullptr && j < H; ++j) s.dh[j] += grad_y[spec.y_at(now.t, d, n) + j];
        step(cell, s);
        const std::int64_t x_at = spec.x_at(now.t, n);
        cell.add_input(s, x + x_at, grad_x == nullptr ? nullptr : grad_x + x_at);
        cell.add_recurrent(s);
      });
      store_state(ctx, out::initial_h, spec, at, s.dh);
      store_state(ctx, out::initial_c, spec, at, s.dc);
    }
  }
}

// The tensors of a gradient as doubles, in scratch memory: inputs as they are, a workspace and outputs to be filled.
class WideGradient {
 public:
  explicit WideGradient(const EvalContext& ctx);

  // The layer again, in double: its workspace is the gradient's.
  void run_layer(const EvalContext& ctx, const OpDef& layer);
  EvalContext context(const EvalContext& ctx) const { return {ctx.node, inputs_, outputs_, scratch_}; }
  void round_outputs(const EvalContext& ctx) const;

  static std::size_t bytes(const Node& node, std::span<const TensorView> inputs);

 private:
  std::array<TensorView, recurrent_gradient_input::count> inputs_{};
  std::array<MutableTensorView, recurrent_gradient_output::count> outputs_{};
  MutableTensorView workspace_;
  std::byte* scratch_;
};

// layer: the operator whose gradient it is.
template <class Step>
void eval_recurrent_gradient(const EvalContext& ctx, const OpDef& layer, Step step) {
  const TensorView& x = ctx.inputs[recurrent_input::X];
  const RecurrentSpec spec = recurrent_spec(ctx.node, x.shape, ctx.inputs[recurrent_input::R].shape);
  if (is_wide_gradient(x.dtype, spec.H)) {
    WideGradient wide(ctx);
    wide.run_layer(ctx, layer);
    eval_recurrent_gradient_as<double>(wide.context(ctx), spec, step);
    return wide.round_outputs(ctx);
  }
  const bool ran =
      with_float(x.dtype, [&]<class Real>(TypeTag<Real>) { eval_recurrent_gradient_as<Real>(ctx, spec, step); });
  if (!ran) throw std::logic_error("the gradient of a recurrent layer of a half type was not widened");
}

}  // namespace rondo::ops
