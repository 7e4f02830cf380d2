// The one body of the RNN step. A per-ISA header: see rnn_cell.h for the contract.
#pragma once

#include "kernels/activation/functions.h"
#include "kernels/panel/step_impl.h"
#include "kernels/rnn_cell/rnn_cell.h"

namespace rondo::kernels {

template <class T, class Arch>
struct DefaultRnnCell {
  using V = simd::Vec<T, Arch>;
  explicit RONDO_SIMD_INLINE DefaultRnnCell(const RnnStep<T>&) {}
  RONDO_SIMD_INLINE V operator()(V sum) const { return simd::tanh(sum); }
};

template <class T, class Arch>
struct AnyRnnCell {
  using V = simd::Vec<T, Arch>;
  const RnnCell<T>& cell;
  explicit RONDO_SIMD_INLINE AnyRnnCell(const RnnStep<T>& s) : cell(*s.cell) {}
  RONDO_SIMD_INLINE V operator()(V sum) const { return activate<T, Arch>(cell.f, clipped<T, Arch>(sum, cell.clip)); }
};

template <class T, class Arch>
struct RnnCellBody {
  using V = simd::Vec<T, Arch>;

  template <class Cell>
  RONDO_SIMD_FLATTEN static void step(const RnnStep<T>& s) {
    const Cell cell(s);
    const RecurrentProduct<T> product{s.range, s.h_prev, s.xp, nullptr, s.r_packed, s.hidden};
    RecurrentStep<T, Arch, 1, 1, -1>::run(
        product, [&](const T* sums, int64_t row, int64_t panel) __attribute__((always_inline)) {
          const PanelOfRow<T, Arch> at(s.hidden, panel);
          const V sum = V::load(sums);
          Keep<T, Arch, 1>{s.kept, row, at}(0, sum);
          at.store(s.h_next.data + row * s.h_next.stride, cell(sum));
        });
  }

  static constexpr RnnCellKernels<T> kernels(const char* name) {
    return {name, V::kLanes, &step<DefaultRnnCell<T, Arch>>, &step<AnyRnnCell<T, Arch>>};
  }
};

}  // namespace rondo::kernels
