// Derivatives by differences, for checking gradients.
#pragma once

#include <functional>
#include <vector>

#include "rondo/tensor.h"

namespace rondo::test {

// A number computed from tensors.
using Scalar = std::function<double(const std::vector<Tensor>&)>;

// d f / d x at every element of inputs[which], a tensor of float64: central differences of sixth order with several
// steps, of which the two that agree best give the result.
std::vector<double> differences(const Scalar& f, std::vector<Tensor> inputs, std::size_t which);

// The largest |a - b| over the largest magnitude among both, which counts as no less than 1e-3; infinity where one is
// not finite and the other is another number.
double relative_difference(const std::vector<double>& a, const std::vector<double>& b);

std::vector<double> doubles(const Tensor& t);

// The sum of weights[k] * outputs[k] over those among outputs that are float64.
double weighed_sum(const std::vector<Tensor>& outputs, const std::vector<Tensor>& weights);

}  // namespace rondo::test
