// The scalar reference of RNN, LSTM and GRU against the float64 oracle, which shares no code with it, on drawn cases.
#include <gtest/gtest.h>

#include "oracle/recurrent_gate.h"
#include "oracle/recurrent_generator.h"
#include "oracle/recurrent_parts.h"
#include "oracle/tensor_values.h"
#include "recurrent_layer.h"

namespace rondo::test {
namespace {

namespace in = ops::recurrent_input;
using oracle::RecurrentCase;

constexpr std::uint64_t kCases = 2000;

Layer layer_of(const RecurrentCase& c) {
  const std::int64_t D = c.D(), G = c.G(), H = c.H;
  Layer layer{oracle::name_of(c.op), {}, {}};
  const auto put = [&](std::size_t i, Shape64 shape, const std::optional<oracle::Values>& values) {
    if (values) layer.input(i) = oracle::to_tensor(c.dtype, std::move(shape), *values);
  };
  put(in::X, c.x_shape(), c.X);
  put(in::W, {D, G * H, c.I}, c.W);
  put(in::R, {D, G * H, H}, c.R);
  put(in::B, {D, 2 * G * H}, c.B);
  put(in::initial_h, c.state_shape(), c.initial_h);
  put(in::initial_c, c.state_shape(), c.initial_c);
  put(in::P, {D, 3 * H}, c.P);
  if (c.sequence_lens) layer.input(in::sequence_lens) = oracle::to_tensor(*c.sequence_lens);

  layer.set("direction", oracle::name_of(c.direction));
  layer.set("layout", c.layout);
  if (c.form.write_hidden_size) layer.set("hidden_size", H);
  if (!c.activations.empty()) layer.set("activations", c.activations);
  if (!c.activation_alpha.empty()) layer.set("activation_alpha", c.activation_alpha);
  if (!c.activation_beta.empty()) layer.set("activation_beta", c.activation_beta);
  if (c.clip) layer.set("clip", *c.clip);
  if (c.op == oracle::RecurrentOp::lstm) layer.set("input_forget", std::int64_t{c.input_forget});
  if (c.op == oracle::RecurrentOp::gru) layer.set("linear_before_reset", std::int64_t{c.linear_before_reset});
  layer.outputs = {c.wants_y, c.wants_y_h};
  if (c.op == oracle::RecurrentOp::lstm) layer.outputs.push_back(c.wants_y_c);
  return layer;
}

oracle::Verdict verdict_of(const RecurrentCase& c, oracle::Gate gate) {
  std::vector<Tensor> wanted;
  for (Tensor& t : layer_of(c).run())
    if (t.dtype() != DType::undefined) wanted.push_back(std::move(t));
  return oracle::judge(c, wanted, gate);
}

struct Tally {
  int compared = 0;
  double worst = 0;
};

// A case in which rounding grows without bound is compared one step at a time.
void expect_right(const RecurrentCase& c, Tally& tally) {
  const oracle::Verdict verdict = verdict_of(c, oracle::Gate::run);
  EXPECT_EQ(verdict.failure, "");
  tally.worst = std::max(tally.worst, verdict.worst);
  ++tally.compared;
  if (!verdict.chaotic) return;
  for (const RecurrentCase& step : oracle::single_steps(c))
    EXPECT_EQ(verdict_of(step, oracle::Gate::step).failure, "") << "a step of " << describe(c);
}

TEST(RecurrentOracle, DoubleAgrees) {
  Tally tally;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    RecurrentCase c = oracle::draw(seed);
    c.dtype = DType::float64;  // holds the values of every type
    expect_right(c, tally);
  }
  RecordProperty("worst", std::to_string(tally.worst));
  EXPECT_EQ(tally.compared, static_cast<int>(kCases));
}

TEST(RecurrentOracle, FloatAgrees) {
  Tally tally;
  for (std::uint64_t seed = 0; static_cast<std::uint64_t>(tally.compared) < kCases; ++seed) {
    RecurrentCase c = oracle::draw(seed);
    if (c.dtype == DType::float64) continue;
    c.dtype = DType::float32;  // halves are widened before they get here
    expect_right(c, tally);
  }
  RecordProperty("worst", std::to_string(tally.worst));
}

}  // namespace
}  // namespace rondo::test
