// Contract of one step backwards of ONNX RNN, LSTM and GRU for one row of a batch: from the gradient of the state after
// the step to those of the sums that went into the gates' functions, which the forward step kept (KeptSums in
// panel/step.h). With a the sum of a gate, a' = clip(a), f'(a) meaning f'(a') inside the clip and on it and 0 outside,
// dh = dh + grad_y (where there is one), and products element by element:
//   RNN   d_sum = dh f'(a)
//   LSTM  d_o = dh h(c) f'(a_o);  dc = dc + dh o h'(c) + p_output d_o
//         d_i = dc g f'(a_i), with input_forget dc (g - c_prev) f'(a_i);  d_f = dc c_prev f'(a_f), or 0;
//         d_g = dc i g'(a_g);  dc = dc f + p_input d_i + p_forget d_f
//   GRU   d_z = dh (h_prev - n) f'(a_z);  d_n = dh (1 - z) g'(a_n);  dh = dh z; then
//         reset_after, q being what was kept:  d_q = d_n r;  d_r = d_n q f'(a_r)
//         or with d_p = d_n R_n, made by the caller between two calls, candidate and reset:
//         d_r = d_p h_prev f'(a_r);  dh = dh + d_p r
// The caller then adds the products of the d_ with R: for RNN and LSTM they are all of the dh before, for GRU they come
// on top of what is left there. Vectors are [hidden], of any alignment; outputs overlap nothing but what is said to be
// in and out. An element does not depend on its position. NaN passes. Callers hold a simd::FlushDenormals.
#pragma once

#include "kernels/gru_cell/gru_cell.h"
#include "kernels/lstm_cell/lstm_cell.h"
#include "kernels/rnn_cell/rnn_cell.h"

namespace rondo::kernels {

template <class T>
struct RnnGradient {
  int64_t hidden;
  const T* sum;
  const T* grad_y;  // null: 0
  const T* dh;
  T* d_sum;
  const RnnCell<T>* cell;
};

template <class T>
struct LstmGradient {
  int64_t hidden;
  const T* sums[LstmSlot::count];
  const T* c_prev;
  const T* c;
  const T* grad_y;  // null: 0
  const T* dh;
  T* dc;  // in and out
  T* d_sums[LstmSlot::count];
  const LstmCell<T>* cell;
};

template <class T>
struct GruGradient {
  int64_t hidden;
  const T* sums[GruSlot::count];
  const T* q;  // only reset_after reads it
  const T* h_prev;
  const T* grad_y;  // null: 0; reset does not read it
  T* dh;            // in and out
  T* d_sums[GruSlot::count];
  T* d_q;        // reset_after
  const T* d_p;  // reset
  const GruCell<T>* cell;
};

template <class T>
using RnnGradientFunction = void (*)(const RnnGradient<T>&);
template <class T>
using LstmGradientFunction = void (*)(const LstmGradient<T>&);
template <class T>
using GruGradientFunction = void (*)(const GruGradient<T>&);

template <class T>
struct GruGradients {
  GruGradientFunction<T> reset_after;
  GruGradientFunction<T> candidate;
  GruGradientFunction<T> reset;
};

template <class T>
struct CellGradientKernels {
  const char* name;  // of the variant: "avx512", "avx2" or "scalar"
  // plain: the default functions, and no clip, peephole or input_forget; the cell is not read.
  RnnGradientFunction<T> plain_rnn, any_rnn;
  LstmGradientFunction<T> plain_lstm, any_lstm;
  GruGradients<T> plain_gru, any_gru;
};

// The best compiled variant that isa allows. T is float or double.
template <class T>
const CellGradientKernels<T>& select_cell_gradient(Isa isa);

#define RONDO_CELL_GRADIENT(isa)                                     \
  extern const CellGradientKernels<float> cell_gradient_##isa##_f32; \
  extern const CellGradientKernels<double> cell_gradient_##isa##_f64;
#include "kernels/cell_gradient/cell_gradient.inc"
#undef RONDO_CELL_GRADIENT

}  // namespace rondo::kernels
