#include "kernels/select.h"

#include "kernels/gemm/gemm.h"

namespace rondo::kernels {

template <>
const GemmKernels<float>& select_gemm(Isa isa) {
  static constexpr Variant<GemmKernels<float>> kVariants[] = {
#define RONDO_GEMM(isa) {Isa::isa, &gemm_##isa##_f32},
#include "kernels/gemm/gemm.inc"
#undef RONDO_GEMM
  };
  return select_variant(kVariants, isa);
}

template <>
const GemmKernels<double>& select_gemm(Isa isa) {
  static constexpr Variant<GemmKernels<double>> kVariants[] = {
#define RONDO_GEMM(isa) {Isa::isa, &gemm_##isa##_f64},
#include "kernels/gemm/gemm.inc"
#undef RONDO_GEMM
  };
  return select_variant(kVariants, isa);
}

}  // namespace rondo::kernels
