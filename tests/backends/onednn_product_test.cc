#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/onednn/onednn.h"
#include "step_case.h"

namespace rondo::test {
namespace {

using ::testing::HasSubstr;

// Sums of K products of numbers below 1.
constexpr double kAbsolute = 2e-5;
constexpr double kRelative = 1e-5;

StepCase matmul(Shape64 a, Shape64 b, bool constant_b) {
  StepCase c{.candidates = onednn_candidates, .op = "MatMul", .inputs = {}, .constant = {false, constant_b}};
  c.inputs.push_back(random_floats(std::move(a), 1));
  c.inputs.push_back(random_floats(std::move(b), 2));
  return c;
}

StepCase gemm(std::int64_t m, std::int64_t n, std::int64_t k, bool trans_a, bool trans_b, bool constant_b) {
  StepCase c{.candidates = onednn_candidates, .op = "Gemm", .inputs = {}, .constant = {false, constant_b}};
  c.attributes = {{"transA", std::int64_t{trans_a}}, {"transB", std::int64_t{trans_b}}};
  c.inputs.push_back(random_floats(trans_a ? Shape64{k, m} : Shape64{m, k}, 3));
  c.inputs.push_back(random_floats(trans_b ? Shape64{n, k} : Shape64{k, n}, 4));
  return c;
}

struct Shapes {
  Shape64 a, b;
};
void PrintTo(const Shapes& s, std::ostream* out) { *out << to_string(s.a) << " by " << to_string(s.b); }

class OnednnMatMul : public ::testing::TestWithParam<Shapes> {};

TEST_P(OnednnMatMul, MatchesTheReferenceWithAnyBAndThreads) {
  for (const bool constant_b : {false, true}) {
    StepCase c = matmul(GetParam().a, GetParam().b, constant_b);
    const std::vector<Tensor> one = c.run();
    EXPECT_EQ(different_bits(one, c.run_with_threads(2)), 0);
    EXPECT_EQ(different_bits(one, c.run_with_threads(3)), 0);
    c.options.threads = 2;
    expect_matches_reference(c, kAbsolute, kRelative);
  }
}

// Tall, wide and even products that are cut into pieces, odd ones that are not, vectors, and broadcast batches.
INSTANTIATE_TEST_SUITE_P(Shapes, OnednnMatMul,
                         ::testing::Values(Shapes{{64, 64}, {64, 64}}, Shapes{{257, 129}, {129, 65}},
                                           Shapes{{17, 301}, {301, 1031}}, Shapes{{1, 1}, {1, 1}},
                                           Shapes{{1, 33}, {33, 7}}, Shapes{{5}, {5}}, Shapes{{5}, {5, 3}},
                                           Shapes{{4, 5}, {5}}, Shapes{{7, 11, 96}, {96, 130}},
                                           Shapes{{3, 65, 70}, {3, 70, 90}}, Shapes{{2, 1, 9, 8}, {3, 8, 7}},
                                           Shapes{{9, 8}, {2, 3, 8, 7}}, Shapes{{8}, {2, 8, 3}},
                                           Shapes{{4, 9, 8}, {1, 8, 7}}, Shapes{{128, 1000}, {1000, 256}}));

TEST(OnednnGemm, MatchesTheReferenceForAllTransposesAndC) {
  for (int bits = 0; bits < 8; ++bits) {
    for (const auto& [m, n, k] : {std::array<std::int64_t, 3>{150, 70, 130}, {33, 330, 100}, {1, 5, 3}}) {
      for (const Shape64& shape : {Shape64{n}, Shape64{m, n}, Shape64{m, 1}, Shape64{1, n}, Shape64{}, Shape64{1}}) {
        StepCase c = gemm(m, n, k, bits & 1, bits & 2, bits & 4);
        c.attributes.push_back({"beta", 0.5f});
        c.inputs.push_back(random_floats(shape, 5));
        c.options.threads = 2;
        expect_matches_reference(c, kAbsolute, kRelative);
      }
      StepCase without_c = gemm(m, n, k, bits & 1, bits & 2, bits & 4);
      expect_matches_reference(without_c, kAbsolute, kRelative);
      EXPECT_EQ(different_bits(without_c.run(), without_c.run_with_threads(2)), 0);
    }
  }
}

TEST(OnednnProduct, SizeRulesHoldOnlyForAuto) {
  StepCase c = matmul({64, 64}, {64, 64}, true);
  EXPECT_EQ(c.refusal(), "");
  c.options.backend = "auto";
  if (detected_isa() == Isa::scalar) return;  // auto never takes oneDNN there
  EXPECT_EQ(c.refusal(), "multiply-adds 262144 is below 1000000");
  StepCase few = matmul({8, 512}, {512, 512}, true);
  few.options.backend = "auto";
  EXPECT_EQ(few.refusal(), "rows 8 is below 16");
  StepCase large = matmul({128, 128}, {128, 128}, true);
  large.options.backend = "auto";
  EXPECT_EQ(large.refusal(), "");
}

TEST(OnednnProduct, RefusesWithAReason) {
  StepCase scaled = gemm(4, 5, 6, false, false, true);
  scaled.attributes.push_back({"alpha", 2.0f});
  EXPECT_EQ(scaled.refusal(), "alpha is not 1");

  StepCase empty = matmul({4, 0}, {0, 5}, false);
  EXPECT_EQ(empty.refusal(), "an input is empty");

  StepCase wide{.candidates = onednn_candidates, .op = "MatMul", .inputs = {}};
  wide.inputs.emplace_back(DType::float64, Shape64{2, 2});
  wide.inputs.emplace_back(DType::float64, Shape64{2, 2});
  EXPECT_EQ(wide.refusal(), "not float32");

  if (detected_isa() == Isa::scalar) return;
  StepCase capped = matmul({4, 4}, {4, 4}, false);
  capped.options.isa = Isa::scalar;
  EXPECT_EQ(capped.refusal(), "cannot be held to scalar");
}

TEST(OnednnProduct, NamesItsKernel) {
  EXPECT_THAT(matmul({64, 64}, {64, 64}, true).kernel(), HasSubstr("matmul " + onednn_version()));
}

}  // namespace
}  // namespace rondo::test
