// Small graphs and tensors for tests, and the plainest way to run a graph.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace rondo::test {

// Seeded values in (-1, 1); the same on every machine.
Tensor random_tensor(DType dtype, std::vector<std::int64_t> shape, std::uint64_t seed);
Tensor int64_tensor(std::vector<std::int64_t> values);
inline TensorPtr shared(Tensor t) { return std::make_shared<const Tensor>(std::move(t)); }

TensorType type_of(DType dtype, Shape shape);

// The one output of a new node named like its output.
ValueId add(Graph& g, const OpDef& op, Attributes attributes, std::vector<ValueId> inputs, const std::string& output);

// The graph's outputs, by folding it with every input known: only scalar references take part.
std::vector<Tensor> interpret(const Graph& g, const std::vector<Tensor>& inputs);

// Largest |a - b|; infinity when types or shapes differ or one is NaN where the other is not.
double largest_difference(const TensorView& a, const TensorView& b);

// Runs a pass, verifies what it leaves, and gives the largest difference it makes to the outputs for random inputs,
// whose dims that are no numbers are `open`.
double difference_made(Graph& g, void (*pass)(Graph&), std::int64_t open = 3);

// Names of the operators in the graph's order: "Transpose LSTM Squeeze".
std::string op_names(const Graph& g);

}  // namespace rondo::test
