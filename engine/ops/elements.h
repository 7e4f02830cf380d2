// Moving elements whatever their type: only their size matters. For Transpose, Slice, Expand and their like.
#pragma once

#include <cstring>

#include "ops/dispatch.h"
#include "ops/walk.h"

namespace rondo::ops {

// f(TypeTag<U>{}) with the unsigned integer of that size: 1, 2, 4 or 8 bytes.
template <class F>
void with_element(std::size_t size, F&& f) {
  switch (size) {
    case 1:
      return f(TypeTag<std::uint8_t>{});
    case 2:
      return f(TypeTag<std::uint16_t>{});
    case 4:
      return f(TypeTag<std::uint32_t>{});
    case 8:
      return f(TypeTag<std::uint64_t>{});
    default:
      return;
  }
}

// Byte `offset * size` of a block of elements.
inline std::byte* element_at(void* data, std::int64_t offset, std::size_t size) noexcept {
  return static_cast<std::byte*>(data) + offset * static_cast<std::int64_t>(size);
}
inline const std::byte* element_at(const void* data, std::int64_t offset, std::size_t size) noexcept {
  return static_cast<const std::byte*>(data) + offset * static_cast<std::int64_t>(size);
}

// count elements; either pointer may be null when count is 0, and both may be the same.
inline void copy_elements(void* to, const void* from, std::int64_t count, std::size_t size) noexcept {
  if (count > 0 && to != from) std::memcpy(to, from, static_cast<std::size_t>(count) * size);
}

// to[i] = from[i] over `shape`, each side with its own strides in elements.
void copy_strided(std::size_t size, std::span<const std::int64_t> shape, void* to, const Dims& to_strides,
                  const void* from, const Dims& from_strides) noexcept;

// The reference of every operator whose output has the elements of input 0 in the same order.
inline void eval_view(const EvalContext& ctx) {
  copy_elements(ctx.outputs[0].data, ctx.inputs[0].data, ctx.outputs[0].count(), size_of(ctx.outputs[0].dtype));
}

}  // namespace rondo::ops
