// Calls a template with the C++ type of an element type. Half types are handed over as float by the runtime (see
// passes/widen_half), so arithmetic references see float, double and the integers; moves see only sizes.
#pragma once

#include <cstdint>
#include <type_traits>

#include "rondo/dtype.h"

namespace rondo::ops {

template <class T>
struct TypeTag {
  using type = T;
};

// f(TypeTag<T>{}) for floats, doubles and the integer types. False when the type is none of them.
template <class F>
bool with_number(DType dtype, F&& f) {
  switch (dtype) {
    case DType::float32:
      return f(TypeTag<float>{}), true;
    case DType::float64:
      return f(TypeTag<double>{}), true;
    case DType::int8:
      return f(TypeTag<std::int8_t>{}), true;
    case DType::int16:
      return f(TypeTag<std::int16_t>{}), true;
    case DType::int32:
      return f(TypeTag<std::int32_t>{}), true;
    case DType::int64:
      return f(TypeTag<std::int64_t>{}), true;
    case DType::uint8:
      return f(TypeTag<std::uint8_t>{}), true;
    case DType::uint16:
      return f(TypeTag<std::uint16_t>{}), true;
    case DType::uint32:
      return f(TypeTag<std::uint32_t>{}), true;
    case DType::uint64:
      return f(TypeTag<std::uint64_t>{}), true;
    default:
      return false;
  }
}

// f(TypeTag<T>{}) for float and double only.
template <class F>
bool with_float(DType dtype, F&& f) {
  switch (dtype) {
    case DType::float32:
      return f(TypeTag<float>{}), true;
    case DType::float64:
      return f(TypeTag<double>{}), true;
    default:
      return false;
  }
}

}  // namespace rondo::ops
