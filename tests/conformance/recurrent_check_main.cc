// rondo-recurrent-check --seed S --count N --isa I --backend B --threads K [--properties]: random recurrent models run
// by the engine and judged by the oracle. Ends with 'N passed, N failed'; the exit code is 0 when none failed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <exception>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <map>
#include <string>

#include "conformance/recurrent_check.h"
#include "conformance/recurrent_properties.h"
#include "oracle/recurrent_generator.h"

namespace rondo::conformance {
namespace {

struct Count {
  std::int64_t cases = 0, failed = 0, chaotic = 0;
  double worst = 0;
  std::uint64_t worst_seed = 0;

  void add(std::uint64_t seed, const CaseReport& report) {
    ++cases;
    failed += !report.failures.empty();
    chaotic += report.chaotic;
    if (report.worst <= worst) return;
    worst = report.worst;
    worst_seed = seed;
  }
};

class Tally {
 public:
  void add(const oracle::RecurrentCase& c, const CaseReport& report) {
    by_kind_[oracle::name_of(c.op) + " " + std::string(rondo::name_of(c.dtype))].add(c.seed, report);
    by_kind_["all"].add(c.seed, report);
    ++traits_["direction " + oracle::name_of(c.direction)];
    ++traits_["opset " + std::to_string(c.opset)];
    ++traits_["run by " + (report.backend.empty() ? "nothing" : report.backend)];
    traits_["layout 1"] += c.layout == 1;
    traits_["sequence_lens"] += c.sequence_lens.has_value();
    traits_["clip"] += c.clip.has_value();
    traits_["peepholes"] += c.P.has_value();
    traits_["own activations"] += !c.activations.empty();
    traits_["weights as inputs"] += c.form.w_is_input;
  }

  void print() const {
    std::cout << std::left << std::setw(16) << "kind"
              << "  cases  failed  chaotic  worst error / gate\n";
    for (const auto& [kind, count] : by_kind_) {
      std::cout << std::left << std::setw(16) << kind << std::right << std::setw(7) << count.cases << std::setw(8)
                << count.failed << std::setw(9) << count.chaotic << "  " << std::setprecision(3) << count.worst
                << " (seed " << count.worst_seed << ")\n";
    }
    for (const auto& [trait, cases] : traits_) std::cout << trait << ": " << cases << '\n';
  }

  std::int64_t cases() const { return all().cases; }
  std::int64_t failed() const { return all().failed; }

 private:
  Count all() const { return by_kind_.contains("all") ? by_kind_.at("all") : Count{}; }

  std::map<std::string, Count> by_kind_;
  std::map<std::string, std::int64_t> traits_;
};

int run(std::uint64_t seed, std::uint64_t count, const Choice& choice, bool properties) {
  std::cout << "seeds " << seed << " to " << seed + std::max<std::uint64_t>(count, 1) - 1 << ' ' << to_string(choice)
            << (properties ? " --properties" : "") << std::endl;
  Tally tally;
  std::int64_t compared = 0, other_nans = 0;
  for (std::uint64_t s = seed; s < seed + count; ++s) {
    const oracle::RecurrentCase c = oracle::draw(s);
    CaseReport report = check_case(c, choice);
    if (properties) {
      BitsReport bits = compare_bits(c, choice);
      std::ranges::move(bits.failures, std::back_inserter(report.failures));
      compared += bits.compared;
      other_nans += bits.other_nans;
    }
    for (const std::string& failure : report.failures) std::cout << "FAILED " << failure << '\n';
    if (!report.failures.empty()) std::cout << "  again: " << reproduction(c, choice, properties) << std::endl;
    tally.add(c, report);
  }
  tally.print();
  if (properties)
    std::cout << compared << " runs compared bit for bit, " << other_nans << " with another sign or payload of a NaN\n";
  std::cout << tally.cases() - tally.failed() << " passed, " << tally.failed() << " failed" << std::endl;
  return tally.failed() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace rondo::conformance

int main(int argc, char** argv) {
  CLI::App app{"Runs random RNN, LSTM and GRU models and judges the outputs by the float64 reference"};
  std::uint64_t seed = 1, count = 1000;
  rondo::conformance::Choice choice;
  bool properties = false;
  app.add_option("--seed", seed, "First seed")->capture_default_str();
  app.add_option("--count", count, "How many seeds")->capture_default_str();
  app.add_option("--isa", choice.isa, "auto, scalar, avx2 or avx512")->capture_default_str();
  app.add_option("--backend", choice.backend, "auto, native, onednn or reference")->capture_default_str();
  app.add_option("--threads", choice.threads, "Threads of a session")->capture_default_str();
  app.add_flag("--properties", properties, "Also what must hold bit for bit: threads, splits of batch and time, ...");
  CLI11_PARSE(app, argc, argv);
  try {
    return rondo::conformance::run(seed, count, choice, properties);
  } catch (const std::exception& error) {
    std::cerr << "rondo-recurrent-check: " << error.what() << '\n';
    return 2;
  }
}
