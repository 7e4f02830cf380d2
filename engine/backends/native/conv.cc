// Conv: W is the matrix of the product as it is.
#include "backends/native/convolution.h"

namespace rondo::native {

std::unique_ptr<Step> make_conv(const Lowering& at) {
  const auto x = at.inputs[0].shape, w = at.inputs[1].shape;
  ops::Window window = ops::window_of(at.node.attributes, w.subspan(2));
  for (std::size_t d = 0; d < window.rank; ++d) ops::place(window, d, x[d + 2], ops::auto_pad_of(at.node.attributes));
  const std::int64_t group = std::get<std::int64_t>(*find_attribute(at.node.attributes, "group"));
  return make_convolution(at, {.batch = x[0],
                               .group = group,
                               .channels = w[1],
                               .maps = w[0] / group,
                               .grids = {conv_grid(window, x.subspan(2), at.outputs[0].shape.subspan(2))}});
}

}  // namespace rondo::native
