#include "ops/einsum_equation.h"

#include <fmt/format.h>

#include <algorithm>

namespace rondo::ops {
namespace {

constexpr std::string_view kEllipsis = "...";

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
constexpr std::uint8_t label_of(char c) { return static_cast<std::uint8_t>(is_upper(c) ? c - 'A' : c - 'a' + 26); }
constexpr char letter_of(std::size_t label) {
  return static_cast<char>(label < 26 ? 'A' + static_cast<int>(label) : 'a' + static_cast<int>(label) - 26);
}

std::size_t num_letters(std::string_view term) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(term, is_letter));
}
bool has_dots(std::string_view term) noexcept { return term.find(kEllipsis) != term.npos; }

// Adds the axes of an ellipsis, the first of them first. False when there is no room.
bool add_ellipsis(std::size_t rank, AxisLabels& out) noexcept {
  if (out.size + rank > kMaxRank) return false;
  for (std::size_t i = rank; i-- > 0;) out.label[out.size++] = static_cast<std::uint8_t>(kLetters + i);
  return true;
}

bool add_term(std::string_view term, std::size_t ellipsis_rank, AxisLabels& out) noexcept {
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (term.substr(i).starts_with(kEllipsis)) {
      if (!add_ellipsis(ellipsis_rank, out)) return false;
      i += kEllipsis.size() - 1;
    } else if (is_letter(term[i])) {
      if (out.size == kMaxRank) return false;
      out.label[out.size++] = label_of(term[i]);
    }
  }
  return true;
}

// Letters, spaces, and at most one ellipsis.
std::string term_complaint(std::string_view term) {
  if (const std::size_t dots = term.find(kEllipsis); dots != term.npos) {
    const std::string rest = std::string(term.substr(0, dots)) + std::string(term.substr(dots + kEllipsis.size()));
    if (rest.find('.') != rest.npos) return fmt::format("'{}' has more than one ellipsis", term);
    return term_complaint(rest);
  }
  const auto strange = std::ranges::find_if(term, [](char c) { return !is_letter(c) && c != ' '; });
  return strange == term.end() ? "" : fmt::format("'{}' is neither a letter nor an ellipsis", *strange);
}

}  // namespace

EinsumEquation::EinsumEquation(std::string_view text) noexcept {
  const std::size_t arrow = text.find("->");
  explicit_ = arrow != text.npos;
  left_ = text.substr(0, arrow);
  if (explicit_) right_ = text.substr(arrow + 2);
}

std::size_t EinsumEquation::num_operands() const noexcept {
  return 1 + static_cast<std::size_t>(std::ranges::count(left_, ','));
}

std::string_view EinsumEquation::term(std::size_t operand) const noexcept {
  std::string_view rest = left_;
  for (; operand > 0; --operand) rest.remove_prefix(rest.find(',') + 1);
  return rest.substr(0, rest.find(','));
}

bool EinsumEquation::has_ellipsis(std::size_t operand) const noexcept { return has_dots(term(operand)); }
bool EinsumEquation::result_drops_ellipsis() const noexcept { return explicit_ && !has_dots(right_); }

std::size_t EinsumEquation::ellipsis_rank(std::size_t operand, std::size_t rank) const noexcept {
  const std::size_t letters = num_letters(term(operand));
  return has_ellipsis(operand) && rank > letters ? rank - letters : 0;
}

bool EinsumEquation::operand_labels(std::size_t operand, std::size_t rank, AxisLabels& out) const noexcept {
  out.size = 0;
  return add_term(term(operand), ellipsis_rank(operand, rank), out) && out.size == rank;
}

bool EinsumEquation::result_labels(std::size_t ellipsis_rank, AxisLabels& out) const noexcept {
  out.size = 0;
  if (explicit_) return add_term(right_, ellipsis_rank, out);
  // Without an arrow: the ellipsis, then the letters that stand once, in the order of the alphabet.
  if (!add_ellipsis(ellipsis_rank, out)) return false;
  for (std::size_t label = 0; label < kLetters; ++label) {
    if (std::ranges::count(left_, letter_of(label)) != 1) continue;
    if (out.size == kMaxRank) return false;
    out.label[out.size++] = static_cast<std::uint8_t>(label);
  }
  return true;
}

std::string EinsumEquation::complaint(std::size_t operands) const {
  if (num_operands() != operands) return fmt::format("it has {} terms for {} inputs", num_operands(), operands);
  for (std::size_t i = 0; i < operands; ++i)
    if (std::string s = term_complaint(term(i)); !s.empty()) return s;
  if (std::string s = term_complaint(right_); !s.empty()) return s;
  for (std::size_t i = 0; i < right_.size(); ++i) {
    if (!is_letter(right_[i])) continue;
    if (left_.find(right_[i]) == left_.npos) return fmt::format("'{}' of the result is in no input", right_[i]);
    if (right_.find(right_[i]) != i) return fmt::format("'{}' stands twice in the result", right_[i]);
  }
  return "";
}

}  // namespace rondo::ops
