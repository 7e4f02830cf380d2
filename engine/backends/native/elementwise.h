// Relu, Sigmoid, Tanh and their kin on our own kernels.
#pragma once

#include <memory>

#include "backends/step/step.h"

namespace rondo::native {

std::string refuse_elementwise(const Lowering& at);
std::unique_ptr<Step> make_elementwise(const Lowering& at);

}  // namespace rondo::native
