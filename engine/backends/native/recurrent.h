// RNN, LSTM and GRU on our own kernels: any attribute, float and double, constant or computed weights.
#pragma once

#include <memory>

#include "backends/step/step.h"

namespace rondo::native {

std::string refuse_recurrent(const Lowering& at);
std::unique_ptr<Step> make_recurrent(const Lowering& at);

}  // namespace rondo::native
