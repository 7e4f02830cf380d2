#include "backends/native/packed_direction.h"

#include <algorithm>

#include "base/checked.h"

namespace rondo::native {
namespace {

constexpr std::int64_t kElementAlignment = 16;  // 64 bytes of float, 128 of double

}  // namespace

PackLayout::PackLayout(const PackForm& form, std::int64_t I, std::int64_t H)
    : form_(form), I_(I), H_(H), all_(slots(0, form.slots)), split_(form.recurrent_slots < form.slots) {
  const auto take = [this](std::int64_t elements) {
    const std::int64_t at = total_;
    total_ += round_up(elements, kElementAlignment);
    return at;
  };
  take(kernels::packed_size(I, all_, form.gemm_width));
  bias_ = take(all_.count());
  const auto recurrent = slots(0, form.recurrent_slots);
  r_ = take(kernels::packed_size(H, recurrent, recurrent.width()));
  const auto last = slots(form.slots - 1, 1);
  if (split_) candidate_r_ = take(kernels::packed_size(H, last, last.width()));
  if (form.separate_recurrent_bias) recurrent_bias_ = take(last.count());
}

template <class T>
void PackLayout::pack(const ops::DirectionWeights<T>& weights, T* block) const {
  // all_ holds a pointer into the form of the object it was made from, so columns are made afresh from this one.
  const auto all = slots(0, form_.slots);
  kernels::pack_matrix(weights.W, 1, I_, I_, all, form_.gemm_width, block);
  const auto recurrent = slots(0, form_.recurrent_slots);
  kernels::pack_matrix(weights.R, 1, H_, H_, recurrent, recurrent.width(), block + r_);
  const auto last = slots(form_.slots - 1, 1);
  if (split_) kernels::pack_matrix(weights.R, 1, H_, H_, last, last.width(), block + candidate_r_);

  T* bias = block + bias_;
  std::fill_n(bias, all.count(), T(0));
  if (form_.separate_recurrent_bias) std::fill_n(block + recurrent_bias_, last.count(), T(0));
  if (weights.Wb == nullptr) return;
  kernels::add_packed_vector(weights.Wb, all, bias);
  if (!form_.separate_recurrent_bias) {
    kernels::add_packed_vector(weights.Rb, all, bias);
    return;
  }
  auto folded_gates = form_.gates;
  folded_gates[static_cast<std::size_t>(form_.slots - 1)] = -1;
  kernels::add_packed_vector(weights.Rb, {H_, form_.lanes, form_.slots, folded_gates.data()}, bias);
  kernels::add_packed_vector(weights.Rb, last, block + recurrent_bias_);
}

template void PackLayout::pack(const ops::DirectionWeights<float>&, float*) const;
template void PackLayout::pack(const ops::DirectionWeights<double>&, double*) const;

}  // namespace rondo::native
