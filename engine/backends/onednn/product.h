// MatMul and Gemm on oneDNN's matrix product: float32, any broadcast of MatMul, Gemm with alpha 1. A constant B is laid
// out once as oneDNN likes it.
#pragma once

#include "backends/step/step.h"

namespace rondo::onednn {

std::string refuse_matmul(const Lowering& at);
std::unique_ptr<Step> make_matmul(const Lowering& at);

std::string refuse_gemm(const Lowering& at);
std::unique_ptr<Step> make_gemm(const Lowering& at);

}  // namespace rondo::onednn
