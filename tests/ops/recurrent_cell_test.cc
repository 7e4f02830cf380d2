// The cells of RNN, LSTM and GRU in the scalar reference, computed by hand, and the table of their functions.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "recurrent_layer.h"

namespace rondo::test {
namespace {

namespace in = ops::recurrent_input;
namespace out = ops::recurrent_output;
using Names = std::vector<std::string>;
using testing::DoubleEq;
using testing::ElementsAre;
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
