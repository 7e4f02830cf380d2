#include "importers/onnx/tensor_scan.h"

namespace rondo::importer {
namespace {

// The exponent field tells: all ones is not finite, all zeros with a fraction is subnormal.
template <class Bits>
OddValues count(const TensorView& t, Bits exponent, Bits fraction) noexcept {
  OddValues odd;
  const Bits* p = t.as<Bits>();
  for (std::int64_t i = 0, n = t.count(); i < n; ++i) {
    odd.nonfinite += (p[i] & exponent) == exponent ? 1 : 0;
    odd.subnormal += (p[i] & exponent) == 0 && (p[i] & fraction) != 0 ? 1 : 0;
  }
  return odd;
}

}  // namespace

OddValues count_odd_values(const TensorView& t) noexcept {
  switch (t.dtype) {
    case DType::float32:
      return count<std::uint32_t>(t, 0x7F800000u, 0x007FFFFFu);
    case DType::float64:
      return count<std::uint64_t>(t, 0x7FF0000000000000u, 0x000FFFFFFFFFFFFFu);
    case DType::float16:
      return count<std::uint16_t>(t, 0x7C00u, 0x03FFu);
    case DType::bfloat16:
      return count<std::uint16_t>(t, 0x7F80u, 0x007Fu);
    default:
      return {};
  }
}

}  // namespace rondo::importer
