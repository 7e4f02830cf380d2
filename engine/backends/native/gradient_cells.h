// The three cells backwards behind one face, for the step that walks a sequence from its end: which products with R a
// step takes, and what it does to one row between them. A step first calls backward for its rows. Where a cell takes
// its products apart, the step then makes d_p of the last of them and calls reset. The products that are left give dh
// of the state before, or add to it where the cell has left something there.
#pragma once

#include <array>
#include <span>

#include "backends/native/cells.h"
#include "kernels/cell_gradient/cell_gradient.h"

namespace rondo::native {

// Gates of R that share a product: columns [column, column + gates) of a step's d_sums, in vectors of H, times the
// blocks [gate, gate + gates) of R. Their operand in the forward step was h_prev, or what it kept after its gates.
struct RecurrentBlock {
  std::int64_t gate, gates, column;
  bool of_kept = false;
};

// One row of one step. Vectors of H, d_sums as many as the cell has columns, kept as the workspace has it.
template <class T>
struct GradientRow {
  std::int64_t H;
  const T *kept, *h_prev, *c_prev;
  const T* grad_y;  // null: 0
  T *dh, *dc, *d_sums;
  const T* d_p;
};

template <class T>
class RnnBackward {
 public:
  RnnBackward(const ops::RecurrentForm& form, std::size_t d, const kernels::CellGradientKernels<T>& kernels)
      : cell_{kernel_function(form.activations[d][0]), clip_of<T>(form)},
        step_(is_plain(cell_) ? kernels.plain_rnn : kernels.any_rnn) {}

  static constexpr bool kAddsToDh = false;
  static std::int64_t columns(const ops::RecurrentForm& form) { return form.G(); }
  static std::span<const RecurrentBlock> blocks(const ops::RecurrentForm&) {
    static constexpr std::array kBlocks{RecurrentBlock{0, 1, 0}};
    return kBlocks;
  }
  void set_peepholes(const T*, std::int64_t) {}

  void backward(const GradientRow<T>& r) const { step_({r.H, r.kept, r.grad_y, r.dh, r.d_sums, &cell_}); }
  void reset(const GradientRow<T>&) const {}

 private:
  kernels::RnnCell<T> cell_;
  kernels::RnnGradientFunction<T> step_;
};

template <class T>
class LstmBackward {
 public:
  LstmBackward(const ops::RecurrentForm& form, std::size_t d, const kernels::CellGradientKernels<T>& kernels)
      : kernels_(kernels), cell_(lstm_cell<T>(form, d)) {}

  static constexpr bool kAddsToDh = false;
  static std::int64_t columns(const ops::RecurrentForm& form) { return form.G(); }
  static std::span<const RecurrentBlock> blocks(const ops::RecurrentForm&) {
    static constexpr std::array kBlocks{RecurrentBlock{0, 4, 0}};
    return kBlocks;
  }
  void set_peepholes(const T* p, std::int64_t H) { set_lstm_peepholes(cell_, p, H); }

  void backward(const GradientRow<T>& r) const {
    kernels::LstmGradient<T> s{r.H,  {}, r.c_prev, r.kept + static_cast<std::int64_t>(kLstmGates) * r.H, r.grad_y, r.dh,
                               r.dc, {}, &cell_};
    for (std::size_t slot = 0; slot < kLstmGates; ++slot) {
      s.sums[slot] = r.kept + kLstmSlots[slot] * r.H;
      s.d_sums[slot] = r.d_sums + kLstmSlots[slot] * r.H;
    }
    (is_plain(cell_) ? kernels_.plain_lstm : kernels_.any_lstm)(s);
  }
  void reset(const GradientRow<T>&) const {}

 private:
  const kernels::CellGradientKernels<T>& kernels_;
  kernels::LstmCell<T> cell_;
};

template <class T>
class GruBackward {
 public:
  GruBackward(const ops::RecurrentForm& form, std::size_t d, const kernels::CellGradientKernels<T>& kernels)
      : cell_{kernel_function(form.activations[d][0]), kernel_function(form.activations[d][1]), clip_of<T>(form)},
        steps_(is_plain(cell_) ? kernels.plain_gru : kernels.any_gru),
        reset_after_(form.linear_before_reset) {}

  static constexpr bool kAddsToDh = true;
  // Reset after: the gradient of the candidate's recurrent sum stands behind those of the gates.
  static std::int64_t columns(const ops::RecurrentForm& form) { return form.G() + (form.linear_before_reset ? 1 : 0); }
  static std::span<const RecurrentBlock> blocks(const ops::RecurrentForm& form) {
    static constexpr std::array kAfter{RecurrentBlock{0, 2, 0}, RecurrentBlock{2, 1, 3}};
    static constexpr std::array kBefore{RecurrentBlock{0, 2, 0}, RecurrentBlock{2, 1, 2, true}};
    return form.linear_before_reset ? kAfter : kBefore;
  }
  void set_peepholes(const T*, std::int64_t) {}

  void backward(const GradientRow<T>& r) const { (reset_after_ ? steps_.reset_after : steps_.candidate)(step_of(r)); }
  void reset(const GradientRow<T>& r) const { steps_.reset(step_of(r)); }

 private:
  kernels::GruGradient<T> step_of(const GradientRow<T>& r) const {
    const auto behind_gates = static_cast<std::int64_t>(kGruGates) * r.H;
    kernels::GruGradient<T> s{r.H, {}, r.kept + behind_gates, r.h_prev, r.grad_y, r.dh, {}, nullptr, r.d_p, &cell_};
    for (std::size_t slot = 0; slot < kGruGates; ++slot) {
      s.sums[slot] = r.kept + kGruSlots[slot] * r.H;
      s.d_sums[slot] = r.d_sums + kGruSlots[slot] * r.H;
    }
    s.d_q = r.d_sums + behind_gates;
    return s;
  }

  kernels::GruCell<T> cell_;
  kernels::GruGradients<T> steps_;
  bool reset_after_;
};

}  // namespace rondo::native
