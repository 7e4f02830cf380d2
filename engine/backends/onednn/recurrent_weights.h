// The weights of one direction of an LSTM or RNN as oneDNN takes them: gates in its order, W and R in the layouts its
// primitive asks for, one bias instead of two.
#pragma once

#include <memory>
#include <vector>

#include "backends/onednn/packed.h"
#include "ops/recurrent.h"

namespace rondo::onednn {

// oneDNN's dims: L layers, D directions, here both 1; I input, G gates, O output channels.
Desc plain_gate_weights(const ops::RecurrentSpec& spec, std::int64_t inputs);  // [1,1,inputs,G,H] as ONNX stores it
Desc gate_vectors(std::int64_t gates, std::int64_t hidden);                    // [1,1,gates,H], dense

struct RecurrentWeights {
  std::shared_ptr<const Packed> W, R;
  std::vector<float> bias;      // [G,H]: Wb + Rb, zeros without B
  std::vector<float> peephole;  // [3,H], empty without P
};

// The inputs W, R, B and P of `at` must be constant.
RecurrentWeights recurrent_weights(const Lowering& at, const ops::RecurrentSpec& spec, std::int64_t direction,
                                   const Desc& wanted_w, const Desc& wanted_r);

}  // namespace rondo::onednn
