#include "kernels/select.h"

#include "kernels/cell_gradient/cell_gradient.h"

namespace rondo::kernels {

template <>
const CellGradientKernels<float>& select_cell_gradient(Isa isa) {
  static constexpr Variant<CellGradientKernels<float>> kVariants[] = {
#define RONDO_CELL_GRADIENT(isa) {Isa::isa, &cell_gradient_##isa##_f32},
#include "kernels/cell_gradient/cell_gradient.inc"
#undef RONDO_CELL_GRADIENT
  };
  return select_variant(kVariants, isa);
}

template <>
const CellGradientKernels<double>& select_cell_gradient(Isa isa) {
  static constexpr Variant<CellGradientKernels<double>> kVariants[] = {
#define RONDO_CELL_GRADIENT(isa) {Isa::isa, &cell_gradient_##isa##_f64},
#include "kernels/cell_gradient/cell_gradient.inc"
#undef RONDO_CELL_GRADIENT
  };
  return select_variant(kVariants, isa);
}

}  // namespace rondo::kernels
