// The one body of the GRU steps. A per-ISA header: see gru_cell.h for the contract.
#pragma once

#include "kernels/activation/functions.h"
#include "kernels/gru_cell/gru_cell.h"
#include "kernels/panel/step_impl.h"

namespace rondo::kernels {

template <class T, class Arch>
struct DefaultGruCell {
  using V = simd::Vec<T, Arch>;
  explicit RONDO_SIMD_INLINE DefaultGruCell(const GruStep<T>&) {}
  RONDO_SIMD_INLINE V gate(V sum) const { return simd::sigmoid(sum); }
  RONDO_SIMD_INLINE V candidate(V sum) const { return simd::tanh_quotient(sum).value(); }
};

template <class T, class Arch>
struct AnyGruCell {
  using V = simd::Vec<T, Arch>;
  const GruCell<T>& cell;
  explicit RONDO_SIMD_INLINE AnyGruCell(const GruStep<T>& s) : cell(*s.cell) {}
  RONDO_SIMD_INLINE V gate(V sum) const { return activate<T, Arch>(cell.f, clipped<T, Arch>(sum, cell.clip)); }
  RONDO_SIMD_INLINE V candidate(V sum) const { return activate<T, Arch>(cell.g, clipped<T, Arch>(sum, cell.clip)); }
};

template <class T, class Arch>
struct GruCellBody {
  using V = simd::Vec<T, Arch>;
  using Keep = kernels::Keep<T, Arch, GruSlot::count + 1>;

  // z and r from the sums of their products.
  template <class Cell>
  static RONDO_SIMD_INLINE V gate(const Cell& cell, int slot, const T* sums, const Keep& keep) {
    const V sum = V::load(sums + slot * V::kLanes);
    keep(slot, sum);
    return cell.gate(sum);
  }
  static RONDO_SIMD_INLINE V blend(V z, V n, V h) { return fma(z, h, (V::all(T(1)) - z) * n); }

  template <class Cell>
  RONDO_SIMD_FLATTEN static void reset_after(const GruStep<T>& s) {
    const Cell cell(s);
    const auto update = [&](const T* sums, int64_t row, int64_t panel) __attribute__((always_inline)) {
      const PanelOfRow<T, Arch> at(s.hidden, panel);
      const T* xp = s.xp.data + row * s.xp.stride + (panel * GruSlot::count + GruSlot::candidate) * V::kLanes;
      const Keep keep{s.kept, row, at};
      const V z = gate(cell, GruSlot::update, sums, keep);
      const V r = gate(cell, GruSlot::reset, sums, keep);
      const V recurrent = V::load(sums + GruSlot::candidate * V::kLanes);
      const V sum = fma(r, recurrent, V::load(xp));
      keep(GruSlot::kRecurrent, recurrent);
      keep(GruSlot::candidate, sum);
      const V n = cell.candidate(sum);
      const V h = at.load(s.h_prev.data + row * s.h_prev.stride);
      at.store(s.h_next.data + row * s.h_next.stride, blend(z, n, h));
    };
    const RecurrentProduct<T> product{s.range, s.h_prev, s.xp, s.recurrent_bias, s.r_packed, s.hidden};
    RecurrentStep<T, Arch, GruSlot::count, GruSlot::count, GruSlot::candidate>::run(product, update);
  }

  template <class Cell>
  RONDO_SIMD_FLATTEN static void gates(const GruStep<T>& s) {
    const Cell cell(s);
    const auto update = [&](const T* sums, int64_t row, int64_t panel) __attribute__((always_inline)) {
      const PanelOfRow<T, Arch> at(s.hidden, panel);
      const Keep keep{s.kept, row, at};
      at.store(s.z.data + row * s.z.stride, gate(cell, GruSlot::update, sums, keep));
      const V h = at.load(s.h_prev.data + row * s.h_prev.stride);
      const V reset_h = gate(cell, GruSlot::reset, sums, keep) * h;
      keep(GruSlot::kRecurrent, reset_h);
      at.store(s.reset_h.data + row * s.reset_h.stride, reset_h);
    };
    const RecurrentProduct<T> product{s.range, s.h_prev, s.xp, nullptr, s.r_packed, s.hidden};
    RecurrentStep<T, Arch, 2, GruSlot::count, -1>::run(product, update);
  }

  template <class Cell>
  RONDO_SIMD_FLATTEN static void candidate(const GruStep<T>& s) {
    const Cell cell(s);
    const auto update = [&](const T* sums, int64_t row, int64_t panel) __attribute__((always_inline)) {
      const PanelOfRow<T, Arch> at(s.hidden, panel);
      const V z = at.load(s.z.data + row * s.z.stride);
      const V h = at.load(s.h_prev.data + row * s.h_prev.stride);
      const V sum = V::load(sums);
      Keep{s.kept, row, at}(GruSlot::candidate, sum);
      at.store(s.h_next.data + row * s.h_next.stride, blend(z, cell.candidate(sum), h));
    };
    const Rows<const T> start{s.xp.data + GruSlot::candidate * V::kLanes, s.xp.stride};
    const RecurrentProduct<T> product{s.range, {s.reset_h.data, s.reset_h.stride}, start, nullptr, s.r_packed,
                                      s.hidden};
    RecurrentStep<T, Arch, 1, GruSlot::count, -1>::run(product, update);
  }

  template <class Cell>
  static constexpr GruSteps<T> steps() {
    return {&reset_after<Cell>, &gates<Cell>, &candidate<Cell>};
  }
  static constexpr GruCellKernels<T> kernels(const char* name) {
    return {name, V::kLanes, steps<DefaultGruCell<T, Arch>>(), steps<AnyGruCell<T, Arch>>()};
  }
};

}  // namespace rondo::kernels
