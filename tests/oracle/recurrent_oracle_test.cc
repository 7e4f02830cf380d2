// The oracle against numbers worked out by hand: one unit, one input, Relu gates, so that every value is exact.
#include "oracle/recurrent_oracle.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace rondo::oracle {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

RecurrentCase tiny_rnn() {
  RecurrentCase c;
  c.op = RecurrentOp::rnn;
  c.T = 2;
  c.activations = {"Relu"};
  c.X = {1, -1};
  c.W = {2};
  c.R = {3};
  c.B = Values{0.5, 0.25};
  c.initial_h = Values{1};
  return c;
}

RecurrentCase tiny_lstm() {
  RecurrentCase c;
  c.op = RecurrentOp::lstm;
  c.activations = {"Relu", "Relu", "Relu"};
  c.X = {1};
  c.W = {1, 2, 0.5, 1};  // i o f c
  c.R = {0.5, 1, 0.25, 0};
  c.B = Values{0, 1, 0.5, 1, 0.5, 0, 0, 1};
  c.P = Values{0.25, 0.5, 1};  // i o f
  c.initial_h = Values{2};
  c.initial_c = Values{4};
  return c;
}

RecurrentCase tiny_gru() {
  RecurrentCase c;
  c.op = RecurrentOp::gru;
  c.T = 2;
  c.activations = {"Relu", "Relu"};
  c.X = {0.5, -1};
  c.W = {0.5, 1, 2};  // z r h
  c.R = {0.25, 0.5, 1};
  c.B = Values{0, 1, 0.5, 0, 0, 1};
  c.initial_h = Values{1};
  return c;
}

TEST(RnnOracle, WalksForwardAndBackward) {
  RecurrentCase c = tiny_rnn();
  RecurrentResult r = run_oracle(c);
  EXPECT_EQ(r.Y, (Values{5.75, 16}));
  EXPECT_EQ(r.Y_h, (Values{16}));
  c.direction = Direction::reverse;
  r = run_oracle(c);
  EXPECT_EQ(r.Y, (Values{8, 1.75}));
  EXPECT_EQ(r.Y_h, (Values{8}));
}

TEST(RnnOracle, BidirectionalWalksBothWithWeightsOfTheirOwn) {
  RecurrentCase c = tiny_rnn();
  c.direction = Direction::bidirectional;
  c.activations = {"Relu", "Affine"};
  c.activation_alpha = {2};
  c.W = {2, 1};
  c.R = {3, 0.5};
  c.B = Values{0.5, 0.25, 0, 1};
  c.initial_h = Values{1, 2};
  // Backward: 2 (-1 + 0.5 2 + 1) = 2, then 2 (1 + 0.5 2 + 1) = 6.
  const RecurrentResult r = run_oracle(c);
  EXPECT_EQ(r.Y, (Values{5.75, 6, 16, 2}));
  EXPECT_EQ(r.Y_h, (Values{16, 6}));
}

TEST(RnnOracle, ReverseStartsAtTheLastValidStep) {
  RecurrentCase c = tiny_rnn();
  c.direction = Direction::reverse;
  c.sequence_lens = {1};
  c.X[1] = kNaN;
  const RecurrentResult r = run_oracle(c);
  EXPECT_EQ(r.Y, (Values{5.75, 0}));
  EXPECT_EQ(r.Y_h, (Values{5.75}));
}

TEST(RnnOracle, ClipBoundsTheArgument) {
  RecurrentCase c = tiny_rnn();
  c.clip = 4.0F;
  EXPECT_EQ(run_oracle(c).Y, (Values{4, 4}));
  c.activations = {"Affine"};
  c.activation_alpha = {2};
  EXPECT_EQ(run_oracle(c).Y, (Values{8, 8}));
  c.X[0] = kNaN;
  EXPECT_TRUE(std::isnan(run_oracle(c).Y[1]));
}

TEST(RnnOracle, DefaultIsTanh) {
  RecurrentCase c = tiny_rnn();
  c.T = 1;
  c.X = {0.125};
  c.activations.clear();
  c.initial_h.reset();
  EXPECT_DOUBLE_EQ(run_oracle(c).Y_h[0], 0.7615941559557649);  // tanh(2/8 + 3/4)
}

TEST(LstmOracle, PeepholesSeeTheOldCellAndTheOutputGateTheNew) {
  // i 3.5, f 5.5, candidate 3, C 5.5 4 + 3.5 3, o 2 + 2 + 16.25 + 1
  const RecurrentResult r = run_oracle(tiny_lstm());
  EXPECT_EQ(r.Y_c, (Values{32.5}));
  EXPECT_EQ(r.Y, (Values{690.625}));
  EXPECT_EQ(r.largest_cell, 32.5);
}

TEST(LstmOracle, ClipLeavesTheCellAlone) {
  RecurrentCase c = tiny_lstm();
  c.T = 2;
  c.X = {1, 2};
  c.clip = 3.0F;
  const RecurrentResult r = run_oracle(c);
  EXPECT_EQ(r.Y, (Values{63, 216}));
  EXPECT_EQ(r.Y_c, (Values{72}));
}

TEST(LstmOracle, InputForgetCouplesTheGates) {
  RecurrentCase c = tiny_lstm();
  c.input_forget = true;
  // f -2.5, C -10 + 10.5, o 5.25
  const RecurrentResult r = run_oracle(c);
  EXPECT_EQ(r.Y_c, (Values{0.5}));
  EXPECT_EQ(r.Y, (Values{2.625}));
}

TEST(LstmOracle, AbsentInputsAreZero) {
  RecurrentCase c = tiny_lstm();
  c.P.reset();
  c.B.reset();
  c.initial_h.reset();
  c.initial_c.reset();
  // i 1, candidate 1, C 1, o 2
  EXPECT_EQ(run_oracle(c).Y, (Values{2}));
}

TEST(GruOracle, ResetsTheStateBeforeTheProduct) { EXPECT_EQ(run_oracle(tiny_gru()).Y, (Values{2.75, 3.181640625})); }

TEST(GruOracle, LinearBeforeResetScalesProductAndBias) {
  RecurrentCase c = tiny_gru();
  c.linear_before_reset = true;
  EXPECT_EQ(run_oracle(c).Y, (Values{3.25, 4.732421875}));
}

TEST(OracleEdges, LengthZeroPassesTheStatesThrough) {
  for (const Direction direction : {Direction::forward, Direction::reverse}) {
    RecurrentCase c = tiny_lstm();
    c.direction = direction;
    c.sequence_lens = {0};
    c.X = {kNaN};
    const RecurrentResult r = run_oracle(c);
    EXPECT_EQ(r.Y, (Values{0}));
    EXPECT_EQ(r.Y_h, (Values{2}));
    EXPECT_EQ(r.Y_c, (Values{4}));
  }
}

TEST(OracleEdges, NoStepsAndNoRows) {
  RecurrentCase c = tiny_rnn();
  c.T = 0;
  c.X.clear();
  EXPECT_TRUE(run_oracle(c).Y.empty());
  EXPECT_EQ(run_oracle(c).Y_h, (Values{1}));
  c.N = 0;
  c.initial_h->clear();
  EXPECT_TRUE(run_oracle(c).Y_h.empty());
}

TEST(OracleEdges, NoInputFeatures) {
  RecurrentCase c = tiny_rnn();
  c.I = 0;
  c.X.clear();
  c.W.clear();
  EXPECT_EQ(run_oracle(c).Y, (Values{3.75, 12}));
}

TEST(OracleEdges, RowsDoNotTouchEachOther) {
  RecurrentCase c = tiny_rnn();
  c.N = 2;
  c.X = {1, kNaN, -1, 0};
  c.initial_h = Values{1, 1};
  const RecurrentResult r = run_oracle(c);
  EXPECT_EQ(r.Y[0], 5.75);
  EXPECT_EQ(r.Y[2], 16);
  EXPECT_TRUE(std::isnan(r.Y[1]));
  EXPECT_TRUE(std::isnan(r.Y_h[1]));
}

TEST(OracleEdges, WhatIsNoOperatorIsRefused) {
  const auto refused = [](auto change) {
    RecurrentCase c = tiny_lstm();
    change(c);
    EXPECT_THROW(run_oracle(c), std::invalid_argument);
  };
  refused([](RecurrentCase& c) { c.sequence_lens = {-1}; });
  refused([](RecurrentCase& c) { c.sequence_lens = {2}; });
  refused([](RecurrentCase& c) { c.sequence_lens = {1, 1}; });
  refused([](RecurrentCase& c) { c.clip = 0.0F; });
  refused([](RecurrentCase& c) { c.clip = std::numeric_limits<float>::quiet_NaN(); });
  refused([](RecurrentCase& c) { c.layout = 2; });
  refused([](RecurrentCase& c) { c.W.pop_back(); });
  refused([](RecurrentCase& c) { c.B->pop_back(); });
  refused([](RecurrentCase& c) { c.direction = Direction::bidirectional; });
  refused([](RecurrentCase& c) { c.activations = {"Relu", "Relu", "Gelu"}; });
}

}  // namespace
}  // namespace rondo::oracle
