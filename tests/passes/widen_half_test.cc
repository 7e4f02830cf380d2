#include <gtest/gtest.h>

#include "ops/op_list.h"
#include "passes/passes.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT

class WidenHalf : public testing::TestWithParam<DType> {};

TEST_P(WidenHalf, ComputesInFloatAndRoundsAfterEachNode) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(GetParam(), {Dim(3), Dim(4)}));
  const ValueId w = g.add_constant("w", shared(random_tensor(GetParam(), {4, 4}, 5)));
  const ValueId product = add(g, ops::mat_mul(), {}, {x, w}, "product");
  const ValueId turned = add(g, ops::transpose(), {{"perm", std::vector<std::int64_t>{1, 0}}}, {product}, "turned");
  g.outputs = {add(g, ops::tanh(), {}, {turned}, "y")};
  widen_half(g);
  verify(g);
  EXPECT_EQ(op_names(g), "Cast Cast MatMul Cast Transpose Cast Tanh Cast");
  EXPECT_EQ(g.value(g.outputs[0]).name, "y");
  EXPECT_EQ(g.value(g.outputs[0]).type.dtype, GetParam());

  std::vector<Tensor> input;
  input.push_back(random_tensor(GetParam(), {3, 4}, 6));
  const auto y = interpret(g, input);

  // The same by hand: float arithmetic with a rounding to the half type after each node.
  Graph by_hand;
  const ValueId hx = by_hand.add_input("x", type_of(GetParam(), {Dim(3), Dim(4)}));
  const auto to = [&](ValueId v, DType t, const std::string& name) {
    return add(by_hand, ops::cast(), {{"to", static_cast<std::int64_t>(t)}}, {v}, name);
  };
  const ValueId hw = by_hand.add_constant("w", shared(random_tensor(GetParam(), {4, 4}, 5)));
  const ValueId hp =
      to(add(by_hand, ops::mat_mul(), {}, {to(hx, DType::float32, "xf"), to(hw, DType::float32, "wf")}, "pf"),
         GetParam(), "p");
  const ValueId ht = add(by_hand, ops::transpose(), {{"perm", std::vector<std::int64_t>{1, 0}}}, {hp}, "t");
  by_hand.outputs = {to(add(by_hand, ops::tanh(), {}, {to(ht, DType::float32, "tf")}, "yf"), GetParam(), "y")};
  EXPECT_TRUE(identical(y[0].view(), interpret(by_hand, input)[0].view()));
}

INSTANTIATE_TEST_SUITE_P(Halves, WidenHalf, testing::Values(DType::float16, DType::bfloat16),
                         [](const auto& half) { return std::string(name_of(half.param)); });

TEST(WidenHalf, LeavesFloatGraphsAlone) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(3)}));
  g.outputs = {add(g, ops::tanh(), {}, {x}, "y")};
  const std::string before = print(g);
  widen_half(g);
  EXPECT_EQ(print(g), before);
}

}  // namespace
}  // namespace rondo
