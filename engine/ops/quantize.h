// Numbers to small integers and back: which scale belongs to which element, for QuantizeLinear and DequantizeLinear,
// and the range that makes a scale, for DynamicQuantizeLinear and DynamicQuantizeLSTM.
#pragma once

#include <cmath>

#include "ops/convert.h"
#include "ops/lines.h"

#include "ir/op_def.h"

namespace rondo::ops {

// Inputs of both operators.
namespace quantize_input {
enum : std::size_t { x, scale, zero_point };
}

// Throws unless scale is one number, a list with one for each place on `axis`, or with block_size of x's shape, save
// that along axis each scale serves a block; and unless zero_point has the shape of scale.
void check_scales(const InferContext& ctx);

// x as lines along the quantized axis, and the scale of each element. One scale for all makes a single line.
class ScaleOf {
 public:
  explicit ScaleOf(const EvalContext& ctx);
  // f(i, s) for every element i of x, in order, and the place s of its scale.
  template <class F>
  void each(F&& f) const {
    std::int64_t i = 0;
    for (std::int64_t o = 0; o < lines_.outer; ++o)
      for (std::int64_t k = 0; k < lines_.size; ++k) {
        const std::int64_t first = o * outer_step_ + k / block_ * block_step_;
        for (std::int64_t n = 0; n < lines_.inner; ++n, ++i) f(i, first + n * inner_step_);
      }
  }

 private:
  Lines lines_;
  std::int64_t outer_step_ = 0, block_step_ = 0, inner_step_ = 0, block_ = 1;
};

// An element type given by an attribute as ONNX's number: undefined for 0. Throws unless `allowed` has it.
DType type_attribute(const InferContext& ctx, std::string_view attribute, DTypeSet allowed);

// x / scale, already computed, as an integer: to nearest even, saturated. NaN becomes the zero point.
template <class Y>
Y quantized(double quotient, Y zero_point) noexcept {
  if (std::isnan(quotient)) return zero_point;
  return integer_from<Y>(std::nearbyint(quotient) + static_cast<double>(zero_point));
}

// The least range of floats that holds 0 and all that were added; NaN makes it NaN.
struct FloatRange {
  float least = 0, most = 0;
  void add(const float* x, std::int64_t n) noexcept {
    for (std::int64_t i = 0; i < n; ++i) {
      least = x[i] < least || x[i] != x[i] ? x[i] : least;
      most = x[i] > most || x[i] != x[i] ? x[i] : most;
    }
  }
};

// How floats of a range become uint8, by DynamicQuantizeLinear's formula; a range of nothing but 0 has scale 1.
struct ByteScale {
  float scale = 1;
  std::uint8_t zero_point = 0;

  explicit ByteScale(const FloatRange& range) noexcept {
    scale = (range.most - range.least) / 255.0f;
    if (scale == 0) scale = 1;
    zero_point = integer_from<std::uint8_t>(std::nearbyint(-range.least / scale));
  }
  std::uint8_t operator()(float x) const noexcept {
    return quantized<std::uint8_t>(static_cast<double>(x / scale), zero_point);
  }
};

}  // namespace rondo::ops
