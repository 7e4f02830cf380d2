// What the graph knows of a value before it exists: element type, and dims that are numbers, names or not known yet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rondo/dtype.h"

namespace rondo {

// A number, or a symbol such as "seq_length" that is bound when inputs arrive, or unknown (no number, empty symbol).
struct Dim {
  static constexpr std::int64_t kUnknown = -1;
  std::int64_t value = kUnknown;
  std::string symbol;

  Dim() = default;
  Dim(std::int64_t number) : value(number) {}  // NOLINT: a number is a dim
  explicit Dim(std::string name) : symbol(std::move(name)) {}

  bool known() const noexcept { return value >= 0; }
  bool operator==(const Dim&) const = default;
};

using Shape = std::vector<Dim>;

struct TensorType {
  DType dtype = DType::undefined;
  std::optional<Shape> shape;  // nullopt: not even the rank is known

  bool ranked() const noexcept { return shape.has_value(); }
  std::int64_t rank() const noexcept { return static_cast<std::int64_t>(shape->size()); }
  bool operator==(const TensorType&) const = default;
};

TensorType concrete_type(DType dtype, std::span<const std::int64_t> dims);

// The dims as numbers; nullopt while any of them is not known.
std::optional<std::vector<std::int64_t>> concrete_dims(const TensorType& type);

// False only when both are known numbers and differ.
bool may_equal(const Dim& a, const Dim& b) noexcept;

// The more specific of two dims that may_equal: a number before a symbol before unknown.
const Dim& more_specific(const Dim& a, const Dim& b) noexcept;

// What holds for a value that may be of either type: dims that differ become unknown, a rank that differs makes the
// type unranked. The element type is a's.
TensorType joined(const TensorType& a, const TensorType& b);

// "float32[batch,3,?]"; an unranked one prints "float32[*]".
std::string to_string(const TensorType& type);
std::string to_string(const Shape& shape);

}  // namespace rondo
