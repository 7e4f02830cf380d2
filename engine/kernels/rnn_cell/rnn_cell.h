// Contract of one step of ONNX RNN:
//   h_next = f(clip(xp + h_prev R^T)),  xp = x W^T + Wb + Rb
// xp is given as XP[row][panel][1][lanes] (see panel/pack.h), R as R_packed[panel][hidden][1][lanes]. Splitting,
// aliasing and bits: panel/step.h.
#pragma once

#include "kernels/activation/activation.h"
#include "kernels/panel/step.h"

namespace rondo::kernels {

template <class T>
struct RnnCell {
  ActivationFunction f;
  T clip;  // > 0; +infinity: none
};

// Whether it has the default functions and nothing else, so that kernels for those compute it.
template <class T>
bool is_plain(const RnnCell<T>& cell);

template <class T>
struct RnnStep {
  int64_t hidden;
  StepRange range;
  const T* r_packed;
  Rows<const T> xp;
  Rows<const T> h_prev;
  Rows<T> h_next;
  const RnnCell<T>* cell;
  KeptSums<T, 1> kept = {};
};

template <class T>
using RnnStepFunction = void (*)(const RnnStep<T>&);

template <class T>
struct RnnCellKernels {
  const char* name;                 // of the variant: "avx512", "avx2" or "scalar"
  int lanes;                        // hidden units in a panel
  RnnStepFunction<T> default_step;  // Tanh, no clip; the cell is not read
  RnnStepFunction<T> any_step;

  // The fastest step that computes this cell.
  RnnStepFunction<T> step_for(const RnnCell<T>& cell) const;
};

// The best compiled variant that isa allows. T is float or double.
template <class T>
const RnnCellKernels<T>& select_rnn_cell(Isa isa);

#define RONDO_RNN_CELL(isa)                                \
  extern const RnnCellKernels<float> rnn_cell_##isa##_f32; \
  extern const RnnCellKernels<double> rnn_cell_##isa##_f64;
#include "kernels/rnn_cell/rnn_cell.inc"
#undef RONDO_RNN_CELL

}  // namespace rondo::kernels
