// One recurrent node with its tensors, built by add_node and run by the operator's scalar reference: for the tests of
// RNN, LSTM and GRU.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "ops/op_list.h"
#include "ops/recurrent.h"
#include "rondo/tensor.h"

namespace rondo::test {

using Shape64 = std::vector<std::int64_t>;

// Numbers in [-1, 1), the same everywhere.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed * 2 + 1) {}
  double operator()() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(static_cast<std::int64_t>(state_ >> 11)) * 0x1p-52 - 1;
  }
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(((*this)() + 1) / 2 * static_cast<double>(bound));
  }

 private:
  std::uint64_t state_;
};

Tensor doubles(Shape64 shape, const std::vector<double>& values);
Tensor int32s(const std::vector<std::int32_t>& values);
Tensor random_tensor(Shape64 shape, Numbers& numbers);
std::vector<double> values_of(const Tensor& t);
// Axis i of the result is axis perm[i] of t. float64 only, as the two below.
Tensor transposed(const Tensor& t, const std::vector<std::size_t>& perm);
// Indices [begin, end) of an axis.
Tensor slice(const Tensor& t, std::size_t axis, std::int64_t begin, std::int64_t end);
Tensor concat(const Tensor& a, const Tensor& b, std::size_t axis);
Tensor flipped(const Tensor& t, std::size_t axis);

// How often this program has called operator new.
std::size_t allocation_count() noexcept;

struct Layer {
  std::string op;
  Attributes attributes;
  std::vector<Tensor> inputs;      // in the operator's order; a default Tensor is an absent one
  std::vector<bool> outputs = {};  // which are wanted; empty: all that ONNX has
  std::string domain = {};

  Tensor& input(std::size_t i);  // grown to it
  const Tensor& input(std::size_t i) const { return inputs.at(i); }
  void set(std::string name, AttrValue value);
  // Unwanted outputs are default Tensors. Every output and the scratch start as NaN. Inputs are graph inputs, so that
  // values are seen by eval alone.
  std::vector<Tensor> run() const;
};

struct Sizes {
  std::int64_t T = 5, N = 3, I = 2, H = 4;
};
// Random tensors in float64 for all inputs but sequence_lens; direction sets D.
Layer random_layer(std::string_view op, const std::string& direction, Sizes sizes, std::uint64_t seed);

}  // namespace rondo::test
