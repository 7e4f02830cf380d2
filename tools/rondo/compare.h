// Whether a tensor is the expected one: |got - expected| <= atol + rtol * |expected|, NaN equals NaN, infinities equal
// their like, integers and booleans exactly, type and shape always.
#pragma once

#include <optional>
#include <string>

#include "rondo/tensor.h"

namespace rondo::tool {

// Unset: what the element type is held to, see default_tolerance.
struct ToleranceChoice {
  std::optional<double> atol, rtol;
};

// atol and rtol alike: float64 1e-9, float32 1e-5, float16 1e-2, bfloat16 5e-2, others 0.
double default_tolerance(DType dtype) noexcept;

struct Comparison {
  std::string mismatch;         // type or shape: nothing else was compared
  std::int64_t bad = 0;         // elements out of tolerance
  std::int64_t first_bad = -1;  // row-major
  double worst = 0;             // largest |got - expected|; infinite where only one of them is finite or a number
  std::int64_t worst_at = -1;

  bool ok() const noexcept { return mismatch.empty() && bad == 0; }
};

Comparison compare(const TensorView& got, const TensorView& expected, const ToleranceChoice& choice);

}  // namespace rondo::tool
