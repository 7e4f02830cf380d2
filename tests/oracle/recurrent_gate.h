// The numerical standard for RNN, LSTM and GRU: how well conditioned a case is, what error it allows, and whether the
// outputs of an engine pass. Every tolerance of a recurrent operator against the oracle is in this header.
//
//   const RecurrentCase c = draw(seed);
//   const Verdict verdict = judge(c, outputs_of_the_engine);
//   EXPECT_EQ(verdict.failure, "");
// and where verdict.chaotic, the same for each of single_steps(c) (recurrent_parts.h) with Gate::step.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "oracle/recurrent_case.h"
#include "oracle/recurrent_oracle.h"
#include "rondo/tensor.h"

namespace rondo::oracle {

inline constexpr double kFloor32 = 2e-6;      // absolute, float32 arithmetic: float32, float16 and bfloat16 tensors
inline constexpr double kStepFloor32 = 1e-6;  // the same for one step, times max(1, largest initial state)
inline constexpr double kFloor64 = 1e-13;     // absolute, float64 arithmetic
inline constexpr double kDeviations = 16;     // so many deviations are allowed where that is more
inline constexpr double kChaotic = 1e-3;      // from this deviation on a whole run cannot be compared
inline constexpr double kJump32 = 1e-5;       // nearer to the jump of ThresholdedRelu, rounding decides the side
inline constexpr double kJump64 = 1e-12;

// The type an engine computes in: float64 for float64, float32 for the others.
DType arithmetic_of(DType dtype);

// The largest change of an output, C taken relative to max(1, max |C|), when X, W and R move by half an ULP of `ulp_of`
// up or down at random.
double deviation(const RecurrentCase& c, const RecurrentResult& exact, DType ulp_of);

enum class Gate { run, step };

struct Tolerance {
  double y, y_c;    // absolute, before the output is rounded to its dtype
  double rounding;  // relative, half an ULP of a 16-bit output
  bool chaotic;     // for Gate::step only near a jump
};
Tolerance tolerance(const RecurrentCase& c, const RecurrentResult& exact, Gate gate = Gate::run);

struct Verdict {
  std::string failure;   // empty: passed. Otherwise one line with the case, the place, both values and the tolerance
  double worst = 0;      // largest error in units of its tolerance; 0 where nothing finite was compared
  bool chaotic = false;  // only type, shape and the places of NaN and infinity were judged
};

// `outputs` are the wanted ones in ONNX's order: Y, Y_h, Y_c.
Verdict judge(const RecurrentCase& c, std::span<const TensorView> outputs, Gate gate = Gate::run);
Verdict judge(const RecurrentCase& c, const std::vector<Tensor>& outputs, Gate gate = Gate::run);

}  // namespace rondo::oracle
