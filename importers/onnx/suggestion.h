// The name somebody probably meant. For errors that report an unknown name.
#pragma once

#include <string>
#include <string_view>

namespace rondo::importer {

// Offer candidates, then read best(): the nearest by edits among those that differ in at most a third of `wanted`.
// Looks at a bounded number of candidates of bounded length, so a hostile file cannot make it slow.
class Suggestion {
 public:
  explicit Suggestion(std::string_view wanted) : wanted_(wanted), distance_(wanted.size() / 3 + 2) {}
  void offer(std::string_view candidate);
  const std::string& best() const noexcept { return best_; }  // empty: none is near

 private:
  std::string wanted_, best_;
  std::size_t distance_;  // a candidate must be nearer than this
  std::size_t offered_ = 0;
};

}  // namespace rondo::importer
