// A tensor whose shape is only known while a model runs. Its memory is kept from run to run and grows when it must.
#pragma once

#include <span>
#include <vector>

#include "base/aligned.h"
#include "rondo/tensor.h"

namespace rondo {

class GrowingTensor {
 public:
  // Takes a type and shape; the elements are undefined. Throws Error(limit) for more than `budget` bytes.
  void reshape(DType dtype, std::span<const std::int64_t> shape, std::int64_t budget);
  // A copy of the elements.
  void assign(const TensorView& from, std::int64_t budget);
  // Becomes an empty sequence of elements of that type and shape: shape [0, element...].
  void start_sequence(DType dtype, std::span<const std::int64_t> element);
  // One more element of a sequence. Throws Error(data) for another shape than its elements', Error(limit).
  void append(const TensorView& element, std::int64_t budget);

  TensorView view() const noexcept { return {dtype_, shape_, data_.get()}; }
  MutableTensorView view() noexcept { return {dtype_, shape_, data_.get()}; }

 private:
  // Room for that many bytes; keeps the first `kept`.
  void reserve(std::size_t bytes, std::size_t kept);

  DType dtype_ = DType::undefined;
  std::vector<std::int64_t> shape_;
  AlignedArray<std::byte> data_;
  std::size_t capacity_ = 0;
};

}  // namespace rondo
