#include "kernels/select.h"

#include "kernels/binary/binary.h"

namespace rondo::kernels {

template <>
const BinaryKernels<float>& select_binary(Isa isa) {
  static constexpr Variant<BinaryKernels<float>> kVariants[] = {
#define RONDO_BINARY(isa) {Isa::isa, &binary_##isa##_f32},
#include "kernels/binary/binary.inc"
#undef RONDO_BINARY
  };
  return select_variant(kVariants, isa);
}

template <>
const BinaryKernels<double>& select_binary(Isa isa) {
  static constexpr Variant<BinaryKernels<double>> kVariants[] = {
#define RONDO_BINARY(isa) {Isa::isa, &binary_##isa##_f64},
#include "kernels/binary/binary.inc"
#undef RONDO_BINARY
  };
  return select_variant(kVariants, isa);
}

}  // namespace rondo::kernels
