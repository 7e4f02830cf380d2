// Resident memory of this process while something is run again and again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace rondo::memory {

struct Resident {
  std::int64_t now = 0, peak = 0;  // bytes, VmRSS and VmHWM
};
Resident resident();  // zeros where /proc tells nothing

struct Growth {
  std::int64_t early_runs = 0, late_runs = 0;
  Resident early, late;  // after that many runs

  std::int64_t bytes() const { return late.now - early.now; }
};
std::string to_string(const Growth& growth);

// once(k) for k = 0 .. late - 1; looks after `early` runs, when caches are full, and at the end.
Growth watch(std::int64_t early, std::int64_t late, const std::function<void(std::int64_t)>& once);

}  // namespace rondo::memory
