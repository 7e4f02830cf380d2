// LSTM and RNN inference on oneDNN's RNN primitives: float32, constant weights, all rows of full length, the standard
// activations. GRU is a candidate that only says why not.
#pragma once

#include "backends/step/step.h"

namespace rondo::onednn {

std::string refuse_recurrent(const Lowering& at);
std::unique_ptr<Step> make_recurrent(const Lowering& at);

}  // namespace rondo::onednn
