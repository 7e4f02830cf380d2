#include "kernels/select.h"

#include "kernels/activation/activation.h"

namespace rondo::kernels {

template <>
const ActivationKernels<float>& select_activation(Isa isa) {
  static constexpr Variant<ActivationKernels<float>> kVariants[] = {
#define RONDO_ACTIVATION(isa) {Isa::isa, &activation_##isa##_f32},
#include "kernels/activation/activation.inc"
#undef RONDO_ACTIVATION
  };
  return select_variant(kVariants, isa);
}

template <>
const ActivationKernels<double>& select_activation(Isa isa) {
  static constexpr Variant<ActivationKernels<double>> kVariants[] = {
#define RONDO_ACTIVATION(isa) {Isa::isa, &activation_##isa##_f64},
#include "kernels/activation/activation.inc"
#undef RONDO_ACTIVATION
  };
  return select_variant(kVariants, isa);
}

}  // namespace rondo::kernels
