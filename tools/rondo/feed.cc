#include "tools/rondo/feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/slice.h"
#include "tools/rondo/element.h"

namespace rondo::tool {
namespace {

std::int64_t pieces(std::int64_t length, std::int64_t frame) { return (length + frame - 1) / frame; }

}  // namespace

Feed::Feed(const TensorInfo& info, GivenInput given, int time_axis, std::int64_t frame, std::int64_t context)
    : given_(std::move(given)), frame_(frame), context_(context) {
  const std::vector<std::int64_t>& shape = whole().shape();
  rank_ = info.shape ? info.shape->size() : shape.size();
  if (shape.size() == 1 && rank_ >= 2 && shape.size() != rank_ + 1 && (frame > 1 || given_.rate != 0)) {
    kind_ = Kind::samples;
    steps_ = pieces(shape[0], frame);
  } else if (shape.size() == rank_ + 1) {
    kind_ = Kind::frames;
    steps_ = shape[0];
  } else if (shape.size() == rank_ && time_axis >= 0) {
    kind_ = Kind::time;
    axis_ = static_cast<std::size_t>(time_axis);
    steps_ = pieces(shape[axis_], frame);
  } else if (shape.size() != rank_) {
    throw Error(ErrorCode::data, fmt::format("input '{}' cannot be cut into steps", info.name))
        .got(type_text(whole().view()))
        .expected(to_string(info) + ", or one axis more in front that counts steps");
  }
}

double Feed::seconds() const noexcept {
  return given_.rate == 0 ? 0 : static_cast<double>(whole().shape()[0]) / given_.rate;
}

Tensor Feed::piece(std::int64_t step) const {
  switch (kind_) {
    case Kind::frames: {
      const Tensor one = slice_of(whole().view(), 0, step, 1);
      return reshaped(one.view(), {whole().shape().begin() + 1, whole().shape().end()});
    }
    case Kind::time:
      return slice_of(whole().view(), axis_, step * frame_, std::min(frame_, whole().shape()[axis_] - step * frame_));
    case Kind::samples:
      return samples_of(step);
    case Kind::same:
      break;
  }
  return Tensor(whole().view());
}

Tensor Feed::samples_of(std::int64_t step) const {
  std::vector<std::int64_t> shape(rank_, 1);
  shape.back() = context_ + frame_;
  Tensor out(whole().dtype(), std::move(shape));
  std::memset(out.data(), 0, out.bytes());
  const std::int64_t begin = step * frame_ - context_, from = std::max<std::int64_t>(begin, 0),
                     to = std::min((step + 1) * frame_, whole().shape()[0]);
  const std::size_t size = size_of(whole().dtype());
  if (to > from)
    std::memcpy(static_cast<std::byte*>(out.data()) + static_cast<std::size_t>(from - begin) * size,
                static_cast<const std::byte*>(whole().data()) + static_cast<std::size_t>(from) * size,
                static_cast<std::size_t>(to - from) * size);
  return out;
}

}  // namespace rondo::tool
