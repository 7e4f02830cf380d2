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

// What a view is given with the run is checked, also where the shape of its result follows without it.
TEST(Prepare, ListsThatComeWithTheRunAreChecked) {
  struct Case {
    const OpDef* op;
    std::vector<std::int64_t> data, list;
    std::string says;  // nothing: the result is one element
  };
  const std::vector<Case> cases{{&ops::squeeze(), {2, 3}, {0, 1}, "cannot be squeezed"},
                                {&ops::squeeze(), {1, 1}, {0, -2}, "names axis 0 twice"},
                                {&ops::squeeze(), {1, 1}, {1, 0}, ""},
                                {&ops::reshape(), {2, 3}, {}, "another number of elements"},
                                {&ops::reshape(), {1, 1}, {}, ""},
                                {&ops::reduce_sum(), {2, 3}, {0, 0}, "names axis 0 twice"},
                                {&ops::reduce_sum(), {2, 3}, {0, 2}, "axes is out of range"},
                                {&ops::reduce_sum(), {2, 3}, {-1, 0}, ""}};
  for (const Case& c : cases) {
    Graph g;
    const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("a"), Dim("b")}));
    const ValueId list = g.add_input("list", type_of(DType::int64, {Dim("n")}));
    const Attributes attributes = c.op == &ops::reduce_sum() ? Attributes{{"keepdims", std::int64_t{0}}} : Attributes{};
    g.outputs = {add(g, *c.op, attributes, {x, list}, "y")};
    const Session session = load(g);
    RunContext context(session);
    const Tensor data = random_tensor(DType::float32, c.data, 1), wanted = int64_tensor(c.list);
    const std::vector<TensorView> in{data.view(), wanted.view()};
    try {
      const TensorView y = context.run(in)[0];
      EXPECT_EQ(c.says, "") << c.op->name;
      EXPECT_EQ(y.rank(), 0);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::data);
      EXPECT_THAT(e.what(), testing::HasSubstr(c.says));
      EXPECT_NE(c.says, "") << e.what();
    }
  }
}

TEST(Prepare, AViewThatStatesTheSizeOfAnOpenDimIsChecked) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("n")}));
  const auto list = [&](const std::string& name, std::int64_t size) {
    return g.add_constant(name, shared(int64_tensor({size})));
  };
  const ValueId five = add(g, ops::reshape(), {}, {x, list("5", 5)}, "five");
  g.outputs = {add(g, ops::reshape(), {}, {five, list("all", -1)}, "y")};
  const Session session = load(g);
  RunContext context(session);
  const Tensor right = random_tensor(DType::float32, {5}, 1), wrong = random_tensor(DType::float32, {10}, 1);
  const TensorView good = right.view(), bad = wrong.view();
  EXPECT_TRUE(identical(context.run({&good, 1})[0], good));
  try {
    context.run({&bad, 1});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::data);
    EXPECT_EQ(e.where().node, "five");
  }
}

// From one dim to one dim nothing but the list can be wrong, also where another view follows.
TEST(Prepare, AViewThatCannotChangeTheShapeIsCheckedAgainstItsList) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("n")}));
  const ValueId list = g.add_input("list", type_of(DType::int64, {Dim(1)}));
  const ValueId first = add(g, ops::reshape(), {}, {x, list}, "first");
  const ValueId all = g.add_constant("all", shared(int64_tensor({-1})));
  g.outputs = {add(g, ops::reshape(), {}, {first, all}, "y")};
  const Session session = load(g);
  RunContext context(session);
  const Tensor data = random_tensor(DType::float32, {2}, 1);
  for (std::int64_t size : {2, -1, 8, 1, 0}) {
    const Tensor wanted = int64_tensor({size});
    const std::vector<TensorView> in{data.view(), wanted.view()};
    try {
      EXPECT_TRUE(identical(context.run(in)[0], data.view()));
      EXPECT_LE(size, 2);
      EXPECT_NE(size, 1);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::data);
      EXPECT_EQ(e.where().node, "first");
      EXPECT_TRUE(size == 8 || size == 1) << e.what();
    }
  }
}

TEST(Prepare, AFrameLengthThatComesWithTheRunIsHeldAgainstTheWindow) {
  Graph g;
  const ValueId signal = g.add_input("signal", type_of(DType::float32, {Dim(1), Dim(8)}));
  const ValueId step =
      g.add_constant("step", shared(Tensor::of<std::int64_t>(DType::int64, {}, std::vector{std::int64_t{2}})));
  const ValueId window = g.add_input("window", type_of(DType::float32, {Dim("w")}));
  const ValueId length = g.add_input("length", type_of(DType::int64, {}));
  g.outputs = {add(g, ops::stft(), {}, {signal, step, window, length}, "y")};
  const Session session = load(g);
  RunContext context(session);
  const Tensor data = random_tensor(DType::float32, {1, 8}, 1), weights = random_tensor(DType::float32, {4}, 2);
  for (std::int64_t size : {4, 3}) {
    const Tensor wanted = Tensor::of<std::int64_t>(DType::int64, {}, std::vector{size});
    const std::vector<TensorView> in{data.view(), weights.view(), wanted.view()};
    if (size == 4)
      EXPECT_EQ(context.run(in)[0].rank(), 4);
    else
      EXPECT_THROW(context.run(in), Error);
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
