// The reference for RNN, LSTM and GRU: the ONNX specification as plain loops in double precision, written for reading.
// It shares no arithmetic with the engine. Tests of the engine compare with it.
#pragma once

#include "oracle/recurrent_case.h"

namespace rondo::oracle {

// All outputs, whichever are wanted, in the layout of the case (RecurrentCase::y_shape, state_shape).
struct RecurrentResult {
  Values Y, Y_h;
  Values Y_c;                   // LSTM only, otherwise empty
  double largest_cell = 0;      // max |C| over all steps
  double nearest_jump = 1e300;  // the smallest distance of an argument of ThresholdedRelu to its discontinuity
};

// Throws std::invalid_argument for what is no legal operator: wrong sizes, lengths, activations, clip.
RecurrentResult run_oracle(const RecurrentCase& c);

// The same loops in another precision (float, double, long double), to measure what rounding alone does.
template <class Real>
RecurrentResult run_oracle_in(const RecurrentCase& c);

}  // namespace rondo::oracle
