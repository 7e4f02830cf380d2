// The weights of one direction of a recurrent layer in the order the kernels stream them, as one block of memory: made
// once for constant weights, or in scratch at every run for weights that are computed by the graph.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "kernels/panel/pack.h"
#include "ops/recurrent.h"

namespace rondo::native {

// How a cell wants its weights. gates[slot] is the ONNX gate block of a slot of XP.
struct PackForm {
  int lanes = 0;       // hidden units in a panel of the cell
  int gemm_width = 0;  // columns in a panel of the input projection
  std::array<int, 4> gates{};
  int slots = 0;
  int recurrent_slots = 0;               // slots that R_packed holds; the rest are in candidate_r
  bool separate_recurrent_bias = false;  // Rb of the last slot is not folded into XP
};

template <class T>
struct PackedDirection {
  const T* w;               // for gemm: XP = X W^T + bias
  const T* bias;            // [panels][slots][lanes]
  const T* r;               // [panels][H][recurrent_slots][lanes]
  const T* candidate_r;     // [panels][H][1][lanes]; null when R is in one piece
  const T* recurrent_bias;  // [panels][lanes]; null when it is folded into bias
};

class PackLayout {
 public:
  PackLayout(const PackForm& form, std::int64_t I, std::int64_t H);

  std::int64_t elements() const noexcept { return total_; }
  std::int64_t columns() const noexcept { return all_.count(); }  // of a row of XP

  template <class T>
  void pack(const ops::DirectionWeights<T>& weights, T* block) const;
  template <class T>
  PackedDirection<T> view(const T* block) const {
    return {block, block + bias_, block + r_, split_ ? block + candidate_r_ : nullptr,
            form_.separate_recurrent_bias ? block + recurrent_bias_ : nullptr};
  }

 private:
  kernels::PanelColumns slots(int first, int count) const {
    return {H_, form_.lanes, count, form_.gates.data() + first};
  }

  PackForm form_;
  std::int64_t I_, H_;
  kernels::PanelColumns all_;
  bool split_;
  std::int64_t bias_ = 0, r_ = 0, candidate_r_ = 0, recurrent_bias_ = 0, total_ = 0;
};

}  // namespace rondo::native
