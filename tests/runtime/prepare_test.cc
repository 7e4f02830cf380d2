#include "runtime/prepare.h"

#include <gmock/gmock.h>

#include "models.h"
#include "runtime/session_state.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT

TEST(Prepare, SizesThatOverflowAreLimitsThatNameTheNode) {
  Graph g;
  const ValueId shape = g.add_input("shape", type_of(DType::int64, {Dim(2)}));
  const ValueId filled = add(g, ops::constant_of_shape(), {}, {shape}, "filled");
  g.outputs = {add(g, ops::transpose(), {{"perm", std::vector<std::int64_t>{1, 0}}}, {filled}, "y")};
  const Session session = load(g);
  RunContext context(session);
  for (const std::vector<std::int64_t>& dims :
       {std::vector<std::int64_t>{16, (std::int64_t{1} << 60) + 1}, {std::int64_t{1} << 62, 4}, {1 << 20, 1 << 30}}) {
    const Tensor wanted = int64_tensor(dims);
    const TensorView in = wanted.view();
    try {
      context.run({&in, 1});
      FAIL() << to_string(dims);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::limit);
      EXPECT_EQ(e.where().op, "ConstantOfShape");
    }
  }
}

TEST(Prepare, WeightsOfOnePlanAreNotTakenForThoseOfAnother) {
  // s decides a shape and is, as B of a product, packed anew in every run.
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(6)}));
  const ValueId s = g.add_input("s", type_of(DType::int64, {Dim(2)}));
  const ValueId rows = add(g, ops::reshape(), {}, {x, s}, "rows");
  const ValueId column = g.add_constant("column", shared(int64_tensor({2, 1})));
  const ValueId weights =
      add(g, ops::reshape(), {}, {add(g, ops::cast(), {{"to", std::int64_t{1}}}, {s}, "f"), column}, "B");
  const ValueId ones = g.add_input("ones", type_of(DType::float32, {Dim(1), Dim(2)}));
  g.outputs = {rows, add(g, ops::mat_mul(), {}, {ones, weights}, "sum")};
  const Session session = load(g, {.max_prepared_shapes = 1});
  RunContext context(session);
  const Tensor data = random_tensor(DType::float32, {6}, 1);
  const std::vector<float> two(2, 1.0f);
  const Tensor unit = Tensor::of<float>(DType::float32, {1, 2}, two);
  const std::vector<std::vector<std::int64_t>> factors{{1, 6}, {2, 3}, {3, 2}, {6, 1}};
  for (std::size_t i = 0; i < 200; ++i) {
    const auto& dims = factors[(i * 7) % factors.size()];
    const Tensor wanted = int64_tensor(dims);
    const std::vector<TensorView> in{data.view(), wanted.view(), unit.view()};
    EXPECT_EQ(context.run(in)[1].as<float>()[0], static_cast<float>(dims[0] + dims[1]));
  }
}

TEST(Prepare, EvaluationErrorsNameTheNode) {
  Graph g;
  g.name = "main";
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(4)}));
  const ValueId i = g.add_input("i", type_of(DType::int64, {Dim(1)}));
  g.outputs = {add(g, ops::gather(), {}, {x, i}, "taken")};
  const Session session = load(g);
  RunContext context(session);
  const Tensor data = random_tensor(DType::float32, {4}, 1), at = int64_tensor({9});
  const std::vector<TensorView> in{data.view(), at.view()};
  try {
    context.run(in);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::data);
    EXPECT_THAT(e.what(), testing::HasSubstr("node 'taken' (Gather #0, graph 'main')"));
  }
}

TEST(Prepare, PackedWeightsAreSharedByAllShapes) {
  const Session session = load(tagger(), {.backend = "native"});
  RunContext context(session);
  const auto first = tagger_inputs(2, 3), second = tagger_inputs(4, 5);
  context.run(views(first));
  context.run(views(second));
  const auto a = session.state()->program->prepared(views(first)),
             b = session.state()->program->prepared(views(second));
  EXPECT_NE(a, b);
  EXPECT_TRUE(a->fits(views(first)));
  EXPECT_FALSE(a->fits(views(second)));
}

}  // namespace
}  // namespace rondo
