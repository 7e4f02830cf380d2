// Picks the variant of a kernel family for an instruction set: the first line of its .inc that the set includes. For
// the select.cc of every family.
#pragma once

#include "base/cpu.h"

namespace rondo::kernels {

template <class Kernels>
struct Variant {
  Isa isa;
  const Kernels* kernels;
};

// variants are ordered best first and end with the scalar one, which fits every machine.
template <class Kernels, int N>
const Kernels& select_variant(const Variant<Kernels> (&variants)[N], Isa isa) {
  for (const auto& v : variants)
    if (v.isa <= isa) return *v.kernels;
  return *variants[N - 1].kernels;
}

}  // namespace rondo::kernels
