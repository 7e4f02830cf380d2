#include "runtime/program.h"

#include <algorithm>

#include "runtime/prepare.h"

namespace rondo {

std::shared_ptr<const Prepared> Program::prepared(std::span<const TensorView> inputs) {
  const std::lock_guard lock(mutex_);
  const auto known = std::ranges::find_if(recent_, [&](const auto& p) { return p->fits(inputs); });
  if (known != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, known);
    return recent_.front();
  }
  recent_.push_front(prepare(graph_, inputs, environment_));
  if (recent_.size() > std::max<std::size_t>(environment_.max_prepared, 1)) recent_.pop_back();
  return recent_.front();
}

}  // namespace rondo
