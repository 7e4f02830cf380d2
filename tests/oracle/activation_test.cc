#include "oracle/activation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace rondo::oracle {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double value_of(const char* name, double alpha, double beta, double x) {
  return apply(Activation{activation_from_name(name), alpha, beta}, x);
}

TEST(Activation, FollowsTheFormula) {
  EXPECT_EQ(value_of("Relu", 0, 0, -2), 0);
  EXPECT_EQ(value_of("Relu", 0, 0, 3), 3);
  EXPECT_DOUBLE_EQ(value_of("Tanh", 0, 0, 0.5), 0.46211715726000976);
  EXPECT_DOUBLE_EQ(value_of("Sigmoid", 0, 0, 2), 0.8807970779778823);
  EXPECT_EQ(value_of("Affine", 2, 0.5, 3), 6.5);
  EXPECT_EQ(value_of("LeakyRelu", 0.25, 0, -2), -0.5);
  EXPECT_EQ(value_of("ThresholdedRelu", 1.5, 0, 1.5), 1.5);
  EXPECT_EQ(value_of("ThresholdedRelu", 1.5, 0, 1.25), 0);
  EXPECT_DOUBLE_EQ(value_of("ScaledTanh", 2, 0.25, 2), 2 * 0.46211715726000976);
  EXPECT_EQ(value_of("HardSigmoid", 0.25, 0.5, 1), 0.75);
  EXPECT_EQ(value_of("HardSigmoid", 0.25, 0.5, 3), 1);
  EXPECT_EQ(value_of("HardSigmoid", 0.25, 0.5, -3), 0);
  EXPECT_DOUBLE_EQ(value_of("Elu", 2, 0, -1), -1.2642411176571153);
  EXPECT_EQ(value_of("Softsign", 0, 0, -3), -0.75);
  EXPECT_DOUBLE_EQ(value_of("Softplus", 0, 0, 1), 1.3132616875182228);
}

TEST(Activation, KeepsNaNAndReachesItsLimits) {
  for (const ActivationInfo& info : kActivations) {
    EXPECT_TRUE(std::isnan(value_of(info.name.data(), 1, 1, kNaN))) << info.name;
    EXPECT_FALSE(std::isnan(value_of(info.name.data(), 1, 1, kInfinity))) << info.name;
    EXPECT_FALSE(std::isnan(value_of(info.name.data(), 1, 1, -kInfinity))) << info.name;
    EXPECT_FALSE(std::isnan(value_of(info.name.data(), 1, 1, -1000))) << info.name;
    EXPECT_EQ(std::isfinite(value_of(info.name.data(), 1, 1, kInfinity)), info.bounded) << info.name;
  }
  EXPECT_EQ(value_of("Softsign", 0, 0, -kInfinity), -1);
  EXPECT_EQ(value_of("Softplus", 0, 0, 1e6), 1e6);
  EXPECT_EQ(value_of("Elu", 0.5, 0, -kInfinity), -0.5);
}

TEST(Activation, NamesCompareWithoutCase) {
  EXPECT_EQ(activation_from_name("hArDsIgMoId"), ActivationKind::hard_sigmoid);
  EXPECT_THROW(activation_from_name("Gelu"), std::invalid_argument);
  EXPECT_THROW(activation_from_name(""), std::invalid_argument);
}

RecurrentCase with_activations(RecurrentOp op, Direction direction, std::vector<std::string> names) {
  RecurrentCase c;
  c.op = op;
  c.direction = direction;
  c.activations = std::move(names);
  return c;
}

TEST(ActivationLists, DefaultsAreTheSpecifications) {
  const auto lstm = activations_of(with_activations(RecurrentOp::lstm, Direction::bidirectional, {}));
  ASSERT_EQ(lstm.size(), 6U);
  EXPECT_EQ(lstm[3].kind, ActivationKind::sigmoid);
  EXPECT_EQ(lstm[5].kind, ActivationKind::tanh);
  EXPECT_EQ(activations_of(with_activations(RecurrentOp::rnn, Direction::forward, {})).size(), 1U);
  EXPECT_EQ(activations_of(with_activations(RecurrentOp::rnn, Direction::reverse, {"Tanh", "Tanh"})).size(), 1U);
  const auto gru = activations_of(with_activations(RecurrentOp::gru, Direction::forward, {"HardSigmoid", "LeakyRelu"}));
  EXPECT_EQ(gru[0].alpha, 0.2);
  EXPECT_EQ(gru[0].beta, 0.5);
  EXPECT_EQ(gru[1].alpha, 0.01);
}

TEST(ActivationLists, ParametersAreReadOneToOneOrPacked) {
  auto c = with_activations(RecurrentOp::lstm, Direction::forward, {"Tanh", "ScaledTanh", "LeakyRelu"});
  c.activation_alpha = {9, 2, 3};
  c.activation_beta = {4};
  auto functions = activations_of(c);
  EXPECT_EQ(functions[1].alpha, 2);
  EXPECT_EQ(functions[2].alpha, 3);
  EXPECT_EQ(functions[1].beta, 4);
  c.activation_alpha = {2, 3};
  functions = activations_of(c);
  EXPECT_EQ(functions[1].alpha, 2);
  EXPECT_EQ(functions[2].alpha, 3);
}

TEST(ActivationLists, OtherLengthsAreErrors) {
  auto c = with_activations(RecurrentOp::lstm, Direction::forward, {"Tanh", "ScaledTanh", "LeakyRelu"});
  c.activation_alpha = {2};
  EXPECT_THROW(activations_of(c), std::invalid_argument);
  c.activation_alpha = {1, 2, 3, 4};
  EXPECT_THROW(activations_of(c), std::invalid_argument);
  EXPECT_THROW(activations_of(with_activations(RecurrentOp::gru, Direction::forward, {"Tanh"})), std::invalid_argument);
  EXPECT_THROW(activations_of(with_activations(RecurrentOp::rnn, Direction::forward, {"Relu", "Relu"})),
               std::invalid_argument);
}

}  // namespace
}  // namespace rondo::oracle
