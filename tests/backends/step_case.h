// One node run by a candidate of a backend and by the operator's scalar reference in float64: for the tests of
// backends.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backends/step/step.h"
#include "ir/graph.h"
#include "rondo/tensor.h"

namespace rondo::test {

using Shape64 = std::vector<std::int64_t>;

struct StepCase {
  std::span<const Candidate> (*candidates)();  // of the backend
  std::string op;
  Attributes attributes = {};
  std::vector<Tensor> inputs = {};  // float32, or int32 for lengths; a default Tensor is an absent one
  std::vector<bool> constant = {};  // by input; missing entries are false
  std::vector<bool> wanted{true};
  LoweringOptions options{detected_isa(), 1, std::string(candidates()[0].backend)};
  std::string domain = {};

  std::string refusal() const;
  std::string kernel() const;
  // Unwanted outputs are default Tensors. Outputs and scratch start as NaN. Fails the test when the candidate refuses.
  std::vector<Tensor> run() const;
  std::vector<Tensor> run_with_threads(int threads) const;
  // One step run by this thread and others at once, each with its own outputs and scratch; one entry a thread.
  std::vector<std::vector<Tensor>> run_at_once(int callers) const;
  std::vector<Tensor> reference() const;  // float64
};

// Numbers in [-scale, scale), the same everywhere.
Tensor random_floats(Shape64 shape, std::uint64_t seed, float scale = 1);

// Every wanted output of run() against reference(): |difference| <= absolute + relative * |expected|.
void expect_matches_reference(const StepCase& c, double absolute, double relative);

// Number of elements whose bits differ, over all outputs.
std::int64_t different_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b);

}  // namespace rondo::test
