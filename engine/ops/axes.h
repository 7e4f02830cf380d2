// Axes of tensors: the rank limit that every reference's fixed arrays rely on, negative axes, and lists of axes or
// sizes that arrive as inputs. For the shape rules and references of this folder.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/op_def.h"

namespace rondo::ops {

inline constexpr std::size_t kMaxRank = 16;
using AxisSet = std::bitset<kMaxRank>;

// Throws when a shape of that rank is more than a reference can walk.
void check_rank(const InferContext& ctx, std::size_t rank, std::string_view what);
// The rank of a ranked input, checked.
std::int64_t checked_rank(const InferContext& ctx, std::size_t input);

// axis in [-rank, rank) as a number in [0, rank). Throws naming `what` and the range.
std::int64_t checked_axis(const InferContext& ctx, std::int64_t axis, std::int64_t rank,
                          std::string_view what = "axis");
// The same in a reference, for an axis that is an element of an input.
std::int64_t checked_axis(const EvalContext& ctx, std::int64_t axis, std::int64_t rank, std::string_view what = "axis");
// The same for a list, which may not name an axis twice.
AxisSet checked_axes(const InferContext& ctx, std::span<const std::int64_t> axes, std::int64_t rank,
                     std::string_view what = "axes");

// For references: the rule has already checked the range.
constexpr std::int64_t resolved_axis(std::int64_t axis, std::int64_t rank) noexcept {
  return axis < 0 ? axis + rank : axis;
}

// The number of elements of an input that must be one-dimensional (or a scalar, which counts as one element); nullopt
// while it is absent or not known. Throws for a higher rank.
std::optional<std::int64_t> list_length(const InferContext& ctx, std::size_t input);

// An int32 or int64 list input inside a reference, read in place.
class IntegerList {
 public:
  explicit IntegerList(const TensorView& view) : view_(view), size_(view.present() ? view.count() : 0) {}
  std::int64_t size() const noexcept { return size_; }
  std::int64_t operator[](std::int64_t i) const noexcept {
    return view_.dtype == DType::int32 ? view_.as<std::int32_t>()[i] : view_.as<std::int64_t>()[i];
  }

 private:
  TensorView view_;
  std::int64_t size_;
};

// "[1,-1]", for messages.
inline std::string list_text(std::span<const std::int64_t> list) { return to_string(list); }

// An axes input of a reference as a set; absent gives the empty set. Checked: where the list comes with the run, the
// shape of the result may have been known without it.
AxisSet axes_of(const EvalContext& ctx, std::size_t input, std::int64_t rank);

}  // namespace rondo::ops
