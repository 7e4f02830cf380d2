#include <gtest/gtest.h>

#include "ops/op_list.h"
#include "passes/passes.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
using Ints = std::vector<std::int64_t>;

ValueId cast(Graph& g, ValueId v, DType to, const std::string& name) {
  return add(g, ops::cast(), {{"to", static_cast<std::int64_t>(to)}}, {v}, name);
}
ValueId transpose(Graph& g, ValueId v, Ints perm, const std::string& name) {
  return add(g, ops::transpose(), {{"perm", std::move(perm)}}, {v}, name);
}
ValueId with_list(Graph& g, const OpDef& op, ValueId v, Ints list, const std::string& name) {
  return add(g, op, {}, {v, g.add_constant(name + ".list", shared(int64_tensor(std::move(list))))}, name);
}

struct Chain {
  DType from, middle, to;
  std::string left;  // the operators that stay
};

class CastChains : public testing::TestWithParam<Chain> {};

TEST_P(CastChains, OnlyLosslessOnesShorten) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(GetParam().from, {Dim(3), Dim("N")}));
  g.outputs = {cast(g, cast(g, x, GetParam().middle, "middle"), GetParam().to, "y")};
  cancel_pairs(g);
  verify(g);
  EXPECT_EQ(op_names(g), GetParam().left);
  EXPECT_EQ(g.value(g.outputs[0]).type.dtype, GetParam().to);
}

INSTANTIATE_TEST_SUITE_P(Types, CastChains,
                         testing::Values(Chain{DType::float32, DType::float64, DType::float32, ""},
                                         Chain{DType::float16, DType::float32, DType::float16, ""},
                                         Chain{DType::bfloat16, DType::float64, DType::bfloat16, ""},
                                         Chain{DType::int32, DType::int64, DType::int32, ""},
                                         Chain{DType::uint8, DType::int16, DType::uint8, ""},
                                         Chain{DType::int32, DType::float64, DType::int32, ""},
                                         Chain{DType::uint8, DType::float16, DType::uint8, ""},
                                         Chain{DType::float16, DType::float32, DType::float64, "Cast"},
                                         Chain{DType::float32, DType::float64, DType::float16, "Cast"},
                                         Chain{DType::int8, DType::int32, DType::float32, "Cast"},
                                         // Lossy: the middle rounds, cuts off or saturates.
                                         Chain{DType::float32, DType::float16, DType::float32, "Cast Cast"},
                                         Chain{DType::float16, DType::bfloat16, DType::float16, "Cast Cast"},
                                         Chain{DType::bfloat16, DType::float16, DType::bfloat16, "Cast Cast"},
                                         Chain{DType::float32, DType::int64, DType::float32, "Cast Cast"},
                                         Chain{DType::int64, DType::float64, DType::int64, "Cast Cast"},
                                         Chain{DType::int32, DType::float32, DType::int32, "Cast Cast"},
                                         Chain{DType::int8, DType::uint8, DType::int8, "Cast Cast"},
                                         Chain{DType::int64, DType::int32, DType::int64, "Cast Cast"},
                                         Chain{DType::float32, DType::boolean, DType::float32, "Cast Cast"},
                                         Chain{DType::boolean, DType::float32, DType::boolean, "Cast Cast"},
                                         // An integer out of range wraps by itself and saturates behind a float.
                                         Chain{DType::int32, DType::float64, DType::int8, "Cast Cast"}),
                         [](const auto& chain) {
                           return std::string(name_of(chain.param.from)) + "_" +
                                  std::string(name_of(chain.param.middle)) + "_" + std::string(name_of(chain.param.to));
                         });

TEST(CancelPairs, ShortenedCastsKeepTheirBits) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(5), Dim(3)}));
  const ValueId wide = cast(g, x, DType::float64, "wide");
  g.outputs = {cast(g, wide, DType::float32, "same"), cast(g, wide, DType::float16, "half")};
  EXPECT_EQ(difference_made(g, cancel_pairs), 0);
  EXPECT_EQ(print(g),
            "graph \"\"\n  input %x : float32[5,3]\n  %half = Cast(%x) {to=10} \"half\" : float16[5,3]\n"
            "  output %x, %half\n");
}

TEST(CancelPairs, ACastThatSomebodyElseReadsStays) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(5)}));
  const ValueId wide = cast(g, x, DType::float64, "wide");
  g.outputs = {add(g, ops::tanh(), {}, {cast(g, wide, DType::float32, "back")}, "y"), wide};
  cancel_pairs(g);
  verify(g);
  EXPECT_EQ(print(g), R"(graph ""
  input %x : float32[5]
  %wide = Cast(%x) {to=11} "wide" : float64[5]
  %y = Tanh(%x) "y" : float32[5]
  output %y, %wide
)");
}

TEST(CancelPairs, TransposesAreComposed) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("T"), Dim("N"), Dim(5)}));
  const ValueId a = transpose(g, x, {2, 0, 1}, "a");
  g.outputs = {transpose(g, a, {0, 2, 1}, "y")};
  EXPECT_EQ(difference_made(g, cancel_pairs, 7), 0);
  EXPECT_EQ(print(g), R"(graph ""
  input %x : float32[T,N,5]
  %y = Transpose(%x) {perm=[2,1,0]} "y" : float32[5,N,T]
  output %y
)");
}

TEST(CancelPairs, TransposesThatUndoEachOtherGo) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("T"), Dim("N"), Dim(5)}));
  ValueId v = x;
  for (int i = 0; i < 9; ++i) v = transpose(g, v, {1, 2, 0}, "t" + std::to_string(i));  // three make a whole turn
  g.outputs = {add(g, ops::tanh(), {}, {v}, "y")};
  EXPECT_EQ(difference_made(g, cancel_pairs), 0);
  EXPECT_EQ(op_names(g), "Tanh");
}

TEST(CancelPairs, TransposesWithoutPermReverse) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(2), Dim(3), Dim(5)}));
  const ValueId turned = add(g, ops::transpose(), {}, {x}, "turned");
  g.outputs = {transpose(g, turned, {2, 0, 1}, "y")};
  EXPECT_EQ(difference_made(g, cancel_pairs), 0);
  EXPECT_EQ(op_names(g), "Transpose");
}

TEST(CancelPairs, OfViewsTheLastDecides) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(6), Dim(1), Dim(5)}));
  ValueId v = with_list(g, ops::squeeze(), x, {1}, "s");
  v = add(g, ops::flatten(), {{"axis", std::int64_t{0}}}, {v}, "f");
  v = with_list(g, ops::reshape(), v, {2, -1, 5}, "r");
  g.outputs = {with_list(g, ops::unsqueeze(), v, {0}, "u")};
  EXPECT_EQ(difference_made(g, cancel_pairs), 0);
  EXPECT_EQ(print(g), R"(graph ""
  input %x : float32[6,1,5]
  const %s.list : int64[1]
  const %r.list : int64[3]
  const %u.list : int64[1]
  const %f.shape : int64[2]
  const %u.shape : int64[4]
  %u = Reshape(%x, %u.shape) {allowzero=1} "u" : float32[1,2,3,5]
  output %u
)");
}

TEST(CancelPairs, AViewBackToTheSameShapeGoesWithOneOpenDim) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("N"), Dim(5)}));
  const ValueId up = with_list(g, ops::unsqueeze(), x, {0}, "up");
  g.outputs = {add(g, ops::tanh(), {}, {with_list(g, ops::squeeze(), up, {0}, "down")}, "y")};
  EXPECT_EQ(difference_made(g, cancel_pairs), 0);
  EXPECT_EQ(op_names(g), "Tanh");
}

TEST(CancelPairs, OpenShapesStay) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("T"), Dim("N")}));
  const ValueId s = add(g, ops::shape(), {}, {x}, "shape");
  const ValueId flat = with_list(g, ops::reshape(), x, {-1}, "flat");
  g.outputs = {add(g, ops::reshape(), {}, {flat, s}, "y")};
  EXPECT_EQ(difference_made(g, cancel_pairs), 0);
  EXPECT_EQ(op_names(g), "Shape Reshape Reshape");
}

TEST(CancelPairs, AReshapeThatCopiesDimsReadsTheViewBeforeIt) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("N"), Dim(2), Dim(3)}));
  const ValueId flat = with_list(g, ops::reshape(), x, {-1, 6}, "flat");
  g.outputs = {with_list(g, ops::reshape(), flat, {0, 3, 2}, "copies"),
               with_list(g, ops::reshape(), flat, {-1, 1}, "counts")};
  EXPECT_EQ(difference_made(g, cancel_pairs), 0);
  EXPECT_EQ(g.node(g.value(g.outputs[0]).producer).inputs[0], g.find_value("flat"));
  EXPECT_EQ(g.node(g.value(g.outputs[1]).producer).inputs[0], x);
}

TEST(CancelPairs, EmptyTensors) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(0), Dim("N")}));
  const ValueId y = with_list(g, ops::reshape(), x, {0, 7}, "y");  // any number of columns has no elements
  g.outputs = {y};
  EXPECT_EQ(difference_made(g, cancel_pairs), 0);
  EXPECT_EQ(op_names(g), "Reshape");
}

TEST(CancelPairs, MixedRunsMeetInTheMiddle) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(4), Dim(3)}));
  ValueId v = cast(g, x, DType::float64, "wide");
  v = with_list(g, ops::reshape(), v, {2, 6}, "r");
  v = with_list(g, ops::reshape(), v, {4, 3}, "back");
  v = transpose(g, transpose(g, v, {1, 0}, "t"), {1, 0}, "tt");
  g.outputs = {cast(g, v, DType::float32, "y")};
  EXPECT_EQ(difference_made(g, cancel_pairs), 0);
  EXPECT_EQ(op_names(g), "");
  EXPECT_EQ(g.outputs[0], x);
}

}  // namespace
}  // namespace rondo
