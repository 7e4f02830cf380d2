// A model run by the engine through its public API alone, on a chosen instruction set and backend. For the tests that
// hold the engine against the oracle and against itself.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "rondo/session.h"

namespace rondo::conformance {

struct Choice {
  std::string isa = "auto";
  std::string backend = "auto";
  int threads = 1;
};
std::string to_string(const Choice& choice);  // "--isa avx2 --backend native --threads 1"
std::string test_name(const Choice& choice);  // "avx2_native"
void PrintTo(const Choice& choice, std::ostream* out);

// What this build has and this machine runs: the own kernels on every instruction set, oneDNN (which cannot be held to
// less than the processor's), and the scalar reference.
std::vector<Choice> choices();

class Engine {
 public:
  Engine(const std::string& model, const Choice& choice);

  // inputs in the order of Session::inputs(). Every byte of the memory given for outputs is set beforehand so that what
  // a run leaves unwritten is NaN.
  std::vector<Tensor> run(const std::vector<Tensor>& inputs);

  // What ran the operator in the last run: "native"; empty when no step has that name.
  std::string backend_of(const std::string& op) const;
  std::vector<StepInfo> steps() const { return context_.explain(); }
  const Session& session() const { return session_; }

 private:
  Session session_;
  RunContext context_;
};

// Same types, shapes and bits, one by one.
bool identical(const std::vector<Tensor>& a, const std::vector<Tensor>& b);

}  // namespace rondo::conformance
