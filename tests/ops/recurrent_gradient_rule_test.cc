// The gradient rule of RNN, LSTM and GRU: what it adds to a graph, and what it refuses.
#include <gmock/gmock.h>

#include "ops/recurrent_gradient.h"
#include "recurrent_layer.h"

namespace rondo::test {
namespace {

namespace in = ops::recurrent_input;
using testing::HasSubstr;

struct Built {
  Graph graph;
  NodeId layer{};
  std::vector<ValueId> grads;
};

// A layer with Y alone, T and N not known.
Built built(const std::string& op) {
  Built b;
  b.graph.name = "test";
  const std::int64_t G = op == "LSTM" ? 4 : op == "GRU" ? 3 : 1;
  const auto input = [&](const char* name, Shape shape) { return b.graph.add_input(name, {DType::float32, shape}); };
  std::vector<ValueId> inputs{input("x", {Dim("T"), Dim("N"), 3}), input("w", {1, G * 5, 3}),
                              input("r", {1, G * 5, 5})};
  b.layer = b.graph.add_node(*find_op("", op), "layer", {{"hidden_size", std::int64_t{5}}}, inputs, {"y"});
  b.graph.outputs = {b.graph.node(b.layer).outputs[0]};
  b.grads = {b.graph.add_input("grad_y", {DType::float32, Shape{Dim("T"), 1, Dim("N"), 5}})};
  return b;
}

TEST(RecurrentGradientRule, AsksForTheWorkspaceAndEmitsOneNode) {
  for (const std::string op : {"RNN", "LSTM", "GRU"}) {
    SCOPED_TRACE(op);
    Built b = built(op);
    GradientContext ctx(b.graph, b.layer, b.grads, {true, false, true});
    b.graph.node(b.layer).op->gradient(ctx);
    EXPECT_EQ(b.graph.order().size(), 2u);
    EXPECT_EQ(b.graph.node(b.graph.order()[1]).op, find_op("rondo", op + "Gradient"));
    EXPECT_EQ(b.graph.value(ctx.grad_inputs()[in::X]).type, b.graph.value(b.graph.inputs[0]).type);
    EXPECT_EQ(ctx.grad_inputs()[in::W], kNone) << "nobody asked";
    EXPECT_EQ(to_string(b.graph.value(ctx.grad_inputs()[in::R]).type),
              to_string(b.graph.value(b.graph.inputs[2]).type));
    const ops::RecurrentForm form = ops::recurrent_form(b.graph.node(b.layer));
    const ValueId workspace = b.graph.node(b.layer).outputs[ops::workspace_output(form.cell)];
    EXPECT_EQ(to_string(b.graph.value(workspace).type), "float32[1,T,N," + std::to_string(form.kept() * 5) + "]");
    EXPECT_NO_THROW(verify(b.graph));

    GradientContext again(b.graph, b.layer, b.grads, {true});
    b.graph.node(b.layer).op->gradient(again);
    EXPECT_EQ(b.graph.node(b.graph.order()[2]).inputs[ops::recurrent_gradient_input::workspace], workspace) << "shared";
  }
}

TEST(RecurrentGradientRule, AQuantizedLayerHasNone) {
  EXPECT_EQ(find_op("com.microsoft", "DynamicQuantizeLSTM")->gradient, nullptr);
}

TEST(RecurrentGradientRule, ShapesAreChecked) {
  Layer l = random_layer("LSTM", "forward", {4, 3, 2, 3}, 1);
  l.outputs = {true, true, true, true};
  std::vector<Tensor> kept = l.run();
  Layer g{"LSTMGradient", l.attributes, {}, {true}, "rondo"};
  for (const Tensor& t : l.inputs) g.inputs.push_back(t.dtype() == DType::undefined ? Tensor() : Tensor(t.view()));
  g.input(ops::recurrent_gradient_input::workspace) = std::move(kept[3]);
  const auto message = [&] {
    try {
      g.run();
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(message(), "nothing") << "no gradient at all is zero";
  Numbers numbers(2);
  g.input(ops::recurrent_gradient_input::grad_Y) = random_tensor({4, 3, 1, 3}, numbers);
  EXPECT_THAT(message(), HasSubstr("grad_Y has the wrong shape"));
  g.input(ops::recurrent_gradient_input::grad_Y) = Tensor();
  g.input(ops::recurrent_gradient_input::workspace) = random_tensor({1, 4, 3, 15}, numbers);
  EXPECT_THAT(message(), HasSubstr("workspace has the wrong shape"));
}

}  // namespace
}  // namespace rondo::test
