// The gate lets ordinary single precision pass and stops everything worse.
#include "oracle/recurrent_gate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "oracle/recurrent_generator.h"
#include "oracle/recurrent_model.h"
#include "oracle/recurrent_parts.h"

namespace rondo::oracle {
namespace {

std::vector<Tensor> plain_arithmetic(const RecurrentCase& c) {
  return wanted_outputs(c, c.dtype == DType::float64 ? run_oracle_in<long double>(c) : run_oracle_in<float>(c));
}

TEST(RecurrentGate, PlainArithmeticPasses) {
  int chaotic = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const RecurrentCase c = draw(seed);
    const Verdict verdict = judge(c, plain_arithmetic(c));
    EXPECT_EQ(verdict.failure, "");
    chaotic += verdict.chaotic ? 1 : 0;
  }
  EXPECT_LT(chaotic, 10);
}

TEST(RecurrentGate, SingleStepsPassToo) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    for (const RecurrentCase& step : single_steps(draw(seed))) {
      EXPECT_EQ(judge(step, plain_arithmetic(step), Gate::step).failure, "");
    }
  }
}

RecurrentCase ordinary_case() {
  RecurrentCase c;
  c.T = 3;
  c.I = 2;
  c.H = 2;
  c.X = {0.5, -0.25, 1, 0.75, -0.5, 0.25};
  c.W = {0.5, -0.25, 0.125, 1};
  c.R = {0.25, 0.5, -0.5, 0.125};
  return c;
}

TEST(RecurrentGate, StopsWhatIsWrong) {
  const RecurrentCase c = ordinary_case();
  const std::vector<Tensor> right = wanted_outputs(c, run_oracle(c));
  EXPECT_EQ(judge(c, right).failure, "");
  for (const float wrong : {5e-6F, -5e-6F, 1.0F, NAN, INFINITY}) {
    std::vector<Tensor> outputs = wanted_outputs(c, run_oracle(c));
    outputs[0].values<float>()[3] += wrong;
    const Verdict verdict = judge(c, outputs);
    EXPECT_NE(verdict.failure, "") << wrong;
    EXPECT_GT(verdict.worst, 1) << wrong;
  }
  std::vector<Tensor> outputs = wanted_outputs(c, run_oracle(c));
  outputs.pop_back();
  EXPECT_NE(judge(c, outputs).failure, "");
  outputs.emplace_back(DType::float32, std::vector<std::int64_t>{1, 2, 1});
  EXPECT_NE(judge(c, outputs).failure, "");
}

TEST(RecurrentGate, StopsAHiddenNaNAndATouchedPadding) {
  RecurrentCase c = ordinary_case();
  c.initial_h = Values{NAN, 0};
  std::vector<Tensor> outputs = wanted_outputs(c, run_oracle(c));
  EXPECT_EQ(judge(c, outputs).failure, "");
  outputs[1].values<float>()[0] = 0;
  EXPECT_NE(judge(c, outputs).failure, "");
  c = ordinary_case();
  c.sequence_lens = {2};
  outputs = wanted_outputs(c, run_oracle(c));
  outputs[0].values<float>()[4] = 1e-20F;
  EXPECT_NE(judge(c, outputs).failure, "");
}

TEST(RecurrentGate, DeviationFollowsThePrecision) {
  const RecurrentCase c = ordinary_case();
  const RecurrentResult exact = run_oracle(c);
  const double single = deviation(c, exact, DType::float32);
  EXPECT_GT(single, 1e-9);
  EXPECT_LT(single, 1e-6);
  EXPECT_NEAR(deviation(c, exact, DType::float16) / single, 8192, 100);
  EXPECT_NEAR(deviation(c, exact, DType::float64) * 0x1p29 / single, 1, 0.01);
}

TEST(RecurrentGate, AJumpMakesACaseChaotic) {
  RecurrentCase c = ordinary_case();
  c.activations = {"ThresholdedRelu"};
  c.activation_alpha = {0.3125F + 1e-6F};  // the first argument is 0.5 0.5 + 0.25 0.25
  EXPECT_TRUE(tolerance(c, run_oracle(c)).chaotic);
  c.activation_alpha = {0.25F};
  EXPECT_FALSE(tolerance(c, run_oracle(c)).chaotic);
}

}  // namespace
}  // namespace rondo::oracle
