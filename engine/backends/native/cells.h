// The three cells behind one face, for the step that walks a sequence: how they want their weights, how many rows of
// working memory they need, and one time step for a block of batch rows.
#pragma once

#include <limits>

#include "backends/native/function.h"
#include "backends/native/packed_direction.h"
#include "kernels/gemm/gemm.h"
#include "kernels/gru_cell/gru_cell.h"
#include "kernels/lstm_cell/lstm_cell.h"
#include "kernels/rnn_cell/rnn_cell.h"

namespace rondo::native {

// Rows of the block's first row; XP and states advance by their strides. All in elements.
template <class T>
struct StepRows {
  std::int64_t rows, H;
  std::int64_t panel_begin, panel_end;  // of hidden units
  bool backward;
  kernels::Rows<const T> xp;
  kernels::Rows<const T> h_prev;
  kernels::Rows<T> h_next;
  T* c;     // LSTM: cell state, in place; [rows][H]
  T* work;  // work_rows() blocks of [work_stride][H]
  std::int64_t work_stride;
  T* kept = nullptr;  // the first row's part of the workspace (ops/recurrent.h), kept_stride to the next; null: none
  std::int64_t kept_stride = 0;
};

// The ONNX gate block of each slot of a panel. GRU's last is no gate: what a layer keeps after its gates.
inline constexpr std::array<int, 4> kLstmSlots{int(LstmGate::input), int(LstmGate::forget), int(LstmGate::cell),
                                               int(LstmGate::output)};
inline constexpr std::array<int, 4> kGruSlots{int(GruGate::update), int(GruGate::reset), int(GruGate::hidden),
                                              int(kGruGates)};

// Where the workspace has the sums of the gates that a cell's slots stand for.
template <std::size_t kSlots, class T>
kernels::KeptSums<T, static_cast<int>(kSlots)> kept_sums(const StepRows<T>& s, const std::array<int, kSlots>& gates) {
  kernels::KeptSums<T, static_cast<int>(kSlots)> kept{{}, s.kept_stride};
  for (std::size_t slot = 0; s.kept != nullptr && slot < kSlots; ++slot) kept.slot[slot] = s.kept + gates[slot] * s.H;
  return kept;
}

template <class T>
T clip_of(const ops::RecurrentForm& form) {
  return form.clip ? static_cast<T>(*form.clip) : std::numeric_limits<T>::infinity();
}

template <class T>
kernels::LstmCell<T> lstm_cell(const ops::RecurrentForm& form, std::size_t d) {
  const auto& functions = form.activations[d];
  return {kernel_function(functions[0]),
          kernel_function(functions[1]),
          kernel_function(functions[2]),
          clip_of<T>(form),
          form.input_forget,
          nullptr,
          nullptr,
          nullptr};
}

// p: [3*H] as ONNX has them, or null.
template <class T>
void set_lstm_peepholes(kernels::LstmCell<T>& cell, const T* p, std::int64_t H) {
  const auto at = [&](Peephole gate) {
    return p == nullptr ? nullptr : p + gate_row(gate, static_cast<std::size_t>(H));
  };
  cell.p_input = at(Peephole::input);
  cell.p_output = at(Peephole::output);
  cell.p_forget = at(Peephole::forget);
}

template <class T>
kernels::StepRange range_of(const StepRows<T>& s) {
  return {s.rows, nullptr, s.panel_begin, s.panel_end, s.backward};
}

template <class T>
class Rnn {
 public:
  using Element = T;
  Rnn(const ops::RecurrentForm& form, std::size_t d, Isa isa)
      : kernels_(kernels::select_rnn_cell<T>(isa)),
        cell_{kernel_function(form.activations[d][0]), clip_of<T>(form)},
        step_(kernels_.step_for(cell_)) {}

  const char* isa_name() const { return kernels_.name; }
  PackForm pack_form() const { return {kernels_.lanes, 0, {0}, 1, 1, false}; }
  std::int64_t work_rows() const { return 0; }
  int halves() const { return 1; }
  void set_peepholes(const T*, std::int64_t) {}

  void step(int, const PackedDirection<T>& w, const StepRows<T>& s) const {
    step_({s.H, range_of(s), w.r, s.xp, s.h_prev, s.h_next, &cell_, kept_sums<1>(s, {0})});
  }

 private:
  const kernels::RnnCellKernels<T>& kernels_;
  kernels::RnnCell<T> cell_;
  kernels::RnnStepFunction<T> step_;
};

template <class T>
class Lstm {
 public:
  using Element = T;
  Lstm(const ops::RecurrentForm& form, std::size_t d, Isa isa)
      : kernels_(kernels::select_lstm_cell<T>(isa)), cell_(lstm_cell<T>(form, d)), step_(kernels_.step_for(cell_)) {}

  const char* isa_name() const { return kernels_.name; }
  PackForm pack_form() const { return {kernels_.lanes, 0, kLstmSlots, 4, 4, false}; }
  std::int64_t work_rows() const { return 0; }
  int halves() const { return 1; }
  void set_peepholes(const T* p, std::int64_t H) {
    set_lstm_peepholes(cell_, p, H);
    step_ = kernels_.step_for(cell_);
  }

  void step(int, const PackedDirection<T>& w, const StepRows<T>& s) const {
    step_({s.H, range_of(s), w.r, s.xp, s.h_prev, {s.c, s.H}, s.h_next, {s.c, s.H}, &cell_, kept_sums(s, kLstmSlots)});
  }

 private:
  const kernels::LstmCellKernels<T>& kernels_;
  kernels::LstmCell<T> cell_;
  kernels::LstmStepFunction<T> step_;
};

template <class T>
class Gru {
 public:
  using Element = T;
  Gru(const ops::RecurrentForm& form, std::size_t d, Isa isa)
      : kernels_(kernels::select_gru_cell<T>(isa)),
        cell_{kernel_function(form.activations[d][0]), kernel_function(form.activations[d][1]), clip_of<T>(form)},
        steps_(kernels_.steps_for(cell_)),
        reset_after_(form.linear_before_reset) {}

  const char* isa_name() const { return kernels_.name; }
  PackForm pack_form() const { return {kernels_.lanes, 0, kGruSlots, 3, reset_after_ ? 3 : 2, reset_after_}; }
  std::int64_t work_rows() const { return reset_after_ ? 0 : 2; }  // z and r * h
  int halves() const { return reset_after_ ? 1 : 2; }
  void set_peepholes(const T*, std::int64_t) {}

  void step(int half, const PackedDirection<T>& w, const StepRows<T>& s) const {
    kernels::GruStep<T> step{s.H,
                             range_of(s),
                             w.r,
                             w.recurrent_bias,
                             s.xp,
                             s.h_prev,
                             s.h_next,
                             {s.work, s.H},
                             {s.work + s.work_stride * s.H, s.H},
                             &cell_,
                             kept_sums(s, kGruSlots)};
    if (reset_after_) return steps_.reset_after(step);
    if (half == 0) return steps_.gates(step);
    step.r_packed = w.candidate_r;
    steps_.candidate(step);
  }

 private:
  const kernels::GruCellKernels<T>& kernels_;
  kernels::GruCell<T> cell_;
  const kernels::GruSteps<T>& steps_;
  bool reset_after_;
};

}  // namespace rondo::native
