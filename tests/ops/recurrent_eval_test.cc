// The scalar reference of RNN, LSTM and GRU: cases computed by hand, and properties that hold whatever the numbers are.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "ir/graph.h"
#include "recurrent_layer.h"

namespace rondo::test {
namespace {

namespace in = ops::recurrent_input;
namespace out = ops::recurrent_output;
using Names = std::vector<std::string>;
using Reals = std::vector<float>;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

// Affine with its defaults is the identity, so that sums can be done by hand.
Layer linear(const std::string& op, std::size_t functions) {
  Layer layer{op, {}, {}};
  layer.set("activations", Names(functions, "Affine"));
  return layer;
}
Layer linear_rnn() {
  Layer layer = linear("RNN", 1);
  layer.input(in::X) = doubles({3, 1, 1}, {1, 2, 3});
  layer.input(in::W) = doubles({1, 1, 1}, {2});
  layer.input(in::R) = doubles({1, 1, 1}, {0.5});
  layer.input(in::B) = doubles({1, 2}, {0.25, -0.75});
  return layer;
}

TEST(RnnEval, ByHand) {
  Layer layer = linear_rnn();
  EXPECT_THAT(values_of(layer.run()[out::Y]), ElementsAre(1.5, 4.25, 7.625));
  layer.input(in::initial_h) = doubles({1, 1, 1}, {4});
  EXPECT_THAT(values_of(layer.run()[out::Y]), ElementsAre(3.5, 5.25, 8.125));
  EXPECT_THAT(values_of(layer.run()[out::Y_h]), ElementsAre(8.125));
  layer.set("direction", std::string("reverse"));
  EXPECT_THAT(values_of(layer.run()[out::Y]), ElementsAre(5.125, 7.25, 7.5));
  EXPECT_THAT(values_of(layer.run()[out::Y_h]), ElementsAre(5.125));
  layer.set("clip", 5.0f);
  EXPECT_THAT(values_of(layer.run()[out::Y]), ElementsAre(4, 5, 5));
}

TEST(RnnEval, TanhIsTheDefault) {
  Layer layer = linear_rnn();
  layer.set("activations", Names{"Tanh", "Tanh"});
  const double h1 = std::tanh(1.5), h2 = std::tanh(3.5 + h1 / 2), h3 = std::tanh(5.5 + h2 / 2);
  const auto spelled = values_of(layer.run()[out::Y]);
  EXPECT_THAT(spelled, ElementsAre(DoubleEq(h1), DoubleEq(h2), DoubleEq(h3)));
  std::erase_if(layer.attributes, [](const Attribute& a) { return a.name == "activations"; });
  EXPECT_EQ(values_of(layer.run()[out::Y]), spelled);
}

// Gates i o f c of weights 1 2 3 4, all sums linear, state h = 1, c = 2, x = 1, R = 1 for every gate.
Layer linear_lstm() {
  Layer layer = linear("LSTM", 3);
  layer.input(in::X) = doubles({1, 1, 1}, {1});
  layer.input(in::W) = doubles({1, 4, 1}, {1, 2, 3, 4});
  layer.input(in::R) = doubles({1, 4, 1}, {1, 1, 1, 1});
  layer.input(in::initial_h) = doubles({1, 1, 1}, {1});
  layer.input(in::initial_c) = doubles({1, 1, 1}, {2});
  return layer;
}

TEST(LstmEval, ByHand) {
  Layer layer = linear_lstm();
  auto result = layer.run();  // i 2, o 3, f 4, g 5: C = 4*2 + 2*5, H = 3*18
  EXPECT_THAT(values_of(result[out::Y_c]), ElementsAre(18));
  EXPECT_THAT(values_of(result[out::Y]), ElementsAre(54));
  EXPECT_THAT(values_of(result[out::Y_h]), ElementsAre(54));
  layer.set("input_forget", std::int64_t{1});
  result = layer.run();  // f = -1: C = -2 + 10, H = 24
  EXPECT_THAT(values_of(result[out::Y_c]), ElementsAre(8));
  EXPECT_THAT(values_of(result[out::Y]), ElementsAre(24));
}

TEST(LstmEval, PeepholesAndBias) {
  Layer layer = linear_lstm();
  layer.input(in::P) = doubles({1, 3}, {10, 0.5, 100});  // i o f
  layer.input(in::B) = doubles({1, 8}, {1, 0, 0, 0, 0, 0, 0, 1});
  // i = 2 + 20 + 1, f = 4 + 200, g = 5 + 1, C = 204*2 + 23*6 = 546, o = 3 + 0.5*546, H = 276*546
  const auto result = layer.run();
  EXPECT_THAT(values_of(result[out::Y_c]), ElementsAre(546));
  EXPECT_THAT(values_of(result[out::Y]), ElementsAre(276.0 * 546));
}

TEST(LstmEval, ClipBoundsGatesButNotTheCellsFunction) {
  Layer layer = linear_lstm();
  layer.set("clip", 3.0f);  // i 2, o 3, f 3, g 3: C = 12, not bounded before h
  const auto result = layer.run();
  EXPECT_THAT(values_of(result[out::Y_c]), ElementsAre(12));
  EXPECT_THAT(values_of(result[out::Y]), ElementsAre(36));
}

// Gates z r h of weights 1 2 3; state 1, x = 1, R = 2, 1, 3; Wb 0, Rb of h 5.
TEST(GruEval, ByHand) {
  Layer layer = linear("GRU", 2);
  layer.input(in::X) = doubles({1, 1, 1}, {1});
  layer.input(in::W) = doubles({1, 3, 1}, {1, 2, 3});
  layer.input(in::R) = doubles({1, 3, 1}, {2, 1, 3});
  layer.input(in::B) = doubles({1, 6}, {0, 0, 0, 0, 0, 5});
  layer.input(in::initial_h) = doubles({1, 1, 1}, {1});
  // z = 3, r = 3, n = 3 + (3*1)*3 + 5 = 17, H = -2*17 + 3*1
  EXPECT_THAT(values_of(layer.run()[out::Y]), ElementsAre(-31));
  layer.set("linear_before_reset", std::int64_t{1});
  // n = 3 + 3*(3 + 5) = 27, H = -2*27 + 3
  EXPECT_THAT(values_of(layer.run()[out::Y]), ElementsAre(-51));
}

TEST(GruEval, TheResetGateActsOnEveryUnitBeforeTheProduct) {
  Layer layer = linear("GRU", 2);
  layer.input(in::X) = doubles({1, 1, 1}, {1});
  layer.input(in::W) = doubles({1, 6, 1}, {0, 0, 2, 3, 0, 0});
  layer.input(in::R) = doubles({1, 6, 2}, {0, 0, 0, 0, 0, 0, 0, 0, 1, 10, 100, 1000});
  layer.input(in::initial_h) = doubles({1, 1, 2}, {1, 2});
  // z 0; r*h = 2, 6: n0 = 2 + 60, n1 = 200 + 6000. Linear: R h = 21, 2100, times r.
  EXPECT_THAT(values_of(layer.run()[out::Y]), ElementsAre(62, 6200));
  layer.set("linear_before_reset", std::int64_t{1});
  EXPECT_THAT(values_of(layer.run()[out::Y]), ElementsAre(42, 6300));
}

struct Combination {
  const char* op;
  const char* direction;
};
class RecurrentEval : public testing::TestWithParam<Combination> {
 protected:
  Layer layer(Sizes sizes = {}) const {
    Layer l = random_layer(GetParam().op, GetParam().direction, sizes, 7);
    if (l.op == "LSTM") l.set("clip", 0.8f);
    return l;
  }
};
INSTANTIATE_TEST_SUITE_P(All, RecurrentEval,
                         testing::Values(Combination{"RNN", "forward"}, Combination{"RNN", "reverse"},
                                         Combination{"RNN", "bidirectional"}, Combination{"LSTM", "forward"},
                                         Combination{"LSTM", "reverse"}, Combination{"LSTM", "bidirectional"},
                                         Combination{"GRU", "forward"}, Combination{"GRU", "reverse"},
                                         Combination{"GRU", "bidirectional"}),
                         [](const auto& i) { return std::string(i.param.op) + "_" + i.param.direction; });

void expect_same(const Tensor& a, const Tensor& b, const char* what) {
  EXPECT_EQ(a.shape(), b.shape()) << what;
  EXPECT_EQ(values_of(a), values_of(b)) << what;
}
void expect_same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) expect_same(a[i], b[i], i == 0 ? "Y" : i == 1 ? "Y_h" : "Y_c");
}

const std::vector<std::int32_t> kLens{5, 0, 3};

// A row of its own length alone gives what it gives among others; past its end Y is 0.
TEST_P(RecurrentEval, ARowIsWhatItIsAlone) {
  Layer whole = layer();
  whole.input(in::sequence_lens) = int32s(kLens);
  const auto result = whole.run();
  for (std::int64_t n = 0; n < 3; ++n) {
    const std::int64_t length = kLens[static_cast<std::size_t>(n)];
    Layer row = layer();
    row.input(in::X) = slice(slice(whole.input(in::X), 1, n, n + 1), 0, 0, length);
    for (std::size_t i : {in::initial_h, in::initial_c})
      if (i < row.inputs.size()) row.input(i) = slice(whole.input(i), 1, n, n + 1);
    const auto alone = row.run();
    const Tensor y = slice(result[out::Y], 2, n, n + 1);
    expect_same(slice(y, 0, 0, length), alone[out::Y], "Y");
    for (double v : values_of(slice(y, 0, length, 5))) EXPECT_EQ(v, 0);
    for (std::size_t i = 1; i < alone.size(); ++i) expect_same(slice(result[i], 1, n, n + 1), alone[i], "state");
  }
}

TEST_P(RecurrentEval, LengthZeroPassesStatesThrough) {
  Layer l = layer();
  l.input(in::sequence_lens) = int32s({0, 0, 0});
  const auto result = l.run();
  for (double v : values_of(result[out::Y])) EXPECT_EQ(v, 0);
  expect_same(result[out::Y_h], l.input(in::initial_h), "Y_h");
  if (l.op == "LSTM") expect_same(result[out::Y_c], l.input(in::initial_c), "Y_c");
}

TEST_P(RecurrentEval, EmptySequencesAndBatches) {
  for (const Sizes sizes : {Sizes{0, 3, 2, 4}, Sizes{5, 0, 2, 4}, Sizes{0, 0, 2, 4}}) {
    const Layer l = layer(sizes);
    const std::int64_t D = l.input(in::R).shape()[0];
    const auto result = l.run();
    EXPECT_EQ(result[out::Y].shape(), (Shape64{sizes.T, D, sizes.N, 4}));
    expect_same(result[out::Y_h], l.input(in::initial_h), "Y_h");
  }
  const auto result = layer({5, 3, 0, 4}).run();
  for (double v : values_of(result[out::Y])) EXPECT_TRUE(std::isfinite(v));
}

TEST_P(RecurrentEval, NanInThePaddingReachesNothing) {
  Layer l = layer();
  l.input(in::sequence_lens) = int32s(kLens);
  const auto clean = l.run();
  auto x = l.input(in::X).values<double>();
  for (std::size_t t = 0; t < 5; ++t)
    for (std::size_t n = 0; n < 3; ++n)
      for (std::size_t i = 0; i < 2; ++i)
        if (static_cast<std::int32_t>(t) >= kLens[n]) x[(t * 3 + n) * 2 + i] = i == 0 ? kNaN : kInf;
  expect_same(l.run(), clean);
}

TEST_P(RecurrentEval, NanStaysInItsRow) {
  Layer l = layer();
  const auto clean = l.run();
  l.input(in::initial_h).values<double>()[1 * 4 + 2] = kNaN;  // direction 0, row 1
  const auto result = l.run();
  for (std::int64_t n : {0, 2}) expect_same(slice(result[out::Y], 2, n, n + 1), slice(clean[out::Y], 2, n, n + 1), "Y");
  for (double v : values_of(slice(slice(result[out::Y_h], 0, 0, 1), 1, 1, 2))) EXPECT_TRUE(std::isnan(v));
}

TEST_P(RecurrentEval, UnwantedOutputsChangeNothing) {
  const auto all = layer().run();
  for (unsigned mask = 0; mask < 1u << all.size(); ++mask) {
    Layer l = layer();
    for (std::size_t i = 0; i < all.size(); ++i) l.outputs.push_back((mask >> i & 1) != 0);
    const auto some = l.run();
    for (std::size_t i = 0; i < all.size(); ++i)
      if (l.outputs[i]) expect_same(some[i], all[i], "output");
  }
}

TEST_P(RecurrentEval, AbsentInputsAreZeros) {
  Layer zeros = layer(), absent = layer();
  for (std::size_t i : {in::B, in::initial_h, in::initial_c, in::P}) {
    if (i >= zeros.inputs.size()) continue;
    for (double& v : zeros.input(i).values<double>()) v = 0;
    absent.input(i) = Tensor();
  }
  expect_same(absent.run(), zeros.run());
  Layer lens = layer();
  lens.input(in::sequence_lens) = int32s({5, 5, 5});
  expect_same(lens.run(), layer().run());
}

TEST_P(RecurrentEval, LayoutOneIsTransposedLayoutZero) {
  Layer l = layer(), batch_first = layer();
  batch_first.set("layout", std::int64_t{1});
  for (std::size_t i : {in::X, in::initial_h, in::initial_c})
    if (i < l.inputs.size()) batch_first.input(i) = transposed(l.input(i), {1, 0, 2});
  const auto a = l.run(), b = batch_first.run();
  expect_same(b[out::Y], transposed(a[out::Y], {2, 0, 1, 3}), "Y");
  for (std::size_t i = 1; i < a.size(); ++i) expect_same(b[i], transposed(a[i], {1, 0, 2}), "state");
}

TEST_P(RecurrentEval, PermsAreExplicitTransposes) {
  using Perm = std::vector<std::int64_t>;
  const auto plain = layer().run();
  for (std::int64_t layout : {0, 1}) {
    Perm p{0, 1, 2, 3};
    do {
      Layer l = layer();
      l.set("layout", layout);
      l.set("x_perm", layout == 1 ? Perm{0, 1, 2} : Perm{1, 0, 2});
      l.set("y_perm", p);
      const std::vector<std::size_t> y_perm(p.begin(), p.end());
      if (layout == 0) l.input(in::X) = transposed(l.input(in::X), {1, 0, 2});
      for (std::size_t i : {in::initial_h, in::initial_c})
        if (layout == 1 && i < l.inputs.size()) l.input(i) = transposed(l.input(i), {1, 0, 2});
      const auto result = l.run();
      expect_same(result[out::Y], transposed(plain[out::Y], y_perm), "Y");
      expect_same(result[out::Y_h],
                  layout == 1 ? transposed(plain[out::Y_h], {1, 0, 2})
                              : slice(plain[out::Y_h], 0, 0, plain[out::Y_h].shape()[0]),
                  "Y_h");
    } while (std::next_permutation(p.begin(), p.begin() + 3));
  }
}

TEST(RecurrentEvalDirections, TwoChunksWithCarriedStateAreTheWhole) {
  for (const char* op : {"RNN", "LSTM", "GRU"}) {
    for (bool reverse : {false, true}) {
      const auto layer = [&] { return random_layer(op, reverse ? "reverse" : "forward", {}, 7); };
      const Layer whole = layer();
      const auto all = whole.run();
      Layer first = layer(), second = layer();
      first.input(in::X) = slice(whole.input(in::X), 0, reverse ? 2 : 0, reverse ? 5 : 2);
      second.input(in::X) = slice(whole.input(in::X), 0, reverse ? 0 : 2, reverse ? 2 : 5);
      const auto a = first.run();
      second.input(in::initial_h) = Tensor(a[out::Y_h].view());
      if (whole.op == "LSTM") second.input(in::initial_c) = Tensor(a[out::Y_c].view());
      const auto b = second.run();
      expect_same(reverse ? concat(b[out::Y], a[out::Y], 0) : concat(a[out::Y], b[out::Y], 0), all[out::Y], "Y");
      for (std::size_t i = 1; i < b.size(); ++i) expect_same(b[i], all[i], "state");
    }
  }
}

TEST(RecurrentEvalDirections, ReverseIsForwardOfTheFlippedSequence) {
  for (const char* op : {"RNN", "LSTM", "GRU"}) {
    const Layer reverse = random_layer(op, "reverse", {}, 3);
    Layer forward = random_layer(op, "forward", {}, 3);
    forward.input(in::X) = flipped(forward.input(in::X), 0);
    const auto a = reverse.run(), b = forward.run();
    expect_same(a[out::Y], flipped(b[out::Y], 0), "Y");
    for (std::size_t i = 1; i < a.size(); ++i) expect_same(a[i], b[i], "state");
  }
}

TEST(RecurrentEvalDirections, BidirectionalIsForwardBesideReverse) {
  for (const char* op : {"RNN", "LSTM", "GRU"}) {
    Layer both = random_layer(op, "bidirectional", {}, 3);
    both.input(in::sequence_lens) = int32s(kLens);
    const auto result = both.run();
    for (std::int64_t d : {0, 1}) {
      Layer one = random_layer(op, "bidirectional", {}, 3);
      one.set("direction", std::string(d == 0 ? "forward" : "reverse"));
      one.input(in::sequence_lens) = int32s(kLens);
      for (std::size_t i = 1; i < one.inputs.size(); ++i)
        if (i != in::sequence_lens) one.input(i) = slice(both.input(i), 0, d, d + 1);
      const auto alone = one.run();
      expect_same(slice(result[out::Y], 1, d, d + 1), alone[out::Y], "Y");
      for (std::size_t i = 1; i < alone.size(); ++i) expect_same(slice(result[i], 0, d, d + 1), alone[i], "state");
    }
  }
}

TEST(RecurrentEvalDirections, EachDirectionHasItsOwnFunctions) {
  Layer both = random_layer("RNN", "bidirectional", {}, 3);
  both.set("activations", Names{"ThresholdedRelu", "Affine"});
  both.set("activation_alpha", Reals{1e30f, 1.0f});
  const auto result = both.run();
  for (double v : values_of(slice(result[out::Y], 1, 0, 1))) EXPECT_EQ(v, 0);
  for (double v : values_of(slice(result[out::Y], 1, 1, 2))) EXPECT_NE(v, 0);
}

TEST_P(RecurrentEval, BadLengthsAreNamed) {
  const auto refusal = [&](std::vector<std::int32_t> lens) {
    Layer l = layer();
    l.input(in::sequence_lens) = int32s(lens);
    try {
      l.run();
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::data);
      EXPECT_EQ(e.where().node, "layer");
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_THAT(refusal({5, 0, 6}), HasSubstr("sequence_lens[2]=6 > T=5"));
  EXPECT_THAT(refusal({-1, 0, 6}), HasSubstr("sequence_lens[0]=-1 < 0"));
  EXPECT_THAT(refusal({5, std::numeric_limits<std::int32_t>::min(), 5}), HasSubstr("sequence_lens[1]=-2147483648 < 0"));
}

TEST_P(RecurrentEval, AllocatesNothing) {
  Layer l = layer();
  l.input(in::sequence_lens) = int32s(kLens);
  l.set("activations", Names(l.input(in::R).shape()[0] * (l.op == "LSTM" ? 3 : l.op == "GRU" ? 2 : 1), "HardSigmoid"));
  const OpDef& def = *find_op("", l.op);
  Graph graph;
  std::vector<ValueId> ids;
  std::vector<TensorView> views;
  for (const Tensor& t : l.inputs) {
    views.push_back(t.view());
    ids.push_back(graph.add_input("in" + std::to_string(ids.size()), concrete_type(t.dtype(), t.shape())));
  }
  const Node& node = graph.node(graph.add_node(def, "layer", l.attributes, ids, {"Y"}));
  Tensor y(DType::float64, *concrete_dims(graph.value(node.outputs[0]).type));
  const std::vector<MutableTensorView> outputs{y.view()};
  std::vector<std::byte> scratch(def.scratch_bytes(node, views));
  const EvalContext ctx{node, views, outputs, scratch.data()};
  const std::size_t before = allocation_count();
  def.eval(ctx);
  EXPECT_EQ(allocation_count(), before);
}

TEST_P(RecurrentEval, FloatFollowsDouble) {
  Layer l = layer(), single = layer();
  l.input(in::sequence_lens) = int32s(kLens);
  single.input(in::sequence_lens) = int32s(kLens);
  for (std::size_t i = 0; i < l.inputs.size(); ++i) {
    if (i == in::sequence_lens) continue;
    Tensor t(DType::float32, l.input(i).shape());
    for (std::size_t k = 0; k < static_cast<std::size_t>(t.count()); ++k) {
      t.values<float>()[k] = static_cast<float>(l.input(i).values<double>()[k]);
      l.input(i).values<double>()[k] = static_cast<double>(t.values<float>()[k]);
    }
    single.input(i) = std::move(t);
  }
  const auto want = l.run(), got = single.run();
  for (std::size_t i = 0; i < want.size(); ++i)
    for (std::size_t k = 0; k < static_cast<std::size_t>(want[i].count()); ++k)
      EXPECT_NEAR(static_cast<double>(got[i].values<float>()[k]), want[i].values<double>()[k], 2e-6);
}

TEST_P(RecurrentEval, HugeNumbersSaturate) {
  Layer l = layer();
  for (double& v : l.input(in::W).values<double>()) v = std::copysign(1e300, v);
  for (double& v : l.input(in::X).values<double>()) v = std::copysign(1e30, v);
  if (l.op == "LSTM") std::erase_if(l.attributes, [](const Attribute& a) { return a.name == "clip"; });
  l.input(in::X) = doubles({1, 1, 2}, {1e30, 1e30});  // sums overflow to an infinity, and to NaN only for inf - inf
  for (double& v : l.input(in::W).values<double>()) v = std::abs(v);
  for (std::size_t i : {in::initial_h, in::initial_c})
    if (i < l.inputs.size()) l.input(i) = slice(l.input(i), 1, 0, 1);
  for (const Tensor& t : l.run())
    for (double v : values_of(t)) EXPECT_TRUE(std::isfinite(v));
}

struct Point {
  const char* name;
  double x, y;  // with default parameters
};
TEST(RecurrentActivation, DefaultsAndLimits) {
  const std::vector<Point> points{{"Relu", -2, 0},
                                  {"Relu", 3, 3},
                                  {"Relu", kInf, kInf},
                                  {"Tanh", 50, 1},
                                  {"Tanh", -kInf, -1},
                                  {"Sigmoid", 0, 0.5},
                                  {"Sigmoid", 1000, 1},
                                  {"Sigmoid", -1000, 0},
                                  {"Sigmoid", -kInf, 0},
                                  {"Sigmoid", -30, 9.3576229688392989e-14},
                                  {"Affine", 2.5, 2.5},
                                  {"LeakyRelu", -2, -0.02},
                                  {"LeakyRelu", 2, 2},
                                  {"ThresholdedRelu", 0.99, 0},
                                  {"ThresholdedRelu", 1, 1},
                                  {"ThresholdedRelu", -kInf, 0},
                                  {"ScaledTanh", 1, 0.76159415595576488812},
                                  {"HardSigmoid", 0, 0.5},
                                  {"HardSigmoid", 10, 1},
                                  {"HardSigmoid", -kInf, 0},
                                  {"Elu", 2, 2},
                                  {"Elu", -1, -0.63212055882855767840},
                                  {"Elu", -kInf, -1},
                                  {"Elu", -1e-20, -1e-20},
                                  {"Softsign", -3, -0.75},
                                  {"Softsign", kInf, 1},
                                  {"Softsign", -kInf, -1},
                                  {"Softsign", 1e308, 1},
                                  {"Softplus", 0, 0.69314718055994530942},
                                  {"Softplus", 1000, 1000},
                                  {"Softplus", -kInf, 0},
                                  {"Softplus", -40, 4.248354255291589e-18}};
  for (const Point& p : points) {
    const ops::ActivationDef* def = ops::find_activation(p.name);
    ASSERT_NE(def, nullptr) << p.name;
    const ops::Activation f{def->kind, def->alpha.value_or(0), def->beta.value_or(0)};
    EXPECT_DOUBLE_EQ(ops::apply(f, p.x), p.y) << p.name << " of " << p.x;
    EXPECT_FLOAT_EQ(ops::apply(f, static_cast<float>(p.x)), static_cast<float>(p.y)) << p.name << " of " << p.x;
  }
}

TEST(RecurrentActivation, ParametersAreUsed) {
  using ops::Activation;
  using enum ops::ActivationKind;
  EXPECT_EQ(ops::apply(Activation{affine, 2, 3}, 5.0), 13);
  EXPECT_EQ(ops::apply(Activation{leaky_relu, 0.5f, 0}, -4.0), -2);
  EXPECT_EQ(ops::apply(Activation{thresholded_relu, -2, 0}, -1.0), -1);
  EXPECT_EQ(ops::apply(Activation{scaled_tanh, 2, 0.5f}, 2.0), 2 * std::tanh(1.0));
  EXPECT_EQ(ops::apply(Activation{hard_sigmoid, 0.5f, 0.25f}, 1.0), 0.75);
  EXPECT_EQ(ops::apply(Activation{elu, 3, 0}, -kInf), -3);
}

TEST(RecurrentActivation, NanStaysNan) {
  EXPECT_EQ(ops::all_activations().size(), 11u);
  for (const ops::ActivationDef& def : ops::all_activations()) {
    EXPECT_TRUE(std::isnan(def.f64(kNaN, 1, 0))) << def.name;
    EXPECT_TRUE(std::isnan(def.f32(std::numeric_limits<float>::quiet_NaN(), 1, 0))) << def.name;
    EXPECT_EQ(ops::find_activation(def.name), &def);
  }
  EXPECT_EQ(ops::find_activation("Tanhh"), nullptr);
  EXPECT_EQ(ops::find_activation(""), nullptr);
}

TEST(RecurrentActivation, ClipLetsNanThrough) {
  Layer layer = linear_rnn();
  layer.set("clip", 5.0f);
  layer.input(in::X) = doubles({3, 1, 1}, {1, kNaN, 3});
  const auto y = values_of(layer.run()[out::Y]);
  EXPECT_EQ(y[0], 1.5);
  EXPECT_TRUE(std::isnan(y[1]) && std::isnan(y[2]));
}

}  // namespace
}  // namespace rondo::test
