#include "kernels/select.h"

#include <cmath>

#include "kernels/lstm_cell/lstm_cell.h"

namespace rondo::kernels {

template <class T>
bool is_plain(const LstmCell<T>& cell) {
  const bool default_functions =
      cell.f.kind == Activation::sigmoid && cell.g.kind == Activation::tanh && cell.h.kind == Activation::tanh;
  return default_functions && std::isinf(cell.clip) && !cell.input_forget && cell.p_input == nullptr &&
         cell.p_output == nullptr && cell.p_forget == nullptr;
}
template bool is_plain(const LstmCell<float>&);
template bool is_plain(const LstmCell<double>&);

template <class T>
LstmStepFunction<T> LstmCellKernels<T>::step_for(const LstmCell<T>& cell) const {
  return is_plain(cell) ? default_step : any_step;
}
template struct LstmCellKernels<float>;
template struct LstmCellKernels<double>;

template <>
const LstmCellKernels<float>& select_lstm_cell(Isa isa) {
  static constexpr Variant<LstmCellKernels<float>> kVariants[] = {
#define RONDO_LSTM_CELL(isa) {Isa::isa, &lstm_cell_##isa##_f32},
#include "kernels/lstm_cell/lstm_cell.inc"
#undef RONDO_LSTM_CELL
  };
  return select_variant(kVariants, isa);
}

template <>
const LstmCellKernels<double>& select_lstm_cell(Isa isa) {
  static constexpr Variant<LstmCellKernels<double>> kVariants[] = {
#define RONDO_LSTM_CELL(isa) {Isa::isa, &lstm_cell_##isa##_f64},
#include "kernels/lstm_cell/lstm_cell.inc"
#undef RONDO_LSTM_CELL
  };
  return select_variant(kVariants, isa);
}

}  // namespace rondo::kernels
