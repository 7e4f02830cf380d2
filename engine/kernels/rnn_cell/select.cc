#include "kernels/select.h"

#include <cmath>

#include "kernels/rnn_cell/rnn_cell.h"

namespace rondo::kernels {

template <class T>
bool is_plain(const RnnCell<T>& cell) {
  return cell.f.kind == Activation::tanh && std::isinf(cell.clip);
}
template bool is_plain(const RnnCell<float>&);
template bool is_plain(const RnnCell<double>&);

template <class T>
RnnStepFunction<T> RnnCellKernels<T>::step_for(const RnnCell<T>& cell) const {
  return is_plain(cell) ? default_step : any_step;
}
template struct RnnCellKernels<float>;
template struct RnnCellKernels<double>;

template <>
const RnnCellKernels<float>& select_rnn_cell(Isa isa) {
  static constexpr Variant<RnnCellKernels<float>> kVariants[] = {
#define RONDO_RNN_CELL(isa) {Isa::isa, &rnn_cell_##isa##_f32},
#include "kernels/rnn_cell/rnn_cell.inc"
#undef RONDO_RNN_CELL
  };
  return select_variant(kVariants, isa);
}

template <>
const RnnCellKernels<double>& select_rnn_cell(Isa isa) {
  static constexpr Variant<RnnCellKernels<double>> kVariants[] = {
#define RONDO_RNN_CELL(isa) {Isa::isa, &rnn_cell_##isa##_f64},
#include "kernels/rnn_cell/rnn_cell.inc"
#undef RONDO_RNN_CELL
  };
  return select_variant(kVariants, isa);
}

}  // namespace rondo::kernels
