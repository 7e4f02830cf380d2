// The one body of the steps backwards. A per-ISA header: see cell_gradient.h for the contract.
#pragma once

#include "kernels/activation/slopes.h"
#include "kernels/cell_gradient/cell_gradient.h"
#include "kernels/panel/step_impl.h"

namespace rondo::kernels {

// The functions of a cell with their slopes: those every cell has by default, and any others.
template <class T, class Arch>
struct PlainGates {
  using V = simd::Vec<T, Arch>;
  using Both = ValueAndSlope<T, Arch>;
  template <class Cell>
  explicit RONDO_SIMD_INLINE PlainGates(const Cell*) {}
  static RONDO_SIMD_INLINE Both rnn(V sum) { return tanh_and_slope<T, Arch>(sum); }
  static RONDO_SIMD_INLINE Both gate(V sum) { return sigmoid_and_slope<T, Arch>(sum); }
  static RONDO_SIMD_INLINE Both candidate(V sum) { return tanh_and_slope<T, Arch>(sum); }
  static RONDO_SIMD_INLINE Both state(V c) { return tanh_and_slope<T, Arch>(c); }
};

template <class T, class Arch, class Cell>
struct AnyGates {
  using V = simd::Vec<T, Arch>;
  using Both = ValueAndSlope<T, Arch>;
  const Cell& cell;
  explicit RONDO_SIMD_INLINE AnyGates(const Cell* c) : cell(*c) {}
  RONDO_SIMD_INLINE Both rnn(V sum) const { return clipped_and_slope<T, Arch>(cell.f, sum, cell.clip); }
  RONDO_SIMD_INLINE Both gate(V sum) const { return clipped_and_slope<T, Arch>(cell.f, sum, cell.clip); }
  RONDO_SIMD_INLINE Both candidate(V sum) const { return clipped_and_slope<T, Arch>(cell.g, sum, cell.clip); }
  RONDO_SIMD_INLINE Both state(V c) const { return activate_and_slope<T, Arch>(cell.h, c); }
};

template <class T, class Arch>
struct CellGradientBody {
  using V = simd::Vec<T, Arch>;
  using At = PanelOfRow<T, Arch>;

  static RONDO_SIMD_INLINE V sum_of(const At& at, const T* dh, const T* grad_y) {
    return grad_y == nullptr ? at.load(dh) : at.load(dh) + at.load(grad_y);
  }
  static RONDO_SIMD_INLINE int64_t panels(int64_t hidden) { return (hidden + V::kLanes - 1) / V::kLanes; }

  template <class Gates>
  RONDO_SIMD_FLATTEN static void rnn(const RnnGradient<T>& s) {
    const Gates gates(s.cell);
    for (int64_t panel = 0; panel < panels(s.hidden); ++panel) {
      const At at(s.hidden, panel);
      at.store(s.d_sum, sum_of(at, s.dh, s.grad_y) * gates.rnn(at.load(s.sum)).slope);
    }
  }

  RONDO_SIMD_FLATTEN static void plain_lstm(const LstmGradient<T>& s) {
    const PlainGates<T, Arch> gates(s.cell);
    for (int64_t panel = 0; panel < panels(s.hidden); ++panel) {
      const At at(s.hidden, panel);
      const auto i = gates.gate(at.load(s.sums[LstmSlot::input])), f = gates.gate(at.load(s.sums[LstmSlot::forget]));
      const auto g = gates.candidate(at.load(s.sums[LstmSlot::candidate]));
      const auto o = gates.gate(at.load(s.sums[LstmSlot::output]));
      const auto h = gates.state(at.load(s.c));
      const V dh = sum_of(at, s.dh, s.grad_y);
      const V dc = fma(dh * o.value, h.slope, at.load(s.dc));
      at.store(s.d_sums[LstmSlot::output], dh * h.value * o.slope);
      at.store(s.d_sums[LstmSlot::input], dc * g.value * i.slope);
      at.store(s.d_sums[LstmSlot::forget], dc * at.load(s.c_prev) * f.slope);
      at.store(s.d_sums[LstmSlot::candidate], dc * i.value * g.slope);
      at.store(s.dc, dc * f.value);
    }
  }

  RONDO_SIMD_FLATTEN static void any_lstm(const LstmGradient<T>& s) {
    const LstmCell<T>& cell = *s.cell;
    const AnyGates<T, Arch, LstmCell<T>> gates(s.cell);
    const auto peephole = [](const At& at, const T* p, V d, V to) __attribute__((always_inline)) {
      return p == nullptr ? to : fma(at.load(p), d, to);
    };
    for (int64_t panel = 0; panel < panels(s.hidden); ++panel) {
      const At at(s.hidden, panel);
      const V c_prev = at.load(s.c_prev), dh = sum_of(at, s.dh, s.grad_y);
      const auto i = gates.gate(at.load(s.sums[LstmSlot::input]));
      const auto g = gates.candidate(at.load(s.sums[LstmSlot::candidate]));
      const auto o = gates.gate(at.load(s.sums[LstmSlot::output]));
      const auto h = gates.state(at.load(s.c));
      V f = V::all(T(1)) - i.value, d_f = V::all(T(0)), of_i = g.value - c_prev;
      const V d_o = dh * h.value * o.slope;
      const V dc = peephole(at, cell.p_output, d_o, fma(dh * o.value, h.slope, at.load(s.dc)));
      if (!cell.input_forget) {
        const auto forget = gates.gate(at.load(s.sums[LstmSlot::forget]));
        f = forget.value;
        d_f = dc * c_prev * forget.slope;
        of_i = g.value;
      }
      const V d_i = dc * of_i * i.slope;
      at.store(s.d_sums[LstmSlot::output], d_o);
      at.store(s.d_sums[LstmSlot::input], d_i);
      at.store(s.d_sums[LstmSlot::forget], d_f);
      at.store(s.d_sums[LstmSlot::candidate], dc * i.value * g.slope);
      at.store(s.dc, peephole(at, cell.p_forget, d_f, peephole(at, cell.p_input, d_i, dc * f)));
    }
  }

  // d_z and d_n; dh becomes dh z.
  template <class Gates>
  static RONDO_SIMD_INLINE V update_and_candidate(const GruGradient<T>& s, const Gates& gates, const At& at) {
    const auto z = gates.gate(at.load(s.sums[GruSlot::update]));
    const auto n = gates.candidate(at.load(s.sums[GruSlot::candidate]));
    const V dh = sum_of(at, s.dh, s.grad_y);
    const V d_n = dh * (V::all(T(1)) - z.value) * n.slope;
    at.store(s.d_sums[GruSlot::update], dh * (at.load(s.h_prev) - n.value) * z.slope);
    at.store(s.d_sums[GruSlot::candidate], d_n);
    at.store(s.dh, dh * z.value);
    return d_n;
  }

  template <class Gates>
  RONDO_SIMD_FLATTEN static void reset_after(const GruGradient<T>& s) {
    const Gates gates(s.cell);
    for (int64_t panel = 0; panel < panels(s.hidden); ++panel) {
      const At at(s.hidden, panel);
      const V d_n = update_and_candidate(s, gates, at);
      const auto r = gates.gate(at.load(s.sums[GruSlot::reset]));
      at.store(s.d_q, d_n * r.value);
      at.store(s.d_sums[GruSlot::reset], d_n * at.load(s.q) * r.slope);
    }
  }

  template <class Gates>
  RONDO_SIMD_FLATTEN static void candidate(const GruGradient<T>& s) {
    const Gates gates(s.cell);
    for (int64_t panel = 0; panel < panels(s.hidden); ++panel) update_and_candidate(s, gates, At(s.hidden, panel));
  }

  template <class Gates>
  RONDO_SIMD_FLATTEN static void reset(const GruGradient<T>& s) {
    const Gates gates(s.cell);
    for (int64_t panel = 0; panel < panels(s.hidden); ++panel) {
      const At at(s.hidden, panel);
      const auto r = gates.gate(at.load(s.sums[GruSlot::reset]));
      const V d_p = at.load(s.d_p);
      at.store(s.d_sums[GruSlot::reset], d_p * at.load(s.h_prev) * r.slope);
      at.store(s.dh, fma(d_p, r.value, at.load(s.dh)));
    }
  }

  template <class Gates>
  static constexpr GruGradients<T> gru() {
    return {&reset_after<Gates>, &candidate<Gates>, &reset<Gates>};
  }
  static constexpr CellGradientKernels<T> kernels(const char* name) {
    using Plain = PlainGates<T, Arch>;
    return {name,      &rnn<Plain>,  &rnn<AnyGates<T, Arch, RnnCell<T>>>, &plain_lstm,
            &any_lstm, gru<Plain>(), gru<AnyGates<T, Arch, GruCell<T>>>()};
  }
};

}  // namespace rondo::kernels
