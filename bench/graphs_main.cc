// rondo-bench-graphs --reference libonnxruntime.so.1 --seed S --count N: random graphs run by ONNX Runtime and judged
// as rondo-graph-check judges the engine. Nothing is timed: it tells which of the two is wrong where they would differ.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "differential/drawn_graph.h"
#include "differential/expectation.h"
#include "exporters/onnx/export.h"
#include "tools/rondo/onnx_runtime.h"

namespace rondo::bench {
namespace {

using tool::OnnxRuntime, tool::OnnxRuntimeModel;

using Bindings = std::vector<OnnxRuntimeModel::Binding>;

struct Tally {
  int agree = 0, differ = 0, refused = 0;
};

Bindings bound(const Graph& graph, const std::vector<ValueId>& ids, std::vector<Tensor>& tensors) {
  Bindings result;
  for (std::size_t i = 0; i < ids.size(); ++i) result.push_back({graph.value(ids[i]).name, tensors[i].view()});
  return result;
}

// Empty when ONNX Runtime gives what is expected. Throws std::runtime_error with its message when it gives nothing.
std::string difference(const OnnxRuntime& runtime, const differential::DrawnGraph& drawn, std::uint64_t seed,
                       const std::string& path) {
  const Graph& graph = drawn.graph;
  const auto expected = differential::expect(graph, drawn.inputs, seed, 20);
  std::vector<Tensor> inputs, outputs;
  for (const TensorPtr& t : drawn.inputs) inputs.emplace_back(t->view());
  for (const differential::Expectation& e : expected) outputs.emplace_back(e.dtype, e.shape);
  export_file(graph, path, Overwrite::yes);
  OnnxRuntimeModel(runtime, path, 1, bound(graph, graph.inputs, inputs), bound(graph, graph.outputs, outputs),
                   tool::Denormals::kept)
      .run();
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const std::string wrong = differential::mismatch(expected[k], outputs[k].view());
    if (!wrong.empty()) return fmt::format("output '{}' {}", graph.value(graph.outputs[k]).name, wrong);
  }
  return "";
}

void check(const OnnxRuntime& runtime, std::uint64_t seed, const std::string& path, Tally& tally) {
  try {
    const std::string wrong = difference(runtime, differential::draw_graph(seed), seed, path);
    ++(wrong.empty() ? tally.agree : tally.differ);
    if (!wrong.empty()) std::cout << "DIFFERS seed " << seed << ' ' << wrong << std::endl;
  } catch (const std::runtime_error& error) {
    ++tally.refused;
    std::cout << "REFUSED seed " << seed << ' ' << error.what() << std::endl;
  }
}

int run(const std::string& library, std::uint64_t seed, std::uint64_t count) {
  const OnnxRuntime runtime(library);
  const auto path = std::filesystem::temp_directory_path() / fmt::format("rondo-graph-{}.onnx", seed);
  Tally tally;
  for (std::uint64_t s = seed; s < seed + count; ++s) check(runtime, s, path.string(), tally);
  std::filesystem::remove(path);
  std::cout << fmt::format("ONNX Runtime {}: {} as expected, {} different, {} refused\n", runtime.version(),
                           tally.agree, tally.differ, tally.refused);
  return 0;
}

}  // namespace
}  // namespace rondo::bench

int main(int argc, char** argv) {
  CLI::App app{"Runs random graphs in ONNX Runtime and judges the outputs in float64"};
  std::string library;
  std::uint64_t seed = 1, count = 100;
  app.add_option("--reference", library, "libonnxruntime.so.1, as bench/setup-references fetches it")->required();
  app.add_option("--seed", seed, "First seed")->capture_default_str();
  app.add_option("--count", count, "How many seeds")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return rondo::bench::run(library, seed, count);
  } catch (const std::exception& error) {
    std::cerr << "rondo-bench-graphs: " << error.what() << '\n';
    return 2;
  }
}
