// Conv and ConvTranspose as matrix products: the weights of a group, [maps, channels * taps], times what the taps read,
// [channels * taps, output places]. float32, any number of axes, any groups. One factor is packed into panels: as a
// rule what the taps read, made in scratch a few panels at a time, each read by all maps while it is in the cache; but
// where the places would leave most of a panel empty and the weights are constant, the weights, once
// (convolution_by_places.cc). Both give the same bits.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/native/patch_grid.h"
#include "backends/step/step.h"
#include "kernels/activation/activation.h"

namespace rondo::native {

struct Convolution {
  std::int64_t batch, group;
  std::int64_t channels, maps;  // of one group
  std::vector<PatchGrid> grids;
  // W as [grid][group][maps][channels * taps of the grid]; null: W has that order already.
  void (*arrange)(const Convolution&, const float* w, float* to) = nullptr;
  std::string key{};  // of arranged weights: whatever their order depends on

  std::int64_t products(const PatchGrid& grid) const noexcept;  // in one result: channels * taps
  std::int64_t weights() const noexcept;                        // elements of arranged weights
  std::int64_t useful_threads(int threads) const noexcept;      // how many of them have enough to do
};

// What a convolution took over from the node behind it, or nothing.
class FollowingActivation {
 public:
  explicit FollowingActivation(const Lowering& at);
  void apply(float* values, std::int64_t count) const {
    if (function_) kernels_.apply(*function_, values, values, count);
  }

 private:
  const kernels::ActivationKernels<float>& kernels_;
  std::optional<kernels::ActivationFunction> function_;
};

std::unique_ptr<Step> make_convolution(const Lowering& at, Convolution form);
std::string refuse_convolution(const Lowering& at);

// Whether packed weights waste less of the panels than packed places would.
bool places_fit_rows(const Convolution& form, int panel_columns);
// The weights must be constant.
std::unique_ptr<Step> make_convolution_by_places(const Lowering& at, Convolution form);

std::unique_ptr<Step> make_conv(const Lowering& at);
std::string refuse_conv_transpose(const Lowering& at);
std::unique_ptr<Step> make_conv_transpose(const Lowering& at);

}  // namespace rondo::native
