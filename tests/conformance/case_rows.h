// Batch rows and time steps picked out of a case or of a tensor. For the properties of a run that must hold bit for
// bit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "oracle/recurrent_case.h"
#include "rondo/tensor.h"

namespace rondo::conformance {

using Indices = std::vector<std::int64_t>;

Indices range(std::int64_t begin, std::int64_t end);

// The case of these batch rows, in this order.
oracle::RecurrentCase with_rows(const oracle::RecurrentCase& c, const Indices& rows);

// The elements of a tensor at these indices of one axis, in this order.
Tensor take(const TensorView& tensor, std::size_t axis, const Indices& indices);

// The axes of what a case puts out; `output` counts its wanted outputs.
std::size_t batch_axis(const oracle::RecurrentCase& c, std::size_t output);
inline std::size_t time_axis(const oracle::RecurrentCase& c) { return c.layout == 1 ? 1 : 0; }  // of Y

}  // namespace rondo::conformance
