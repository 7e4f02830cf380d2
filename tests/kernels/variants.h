// Which variants of a kernel family this machine runs: kernel tests loop over them and say which they were.
#pragma once

#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "base/cpu.h"

namespace rondo::tests {

template <class Kernels>
struct TestedVariant {
  Isa isa;
  const char* symbol;  // as written in the .inc
  const Kernels* kernels;
};

// Those of all that run here. The list goes to standard output, so that a log shows what was not covered.
template <class Kernels>
std::vector<TestedVariant<Kernels>> runnable(std::span<const TestedVariant<Kernels>> all) {
  std::vector<TestedVariant<Kernels>> result;
  std::string ran, left;
  for (const auto& v : all) {
    const bool runs = v.isa <= detected_isa();
    if (runs) result.push_back(v);
    (runs ? ran : left) += std::string(" ") + v.symbol;
  }
  std::cout << "variants run:" << ran << "; not run on this machine:" << (left.empty() ? " none" : left) << '\n';
  return result;
}

}  // namespace rondo::tests
