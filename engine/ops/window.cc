#include "ops/window.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "ir/graph.h"

namespace rondo::ops {
namespace {

constexpr std::int64_t kLimit = std::int64_t{1} << 31;  // of every number of a window: products then fit 64 bits
constexpr std::int64_t kLargest = std::int64_t{1} << 62;

constexpr std::string_view kAutoPads[] = {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"};

const std::vector<std::int64_t>* list_of(const Attributes& attributes, std::string_view name) noexcept {
  const AttrValue* value = find_attribute(attributes, name);
  return value == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(value);
}

const std::string& text_of(const Attributes& attributes, std::string_view name) {
  return std::get<std::string>(*find_attribute(attributes, name));
}

void check_list(const InferContext& ctx, std::string_view name, std::size_t length, std::int64_t least) {
  const auto* list = list_of(ctx.node().attributes, name);
  if (list == nullptr) return;
  if (list->size() != length)
    throw ctx.attribute_error(name, fmt::format("{} has the wrong length", name))
        .got(list_text(*list))
        .expected(fmt::format("{} numbers", length));
  for (std::int64_t v : *list)
    if (v < least || v >= kLimit)
      throw ctx.attribute_error(name, fmt::format("{} holds a number out of range", name))
          .got(std::to_string(v))
          .expected(fmt::format("{} to {}", least, kLimit - 1));
}

void check_padding_form(const InferContext& ctx) {
  const std::string& mode = ctx.text("auto_pad");
  if (std::ranges::find(kAutoPads, mode) == std::end(kAutoPads))
    throw ctx.attribute_error("auto_pad", "no such mode").got(mode).expected("NOTSET, SAME_UPPER, SAME_LOWER or VALID");
  const auto* pads = list_of(ctx.node().attributes, "pads");
  const bool padded = pads != nullptr && std::ranges::any_of(*pads, [](std::int64_t p) { return p != 0; });
  if (mode != "NOTSET" && padded)
    throw ctx.attribute_error("pads", "pads and auto_pad exclude each other").got(list_text(*pads) + " and " + mode);
}

std::int64_t entry(const std::vector<std::int64_t>* list, std::size_t i, std::int64_t otherwise) noexcept {
  return list == nullptr ? otherwise : (*list)[i];
}

}  // namespace

std::vector<AttrDef> window_attributes(std::vector<AttrDef> more) {
  std::vector<AttrDef> list{attr("auto_pad", "NOTSET"), optional_attr("dilations", AttrKind::integers),
                            optional_attr("pads", AttrKind::integers), optional_attr("strides", AttrKind::integers)};
  list.insert(list.end(), more.begin(), more.end());
  return list;
}

Window window_of(const Attributes& attributes, std::span<const std::int64_t> kernel) noexcept {
  Window w;
  w.rank = kernel.size();
  for (std::size_t d = 0; d < w.rank; ++d) {
    w.kernel[d] = kernel[d];
    w.stride[d] = entry(list_of(attributes, "strides"), d, 1);
    w.dilation[d] = entry(list_of(attributes, "dilations"), d, 1);
    w.begin[d] = entry(list_of(attributes, "pads"), d, 0);
    w.end[d] = entry(list_of(attributes, "pads"), d + w.rank, 0);
  }
  return w;
}

Window checked_window(const InferContext& ctx, std::span<const std::int64_t> kernel) {
  check_padding_form(ctx);
  check_list(ctx, "strides", kernel.size(), 1);
  check_list(ctx, "dilations", kernel.size(), 1);
  check_list(ctx, "pads", 2 * kernel.size(), 0);
  check_list(ctx, "kernel_shape", kernel.size(), 1);
  for (std::int64_t k : kernel)
    if (k < 1 || k >= kLimit)
      throw ctx.error("W has a kernel size out of range")
          .got(list_text(kernel))
          .expected(fmt::format("1 to {}", kLimit - 1));
  const auto* shape = list_of(ctx.node().attributes, "kernel_shape");
  if (shape != nullptr && !std::ranges::equal(*shape, kernel))
    throw ctx.attribute_error("kernel_shape", "kernel_shape is not that of W")
        .got(list_text(*shape))
        .expected(list_text(kernel));
  return window_of(ctx.node().attributes, kernel);
}

AutoPad auto_pad_of(const Attributes& attributes) noexcept {
  const auto mode = std::ranges::find(kAutoPads, text_of(attributes, "auto_pad"));
  return static_cast<AutoPad>(mode - std::begin(kAutoPads));
}

void share_padding(Window& window, std::size_t axis, std::int64_t total, AutoPad mode) noexcept {
  const std::int64_t half = total / 2;
  window.begin[axis] = mode == AutoPad::same_upper ? half : total - half;
  window.end[axis] = total - window.begin[axis];
}

std::int64_t place(Window& window, std::size_t axis, std::int64_t size, AutoPad mode, bool ceil) noexcept {
  const std::int64_t stride = window.stride[axis], extent = window.extent(axis);
  if (mode == AutoPad::same_upper || mode == AutoPad::same_lower) {
    const std::int64_t places = size / stride + (size % stride != 0);
    share_padding(window, axis, std::max<std::int64_t>((places - 1) * stride + extent - size, 0), mode);
    return places;
  }
  const std::int64_t room = size + window.begin[axis] + window.end[axis] - extent;
  if (room < 0) return -1;
  // ONNX gives VALID one size, whatever ceil_mode says.
  if (!ceil || mode == AutoPad::valid) return room / stride + 1;
  return std::min(ceil_div(room, stride) + 1, ceil_div(size + window.begin[axis], stride));
}

Dim placed(const InferContext& ctx, Window& window, std::size_t axis, const Dim& size, bool ceil) {
  const AutoPad mode = auto_pad_of(ctx.node().attributes);
  if (!size.known()) {
    const bool same = mode == AutoPad::same_upper || mode == AutoPad::same_lower ||
                      window.begin[axis] + window.end[axis] == window.extent(axis) - 1;
    return same && window.stride[axis] == 1 ? size : Dim();
  }
  if (size.value >= kLargest) throw ctx.error("a dim of X is too large").got(std::to_string(size.value));
  const std::int64_t places = place(window, axis, size.value, mode, ceil);
  if (places < 0)
    throw ctx.error(fmt::format("the kernel is larger than the padded input along spatial axis {}", axis))
        .got(fmt::format("extent {}", window.extent(axis)))
        .expected(fmt::format("at most {}", size.value + window.begin[axis] + window.end[axis]));
  return places;
}

std::int64_t spread(Window& window, std::size_t axis, std::int64_t size, const Attributes& attributes) {
  const AutoPad mode = auto_pad_of(attributes);
  const std::int64_t full =
      window.stride[axis] * (size - 1) + entry(list_of(attributes, "output_padding"), axis, 0) + window.extent(axis);
  const bool same = mode == AutoPad::same_upper || mode == AutoPad::same_lower;
  const std::int64_t wanted = entry(list_of(attributes, "output_shape"), axis, same ? size * window.stride[axis] : -1);
  if (wanted < 0) return full - window.begin[axis] - window.end[axis];
  share_padding(window, axis, std::max<std::int64_t>(full - wanted, 0), mode);
  return wanted;
}

std::int64_t volume(std::span<const std::int64_t> dims) noexcept {
  std::int64_t n = 1;
  for (std::int64_t d : dims) n *= d;
  return n;
}

Tap tap_of(const Window& window, std::int64_t tap, std::span<const std::int64_t> small,
           std::span<const std::int64_t> large) noexcept {
  const Dims small_strides = dense_strides(small), large_strides = dense_strides(large);
  Dims count{}, steps{};
  std::int64_t small_at = 0, large_at = 0;
  for (std::size_t d = window.rank; d-- > 0; tap /= window.kernel[d]) {
    const std::int64_t offset = tap % window.kernel[d] * window.dilation[d] - window.begin[d];
    const std::int64_t stride = window.stride[d], room = large[d] - 1 - offset;
    const std::int64_t low = offset < 0 ? (-offset + stride - 1) / stride : 0;
    const std::int64_t high = room < 0 ? 0 : std::min(small[d], room / stride + 1);
    count[d] = std::max<std::int64_t>(high - low, 0);
    steps[d] = stride * large_strides[d];
    small_at += low * small_strides[d];
    large_at += (low * stride + offset) * large_strides[d];
  }
  return {Walk<2>(std::span(count).first(window.rank), {small_strides, steps}), {small_at, large_at}};
}

}  // namespace rondo::ops
