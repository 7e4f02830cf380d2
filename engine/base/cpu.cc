#include "base/cpu.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "rondo/error.h"

namespace rondo {
namespace {
constexpr std::array<std::string_view, 3> kIsaNames{"scalar", "avx2", "avx512"};
}

std::string_view name_of(Isa isa) noexcept { return kIsaNames[static_cast<std::size_t>(isa)]; }

std::optional<Isa> isa_from_name(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kIsaNames.size(); ++i)
    if (kIsaNames[i] == name) return static_cast<Isa>(i);
  return std::nullopt;
}

Isa detected_isa() noexcept {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl");
  return avx512 ? Isa::avx512 : avx2 ? Isa::avx2 : Isa::scalar;
#else
  return Isa::scalar;
#endif
}

Isa allowed_isa() {
  Isa cap = std::min(detected_isa(), static_cast<Isa>(RONDO_BUILD_MAX_ISA));
  const char* wanted = std::getenv("RONDO_MAX_ISA");
  if (wanted == nullptr || *wanted == '\0') return cap;
  const auto isa = isa_from_name(wanted);
  if (!isa)
    throw Error(ErrorCode::usage, "RONDO_MAX_ISA names no instruction set")
        .got(wanted)
        .expected("scalar, avx2 or avx512")
        .fix("correct or unset RONDO_MAX_ISA");
  return std::min(cap, *isa);
}

std::string cpu_features() {
  std::string s;
#if defined(__x86_64__)
  __builtin_cpu_init();
#define RONDO_FEATURE(name) \
  if (__builtin_cpu_supports(name)) s += (s.empty() ? "" : " ") + std::string(name)
  RONDO_FEATURE("sse4.2");
  RONDO_FEATURE("avx");
  RONDO_FEATURE("avx2");
  RONDO_FEATURE("fma");
  RONDO_FEATURE("avx512f");
  RONDO_FEATURE("avx512cd");
  RONDO_FEATURE("avx512dq");
  RONDO_FEATURE("avx512bw");
  RONDO_FEATURE("avx512vl");
  RONDO_FEATURE("avx512vnni");
  RONDO_FEATURE("avx512bf16");
#undef RONDO_FEATURE
#endif
  return s;
}

}  // namespace rondo
