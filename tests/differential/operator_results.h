// What one operator that holds no graph gives, in float64: recurrent layers by the oracle, most others by formulas, the
// rest by their scalar reference in double. Results are rounded to the types they have in the graph.
#pragma once

#include "differential/noise.h"
#include "differential/values.h"

namespace rondo::differential {

// By the shape rule of the operator. Throws Error(data) for inputs that it does not take.
std::vector<TensorType> inferred_types(const Node& node, const Values& inputs);

// noise: null for none. Throws Error(data), and std::logic_error when a formula and the shape rule differ.
Values operator_results(const Node& node, const Values& inputs, Noise* noise);

}  // namespace rondo::differential
