// RNN, LSTM and GRU nodes computed by the float64 oracle, which shares no code with the operators.
#pragma once

#include <memory>
#include <vector>

#include "differential/values.h"

namespace rondo::differential {

bool is_layer(const OpDef& op) noexcept;

enum class Precision { float32, float64 };

// inputs: those of the node, floats of any type. in: what the oracle computes in; float32 tells what rounding alone
// does. The outputs are doubles, null where the node has none. Throws Error(data) for what the oracle does not take.
std::vector<std::shared_ptr<Tensor>> oracle_results(const Node& node, const Values& inputs,
                                                    Precision in = Precision::float64);

}  // namespace rondo::differential
