// One random recurrent case run by the engine and judged by the oracle. For the test and the program
// rondo-recurrent-check.
#pragma once

#include <string>
#include <vector>

#include "conformance/engine.h"
#include "oracle/recurrent_case.h"

namespace rondo::conformance {

struct CaseReport {
  std::vector<std::string> failures;  // empty: passed. One line each, with the case and its seed
  double worst = 0;                   // largest error in units of its tolerance
  bool chaotic = false;               // the numbers were judged one step at a time
  std::string backend;                // what ran the layer
};

// Exceptions of the engine are failures.
CaseReport check_case(const oracle::RecurrentCase& c, const Choice& choice);

// The command that repeats a case: "rondo-recurrent-check --seed 7 --count 1 --isa avx2 ...".
std::string reproduction(const oracle::RecurrentCase& c, const Choice& choice, bool properties = false);

}  // namespace rondo::conformance
