// Stored recurrent cases, where RONDO_CONFORMANCE_DIR names the folder above them, on every instruction set and
// backend; and the way through the exporter and back.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "conformance/engine.h"
#include "exporters/onnx/export.h"
#include "importers/onnx/import.h"
#include "oracle/tensor_proto.h"
#include "oracle/tensor_values.h"

namespace rondo::conformance {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> folders() {
  std::vector<fs::path> result;
  const char* root = std::getenv("RONDO_CONFORMANCE_DIR");
  if (root == nullptr) return result;
  for (const auto& entry : fs::directory_iterator(fs::path(root) / "recurrent")) {
    if (fs::exists(entry.path() / "model.onnx")) result.push_back(entry.path());
  }
  std::ranges::sort(result);
  return result;
}

std::vector<Choice> choices_for_folders() { return folders().empty() ? std::vector<Choice>{} : choices(); }

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// input_0.pb, input_1.pb, ... or output_0.pb, output_1.pb, ...
std::vector<Tensor> tensors(const fs::path& folder, const std::string& kind) {
  std::vector<Tensor> result;
  for (;;) {
    const fs::path file = folder / "test_data_set_0" / (kind + "_" + std::to_string(result.size()) + ".pb");
    if (!fs::exists(file)) return result;
    onnx::TensorProto proto;
    if (!proto.ParseFromString(bytes_of(file))) throw std::runtime_error("cannot read " + file.string());
    result.push_back(oracle::from_proto(proto));
  }
}

struct Worst {
  double f32 = 0, f64 = 0;
};

// |actual - stored| stays within tolerance * (1 + |stored|): 1e-5, and 1e-9 in double.
void compare(const Tensor& actual, const Tensor& stored, Worst& worst) {
  ASSERT_EQ(actual.dtype(), stored.dtype());
  ASSERT_EQ(actual.shape(), stored.shape());
  const bool is_double = stored.dtype() == DType::float64;
  const double tolerance = is_double ? 1e-9 : 1e-5;
  const oracle::Values a = oracle::to_values(actual.view()), b = oracle::to_values(stored.view());
  for (std::size_t k = 0; k < b.size(); ++k) {
    if (a[k] == b[k] || (std::isnan(a[k]) && std::isnan(b[k]))) continue;
    const double error = std::abs(a[k] - b[k]);
    double& most = is_double ? worst.f64 : worst.f32;
    most = std::fmax(most, error);
    ASSERT_LE(error, tolerance * (1 + std::abs(b[k]))) << "element " << k << ": " << a[k] << ", stored " << b[k];
  }
}

class Folders : public testing::TestWithParam<Choice> {};

TEST_P(Folders, AnswersAsStored) {
  Worst worst;
  for (const fs::path& folder : folders()) {
    SCOPED_TRACE(folder.filename().string() + " " + to_string(GetParam()));
    Engine engine(bytes_of(folder / "model.onnx"), GetParam());
    const std::vector<Tensor> actual = engine.run(tensors(folder, "input")), stored = tensors(folder, "output");
    ASSERT_EQ(actual.size(), stored.size());
    for (std::size_t k = 0; k < stored.size(); ++k) compare(actual[k], stored[k], worst);
  }
  std::cout << folders().size() << " folders, worst absolute error " << worst.f32 << " in float, " << worst.f64
            << " in double\n";
}

TEST_P(Folders, ComeBackFromTheExporter) {
  for (const fs::path& folder : folders()) {
    SCOPED_TRACE(folder.filename().string() + " " + to_string(GetParam()));
    const std::string model = bytes_of(folder / "model.onnx");
    const Graph graph = import_bytes(model).graph;
    const std::string exported = export_model(graph);
    EXPECT_TRUE(equal(import_bytes(exported).graph, graph));
    const std::vector<Tensor> inputs = tensors(folder, "input");
    EXPECT_TRUE(identical(Engine(exported, GetParam()).run(inputs), Engine(model, GetParam()).run(inputs)));
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Folders);
INSTANTIATE_TEST_SUITE_P(Stored, Folders, testing::ValuesIn(choices_for_folders()),
                         [](const auto& param_info) { return test_name(param_info.param); });

}  // namespace
}  // namespace rondo::conformance
