#include "rondo/tensor.h"

#include <algorithm>
#include <cstring>

#include "base/aligned.h"
#include "base/checked.h"
#include "rondo/error.h"

namespace rondo {

std::int64_t element_count(std::span<const std::int64_t> shape) {
  std::int64_t count = 1;
  bool empty = false;
  for (std::int64_t d : shape) {
    if (d < 0) throw Error(ErrorCode::limit, "a dim of shape " + to_string(shape) + " is negative");
    if (d == 0) {
      empty = true;
      continue;
    }
    const auto next = checked_mul(count, d);
    if (!next) throw Error(ErrorCode::limit, "shape " + to_string(shape) + " has more elements than fit 64 bits");
    count = *next;
  }
  return empty ? 0 : count;
}

std::string to_string(std::span<const std::int64_t> shape) {
  std::string s = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) s += (i ? "," : "") + std::to_string(shape[i]);
  return s + "]";
}

void Tensor::Free::operator()(std::byte* p) const noexcept { aligned_free(p); }

Tensor::Tensor(DType dtype, std::vector<std::int64_t> shape) : dtype_(dtype), shape_(std::move(shape)) {
  count_ = element_count(shape_);
  const auto bytes = checked_mul(count_, static_cast<std::int64_t>(size_of(dtype)));
  if (!bytes)
    throw Error(ErrorCode::limit, "a tensor of shape " + to_string(shape_) + " has more bytes than fit 64 bits");
  data_.reset(aligned_allocate_or_throw(static_cast<std::size_t>(*bytes)));
}

Tensor::Tensor(const TensorView& view) : Tensor(view.dtype, {view.shape.begin(), view.shape.end()}) {
  if (bytes() != 0) std::memcpy(data(), view.data, bytes());
}

bool identical(const TensorView& a, const TensorView& b) noexcept {
  return a.dtype == b.dtype && std::ranges::equal(a.shape, b.shape) &&
         (a.bytes() == 0 || std::memcmp(a.data, b.data, a.bytes()) == 0);
}

}  // namespace rondo
