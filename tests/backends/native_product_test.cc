// MatMul and Gemm on our own kernel against the operators' scalar references in float64, around the widths of vectors
// and tiles, with weights that are constants and weights that are computed.
#include <gtest/gtest.h>

#include "backends/native/native.h"
#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
using Dims = std::vector<std::int64_t>;

struct Product {
  const OpDef* op;
  Attributes attributes;
  std::vector<Dims> shapes;
};

Tensor as_double(const Tensor& t) {
  Tensor d(DType::float64, t.shape());
  for (std::int64_t i = 0; i < t.count(); ++i)
    d.values<double>()[static_cast<std::size_t>(i)] =
        static_cast<double>(t.values<float>()[static_cast<std::size_t>(i)]);
  return d;
}

// The step the native candidate makes, or its refusal.
struct Made {
  std::unique_ptr<Step> step;
  std::string refusal;
};

Made make(const Graph& g, std::span<const TensorView> inputs, std::span<const TensorView> outputs, Isa isa,
          WeightCache& weights) {
  const LoweringOptions options{isa, 2, "native"};
  const Node& node = g.node(g.order()[0]);
  const Lowering at{g, node, inputs, outputs, options, weights};
  for (const Candidate& c : native_candidates()) {
    if (c.op != node.op->name) continue;
    std::string reason = c.refuse(at);
    return {reason.empty() ? c.make(at) : nullptr, reason};
  }
  return {nullptr, "no candidate"};
}

double worst_error(const Product& p, Isa isa, bool constant_b) {
  std::vector<Tensor> inputs, exact_inputs;
  for (std::size_t i = 0; i < p.shapes.size(); ++i) {
    inputs.push_back(random_tensor(DType::float32, p.shapes[i], i + 1));
    exact_inputs.push_back(as_double(inputs.back()));
  }
  Graph g, exact;
  std::vector<ValueId> ids, exact_ids;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Shape shape(p.shapes[i].begin(), p.shapes[i].end());
    ids.push_back(g.add_input("i" + std::to_string(i), type_of(DType::float32, shape)));
    exact_ids.push_back(exact.add_input("i" + std::to_string(i), type_of(DType::float64, shape)));
  }
  g.outputs = {add(g, *p.op, p.attributes, ids, "y")};
  exact.outputs = {add(exact, *p.op, p.attributes, exact_ids, "y")};
  const auto expected = interpret(exact, exact_inputs);

  std::vector<TensorView> known, given;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    given.push_back(inputs[i].view());
    known.push_back(given.back());
    if (i != 1 || !constant_b) known.back().data = nullptr;
  }
  Tensor y(DType::float32, expected[0].shape());
  for (float& v : y.values<float>()) v = std::numeric_limits<float>::quiet_NaN();
  const TensorView wanted{DType::float32, y.shape(), nullptr};
  WeightCache weights;
  const Made made = make(g, known, {&wanted, 1}, isa, weights);
  EXPECT_EQ(made.refusal, "");
  if (!made.step) return std::numeric_limits<double>::infinity();
  std::vector<std::byte> memory(made.step->scratch_bytes() + 64);
  std::byte* scratch = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64);
  ThreadPool pool(2);
  const MutableTensorView out = y.view();
  made.step->run({given, {&out, 1}, scratch, pool});
  return largest_difference(as_double(y).view(), expected[0].view());
}

TEST(NativeProduct, IsTheReferenceAroundTheWidthsOfTiles) {
  const auto flag = [](bool on) { return std::int64_t{on}; };
  for (const Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (isa > allowed_isa()) continue;
    for (const std::int64_t M : {1, 2, 5, 7, 13})
      for (const std::int64_t K : {0, 1, 3, 17, 40})
        for (const std::int64_t N : {1, 7, 8, 16, 33, 65})
          for (const bool constant : {false, true}) {
            SCOPED_TRACE(testing::Message()
                         << name_of(isa) << " M=" << M << " K=" << K << " N=" << N << " constant B: " << constant);
            EXPECT_LT(worst_error({&ops::mat_mul(), {}, {{M, K}, {K, N}}}, isa, constant), 1e-5);
            for (const bool ta : {false, true})
              for (const bool tb : {false, true})
                EXPECT_LT(worst_error({&ops::gemm(),
                                       {{"transA", flag(ta)}, {"transB", flag(tb)}},
                                       {ta ? Dims{K, M} : Dims{M, K}, tb ? Dims{N, K} : Dims{K, N}, {N}}},
                                      isa, constant),
                          1e-5);
          }
  }
}

TEST(NativeProduct, EveryShapeOfC) {
  for (const Dims& c : {Dims{9}, Dims{1, 9}, Dims{4, 9}})
    EXPECT_LT(worst_error({&ops::gemm(), {}, {{4, 5}, {5, 9}, c}}, allowed_isa(), true), 1e-5);
  EXPECT_LT(worst_error({&ops::gemm(), {}, {{4, 5}, {5, 9}}}, allowed_isa(), true), 1e-5);
  EXPECT_LT(worst_error({&ops::gemm(), {}, {{1, 5}, {5, 9}, {1, 9}}}, allowed_isa(), true), 1e-5);
}

TEST(NativeProduct, LeadingDimsAndVectorsOfA) {
  EXPECT_LT(worst_error({&ops::mat_mul(), {}, {{2, 3, 4, 5}, {5, 6}}}, allowed_isa(), true), 1e-5);
  EXPECT_LT(worst_error({&ops::mat_mul(), {}, {{5}, {5, 6}}}, allowed_isa(), true), 1e-5);
  EXPECT_LT(worst_error({&ops::mat_mul(), {}, {{0, 5}, {5, 6}}}, allowed_isa(), true), 1e-5);
}

// One constant read as B [K,N] and as its transpose, through one cache of packed weights.
void expect_both_readings(std::int64_t K, std::int64_t N) {
  const auto B = shared(random_tensor(DType::float32, {K, N}, 3));
  Graph owner;
  owner.add_constant("b", B);
  WeightCache weights(owner);
  for (const std::int64_t trans : {0, 1, 0, 1}) {
    const std::int64_t inner = trans != 0 ? N : K, columns = trans != 0 ? K : N;
    const Tensor a = random_tensor(DType::float32, {2, inner}, 4);
    Graph g;
    const ValueId x = g.add_input("a", type_of(DType::float32, {Dim(2), Dim(inner)}));
    g.outputs = {add(g, ops::gemm(), {{"transB", trans}}, {x, g.add_constant("b", B)}, "y")};
    std::vector<Tensor> in;
    in.emplace_back(a.view());
    const auto expected = interpret(g, in);
    Tensor y(DType::float32, {2, columns});
    const std::vector<TensorView> known{{DType::float32, a.shape(), nullptr}, B->view()}, given{a.view(), B->view()};
    const TensorView wanted{DType::float32, y.shape(), nullptr};
    const Made made = make(g, known, {&wanted, 1}, allowed_isa(), weights);
    ASSERT_TRUE(made.step);
    ThreadPool pool(1);
    const MutableTensorView out = y.view();
    made.step->run({given, {&out, 1}, nullptr, pool});
    EXPECT_LT(largest_difference(y.view(), expected[0].view()), 1e-4) << "transB=" << trans << " K=" << K << " N=" << N;
  }
}

TEST(NativeProduct, OneConstantReadTwoWaysIsPackedForEach) {
  expect_both_readings(24, 24);
  expect_both_readings(40, 1);
  expect_both_readings(1, 40);
}

}  // namespace
}  // namespace rondo
