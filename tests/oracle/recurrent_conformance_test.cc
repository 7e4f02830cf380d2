// The oracle against stored cases of somebody else's making, where RONDO_CONFORMANCE_DIR names the folder above them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "oracle/recurrent_model.h"
#include "oracle/tensor_values.h"

namespace rondo::oracle {
namespace {

std::vector<std::filesystem::path> folders() {
  std::vector<std::filesystem::path> result;
  const char* root = std::getenv("RONDO_CONFORMANCE_DIR");
  if (root == nullptr) return result;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(root) / "recurrent")) {
    if (std::filesystem::exists(entry.path() / "model.onnx")) result.push_back(entry.path());
  }
  std::ranges::sort(result);
  return result;
}

class RecurrentConformance : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(RecurrentConformance, OracleAgrees) {
  const auto [c, outputs] = read_folder(GetParam());
  RecurrentResult exact = run_oracle(c);
  std::vector<Values> answers;
  if (c.wants_y) answers.push_back(exact.Y);
  if (c.wants_y_h) answers.push_back(exact.Y_h);
  if (c.wants_y_c) answers.push_back(exact.Y_c);
  const double tolerance = c.dtype == DType::float64 ? 1e-12 : 1e-6;
  ASSERT_EQ(answers.size(), outputs.size());
  for (std::size_t k = 0; k < answers.size(); ++k) {
    const Values stored = to_values(outputs[k].view());
    ASSERT_EQ(stored.size(), answers[k].size());
    for (std::size_t i = 0; i < stored.size(); ++i) {
      ASSERT_NEAR(stored[i], answers[k][i], tolerance * std::fmax(1, std::abs(stored[i]))) << describe(c);
    }
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RecurrentConformance);
INSTANTIATE_TEST_SUITE_P(Stored, RecurrentConformance, testing::ValuesIn(folders()), [](const auto& param_info) {
  std::string name = param_info.param.filename().string();
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace rondo::oracle
