#include "base/slice.h"

#include <cstring>
#include <utility>

#include "rondo/error.h"

namespace rondo {
namespace {

// A tensor as `outer` blocks of `length` pieces of `bytes` bytes along an axis.
struct Blocks {
  std::size_t outer = 1, length = 1, bytes = 1;
  Blocks(const TensorView& t, std::size_t axis) : bytes(size_of(t.dtype)) {
    for (std::size_t d = 0; d < t.shape.size(); ++d)
      (d < axis ? outer : d > axis ? bytes : length) *= static_cast<std::size_t>(t.shape[d]);
  }
};

// Copies all of `part` to, or from, place `at` along the axis of the larger tensor.
void copy_part(std::byte* to, const Blocks& in_to, const std::byte* from, const Blocks& in_from, std::size_t count) {
  const std::size_t bytes = count * in_to.bytes;
  if (bytes == 0) return;
  for (std::size_t o = 0; o < in_to.outer; ++o)
    std::memcpy(to + o * in_to.length * in_to.bytes, from + o * in_from.length * in_from.bytes, bytes);
}

}  // namespace

Tensor slice_of(const TensorView& whole, std::size_t axis, std::int64_t begin, std::int64_t count) {
  std::vector<std::int64_t> shape(whole.shape.begin(), whole.shape.end());
  shape[axis] = count;
  Tensor part(whole.dtype, std::move(shape));
  const Blocks from(whole, axis);
  const auto* source = static_cast<const std::byte*>(whole.data);
  if (part.bytes() != 0)
    copy_part(static_cast<std::byte*>(part.data()), Blocks(part.view(), axis),
              source + static_cast<std::size_t>(begin) * from.bytes, from, static_cast<std::size_t>(count));
  return part;
}

Tensor joined(std::span<const Tensor> parts, std::size_t axis) {
  std::vector<std::int64_t> shape = parts.front().shape();
  shape[axis] = 0;
  for (const Tensor& part : parts) {
    std::vector<std::int64_t> rest = part.shape();
    if (rest.size() == shape.size()) rest[axis] = shape[axis];
    if (part.dtype() != parts.front().dtype() || rest != shape)
      throw Error(ErrorCode::data, "parts of one tensor differ in type or shape")
          .got(to_string(part.shape()))
          .expected(to_string(parts.front().shape()));
    shape[axis] += part.shape()[axis];
  }
  Tensor whole(parts.front().dtype(), std::move(shape));
  if (whole.bytes() == 0) return whole;
  const Blocks to(std::as_const(whole).view(), axis);
  auto* at = static_cast<std::byte*>(whole.data());
  for (const Tensor& part : parts) {
    const Blocks from(part.view(), axis);
    copy_part(at, to, static_cast<const std::byte*>(part.data()), from, from.length);
    at += from.length * from.bytes;
  }
  return whole;
}

Tensor reshaped(const TensorView& tensor, std::vector<std::int64_t> shape) {
  return Tensor(TensorView{tensor.dtype, shape, tensor.data});
}

}  // namespace rondo
