#include "kernels/select.h"

#include <cmath>

#include "kernels/gru_cell/gru_cell.h"

namespace rondo::kernels {

template <class T>
bool is_plain(const GruCell<T>& cell) {
  return cell.f.kind == Activation::sigmoid && cell.g.kind == Activation::tanh && std::isinf(cell.clip);
}
template bool is_plain(const GruCell<float>&);
template bool is_plain(const GruCell<double>&);

template <class T>
const GruSteps<T>& GruCellKernels<T>::steps_for(const GruCell<T>& cell) const {
  return is_plain(cell) ? default_steps : any_steps;
}
template struct GruCellKernels<float>;
template struct GruCellKernels<double>;

template <>
const GruCellKernels<float>& select_gru_cell(Isa isa) {
  static constexpr Variant<GruCellKernels<float>> kVariants[] = {
#define RONDO_GRU_CELL(isa) {Isa::isa, &gru_cell_##isa##_f32},
#include "kernels/gru_cell/gru_cell.inc"
#undef RONDO_GRU_CELL
  };
  return select_variant(kVariants, isa);
}

template <>
const GruCellKernels<double>& select_gru_cell(Isa isa) {
  static constexpr Variant<GruCellKernels<double>> kVariants[] = {
#define RONDO_GRU_CELL(isa) {Isa::isa, &gru_cell_##isa##_f64},
#include "kernels/gru_cell/gru_cell.inc"
#undef RONDO_GRU_CELL
  };
  return select_variant(kVariants, isa);
}

}  // namespace rondo::kernels
