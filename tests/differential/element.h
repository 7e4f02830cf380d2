// Elements of a tensor of any type as doubles, for drawing, disturbing and comparing them.
#pragma once

#include <cstdint>

#include "ops/convert.h"
#include "rondo/tensor.h"

namespace rondo::differential {

inline double element(const TensorView& t, std::int64_t i) {
  double value = 0;
  ops::with_any(t.dtype, [&]<class T>(ops::TypeTag<T>) {
    value = ops::converted<double>(t.as<T>()[static_cast<std::size_t>(i)]);
  });
  return value;
}

// Rounded as Cast rounds.
inline void set_element(const MutableTensorView& t, std::int64_t i, double value) {
  ops::with_any(t.dtype,
                [&]<class T>(ops::TypeTag<T>) { t.as<T>()[static_cast<std::size_t>(i)] = ops::converted<T>(value); });
}

inline Tensor converted(const TensorView& from, DType to) {
  Tensor result(to, {from.shape.begin(), from.shape.end()});
  for (std::int64_t i = 0; i < from.count(); ++i) set_element(result.view(), i, element(from, i));
  return result;
}

}  // namespace rondo::differential
