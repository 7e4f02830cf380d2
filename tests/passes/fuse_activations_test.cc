#include <gtest/gtest.h>

#include "ops/op_list.h"
#include "passes/passes.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT

struct Model {
  Graph g;
  DType dtype = DType::float32;

  ValueId constant(const std::string& name, std::vector<std::int64_t> shape) {
    return g.add_constant(name, shared(random_tensor(dtype, std::move(shape), g.num_values() + 1)));
  }
  ValueId input(Shape shape) { return g.add_input("x", type_of(dtype, std::move(shape))); }
  ValueId conv(ValueId x, const std::string& name) {
    return add(g, ops::conv(), {{"auto_pad", std::string("SAME_UPPER")}},
               {x, constant(name + ".w", {3, 3, 2}), constant(name + ".b", {3})}, name);
  }
};

TEST(FuseActivations, IntoConvAndConvTransposeOneAfterAnother) {
  Model m;
  const ValueId x = m.input({Dim("N"), Dim(3), Dim(5)});
  const ValueId a = add(m.g, ops::leaky_relu(), {{"alpha", 0.25f}}, {m.conv(x, "a")}, "a.f");
  const ValueId b = add(m.g, ops::conv_transpose(), {{"strides", std::vector<std::int64_t>{2}}},
                        {a, m.constant("b.w", {3, 2, 3})}, "b");
  m.g.outputs = {add(m.g, ops::tanh(), {}, {b}, "y")};
  EXPECT_LT(difference_made(m.g, fuse_activations), 1e-6);
  EXPECT_EQ(print(m.g), R"(graph ""
  input %x : float32[N,3,5]
  const %a.w : float32[3,3,2]
  const %a.b : float32[3]
  const %b.w : float32[3,2,3]
  %a.f = Conv(%x, %a.w, %a.b) {auto_pad="SAME_UPPER", fused_activation="LeakyRelu", fused_parameters=[0.25,0]} "a" : float32[N,3,5]
  %y = ConvTranspose(%a.f, %b.w) {fused_activation="Tanh", fused_parameters=[0,0], strides=[2]} "b" : float32[N,2,11]
  output %y
)");
}

TEST(FuseActivations, EveryFunctionOfTheTable) {
  using Make = const OpDef& (*)();
  for (const Make make : {Make{ops::elu}, Make{ops::hard_sigmoid}, Make{ops::leaky_relu}, Make{ops::relu},
                          Make{ops::sigmoid}, Make{ops::softplus}, Make{ops::softsign}, Make{ops::tanh}}) {
    SCOPED_TRACE(make().name);
    Model m;
    m.dtype = DType::float64;
    m.g.outputs = {add(m.g, make(), {}, {m.conv(m.input({Dim(2), Dim(3), Dim(4)}), "a")}, "y")};
    EXPECT_LT(difference_made(m.g, fuse_activations), 1e-15);
    EXPECT_EQ(op_names(m.g), "Conv");
  }
}

TEST(FuseActivations, APReluOfOneSlope) {
  for (const std::int64_t slopes : {std::int64_t{1}, std::int64_t{3}}) {
    Model m;
    const ValueId a = m.conv(m.input({Dim(2), Dim(3), Dim(4)}), "a");
    m.g.outputs = {add(m.g, ops::prelu(), {}, {a, m.constant("slope", {slopes, 1})}, "y")};
    EXPECT_LT(difference_made(m.g, fuse_activations), 1e-6);
    EXPECT_EQ(op_names(m.g), slopes == 1 ? "Conv" : "Conv PRelu");
  }
}

// A convolution takes one function; what follows stays.
TEST(FuseActivations, OneFunctionOnly) {
  Model m;
  const ValueId a = add(m.g, ops::relu(), {}, {m.conv(m.input({Dim(2), Dim(3), Dim(4)}), "a")}, "f");
  m.g.outputs = {add(m.g, ops::sigmoid(), {}, {a}, "y")};
  const auto twice = [](Graph& g) {
    fuse_activations(g);
    fuse_activations(g);
  };
  EXPECT_LT(difference_made(m.g, twice), 1e-6);
  EXPECT_EQ(op_names(m.g), "Conv Sigmoid");
}

// Every graph here must be left as it is.
void expect_untouched(Model& m) {
  const std::string before = print(m.g);
  fuse_activations(m.g);
  EXPECT_EQ(print(m.g), before);
}

TEST(FuseActivations, NotWhenTheConvolutionIsReadElsewhere) {
  Model output, twice;
  const ValueId a = output.conv(output.input({Dim(2), Dim(3), Dim(4)}), "a");
  output.g.outputs = {add(output.g, ops::relu(), {}, {a}, "y"), a};
  expect_untouched(output);
  const ValueId b = twice.conv(twice.input({Dim(2), Dim(3), Dim(4)}), "a");
  twice.g.outputs = {add(twice.g, ops::relu(), {}, {b}, "y"), add(twice.g, ops::sigmoid(), {}, {b}, "z")};
  expect_untouched(twice);
}

// At alpha itself ThresholdedRelu gives 0, which the function of the table does not.
TEST(FuseActivations, NotThresholdedRelu) {
  Model m;
  m.g.outputs = {add(m.g, ops::thresholded_relu(), {}, {m.conv(m.input({Dim(2), Dim(3), Dim(4)}), "a")}, "y")};
  expect_untouched(m);
}

}  // namespace
}  // namespace rondo
