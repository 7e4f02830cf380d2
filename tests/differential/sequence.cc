#include "differential/sequence.h"

#include <cstring>

#include "rondo/error.h"

namespace rondo::differential {
namespace {

std::size_t at_axis(std::int64_t axis, std::size_t rank) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
}

// Copies between element t of a sequence of that shape and memory of its own.
template <class Copy>
void walk(const Tensor& sequence, std::size_t axis, std::int64_t t, Copy&& copy) {
  std::size_t outer = 1, piece = size_of(sequence.dtype());
  for (std::size_t d = 0; d < sequence.shape().size(); ++d)
    if (d != axis) (d < axis ? outer : piece) *= static_cast<std::size_t>(sequence.shape()[d]);
  if (piece == 0) return;
  const auto length = static_cast<std::size_t>(sequence.shape()[axis]);
  for (std::size_t o = 0; o < outer; ++o) copy((o * length + static_cast<std::size_t>(t)) * piece, o * piece, piece);
}

std::byte* bytes(Tensor& t) { return static_cast<std::byte*>(t.data()); }
const std::byte* bytes(const Tensor& t) { return static_cast<const std::byte*>(t.data()); }

}  // namespace

std::int64_t length_of(const Tensor& sequence, std::int64_t axis) {
  return sequence.shape()[at_axis(axis, sequence.shape().size())];
}

TensorPtr element_of(const Tensor& sequence, std::int64_t axis, std::int64_t at) {
  const std::size_t a = at_axis(axis, sequence.shape().size());
  std::vector<std::int64_t> shape = sequence.shape();
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(a));
  auto result = std::make_shared<Tensor>(sequence.dtype(), std::move(shape));
  walk(sequence, a, at, [&](std::size_t of_sequence, std::size_t of_element, std::size_t n) {
    std::memcpy(bytes(*result) + of_element, bytes(sequence) + of_sequence, n);
  });
  return result;
}

TensorPtr stacked(const std::vector<TensorPtr>& elements, std::int64_t axis, const Tensor& like) {
  const std::size_t a = at_axis(axis, like.shape().size() + 1);
  std::vector<std::int64_t> shape = like.shape();
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(a), static_cast<std::int64_t>(elements.size()));
  auto result = std::make_shared<Tensor>(like.dtype(), std::move(shape));
  for (std::size_t t = 0; t < elements.size(); ++t) {
    if (elements[t]->shape() != like.shape()) throw Error(ErrorCode::data, "elements of a sequence differ in shape");
    walk(*result, a, static_cast<std::int64_t>(t), [&](std::size_t of_sequence, std::size_t of_element, std::size_t n) {
      std::memcpy(bytes(*result) + of_sequence, bytes(*elements[t]) + of_element, n);
    });
  }
  return result;
}

}  // namespace rondo::differential
