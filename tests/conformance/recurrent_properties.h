// What must hold bit for bit between runs of one recurrent case. For the test and the program rondo-recurrent-check.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/engine.h"
#include "oracle/recurrent_case.h"

namespace rondo::conformance {

struct BitsReport {
  std::vector<std::string> failures;  // a line for each comparison that failed, with the case and its seed
  std::int64_t compared = 0;          // runs compared with another one
  std::int64_t other_nans = 0;        // of those, runs that differed in the sign or payload of NaNs only
};

// IEEE 754 leaves the sign and payload of a NaN open; compilers decide them by the order of a sum's operands, which is
// not the same for every number of rows. So a NaN equals every NaN here, and everything else must have the same bits.
// Compares:
//   rerun     the same inputs again, also after a run whose floating inputs were all NaN
//   threads   two threads and one
//   form      constants and inputs, symbolic dims, more outputs: how a model is written
//   exported  the graph written as ONNX and read again
//   padding   NaN, or zero, past the end of the rows
// and, where the own kernels or the reference run the layer,
//   rows      each row alone, halves of the batch, the batch in another order, and repeated until it is work for two
//             threads
//   time      steps [0,t) and then [t,T) from the states that the first run gave; for one direction, in float and
//             double (16-bit outputs round the states); for every eighth seed also some hundred steps in short spans
// Exceptions of the engine are failures.
BitsReport compare_bits(const oracle::RecurrentCase& c, const Choice& choice);

}  // namespace rondo::conformance
