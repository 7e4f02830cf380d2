// Constants of float and double read and made as doubles, for passes that compute weights.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "ir/graph.h"

namespace rondo {

inline bool is_real(DType t) noexcept { return t == DType::float32 || t == DType::float64; }

// Element i of a tensor that is_real.
inline double real_at(const Tensor& t, std::int64_t i) noexcept {
  return t.dtype() == DType::float64 ? static_cast<const double*>(t.data())[i]
                                     : static_cast<double>(static_cast<const float*>(t.data())[i]);
}

// element(i) gives the i-th element, rounded once to the type.
template <class F>
TensorPtr make_real(DType dtype, std::vector<std::int64_t> shape, F&& element) {
  auto made = std::make_shared<Tensor>(dtype, std::move(shape));
  for (std::int64_t i = 0; i < made->count(); ++i) {
    if (dtype == DType::float64)
      static_cast<double*>(made->data())[i] = element(i);
    else
      static_cast<float*>(made->data())[i] = static_cast<float>(element(i));
  }
  return made;
}

// The constant tensor behind a value when it is_real; null otherwise, also for an absent value.
inline const Tensor* real_constant(const Graph& graph, ValueId id) noexcept {
  if (id == kNone) return nullptr;
  const Tensor* constant = graph.value(id).constant.get();
  return constant != nullptr && is_real(constant->dtype()) ? constant : nullptr;
}

}  // namespace rondo
