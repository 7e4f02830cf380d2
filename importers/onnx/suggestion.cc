#include "importers/onnx/suggestion.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace rondo::importer {
namespace {

constexpr std::size_t kMaxLength = 128, kMaxCandidates = 20'000;

// Levenshtein's distance, one row at a time.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

void Suggestion::offer(std::string_view candidate) {
  if (candidate.empty() || wanted_.size() > kMaxLength || candidate.size() > kMaxLength) return;
  const std::size_t gap = std::max(wanted_.size(), candidate.size()) - std::min(wanted_.size(), candidate.size());
  if (gap >= distance_ || ++offered_ > kMaxCandidates) return;
  if (const std::size_t d = edits(wanted_, candidate); d < distance_) {
    distance_ = d;
    best_ = candidate;
  }
}

}  // namespace rondo::importer
