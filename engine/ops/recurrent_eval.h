// The scalar reference of RNN, LSTM and GRU: one row after the other, one direction after the other, plain loops in the
// tensors' own precision. The operators' files give the cell.
#pragma once

#include <algorithm>
#include <stdexcept>

#include "ops/dispatch.h"
#include "ops/recurrent_walk.h"

namespace rondo::ops {

// Arithmetic that all cells share, for one direction.
template <class Real>
struct CellArithmetic {
  const RecurrentSpec& spec;
  std::int64_t d;
  DirectionWeights<Real> w;

  static Real dot(const Real* a, const Real* b, std::int64_t n) {
    Real sum = 0;
    for (std::int64_t k = 0; k < n; ++k) sum += a[k] * b[k];
    return sum;
  }
  // Unit j of a gate: Xt*W^T + Wb and H*R^T + Rb.
  template <class Gate>
  Real from_x(Gate gate, std::int64_t j, const Real* x) const {
    const std::int64_t row = row_of(gate, j);
    return dot(w.W + row * spec.I, x, spec.I) + (w.Wb == nullptr ? 0 : w.Wb[row]);
  }
  template <class Gate>
  Real from_h(Gate gate, std::int64_t j, const Real* h) const {
    const std::int64_t row = row_of(gate, j);
    return dot(w.R + row * spec.H, h, spec.H) + (w.Rb == nullptr ? 0 : w.Rb[row]);
  }
  Real peephole(Peephole gate, std::int64_t j, Real c) const { return w.P == nullptr ? 0 : w.P[row_of(gate, j)] * c; }

  // Called before the first step of row n, which takes so many.
  void begin_row(std::int64_t, std::int64_t) const {}

  // The k-th function of the direction; gates bound its argument, NaN passes.
  Real activate(std::size_t k, Real x) const { return apply(spec.activations[static_cast<std::size_t>(d)][k], x); }
  Real gate(std::size_t k, Real x) const {
    if (!spec.clip) return activate(k, x);
    const Real bound = *spec.clip;
    return activate(k, x < -bound ? -bound : x > bound ? bound : x);
  }

  template <class Gate>
  std::int64_t row_of(Gate gate, std::int64_t j) const {
    return static_cast<std::int64_t>(gate_row(gate, static_cast<std::size_t>(spec.H))) + j;
  }
};

// Vectors of H elements for one row, carved from the scratch memory.
template <class Real>
struct CellState {
  Real *h, *c;           // the state, replaced by a step
  Real *next, *reset;    // a step's own
  Real* kept = nullptr;  // the step's part of the workspace; null: nobody wants it

  // Puts a number where the workspace wants it, and gives it back.
  Real keep(std::int64_t at, Real value) const {
    if (kept != nullptr) kept[at] = value;
    return value;
  }
};
inline constexpr std::size_t kCellStateVectors = 4;

inline std::size_t recurrent_scratch_bytes(const Node&, std::span<const TensorView> inputs) {
  const auto H = static_cast<std::size_t>(inputs[recurrent_input::R].shape[2]);
  return kCellStateVectors * H * size_of(inputs[recurrent_input::X].dtype);
}

template <class Real>
void load_state(const EvalContext& ctx, std::size_t input, const RecurrentSpec& spec, std::int64_t offset,
                Real* state) {
  if (ctx.has(input)) {
    std::copy_n(ctx.inputs[input].as<Real>() + offset, spec.H, state);
  } else {
    std::fill_n(state, spec.H, Real{0});
  }
}

template <class Real>
void store_state(const EvalContext& ctx, std::size_t output, const RecurrentSpec& spec, std::int64_t offset,
                 const Real* state) {
  if (ctx.wants(output)) std::copy_n(state, spec.H, ctx.outputs[output].as<Real>() + offset);
}

template <class Real>
void keep_state(const RecurrentSpec& spec, const CellState<Real>& state) {
  if (spec.cell == Cell::lstm) std::copy_n(state.c, spec.H, state.kept + spec.kept_c() * spec.H);
  std::copy_n(state.h, spec.H, state.kept + spec.kept_h() * spec.H);
}

// The lengths of the rows, checked; empty when the layer has none.
inline std::span<const std::int32_t> sequence_lens_of(const EvalContext& ctx, const RecurrentSpec& spec) {
  if (!ctx.has(recurrent_input::sequence_lens)) return {};
  const TensorView& v = ctx.inputs[recurrent_input::sequence_lens];
  const std::span lens(v.as<std::int32_t>(), static_cast<std::size_t>(v.count()));
  check_sequence_lens(ctx.node, lens, spec.T);
  return lens;
}

// cell_of(d) is the arithmetic of a direction; step(cell, x, CellState<Real>) replaces the state of a row by the next
// one.
template <class Real, class CellOf, class Step>
void eval_recurrent_as(const EvalContext& ctx, const RecurrentSpec& spec, CellOf cell_of, Step step) {
  const std::span<const std::int32_t> lens = sequence_lens_of(ctx, spec);
  const Real* x = ctx.inputs[recurrent_input::X].as<Real>();
  Real* y = ctx.wants(recurrent_output::Y) ? ctx.outputs[recurrent_output::Y].as<Real>() : nullptr;
  const std::size_t workspace = workspace_output(spec.cell);
  Real* kept = ctx.wants(workspace) ? ctx.outputs[workspace].as<Real>() : nullptr;
  Real* memory = reinterpret_cast<Real*>(ctx.scratch);
  CellState<Real> state{memory, memory + spec.H, memory + 2 * spec.H, memory + 3 * spec.H};
  for (std::int64_t d = 0; d < spec.D; ++d) {
    auto cell = cell_of(d);
    for (std::int64_t n = 0; n < spec.N; ++n) {
      const std::int64_t at = spec.state_at(d, n);
      cell.begin_row(n, spec.length(lens, n));
      load_state(ctx, recurrent_input::initial_h, spec, at, state.h);
      load_state(ctx, recurrent_input::initial_c, spec, at, state.c);
      zero_kept_padding(spec, lens, d, n, n + 1, kept);
      walk_rows(spec, lens, d, n, n + 1, y, [&](const RecurrentStep& now) {
        if (kept != nullptr) state.kept = kept + spec.kept_at(now.t, d, n);
        step(cell, x + spec.x_at(now.t, n), state);
        if (kept != nullptr) keep_state(spec, state);
        if (y != nullptr) std::copy_n(state.h, spec.H, y + spec.y_at(now.t, d, n));
      });
      store_state(ctx, recurrent_output::Y_h, spec, at, state.h);
      if (spec.cell == Cell::lstm) store_state(ctx, recurrent_output::Y_c, spec, at, state.c);
    }
  }
}

template <class Step>
void eval_recurrent(const EvalContext& ctx, Step step) {
  const TensorView& x = ctx.inputs[recurrent_input::X];
  const RecurrentSpec spec = recurrent_spec(ctx.node, x.shape, ctx.inputs[recurrent_input::R].shape);
  const bool ran = with_float(x.dtype, [&]<class Real>(TypeTag<Real>) {
    const auto cell_of = [&](std::int64_t d) {
      return CellArithmetic<Real>{spec, d, direction_weights<Real>(spec, d, ctx.inputs)};
    };
    eval_recurrent_as<Real>(ctx, spec, cell_of, step);
  });
  if (!ran) throw std::logic_error("a recurrent layer of a half type was not widened");
}

// A declaration: the attributes, ports and rules that all cells share, and own_attributes on top.
OpDef recurrent_op(Cell cell, std::vector<AttrDef> own_attributes, void (*eval)(const EvalContext&));

}  // namespace rondo::ops
