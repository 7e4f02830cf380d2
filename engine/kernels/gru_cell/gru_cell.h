// Contract of one step of ONNX GRU:
//   z = f(clip(xp_z + h_prev R_z^T))
//   r = f(clip(xp_r + h_prev R_r^T))
//   n = g(clip(xp_n + r * (h_prev R_n^T + Rb_n)))   linear_before_reset = 1: one call, reset_after
//   n = g(clip(xp_n + (r * h_prev) R_n^T))          linear_before_reset = 0: two calls, gates and then candidate
//   h_next = (1 - z) * n + z * h_prev
// xp is given as XP[row][panel][slot][lanes], slots as in GruSlot (see panel/pack.h), and carries the biases: Wb of all
// gates, Rb of z and r, and Rb of n too when linear_before_reset = 0.
//   reset_after reads r_packed[panel][hidden][slot][lanes] and recurrent_bias.
//   gates       reads r_packed[panel][hidden][update, reset][lanes]; writes z and reset_h = r * h_prev of its panels.
//   candidate   reads r_packed[panel][hidden][candidate][lanes], z of its panels and reset_h of all hidden units: every
//               panel's gates must be done, by whatever thread, before any candidate of the same row begins.
// Splitting, aliasing and bits: panel/step.h.
#pragma once

#include "kernels/activation/activation.h"
#include "kernels/panel/step.h"

namespace rondo::kernels {

// Where a gate lies in a panel; beside them: what is kept of h_prev R_n^T + Rb_n or of r * h_prev.
struct GruSlot {
  enum : int { update, reset, candidate, count };
  static constexpr int kRecurrent = count;
};

template <class T>
struct GruCell {
  ActivationFunction f, g;
  T clip;  // > 0; +infinity: none
};

// Whether it has the default functions and nothing else, so that kernels for those compute it.
template <class T>
bool is_plain(const GruCell<T>& cell);

template <class T>
struct GruStep {
  int64_t hidden;
  StepRange range;
  const T* r_packed;
  const T* recurrent_bias;  // Rb of n in panel order, [panels][lanes], zeros past hidden; only reset_after reads it
  Rows<const T> xp;
  Rows<const T> h_prev;
  Rows<T> h_next;
  Rows<T> z;        // [hidden] per row; only gates and candidate use it
  Rows<T> reset_h;  // likewise
  const GruCell<T>* cell;
  KeptSums<T, GruSlot::count + 1> kept = {};
};

template <class T>
using GruStepFunction = void (*)(const GruStep<T>&);

template <class T>
struct GruSteps {
  GruStepFunction<T> reset_after;
  GruStepFunction<T> gates;
  GruStepFunction<T> candidate;
};

template <class T>
struct GruCellKernels {
  const char* name;           // of the variant: "avx512", "avx2" or "scalar"
  int lanes;                  // hidden units in a panel
  GruSteps<T> default_steps;  // Sigmoid, Tanh, no clip; the cell is not read
  GruSteps<T> any_steps;

  // The fastest steps that compute this cell.
  const GruSteps<T>& steps_for(const GruCell<T>& cell) const;
};

// The best compiled variant that isa allows. T is float or double.
template <class T>
const GruCellKernels<T>& select_gru_cell(Isa isa);

#define RONDO_GRU_CELL(isa)                                \
  extern const GruCellKernels<float> gru_cell_##isa##_f32; \
  extern const GruCellKernels<double> gru_cell_##isa##_f64;
#include "kernels/gru_cell/gru_cell.inc"
#undef RONDO_GRU_CELL

}  // namespace rondo::kernels
