#include "memory/resident.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace rondo::memory {

Resident resident() {
  Resident r;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    std::istringstream words(line);
    std::string name;
    std::int64_t kilobytes = 0;
    if (!(words >> name >> kilobytes)) continue;
    if (name == "VmRSS:") r.now = kilobytes * 1024;
    if (name == "VmHWM:") r.peak = kilobytes * 1024;
  }
  return r;
}

std::string to_string(const Growth& g) {
  const auto mib = [](std::int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  return fmt::format("after {} runs {:.1f} MiB (peak {:.1f}), after {} runs {:.1f} MiB (peak {:.1f}), growth {} KiB",
                     g.early_runs, mib(g.early.now), mib(g.early.peak), g.late_runs, mib(g.late.now), mib(g.late.peak),
                     g.bytes() / 1024);
}

Growth watch(std::int64_t early, std::int64_t late, const std::function<void(std::int64_t)>& once) {
  Growth growth{early, late, {}, {}};
  for (std::int64_t k = 0; k < late; ++k) {
    if (k == early) growth.early = resident();
    once(k);
  }
  growth.late = resident();
  return growth;
}

}  // namespace rondo::memory
