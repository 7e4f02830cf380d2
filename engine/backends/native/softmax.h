// Softmax along the last axis on our own kernels.
#pragma once

#include <memory>

#include "backends/step/step.h"

namespace rondo::native {

std::string refuse_softmax(const Lowering& at);
std::unique_ptr<Step> make_softmax(const Lowering& at);

}  // namespace rondo::native
