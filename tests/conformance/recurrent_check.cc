#include "conformance/recurrent_check.h"

#include <algorithm>
#include <exception>

#include "oracle/recurrent_gate.h"
#include "oracle/recurrent_model.h"
#include "oracle/recurrent_parts.h"

namespace rondo::conformance {
namespace {

using oracle::Gate, oracle::RecurrentCase;

// Adds what one run of the case says. True when it only said something about places of NaN and infinity.
bool judge_run(const RecurrentCase& c, const Choice& choice, Gate gate, CaseReport& report) {
  const oracle::RecurrentModel model = oracle::to_model(c);
  Engine engine(model.bytes, choice);
  const oracle::Verdict verdict = oracle::judge(c, engine.run(model.inputs), gate);
  if (!verdict.failure.empty()) report.failures.push_back(verdict.failure);
  report.worst = std::max(report.worst, verdict.worst);
  report.backend = engine.backend_of(oracle::name_of(c.op));
  return verdict.chaotic;
}

}  // namespace

CaseReport check_case(const RecurrentCase& c, const Choice& choice) {
  CaseReport report;
  try {
    report.chaotic = judge_run(c, choice, Gate::run, report);
    if (!report.chaotic) return report;
    for (const RecurrentCase& step : oracle::single_steps(c)) judge_run(step, choice, Gate::step, report);
  } catch (const std::exception& error) {
    report.failures.push_back(oracle::describe(c) + ": " + error.what());
  }
  return report;
}

std::string reproduction(const RecurrentCase& c, const Choice& choice, bool properties) {
  return "rondo-recurrent-check --seed " + std::to_string(c.seed) + " --count 1 " + to_string(choice) +
         (properties ? " --properties" : "");
}

}  // namespace rondo::conformance
