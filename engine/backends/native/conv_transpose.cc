// ConvTranspose as a gather: one product for each remainder of the output places by the strides, with the taps that
// reach them. Its weights are W with channels and maps exchanged, the taps of each remainder side by side.
#include <algorithm>

#include "backends/native/convolution.h"

namespace rondo::native {
namespace {

void arrange(const Convolution& c, const float* w, float* to) {
  std::int64_t all_taps = 0;
  for (const PatchGrid& grid : c.grids) all_taps += static_cast<std::int64_t>(grid.taps.size());
  for (const PatchGrid& grid : c.grids)
    for (std::int64_t g = 0; g < c.group; ++g)
      for (std::int64_t m = 0; m < c.maps; ++m)
        for (std::int64_t ch = 0; ch < c.channels; ++ch)
          for (const PatchGrid::Tap& tap : grid.taps)
            *to++ = w[((g * c.channels + ch) * c.maps + m) * all_taps + tap.number];
}

constexpr std::int64_t kMostGrids = 1024;

}  // namespace

std::string refuse_conv_transpose(const Lowering& at) {
  const AttrValue* strides = find_attribute(at.node.attributes, "strides");
  std::int64_t grids = 1;
  if (strides != nullptr)
    for (std::int64_t s : std::get<std::vector<std::int64_t>>(*strides)) grids = std::min(grids * s, kMostGrids + 1);
  if (grids > kMostGrids) return "the product of its strides is above " + std::to_string(kMostGrids);
  return refuse_convolution(at);
}

std::unique_ptr<Step> make_conv_transpose(const Lowering& at) {
  const auto x = at.inputs[0].shape, w = at.inputs[1].shape;
  ops::Window window = ops::window_of(at.node.attributes, w.subspan(2));
  for (std::size_t d = 0; d < window.rank; ++d) ops::spread(window, d, x[d + 2], at.node.attributes);
  const std::int64_t group = std::get<std::int64_t>(*find_attribute(at.node.attributes, "group"));
  Convolution form{.batch = x[0],
                   .group = group,
                   .channels = x[1] / group,
                   .maps = w[1],
                   .grids = conv_transpose_grids(window, x.subspan(2), at.outputs[0].shape.subspan(2)),
                   .arrange = arrange};
  for (const ops::Dims* list : {&window.kernel, &window.stride, &window.dilation, &window.begin})
    form.key += to_string(std::span(*list).first(window.rank));
  for (std::int64_t size : {form.group, form.channels, form.maps}) form.key += "," + std::to_string(size);
  return make_convolution(at, std::move(form));
}

}  // namespace rondo::native
