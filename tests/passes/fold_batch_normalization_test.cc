#include <gtest/gtest.h>

#include <cmath>

#include "ops/op_list.h"
#include "passes/passes.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
using Ints = std::vector<std::int64_t>;

constexpr double kRounding = 3e-6;  // sums of some 30 products of numbers below 4

struct Model {
  Graph g;
  DType dtype = DType::float32;

  ValueId input(Shape shape) { return g.add_input("x", type_of(dtype, std::move(shape))); }
  ValueId constant(const std::string& name, Ints shape) {
    return g.add_constant(name, shared(random_tensor(dtype, std::move(shape), g.num_values() + 1)));
  }
  ValueId norm(ValueId v, std::int64_t channels, const std::string& name) {
    Tensor var = random_tensor(dtype, {channels}, 77);
    for (std::int64_t i = 0; i < channels; ++i) {
      const auto k = static_cast<std::size_t>(i);
      if (dtype == DType::float64)
        var.values<double>()[k] = 0.3 + std::abs(var.values<double>()[k]);
      else
        var.values<float>()[k] = 0.3f + std::abs(var.values<float>()[k]);
    }
    return add(g, ops::batch_normalization(), {{"epsilon", 1e-3f}},
               {v, constant(name + ".scale", {channels}), constant(name + ".B", {channels}),
                constant(name + ".mean", {channels}), g.add_constant(name + ".var", shared(std::move(var)))},
               name);
  }
};

TEST(FoldBatchNormalization, IntoConv) {
  Model m;
  const ValueId x = m.input({Dim("N"), Dim(4), Dim(7)});
  const ValueId y = add(m.g, ops::conv(), {{"group", std::int64_t{2}}, {"pads", Ints{1, 2}}},
                        {x, m.constant("w", {6, 2, 3}), m.constant("b", {6})}, "conv");
  m.g.outputs = {add(m.g, ops::relu(), {}, {m.norm(y, 6, "norm")}, "y")};
  EXPECT_LT(difference_made(m.g, fold_batch_normalization), kRounding);
  EXPECT_EQ(print(m.g), R"(graph ""
  input %x : float32[N,4,7]
  const %w : float32[6,2,3]
  const %b : float32[6]
  const %norm.scale : float32[6]
  const %norm.B : float32[6]
  const %norm.mean : float32[6]
  const %norm.var : float32[6]
  const %w.normalized : float32[6,2,3]
  const %b.normalized : float32[6]
  %norm = Conv(%x, %w.normalized, %b.normalized) {group=2, pads=[1,2]} "conv" : float32[N,6,8]
  %y = Relu(%norm) "y" : float32[N,6,8]
  output %y
)");
}

TEST(FoldBatchNormalization, IntoConvWithoutBiasInDouble) {
  Model m;
  m.dtype = DType::float64;
  const ValueId x = m.input({Dim(2), Dim(3), Dim(5), Dim(4)});
  m.g.outputs = {m.norm(add(m.g, ops::conv(), {}, {x, m.constant("w", {5, 3, 2, 3})}, "conv"), 5, "norm")};
  EXPECT_LT(difference_made(m.g, fold_batch_normalization), 1e-14);
  EXPECT_EQ(op_names(m.g), "Conv");
  EXPECT_EQ(m.g.value(m.g.outputs[0]).name, "norm");
}

TEST(FoldBatchNormalization, IntoConvTransposeOfGroups) {
  Model m;
  const ValueId x = m.input({Dim(2), Dim(6), Dim(5)});
  const ValueId y = add(m.g, ops::conv_transpose(), {{"group", std::int64_t{3}}, {"strides", Ints{2}}},
                        {x, m.constant("w", {6, 5, 3}), m.constant("b", {15})}, "conv");
  m.g.outputs = {m.norm(y, 15, "norm")};
  EXPECT_LT(difference_made(m.g, fold_batch_normalization), kRounding);
  EXPECT_EQ(op_names(m.g), "ConvTranspose");
}

struct GemmCase {
  std::int64_t trans_b;
  Ints c;  // {-1}: absent
};

class IntoGemm : public testing::TestWithParam<GemmCase> {};

TEST_P(IntoGemm, WithAlphaAndBeta) {
  Model m;
  const auto& [trans_b, c] = GetParam();
  std::vector<ValueId> inputs{m.input({Dim("N"), Dim(5)}), m.constant("w", trans_b != 0 ? Ints{7, 5} : Ints{5, 7})};
  if (c != Ints{-1}) inputs.push_back(m.constant("c", c));
  const ValueId y =
      add(m.g, ops::gemm(), {{"alpha", 0.7f}, {"beta", -1.3f}, {"transB", trans_b}}, std::move(inputs), "gemm");
  m.g.outputs = {m.norm(y, 7, "norm")};
  EXPECT_LT(difference_made(m.g, fold_batch_normalization), kRounding);
  EXPECT_EQ(op_names(m.g), "Gemm");
}

INSTANTIATE_TEST_SUITE_P(Forms, IntoGemm,
                         testing::Values(GemmCase{0, {-1}}, GemmCase{1, {-1}}, GemmCase{0, {7}}, GemmCase{1, {1, 7}},
                                         GemmCase{1, {}}, GemmCase{0, {1, 1}}));

TEST(FoldBatchNormalization, AMatMulBecomesAGemm) {
  Model m;
  const ValueId x = m.input({Dim("N"), Dim(5)});
  m.g.outputs = {m.norm(add(m.g, ops::mat_mul(), {}, {x, m.constant("w", {5, 3})}, "product"), 3, "norm")};
  EXPECT_LT(difference_made(m.g, fold_batch_normalization), kRounding);
  EXPECT_EQ(op_names(m.g), "Gemm");
  EXPECT_EQ(m.g.node(m.g.order()[0]).name, "product");
}

TEST(FoldBatchNormalization, OneAfterAnotherAndBehindEachOther) {
  Model m;
  ValueId v = m.input({Dim(3), Dim(5)});
  v = m.norm(m.norm(add(m.g, ops::gemm(), {}, {v, m.constant("w", {5, 4})}, "a"), 4, "an"), 4, "ann");
  m.g.outputs = {m.norm(add(m.g, ops::gemm(), {}, {v, m.constant("v", {4, 3})}, "b"), 3, "bn")};
  EXPECT_LT(difference_made(m.g, fold_batch_normalization), 4 * kRounding);
  EXPECT_EQ(op_names(m.g), "Gemm Gemm");
}

TEST(FoldBatchNormalization, WeightsOfTwoReadersStayForTheOther) {
  Model m;
  const ValueId x = m.input({Dim(3), Dim(5)});
  const ValueId w = m.constant("w", {5, 4});
  m.g.outputs = {m.norm(add(m.g, ops::mat_mul(), {}, {x, w}, "a"), 4, "n"), add(m.g, ops::mat_mul(), {}, {x, w}, "b")};
  EXPECT_LT(difference_made(m.g, fold_batch_normalization), kRounding);
  EXPECT_EQ(op_names(m.g), "MatMul Gemm");
}

// Every graph here must be left as it is.
void expect_untouched(Model& m) {
  const std::string before = print(m.g);
  fold_batch_normalization(m.g);
  EXPECT_EQ(print(m.g), before);
}

TEST(FoldBatchNormalization, NotWhenTheProductIsReadElsewhere) {
  Model m;
  const ValueId y = add(m.g, ops::mat_mul(), {}, {m.input({Dim(3), Dim(5)}), m.constant("w", {5, 4})}, "a");
  m.g.outputs = {m.norm(y, 4, "n"), y};
  expect_untouched(m);
}

TEST(FoldBatchNormalization, NotWithComputedWeightsOrStatistics) {
  Model m;
  const ValueId x = m.input({Dim(4), Dim(4)});
  const ValueId y = add(m.g, ops::mat_mul(), {}, {x, x}, "square");
  const ValueId scale = m.g.add_input("scale", type_of(DType::float32, {Dim(4)}));
  const ValueId z = add(m.g, ops::mat_mul(), {}, {m.norm(y, 4, "n"), m.constant("w", {4, 4})}, "z");
  m.g.outputs = {add(m.g, ops::batch_normalization(), {},
                     {z, scale, m.constant("b", {4}), m.constant("m", {4}), m.constant("v", {4})}, "out")};
  expect_untouched(m);
}

TEST(FoldBatchNormalization, NotInTraining) {
  Model m;
  const ValueId y = add(m.g, ops::mat_mul(), {}, {m.input({Dim(3), Dim(5)}), m.constant("w", {5, 4})}, "a");
  m.g.outputs = {add(m.g, ops::batch_normalization(), {{"training_mode", std::int64_t{1}}},
                     {y, m.constant("s", {4}), m.constant("b", {4}), m.constant("m", {4}), m.constant("v", {4})},
                     "out")};
  expect_untouched(m);
}

TEST(FoldBatchNormalization, NotAlongAnotherDim) {
  Model m;  // channels are dim 1, columns dim 2
  const ValueId y = add(m.g, ops::mat_mul(), {}, {m.input({Dim(2), Dim(4), Dim(5)}), m.constant("w", {5, 4})}, "a");
  m.g.outputs = {m.norm(y, 4, "n")};
  expect_untouched(m);
}

TEST(FoldBatchNormalization, NotWithACThatDependsOnTheRow) {
  Model m;
  const ValueId y =
      add(m.g, ops::gemm(), {}, {m.input({Dim(4), Dim(5)}), m.constant("w", {5, 4}), m.constant("c", {4, 1})}, "a");
  m.g.outputs = {m.norm(y, 4, "n")};
  expect_untouched(m);
}

TEST(FoldBatchNormalization, NotWithAVarianceThatHasNoRoot) {
  Model m;
  const ValueId y = add(m.g, ops::mat_mul(), {}, {m.input({Dim(3), Dim(5)}), m.constant("w", {5, 2})}, "a");
  const std::vector<float> var{-1.0f, 1.0f};
  m.g.outputs = {add(m.g, ops::batch_normalization(), {},
                     {y, m.constant("s", {2}), m.constant("b", {2}), m.constant("m", {2}),
                      m.g.add_constant("v", shared(Tensor::of<float>(DType::float32, {2}, var)))},
                     "out")};
  expect_untouched(m);
}

}  // namespace
}  // namespace rondo
