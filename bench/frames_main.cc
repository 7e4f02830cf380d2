// rondo-bench-frames --reference libonnxruntime.so.1 DIR...: the time of one run of DIR/model.onnx on test_data_set_0,
// by Rondo and by ONNX Runtime in turns, in one process and on one thread each. Outputs are compared first.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "rondo/session.h"
#include "tools/rondo/compare.h"
#include "tools/rondo/onnx_runtime.h"
#include "tools/rondo/pairs.h"
#include "tools/rondo/test_case.h"

namespace rondo::bench {
namespace {

using tool::OnnxRuntime, tool::OnnxRuntimeModel;

struct Options {
  std::string reference, isa = "auto", backend = "auto";
  int rounds = 41, calls = 50, threads = 1;
  double tolerance = 1e-4;
};

// One model in both engines, each with memory of its own for the outputs.
class Pair {
 public:
  Pair(const OnnxRuntime& runtime, const std::string& folder, const Options& options)
      : test_(tool::find_test_case(folder)),
        inputs_(tool::read_tensors(test_.data_sets.at(0), "input")),
        session_(
            Session::load(test_.model, {.threads = options.threads, .isa = options.isa, .backend = options.backend})),
        context_(session_) {
    for (const Tensor& t : inputs_) views_.push_back(t.view());
    for (const TensorView& t : context_.run(views_)) {
      ours_.emplace_back(t);
      theirs_.emplace_back(t.dtype, std::vector(t.shape.begin(), t.shape.end()));
    }
    for (Tensor& t : ours_) memory_.push_back(t.view());
    reference_.emplace(runtime, test_.model, options.threads, bindings(inputs_, session_.inputs()),
                       bindings(theirs_, session_.outputs()));
  }

  void run_ours() { context_.run(views_, memory_); }
  void run_theirs() { reference_->run(); }

  // Empty when the outputs agree.
  std::string difference(double tolerance) {
    run_ours();
    run_theirs();
    for (std::size_t i = 0; i < ours_.size(); ++i) {
      const auto& name = session_.outputs()[i].name;
      const auto c = tool::compare(ours_[i].view(), theirs_[i].view(), {tolerance, tolerance});
      if (!c.ok()) return "output '" + name + "' differs";
    }
    return "";
  }

 private:
  static std::vector<OnnxRuntimeModel::Binding> bindings(std::vector<Tensor>& tensors,
                                                         const std::vector<TensorInfo>& infos) {
    std::vector<OnnxRuntimeModel::Binding> result;
    for (std::size_t i = 0; i < tensors.size(); ++i) result.push_back({infos.at(i).name, tensors[i].view()});
    return result;
  }

  tool::TestCase test_;
  std::vector<Tensor> inputs_, ours_, theirs_;
  Session session_;
  RunContext context_;
  std::vector<TensorView> views_;
  std::vector<MutableTensorView> memory_;
  std::optional<OnnxRuntimeModel> reference_;
};

std::string load_average() {
  std::ifstream file("/proc/loadavg");
  std::string one, five;
  file >> one >> five;
  return one + " " + five;
}

bool measure(const OnnxRuntime& runtime, const std::string& folder, const Options& options) {
  const std::string name = std::filesystem::path(folder).filename().string();
  Pair pair(runtime, folder, options);
  const std::string difference = pair.difference(options.tolerance);
  if (!difference.empty()) {
    std::cout << fmt::format("{:<24} not measured: {}\n", name, difference);
    return false;
  }
  const tool::Pairing c =
      tool::time_in_turns([&] { pair.run_ours(); }, [&] { pair.run_theirs(); }, options.rounds, options.calls);
  std::cout << fmt::format("{:<24}{:>10.1f}{:>10.1f}{:>10.1f}{:>10.1f}   {:.2f} [{:.2f}, {:.2f}]\n", name,
                           c.first.median, c.first.minimum, c.second.median, c.second.minimum, c.ratio, c.low, c.high)
            << std::flush;
  return true;
}

int run(const std::vector<std::string>& folders, const Options& options) {
  const OnnxRuntime runtime(options.reference);
  std::cout << "load average " << load_average() << "; ONNX Runtime " << runtime.version()
            << "; microseconds a run, threads " << options.threads << " each\n"
            << fmt::format("{:<24}{:>20}{:>20}   {}\n", "", "Rondo", "ONNX Runtime", "ONNX Runtime / Rondo")
            << fmt::format("{:<24}{:>10}{:>10}{:>10}{:>10}   {}\n", "model", "median", "minimum", "median", "minimum",
                           "median [95 %]");
  bool all = true;
  for (const std::string& folder : folders) all &= measure(runtime, folder, options);
  std::cout << "load average " << load_average() << '\n';
  return all ? 0 : 1;
}

}  // namespace
}  // namespace rondo::bench

int main(int argc, char** argv) {
  CLI::App app{"Times models in Rondo and in ONNX Runtime side by side"};
  rondo::bench::Options options;
  std::vector<std::string> folders;
  app.add_option("folders", folders, "Folders with model.onnx and test_data_set_0")->required();
  app.add_option("--reference", options.reference, "libonnxruntime.so.1, as bench/setup-references fetches it")
      ->required();
  app.add_option("--isa", options.isa, "Rondo's: auto, scalar, avx2 or avx512")->capture_default_str();
  app.add_option("--backend", options.backend, "Rondo's: auto, native, onednn or reference")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Turns each engine takes")->capture_default_str();
  app.add_option("--calls", options.calls, "Runs in a turn")->capture_default_str();
  app.add_option("--tolerance", options.tolerance, "Between the outputs of both")->capture_default_str();
  app.add_option("--threads", options.threads, "Of each engine")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return rondo::bench::run(folders, options);
  } catch (const std::exception& error) {
    std::cerr << "rondo-bench-frames: " << error.what() << '\n';
    return 2;
  }
}
