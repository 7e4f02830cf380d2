// Doubles of the oracle to tensors of the engine and back. The 16-bit types are reached through float.
#pragma once

#include <cstdint>
#include <vector>

#include "oracle/recurrent_case.h"
#include "rondo/tensor.h"

namespace rondo::oracle {

// The nearest value of the floating type.
double round_to(DType dtype, double value);

// The values rounded to dtype.
Tensor to_tensor(DType dtype, std::vector<std::int64_t> shape, const Values& values);
Tensor to_tensor(const std::vector<std::int32_t>& values);  // int32, one axis

// Exact. For the four floating types.
Values to_values(const TensorView& tensor);

}  // namespace rondo::oracle
