// MatMul and Gemm on our own product kernel, float and double.
#pragma once

#include <memory>

#include "backends/step/step.h"

namespace rondo::native {

std::string refuse_mat_mul(const Lowering& at);
std::unique_ptr<Step> make_mat_mul(const Lowering& at);
std::string refuse_gemm(const Lowering& at);
std::unique_ptr<Step> make_gemm(const Lowering& at);

}  // namespace rondo::native
