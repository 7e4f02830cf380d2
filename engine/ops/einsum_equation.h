// The equation of Einsum, read without allocating: which labels its operands and its result have. A label stands for an
// axis; "..." for as many axes as an operand has left, each of them a label of its own that counts from the last.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ops/axes.h"

namespace rondo::ops {

inline constexpr std::size_t kLetters = 52;
// Letters by their place in A..Za..z, then the axes of the ellipsis from the last to the first.
inline constexpr std::size_t kMaxLabels = kLetters + kMaxRank;

// The labels of one operand's axes, in order.
struct AxisLabels {
  std::array<std::uint8_t, kMaxRank> label{};
  std::size_t size = 0;
};

// "bij, bjk -> bik" in parts; spaces mean nothing. Copies refer to the text they were made of.
class EinsumEquation {
 public:
  explicit EinsumEquation(std::string_view text) noexcept;

  // What is wrong with it for so many operands; empty: nothing. Ranks are checked where labels are taken.
  std::string complaint(std::size_t num_operands) const;

  std::size_t num_operands() const noexcept;
  // The labels of an operand of that rank; false when they do not fit it.
  bool operand_labels(std::size_t operand, std::size_t rank, AxisLabels& out) const noexcept;
  // The labels of the result, where the ellipsis of the operands stands for at most so many axes; false when the result
  // has more than kMaxRank.
  bool result_labels(std::size_t ellipsis_rank, AxisLabels& out) const noexcept;
  // How many axes the ellipsis of an operand of that rank stands for; 0 without one.
  std::size_t ellipsis_rank(std::size_t operand, std::size_t rank) const noexcept;
  bool has_ellipsis(std::size_t operand) const noexcept;
  bool result_drops_ellipsis() const noexcept;

 private:
  std::string_view term(std::size_t operand) const noexcept;

  std::string_view left_, right_;
  bool explicit_ = false;
};

}  // namespace rondo::ops
