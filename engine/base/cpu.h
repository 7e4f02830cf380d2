// Which instruction set the kernels may use. Chosen once, when a plan is built; never inside a loop.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rondo {

enum class Isa { scalar, avx2, avx512 };  // ordered: each includes those before it

std::string_view name_of(Isa isa) noexcept;
std::optional<Isa> isa_from_name(std::string_view name) noexcept;

// The widest set this processor and operating system run. avx2 means AVX2 with FMA; avx512 means F, CD, DQ, BW and VL.
Isa detected_isa() noexcept;

// detected_isa(), capped by the build (RONDO_BUILD_MAX_ISA) and by the environment variable RONDO_MAX_ISA.
// Throws Error(usage) when the variable holds an unknown name.
Isa allowed_isa();

// "avx2 fma f16c ...": the features that matter here, for `rondo doctor`.
std::string cpu_features();

}  // namespace rondo
