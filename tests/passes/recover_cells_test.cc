// Cells as exporters and people write them out; PyTorch's gates are i f g o and r z n.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "passes/passes.h"
#include "written_cell.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
constexpr double kRounding = 2e-6;

struct Model : WrittenCell {
  std::string recovered() {
    EXPECT_LT(difference_made(g, recover_cells), dtype == DType::float64 ? 1e-14 : kRounding) << print(g);
    return op_names(g);
  }
  void expect_untouched() {
    const std::string before = print(g);
    recover_cells(g);
    EXPECT_EQ(print(g), before);
  }
};

const char* const kLstm = "Unsqueeze Unsqueeze Unsqueeze LSTM Squeeze Squeeze";
std::string one_state(const std::string& op) { return "Unsqueeze Unsqueeze " + op + " Squeeze"; }

struct TorchLstm : Model {
  ValueId x, h, c;
  explicit TorchLstm(Dim rows = Dim("N"), DType type = DType::float32) {
    dtype = type;
    x = input("x", I, rows), h = input("hx", H, rows), c = input("cx", H, rows);
  }
  void build() { g.outputs = torch_lstm(x, h, c, torch_weights(4), ""); }
};

TEST(RecoverCells, TorchLstm) {
  TorchLstm m;
  m.build();
  EXPECT_EQ(m.recovered(), kLstm);
  EXPECT_EQ(print(m.g), R"(graph ""
  input %x : float32[N,5]
  input %hx : float32[N,7]
  input %cx : float32[N,7]
  const %weight_ih : float32[28,5]
  const %weight_hh : float32[28,7]
  const %bias_ih : float32[28]
  const %bias_hh : float32[28]
  const %gates.sizes : int64[4]
  const %cell.axes : int64[1]
  const %weight_ih.W : float32[1,28,5]
  const %weight_hh.R : float32[1,28,7]
  const %bias_ih.B : float32[1,56]
  %h.X = Unsqueeze(%x, %cell.axes) "h.X" : float32[1,N,5]
  %h.initial_h = Unsqueeze(%hx, %cell.axes) "h.initial_h" : float32[1,N,7]
  %h.initial_c = Unsqueeze(%cx, %cell.axes) "h.initial_c" : float32[1,N,7]
  _, %h.Y_h, %c.Y_c = LSTM(%h.X, %weight_ih.W, %weight_hh.R, %bias_ih.B, _, %h.initial_h, %h.initial_c) {hidden_size=7} "h" : _, float32[1,N,7], float32[1,N,7]
  %h = Squeeze(%h.Y_h, %cell.axes) "h" : float32[N,7]
  %c = Squeeze(%c.Y_c, %cell.axes) "c" : float32[N,7]
  output %h, %c
)");
}

TEST(RecoverCells, WeightsKeepTheirBitsInOnnxOrder) {
  TorchLstm m;
  m.build();
  recover_cells(m.g);
  const auto rows_of = [&](const char* name) { return m.g.value(m.g.find_value(name)).constant->values<float>(); };
  const auto from = rows_of("weight_hh"), to = rows_of("weight_hh.R");
  const std::vector<std::size_t> torch_gate{0, 3, 1, 2};  // of ONNX's i o f c
  for (std::size_t gate = 0; gate < 4; ++gate)
    for (std::size_t i = 0; i < H * H; ++i)
      ASSERT_EQ(to[gate * H * H + i], from[torch_gate[gate] * H * H + i]) << gate << " " << i;
  const auto recurrent_bias = rows_of("bias_hh"), bias = rows_of("bias_ih.B");
  for (std::size_t gate = 0; gate < 4; ++gate)
    for (std::size_t i = 0; i < H; ++i)
      ASSERT_EQ(bias[(4 + gate) * H + i], recurrent_bias[torch_gate[gate] * H + i]) << gate << " " << i;
}

TEST(RecoverCells, OperandsEitherWayAndDouble) {
  TorchLstm m(Dim(3), DType::float64);
  m.swapped = true;
  m.build();
  EXPECT_EQ(m.recovered(), kLstm);
}

TEST(RecoverCells, LstmWithoutBias) {
  TorchLstm m;
  const ValueId wx = m.constant("wx", {I, 4 * H}), wh = m.constant("wh", {H, 4 * H});
  const ValueId sum =
      m.op(ops::add(), {m.op(ops::mat_mul(), {m.x, wx}, "gx"), m.op(ops::mat_mul(), {m.h, wh}, "gh")}, "sum");
  m.g.outputs = m.lstm_state(m.split(sum, 4, "gates"), m.c, "");
  EXPECT_EQ(m.recovered(), kLstm);
  EXPECT_EQ(m.g.find_value("wx.B"), kNone);
}

TEST(RecoverCells, GatesCutBySlices) {
  TorchLstm m;
  const Values w = m.torch_weights(4);
  const ValueId sum = m.op(ops::add(), {m.linear(m.x, w[0], w[2], "gx"), m.linear(m.h, w[1], w[3], "gh")}, "sum");
  Values gates;
  for (std::int64_t k = 0; k < 4; ++k) {
    const std::string n = std::to_string(k);
    gates.push_back(m.op(ops::slice(),
                         {sum, m.ints("start" + n, {k == 2 ? -2 * H : k * H}),
                          m.ints("end" + n, {k == 3 ? INT64_MAX : (k + 1) * H}), m.ints("axis" + n, {1})},
                         "gate" + n));
  }
  m.g.outputs = m.lstm_state(gates, m.c, "");
  EXPECT_EQ(m.recovered(), kLstm);
}

TEST(RecoverCells, EveryGateItsOwnProductsAndFunctions) {
  // Keras: x * kernel + bias, then + h * recurrent_kernel, one of each for every gate; gates squash by HardSigmoid.
  TorchLstm m;
  Values gates;
  for (const std::string n : {"i", "f", "g", "o"}) {
    const ValueId from_x = m.op(
        ops::add(), {m.op(ops::mat_mul(), {m.x, m.constant("k" + n, {I, H})}, "mx" + n), m.constant("b" + n, {1, H})},
        "bx" + n);
    gates.push_back(
        m.op(ops::add(), {from_x, m.op(ops::mat_mul(), {m.h, m.constant("r" + n, {H, H})}, "mh" + n)}, "sum" + n));
  }
  m.g.outputs = m.lstm_state(gates, m.c, "");
  EXPECT_EQ(m.recovered(), kLstm);
}

TEST(RecoverCells, OneProductOfInputAndStateTogether) {
  // TensorFlow's LSTMBlockCell: gates i c f o of concat(x, h) * kernel + bias, and a forget bias beside them.
  TorchLstm m;
  const ValueId both = m.op(ops::concat(), {m.x, m.h}, "xh", {{"axis", std::int64_t{1}}});
  const ValueId sum =
      m.op(ops::add(),
           {m.op(ops::mat_mul(), {both, m.constant("kernel", {I + H, 4 * H})}, "product"), m.constant("bias", {4 * H})},
           "sum");
  const Values icfo = m.split(sum, 4, "gates");
  const std::vector<float> one{1.0f};
  const ValueId forget = m.op(
      ops::add(), {icfo[2], m.g.add_constant("one", shared(Tensor::of<float>(DType::float32, {}, one)))}, "forget");
  m.g.outputs = m.lstm_state({icfo[0], forget, icfo[1], icfo[3]}, m.c, "");
  EXPECT_EQ(m.recovered(), kLstm);
}

TEST(RecoverCells, AGemmThatAddsTheOtherOne) {
  TorchLstm m;
  const Values w = m.torch_weights(4);
  const ValueId sum = m.linear(m.h, w[1], m.linear(m.x, w[0], w[2], "gx"), "sum");
  m.g.outputs = m.lstm_state(m.split(sum, 4, "gates"), m.c, "");
  EXPECT_EQ(m.recovered(), kLstm);
}

TEST(RecoverCells, AlphaAndBetaAreSpent) {
  TorchLstm m;
  const Values w = m.torch_weights(4);
  const ValueId gx =
      m.op(ops::gemm(), {m.x, w[0], w[2]}, "gx", {{"alpha", 0.5f}, {"beta", -2.0f}, {"transB", std::int64_t{1}}});
  const ValueId sum = m.op(ops::add(), {gx, m.linear(m.h, w[1], w[3], "gh")}, "sum");
  m.g.outputs = m.lstm_state(m.split(sum, 4, "gates"), m.c, "");
  EXPECT_EQ(m.recovered(), kLstm);
}

TEST(RecoverCells, UnrolledStepsShareTheirWeights) {
  Model m;
  m.inputs = H;  // both matrices are square
  const Values w = m.torch_weights(4);
  Values state{m.input("h0", H), m.input("c0", H)};
  for (int t = 0; t < 3; ++t) {
    const std::string n = "t" + std::to_string(t);
    state = m.torch_lstm(m.input("x" + std::to_string(t), H), state[0], state[1], w, n);
  }
  m.g.outputs = {state[0]};
  EXPECT_EQ(m.recovered(), std::string(kLstm) + " " + "Unsqueeze Unsqueeze Unsqueeze LSTM Squeeze Squeeze " +
                               "Unsqueeze Unsqueeze Unsqueeze LSTM Squeeze");
  EXPECT_NE(m.g.find_value("weight_ih.W"), kNone);
  EXPECT_NE(m.g.find_value("weight_hh.R"), kNone);
  EXPECT_EQ(m.g.find_value("weight_ih.W_1"), kNone);
}

// Negative: the graph must stay as it is.
TEST(RecoverCells, AGateThatIsReadElsewhereStays) {
  TorchLstm m;
  m.build();
  m.g.outputs.push_back(m.g.find_value("f"));
  m.expect_untouched();
}

TEST(RecoverCells, ASquashedStateThatIsReadElsewhereStays) {
  TorchLstm m;
  m.build();
  m.g.outputs.push_back(m.op(ops::relu(), {m.g.find_value("squashed")}, "other"));
  m.expect_untouched();
}

TEST(RecoverCells, ComputedWeightsStay) {
  TorchLstm m;
  Values w = m.torch_weights(4);
  w[1] = m.g.add_input("computed", type_of(DType::float32, {Dim(4 * H), Dim(H)}));
  m.g.outputs = m.torch_lstm(m.x, m.h, m.c, w, "");
  m.expect_untouched();
}

TEST(RecoverCells, ABatchThatMayRepeatStays) {
  for (const Dim& rows : {Dim(1), Dim("M"), Dim()}) {
    Model m;
    const ValueId x = m.input("x", I, Dim(3)), h = m.input("hx", H, rows), c = m.input("cx", H, Dim(3));
    m.g.outputs = m.torch_lstm(x, h, c, m.torch_weights(4), "");
    m.expect_untouched();
  }
}

TEST(RecoverCells, ACellStateThatRepeatsStays) {
  Model m;
  const ValueId x = m.input("x", I, Dim(3)), h = m.input("hx", H, Dim(3)), c = m.input("cx", H, Dim(1));
  m.g.outputs = m.torch_lstm(x, h, c, m.torch_weights(4), "");
  m.expect_untouched();
}

TEST(RecoverCells, ABiasThatDependsOnTheRowStays) {
  TorchLstm m(Dim(3));
  Values w = m.torch_weights(4);
  w[2] = m.constant("rows", {3, 4 * H});
  m.g.outputs = m.torch_lstm(m.x, m.h, m.c, w, "");
  m.expect_untouched();
}

TEST(RecoverCells, AThirdSourceStays) {
  TorchLstm m;
  const Values w = m.torch_weights(4);
  const ValueId more = m.linear(m.input("y", I), m.constant("wy", {4 * H, I}), m.constant("by", {4 * H}), "gy");
  const ValueId two = m.op(ops::add(), {m.linear(m.x, w[0], w[2], "gx"), m.linear(m.h, w[1], w[3], "gh")}, "two");
  m.g.outputs = m.lstm_state(m.split(m.op(ops::add(), {two, more}, "three"), 4, "gates"), m.c, "");
  m.expect_untouched();
}

TEST(RecoverCells, UnequalGateFunctionsStay) {
  TorchLstm m;
  const Values w = m.torch_weights(4);
  const ValueId sum = m.op(ops::add(), {m.linear(m.x, w[0], w[2], "gx"), m.linear(m.h, w[1], w[3], "gh")}, "sum");
  const Values g = m.split(sum, 4, "gates");
  const ValueId i = m.op(ops::sigmoid(), {g[0]}, "i"), f = m.op(ops::relu(), {g[1]}, "f");
  const ValueId cell = m.op(ops::tanh(), {g[2]}, "g"), o = m.op(ops::sigmoid(), {g[3]}, "o");
  const ValueId c = m.op(ops::add(), {m.op(ops::mul(), {f, m.c}, "fc"), m.op(ops::mul(), {i, cell}, "ig")}, "c");
  m.g.outputs = {m.op(ops::mul(), {o, m.op(ops::tanh(), {c}, "squashed")}, "h"), c};
  m.expect_untouched();
}

enum class Mix { torch, weighted, original, original_weighted };

struct Gru : Model {
  ValueId x, h;
  explicit Gru(std::int64_t in = I) {
    inputs = in;
    x = input("x", in), h = input("hx", H);
  }

  ValueId mixed(ValueId z, ValueId n, Mix mix) {
    const bool original = mix == Mix::original || mix == Mix::original_weighted;
    const ValueId one = original ? h : n, other = original ? n : h;
    if (mix == Mix::torch || mix == Mix::original)
      return op(ops::add(), {op(ops::mul(), {op(ops::sub(), {other, one}, "step"), z}, "part"), one}, "h");
    const std::vector<float> ones(H, 1.0f);
    const ValueId all = g.add_constant("ones", shared(Tensor::of<float>(DType::float32, {H}, ones)));
    const ValueId rest = op(ops::mul(), {op(ops::sub(), {all, z}, "rest"), one}, "kept");
    return op(ops::add(), {rest, op(ops::mul(), {z, other}, "taken")}, "h");
  }

  void build(Mix mix) {
    const Values w = torch_weights(3);
    const Values gx = split(linear(x, w[0], w[2], "gx"), 3, "sx"), gh = split(linear(h, w[1], w[3], "gh"), 3, "sh");
    const ValueId r = op(ops::sigmoid(), {op(ops::add(), {gh[0], gx[0]}, "ar")}, "r");
    const ValueId z = op(ops::sigmoid(), {op(ops::add(), {gh[1], gx[1]}, "az")}, "z");
    const ValueId n = op(ops::tanh(), {op(ops::add(), {gx[2], op(ops::mul(), {gh[2], r}, "rn")}, "an")}, "n");
    g.outputs = {mixed(z, n, mix)};
  }
};

class GruMixes : public testing::TestWithParam<std::tuple<Mix, bool, std::int64_t>> {};

TEST_P(GruMixes, LinearBeforeReset) {
  const auto& [mix, swapped, in] = GetParam();
  Gru m(in);
  m.swapped = swapped;
  m.build(mix);
  EXPECT_EQ(m.recovered(), one_state("GRU"));
}

INSTANTIATE_TEST_SUITE_P(All, GruMixes,
                         testing::Combine(testing::Values(Mix::torch, Mix::weighted, Mix::original,
                                                          Mix::original_weighted),
                                          testing::Bool(), testing::Values(I, H)));

TEST(RecoverCells, TorchGru) {
  Gru m;
  m.build(Mix::torch);
  recover_cells(m.g);
  EXPECT_THAT(print(m.g), testing::HasSubstr("_, %h.Y_h = GRU(%h.X, %weight_ih.W, %weight_hh.R, %bias_ih.B, _, "
                                             "%h.initial_h) {hidden_size=7, linear_before_reset=1} \"h\""));
}

TEST(RecoverCells, GruThatResetsTheState) {
  for (const bool together : {false, true}) {
    Gru m;
    const auto gate = [&](ValueId state, const std::string& n) {
      const ValueId b = m.constant("b" + n, {H});
      if (together) {
        const ValueId both = m.op(ops::concat(), {m.x, state}, "xh" + n, {{"axis", std::int64_t{-1}}});
        return m.linear(both, m.constant("k" + n, {H, I + H}), b, "sum" + n);
      }
      return m.op(ops::add(),
                  {m.linear(m.x, m.constant("w" + n, {H, I}), b, "gx" + n),
                   m.linear(state, m.constant("r" + n, {H, H}), m.constant("rb" + n, {H}), "gh" + n)},
                  "sum" + n);
    };
    const ValueId r = m.op(ops::sigmoid(), {gate(m.h, "r")}, "r"), z = m.op(ops::sigmoid(), {gate(m.h, "z")}, "z");
    const ValueId n = m.op(ops::tanh(), {gate(m.op(ops::mul(), {r, m.h}, "rh"), "n")}, "n");
    m.g.outputs = {m.mixed(z, n, Mix::weighted)};
    EXPECT_EQ(m.recovered(), one_state("GRU"));
    EXPECT_THAT(print(m.g), testing::Not(testing::HasSubstr("linear_before_reset")));
  }
}

TEST(RecoverCells, GruWhoseWeightsOfTheStatesDoNotAddUpToOneStays) {
  Gru m;
  const Values w = m.torch_weights(3);
  const Values gx = m.split(m.linear(m.x, w[0], w[2], "gx"), 3, "sx"),
               gh = m.split(m.linear(m.h, w[1], w[3], "gh"), 3, "sh");
  const ValueId r = m.op(ops::sigmoid(), {m.op(ops::add(), {gh[0], gx[0]}, "ar")}, "r");
  const ValueId z = m.op(ops::sigmoid(), {m.op(ops::add(), {gh[1], gx[1]}, "az")}, "z");
  const ValueId n = m.op(ops::tanh(), {m.op(ops::add(), {gx[2], m.op(ops::mul(), {gh[2], r}, "rn")}, "an")}, "n");
  const std::vector<float> two{2.0f};
  const ValueId rest =
      m.op(ops::sub(), {m.g.add_constant("two", shared(Tensor::of<float>(DType::float32, {1}, two))), z}, "rest");
  m.g.outputs = {m.op(ops::add(), {m.op(ops::mul(), {rest, n}, "kept"), m.op(ops::mul(), {z, m.h}, "taken")}, "h")};
  m.expect_untouched();
}

TEST(RecoverCells, GruWhoseResetGateIsReadElsewhereStays) {
  Gru m;
  m.build(Mix::torch);
  m.g.outputs.push_back(m.g.find_value("r"));
  m.expect_untouched();
}

struct Rnn : Model {
  ValueId step(ValueId x, ValueId h, const Values& w, const OpDef& function, const std::string& n) {
    return op(function, {op(ops::add(), {linear(x, w[0], w[2], n + "gx"), linear(h, w[1], w[3], n + "gh")}, n + "sum")},
              n);
  }
};

TEST(RecoverCells, RnnWhoseStateIsInputAndOutput) {
  Rnn m;
  const ValueId x = m.input("x", I), h = m.input("hx", H);
  m.g.outputs = {m.step(x, h, m.torch_weights(1), ops::relu(), "h")};
  EXPECT_EQ(m.recovered(), one_state("RNN"));
  EXPECT_THAT(print(m.g), testing::HasSubstr("{activations=[\"Relu\"], hidden_size=7}"));
}

TEST(RecoverCells, RnnUnrolledFromAComputedState) {
  Rnn m;
  m.inputs = H;
  const Values w = m.torch_weights(1);
  ValueId h = m.op(ops::tanh(), {m.input("start", H)}, "h0");
  for (const std::string t : {"1", "2", "3"}) h = m.step(m.input("x" + t, H), h, w, ops::tanh(), "h" + t);
  m.g.outputs = {m.op(ops::relu(), {h}, "y")};
  EXPECT_EQ(m.recovered(), "Tanh " + one_state("RNN") + " " + one_state("RNN") + " " + one_state("RNN") + " Relu");
  EXPECT_EQ(m.g.find_value("weight_hh.R_1"), kNone);
  EXPECT_NE(m.g.find_value("weight_hh.R"), kNone);
}

TEST(RecoverCells, ATwoSourceLayerThatIsNoStepStays) {
  Rnn m;  // attention's tanh(W q + U k): nothing feeds back
  const ValueId q = m.input("q", I), k = m.op(ops::relu(), {m.input("k", H)}, "keys");
  m.g.outputs = {m.step(q, k, m.torch_weights(1), ops::tanh(), "scores")};
  m.expect_untouched();
}

TEST(RecoverCells, AStepOfAnotherWidthStays) {
  Rnn m;
  const ValueId x = m.input("x", I), h = m.input("hx", H + 1);
  m.g.outputs = {
      m.step(x, h, {m.constant("w", {H, I}), m.constant("r", {H, H + 1}), m.constant("b", {H}), m.constant("rb", {H})},
             ops::tanh(), "h")};
  m.expect_untouched();
}

// A sum that doubles at every step has more terms than could be followed.
TEST(RecoverCells, DeepSumsEndInTime) {
  Model m;
  ValueId v = m.op(ops::mat_mul(), {m.input("x", H), m.constant("w", {H, H})}, "p");
  for (int i = 0; i < 200; ++i) v = m.op(ops::add(), {v, v}, "d" + std::to_string(i));
  m.g.outputs = {m.op(ops::tanh(), {v}, "y")};
  m.expect_untouched();
}

}  // namespace
}  // namespace rondo
