// Add, Sub, Mul, Div and PRelu on our own kernels, with broadcasting; Pow where it is a square.
#pragma once

#include <memory>

#include "backends/step/step.h"

namespace rondo::native {

std::string refuse_broadcast(const Lowering& at);
std::string refuse_power(const Lowering& at);
std::unique_ptr<Step> make_broadcast(const Lowering& at);

}  // namespace rondo::native
