// The geometry of a window that slides over the spatial axes of a tensor [N, C, D1 ... Dr]: for Conv, ConvTranspose and
// pools. Tap k of the window at place o covers place o * stride + k * dilation - begin of the padded side, "large"
// below; in Conv and pools large is the input and small the output, in ConvTranspose the reverse.
#pragma once

#include <string>
#include <vector>

#include "ops/walk.h"

namespace rondo::ops {

struct Window {
  std::size_t rank = 0;  // spatial axes
  Dims kernel{}, stride{}, dilation{}, begin{}, end{};

  // Places that the taps of one window span.
  std::int64_t extent(std::size_t axis) const noexcept { return (kernel[axis] - 1) * dilation[axis] + 1; }
  std::int64_t taps() const noexcept {
    std::int64_t n = 1;
    for (std::size_t d = 0; d < rank; ++d) n *= kernel[d];
    return n;
  }
};

// auto_pad, dilations, pads and strides, and what the operator has beside them.
std::vector<AttrDef> window_attributes(std::vector<AttrDef> more);

// The attributes checked against the rank and the dims of the kernel, which must be known; pads that auto_pad decides
// are left at 0. Throws naming attribute and number.
Window checked_window(const InferContext& ctx, std::span<const std::int64_t> kernel);
// The same without checks, for references.
Window window_of(const Attributes& attributes, std::span<const std::int64_t> kernel) noexcept;

enum class AutoPad { notset, same_upper, same_lower, valid };
AutoPad auto_pad_of(const Attributes& attributes) noexcept;
// Sets begin and end of an axis so that together they are `total`; the odd one goes where auto_pad says.
void share_padding(Window& window, std::size_t axis, std::int64_t total, AutoPad mode) noexcept;

// How many places a Conv or pool window of that axis has over `size` elements, and its padding where auto_pad decides
// it. Negative when the window is larger than the padded input. The size is below 2^62. ceil: a window that starts
// inside but reaches past the end counts too, one that starts in the padding behind the input does not.
std::int64_t place(Window& window, std::size_t axis, std::int64_t size, AutoPad mode, bool ceil = false) noexcept;
// The same for shape rules, on a dim of X that may be unknown. Throws when the window does not fit.
Dim placed(const InferContext& ctx, Window& window, std::size_t axis, const Dim& size, bool ceil = false);

// The output size of an axis of ConvTranspose, negative when the pads take more than there is; sets the pads that
// output_shape or auto_pad decides. The size is below 2^31.
std::int64_t spread(Window& window, std::size_t axis, std::int64_t size, const Attributes& attributes);

// Elements of a plane: the product of its dims.
std::int64_t volume(std::span<const std::int64_t> dims) noexcept;

// What one tap covers: the walk runs over the small places at which the tap falls inside large.
struct Tap {
  Walk<2> walk;        // operand 0 small, operand 1 large
  std::int64_t at[2];  // where each begins
};
Tap tap_of(const Window& window, std::int64_t tap, std::span<const std::int64_t> small,
           std::span<const std::int64_t> large) noexcept;

}  // namespace rondo::ops
