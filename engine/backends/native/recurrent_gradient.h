// RNNGradient, LSTMGradient and GRUGradient on our own kernels: any attribute, float and double.
#pragma once

#include <memory>

#include "backends/step/step.h"

namespace rondo::native {

std::string refuse_recurrent_gradient(const Lowering& at);
std::unique_ptr<Step> make_recurrent_gradient(const Lowering& at);

}  // namespace rondo::native
