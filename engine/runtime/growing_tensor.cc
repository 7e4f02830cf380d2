#include "runtime/growing_tensor.h"

#include <algorithm>
#include <cstring>

#include "base/memory_budget.h"
#include "rondo/error.h"

namespace rondo {

void GrowingTensor::reserve(std::size_t bytes, std::size_t kept) {
  if (bytes <= capacity_) return;
  auto larger = make_aligned<std::byte>(bytes);
  if (kept != 0) std::memcpy(larger.get(), data_.get(), kept);
  data_ = std::move(larger);
  capacity_ = bytes;
}

void GrowingTensor::reshape(DType dtype, std::span<const std::int64_t> shape, std::int64_t budget) {
  const auto bytes = static_cast<std::size_t>(MemoryBudget(budget).take(dtype, shape));
  reserve(bytes, 0);
  dtype_ = dtype;
  shape_.assign(shape.begin(), shape.end());
}

void GrowingTensor::assign(const TensorView& from, std::int64_t budget) {
  reshape(from.dtype, from.shape, budget);
  if (from.bytes() != 0) std::memcpy(data_.get(), from.data, from.bytes());
}

void GrowingTensor::start_sequence(DType dtype, std::span<const std::int64_t> element) {
  dtype_ = dtype;
  shape_.assign(1, 0);
  shape_.insert(shape_.end(), element.begin(), element.end());
}

void GrowingTensor::append(const TensorView& element, std::int64_t budget) {
  if (!std::ranges::equal(std::span(shape_).subspan(1), element.shape))
    throw Error(ErrorCode::data, "the elements of a sequence made by a loop differ in shape")
        .got(to_string(element.shape))
        .expected(to_string(std::span(shape_).subspan(1)));
  const std::size_t size = element.bytes(), kept = size * static_cast<std::size_t>(shape_[0]);
  ++shape_[0];
  const auto bytes = static_cast<std::size_t>(MemoryBudget(budget).take(dtype_, shape_));
  if (bytes > capacity_) reserve(std::max(bytes, std::min(2 * capacity_, static_cast<std::size_t>(budget))), kept);
  if (size != 0) std::memcpy(data_.get() + kept, element.data, size);
}

}  // namespace rondo
