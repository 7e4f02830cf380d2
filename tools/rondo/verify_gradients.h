// rondo verify --gradients: the gradients of a model, as training computes them, against recorded ones.
#pragma once

#include "tools/rondo/options.h"
#include "tools/rondo/test_case.h"
#include "tools/rondo/trace.h"
#include "tools/rondo/verify_report.h"

namespace rondo::tool {

inline constexpr const char* kGradientMeasure = "relative_l2";

struct VerifyOptions : Options {
  std::vector<std::string> folders;
  double atol = -1, rtol = -1;  // negative: the default of the element type
  bool gradients = false;
};

// The data sets of the case are gradient_data_set_K. Whatever goes wrong is a line of the report.
void verify_gradients(const TestCase& test, const VerifyOptions& options, Trace& trace, VerifyReport& report);

}  // namespace rondo::tool
