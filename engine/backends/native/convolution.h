// Conv and ConvTranspose as matrix products: the weights of a group, [maps, channels * taps], times panels of what the
// taps read for a run of output places. Panels are made in scratch, a few at a time, and each is read by all maps while
// it is in the cache. float32, any number of axes, any groups.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/native/patch_grid.h"
#include "backends/step/step.h"

namespace rondo::native {

struct Convolution {
  std::int64_t batch, group;
  std::int64_t channels, maps;  // of one group
  std::vector<PatchGrid> grids;
  // W as [grid][group][maps][channels * taps of the grid]; null: W has that order already.
  void (*arrange)(const Convolution&, const float* w, float* to) = nullptr;
  std::string key{};  // of arranged weights: whatever their order depends on

  std::int64_t weights() const noexcept;  // elements of arranged weights
};

std::unique_ptr<Step> make_convolution(const Lowering& at, Convolution form);
std::string refuse_convolution(const Lowering& at);

std::unique_ptr<Step> make_conv(const Lowering& at);
std::string refuse_conv_transpose(const Lowering& at);
std::unique_ptr<Step> make_conv_transpose(const Lowering& at);

}  // namespace rondo::native
