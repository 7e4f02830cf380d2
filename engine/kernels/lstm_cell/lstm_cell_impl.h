// The one body of the LSTM step. A per-ISA header: see lstm_cell.h for the contract.
#pragma once

#include "kernels/activation/functions.h"
#include "kernels/lstm_cell/lstm_cell.h"
#include "kernels/panel/step_impl.h"

namespace rondo::kernels {

template <class T, class Arch>
struct LstmState {
  simd::Vec<T, Arch> c, h;
};

// Sigmoid and tanh meet in products, so their quotients do too: three divisions instead of five.
template <class T, class Arch>
struct DefaultLstmCell {
  using V = simd::Vec<T, Arch>;
  explicit RONDO_SIMD_INLINE DefaultLstmCell(const LstmStep<T>&) {}

  RONDO_SIMD_INLINE LstmState<T, Arch> operator()(const T* sums, V c_prev,
                                                  const Keep<T, Arch, LstmSlot::count>& keep) const {
#pragma GCC unroll 4
    for (int slot = 0; slot < LstmSlot::count; ++slot) keep(slot, V::load(sums + slot * V::kLanes));
    const auto i = simd::sigmoid_quotient(V::load(sums + LstmSlot::input * V::kLanes));
    const auto g = simd::tanh_quotient(V::load(sums + LstmSlot::candidate * V::kLanes));
    const auto f = simd::sigmoid_quotient(V::load(sums + LstmSlot::forget * V::kLanes));
    const auto o = simd::sigmoid_quotient(V::load(sums + LstmSlot::output * V::kLanes));
    const V c = fma(f.value(), c_prev, (i.num * g.num) / (i.den * g.den));
    const auto t = simd::tanh_quotient(c);
    return {c, (o.num * t.num) / (o.den * t.den)};
  }
};

template <class T, class Arch>
struct AnyLstmCell {
  using V = simd::Vec<T, Arch>;
  const LstmCell<T>& cell;
  explicit RONDO_SIMD_INLINE AnyLstmCell(const LstmStep<T>& s) : cell(*s.cell) {}

  // f(clip(sum + peephole * c))
  RONDO_SIMD_INLINE V gate(int slot, const T* sums, const T* peephole, V c,
                           const Keep<T, Arch, LstmSlot::count>& keep) const {
    V sum = V::load(sums + slot * V::kLanes);
    if (peephole != nullptr) sum = fma(keep.at.load(peephole), c, sum);
    keep(slot, sum);
    return activate<T, Arch>(cell.f, clipped<T, Arch>(sum, cell.clip));
  }

  RONDO_SIMD_INLINE LstmState<T, Arch> operator()(const T* sums, V c_prev,
                                                  const Keep<T, Arch, LstmSlot::count>& keep) const {
    const V i = gate(LstmSlot::input, sums, cell.p_input, c_prev, keep);
    const V f = cell.input_forget ? V::all(T(1)) - i : gate(LstmSlot::forget, sums, cell.p_forget, c_prev, keep);
    const V candidate = V::load(sums + LstmSlot::candidate * V::kLanes);
    keep(LstmSlot::candidate, candidate);
    const V g = activate<T, Arch>(cell.g, clipped<T, Arch>(candidate, cell.clip));
    const V c = fma(f, c_prev, i * g);
    const V o = gate(LstmSlot::output, sums, cell.p_output, c, keep);
    return {c, o * activate<T, Arch>(cell.h, c)};
  }
};

template <class T, class Arch>
struct LstmCellBody {
  using V = simd::Vec<T, Arch>;

  template <class Cell>
  RONDO_SIMD_FLATTEN static void step(const LstmStep<T>& s) {
    const Cell cell(s);
    const auto update = [&](const T* sums, int64_t row, int64_t panel) __attribute__((always_inline)) {
      const PanelOfRow<T, Arch> at(s.hidden, panel);
      const LstmState<T, Arch> next = cell(sums, at.load(s.c_prev.data + row * s.c_prev.stride), {s.kept, row, at});
      at.store(s.c_next.data + row * s.c_next.stride, next.c);
      at.store(s.h_next.data + row * s.h_next.stride, next.h);
    };
    const RecurrentProduct<T> product{s.range, s.h_prev, s.xp, nullptr, s.r_packed, s.hidden};
    RecurrentStep<T, Arch, LstmSlot::count, LstmSlot::count, -1>::run(product, update);
  }

  static constexpr LstmCellKernels<T> kernels(const char* name) {
    return {name, V::kLanes, &step<DefaultLstmCell<T, Arch>>, &step<AnyLstmCell<T, Arch>>};
  }
};

}  // namespace rondo::kernels
