// Element types of tensors. The enumerators carry ONNX's numbers (TensorProto.DataType), so they travel unchanged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rondo/export.h"

namespace rondo {

enum class DType : std::int32_t {
  undefined = 0,
  float32 = 1,
  uint8 = 2,
  int8 = 3,
  uint16 = 4,
  int16 = 5,
  int32 = 6,
  int64 = 7,
  boolean = 9,  // one byte an element, 0 or 1
  float16 = 10,
  float64 = 11,
  uint32 = 12,
  uint64 = 13,
  bfloat16 = 16,
};

// Bytes of one element; 0 for undefined and for numbers that are no supported type.
RONDO_API std::size_t size_of(DType dtype) noexcept;

// "float32", "bool", ...; "undefined" for anything unsupported.
RONDO_API std::string_view name_of(DType dtype) noexcept;

// The reverse of name_of, also accepting ONNX's spelling ("float", "double"); undefined when there is no such type.
RONDO_API DType dtype_from_name(std::string_view name) noexcept;

constexpr bool is_floating(DType t) noexcept {
  return t == DType::float32 || t == DType::float64 || t == DType::float16 || t == DType::bfloat16;
}

}  // namespace rondo
