// rondo-graph-check --seed S --count N [--everywhere | --isa I --backend B --threads K] [--save DIR]: random graphs run
// by the engine and judged in float64. Ends with 'N passed, N failed'; the exit code is 0 when none failed.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <exception>
#include <iostream>
#include <map>
#include <string>

#include "differential/graph_check.h"
#include "ops/op_list.h"

namespace rondo::differential {
namespace {

using Choices = std::vector<conformance::Choice>;

class Tally {
 public:
  void add(const GraphReport& report) {
    contents_.add(report.contents);
    ++depths_[report.contents.depth];
    open_dims_ += report.contents.open_dims;
    elements_ += report.elements;
    open_ += report.open;
    runs_ += report.runs;
    refused_ += report.refused;
    ++(report.failures.empty() ? passed_ : failed_);
  }

  void print_operators() const {
    for (const auto& [name, count] : contents_.operators) std::cout << name << ' ' << count << '\n';
    std::string never;
    for (const OpDef* op : all_ops())
      if (op->domain != "rondo" && !contents_.operators.contains(op->name)) never += " " + op->name;
    if (!never.empty()) std::cout << "never drawn:" << never << '\n';
  }

  void print() const {
    std::cout << "values:";
    for (const auto& [name, count] : contents_.types) std::cout << ' ' << name << ' ' << count;
    std::cout << "\ngraphs by depth of If, Loop and Scan:";
    for (const auto& [depth, count] : depths_) std::cout << ' ' << depth << ": " << count;
    std::cout << "\ngraphs with open dims: " << open_dims_ << '\n'
              << runs_ << " sets of inputs, of which " << refused_ << " are errors\n"
              << elements_ << " elements, of which " << open_ << " could not be compared\n"
              << passed_ << " passed, " << failed_ << " failed" << std::endl;
  }

  bool ok() const { return failed_ == 0; }

 private:
  Contents contents_;
  std::map<int, std::int64_t> depths_;
  std::int64_t open_dims_ = 0, elements_ = 0, open_ = 0, runs_ = 0, refused_ = 0, passed_ = 0, failed_ = 0;
};

int run(std::uint64_t seed, std::uint64_t count, const Choices& choices, bool operators) {
  for (const conformance::Choice& choice : choices) std::cout << to_string(choice) << '\n';
  Tally tally;
  for (std::uint64_t s = seed; s < seed + count; ++s) {
    const GraphReport report = check_graph(s, choices);
    tally.add(report);
    for (const std::string& failure : report.failures) std::cout << "FAILED seed " << s << ' ' << failure << '\n';
    std::cout << report.text << std::flush;
  }
  if (operators) tally.print_operators();
  tally.print();
  return tally.ok() ? 0 : 1;
}

}  // namespace
}  // namespace rondo::differential

int main(int argc, char** argv) {
  CLI::App app{"Runs random graphs and judges the outputs in float64"};
  std::uint64_t seed = 1, count = 100;
  rondo::conformance::Choice choice;
  std::string folder;
  bool operators = false, everywhere = false;
  app.add_option("--seed", seed, "First seed")->capture_default_str();
  app.add_option("--count", count, "How many seeds")->capture_default_str();
  app.add_option("--isa", choice.isa, "auto, scalar, avx2 or avx512")->capture_default_str();
  app.add_option("--backend", choice.backend, "auto, native, onednn or reference")->capture_default_str();
  app.add_option("--threads", choice.threads, "Threads of a session")->capture_default_str();
  app.add_flag("--everywhere", everywhere, "Also on every backend and instruction set that this machine has");
  app.add_option("--save", folder, "Write the model of the first seed and its data set into this folder instead");
  app.add_flag("--operators", operators, "List how often each operator was drawn");
  CLI11_PARSE(app, argc, argv);
  try {
    rondo::differential::Choices choices{choice};
    if (everywhere)
      for (const rondo::conformance::Choice& c : rondo::conformance::choices()) choices.push_back(c);
    if (folder.empty()) return rondo::differential::run(seed, count, choices, operators);
    rondo::differential::save_graph(seed, folder);
  } catch (const std::exception& error) {
    std::cerr << "rondo-graph-check: " << error.what() << '\n';
    return 2;
  }
}
