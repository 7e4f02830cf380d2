// Contract of one step of ONNX LSTM:
//   i = f(clip(xp_i + h_prev R_i^T + p_input * c_prev))
//   f = f(clip(xp_f + h_prev R_f^T + p_forget * c_prev)), or 1 - i when input_forget
//   c_next = f * c_prev + i * g(clip(xp_c + h_prev R_c^T))
//   o = f(clip(xp_o + h_prev R_o^T + p_output * c_next))
//   h_next = o * h(c_next)
// with xp = x W^T + Wb + Rb given as XP[row][panel][slot][lanes] and R as R_packed[panel][hidden][slot][lanes], slots
// as in LstmSlot (see panel/pack.h). c_next may be c_prev. Splitting, other aliasing and bits: panel/step.h.
#pragma once

#include "kernels/activation/activation.h"
#include "kernels/panel/step.h"

namespace rondo::kernels {

// Where a gate lies in a panel.
struct LstmSlot {
  enum : int { input, forget, candidate, output, count };
};

template <class T>
struct LstmCell {
  ActivationFunction f, g, h;
  T clip;  // > 0; +infinity: none
  bool input_forget;
  const T* p_input;  // peepholes, [hidden] each, or all three null
  const T* p_output;
  const T* p_forget;
};

// Whether it has the default functions and nothing else, so that kernels for those compute it.
template <class T>
bool is_plain(const LstmCell<T>& cell);

template <class T>
struct LstmStep {
  int64_t hidden;
  StepRange range;
  const T* r_packed;
  Rows<const T> xp;
  Rows<const T> h_prev;
  Rows<const T> c_prev;
  Rows<T> h_next;
  Rows<T> c_next;
  const LstmCell<T>* cell;
  KeptSums<T, LstmSlot::count> kept = {};  // with peepholes; with input_forget nothing for the forget gate
};

template <class T>
using LstmStepFunction = void (*)(const LstmStep<T>&);

template <class T>
struct LstmCellKernels {
  const char* name;                  // of the variant: "avx512", "avx2" or "scalar"
  int lanes;                         // hidden units in a panel
  LstmStepFunction<T> default_step;  // Sigmoid, Tanh, Tanh; no clip, peephole or input_forget; the cell is not read
  LstmStepFunction<T> any_step;

  // The fastest step that computes this cell.
  LstmStepFunction<T> step_for(const LstmCell<T>& cell) const;
};

// The best compiled variant that isa allows. T is float or double.
template <class T>
const LstmCellKernels<T>& select_lstm_cell(Isa isa);

#define RONDO_LSTM_CELL(isa)                                 \
  extern const LstmCellKernels<float> lstm_cell_##isa##_f32; \
  extern const LstmCellKernels<double> lstm_cell_##isa##_f64;
#include "kernels/lstm_cell/lstm_cell.inc"
#undef RONDO_LSTM_CELL

}  // namespace rondo::kernels
