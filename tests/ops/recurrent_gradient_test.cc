// The scalar references of RNNGradient, LSTMGradient and GRUGradient in double: against finite differences of the
// layers, and properties that hold whatever the numbers are.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/recurrent_gradient.h"
#include "recurrent_layer.h"

namespace rondo::test {
namespace {

namespace in = ops::recurrent_input;
namespace grad_in = ops::recurrent_gradient_input;
namespace grad_out = ops::recurrent_gradient_output;
using Names = std::vector<std::string>;
using Reals = std::vector<float>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool there(const Tensor& t) { return t.dtype() != DType::undefined; }
bool has(const Layer& layer, std::size_t i) { return i < layer.inputs.size() && there(layer.inputs[i]); }
Tensor copy(const Tensor& t) { return there(t) ? Tensor(t.view()) : Tensor(); }

// A layer, and what a loss has as gradients by its outputs.
struct Case {
  Layer layer;
  std::vector<Tensor> cotangents;

  std::size_t workspace() const { return layer.op == "LSTM" ? 3 : 2; }

  // The sum of <cotangent, output>.
  double loss() const {
    const std::vector<Tensor> outputs = layer.run();
    double sum = 0;
    for (std::size_t i = 0; i < cotangents.size(); ++i)
      for (std::size_t k = 0; there(cotangents[i]) && k < cotangents[i].values<double>().size(); ++k)
        sum += cotangents[i].values<double>()[k] * outputs[i].values<double>()[k];
    return sum;
  }

  // By input of the layer; absent inputs have a default Tensor.
  std::vector<Tensor> gradients() const {
    Layer forward = copy_of(layer);
    forward.outputs.assign(workspace() + 1, true);
    Layer backward{layer.op + "Gradient", layer.attributes, {}, {}, "rondo"};
    for (const Tensor& t : layer.inputs) backward.inputs.push_back(copy(t));
    backward.inputs.resize(grad_in::count);
    backward.inputs[grad_in::workspace] = std::move(forward.run()[workspace()]);
    for (std::size_t i = 0; i < cotangents.size(); ++i) backward.inputs[grad_in::grad_Y + i] = copy(cotangents[i]);
    for (const std::size_t input : ops::kGradientOf) backward.outputs.push_back(has(layer, input));
    std::vector<Tensor> by_output = backward.run(), by_input(in::count);
    for (std::size_t i = 0; i < grad_out::count; ++i) by_input[ops::kGradientOf[i]] = std::move(by_output[i]);
    return by_input;
  }

  static Layer copy_of(const Layer& layer) {
    Layer made{layer.op, layer.attributes, {}, layer.outputs, layer.domain};
    for (const Tensor& t : layer.inputs) made.inputs.push_back(copy(t));
    return made;
  }
};

Case case_of(Layer layer, std::uint64_t seed = 5) {
  Case c{std::move(layer), {}};
  Numbers numbers(seed);
  for (const Tensor& y : c.layer.run()) c.cotangents.push_back(random_tensor(y.shape(), numbers));
  return c;
}

// |got - differences| / |differences| over one input, differences being central.
double error_by_differences(Case& c, std::size_t input, const Tensor& got) {
  constexpr double kStep = 1e-5;
  double difference = 0, size = 0;
  for (std::size_t k = 0; k < got.values<double>().size(); ++k) {
    double& x = c.layer.inputs[input].values<double>()[k];
    const double at = x;
    x = at + kStep;
    const double above = c.loss();
    x = at - kStep;
    const double slope = (above - c.loss()) / (2 * kStep);
    x = at;
    difference += (got.values<double>()[k] - slope) * (got.values<double>()[k] - slope);
    size += slope * slope;
  }
  return difference == 0 ? 0 : std::sqrt(difference / size);
}

void expect_is_the_slope(Case c) {
  const std::vector<Tensor> got = c.gradients();
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (!there(got[i])) continue;
    ASSERT_EQ(got[i].shape(), c.layer.inputs[i].shape()) << "input " << i;
    EXPECT_LT(error_by_differences(c, i, got[i]), 1e-6) << "input " << i;
  }
}

struct Combination {
  const char* op;
  const char* direction;
};
class RecurrentGradient : public testing::TestWithParam<Combination> {
 protected:
  Layer layer(Sizes sizes = {4, 3, 2, 3}, std::uint64_t seed = 7) const {
    return random_layer(GetParam().op, GetParam().direction, sizes, seed);
  }
  bool is_lstm() const { return std::string(GetParam().op) == "LSTM"; }
  std::size_t functions() const {
    const std::size_t one = is_lstm() ? 3 : std::string(GetParam().op) == "GRU" ? 2 : 1;
    return std::string(GetParam().direction) == "bidirectional" ? 2 * one : one;
  }
};
INSTANTIATE_TEST_SUITE_P(All, RecurrentGradient,
                         testing::Values(Combination{"RNN", "forward"}, Combination{"RNN", "reverse"},
                                         Combination{"RNN", "bidirectional"}, Combination{"LSTM", "forward"},
                                         Combination{"LSTM", "reverse"}, Combination{"LSTM", "bidirectional"},
                                         Combination{"GRU", "forward"}, Combination{"GRU", "reverse"},
                                         Combination{"GRU", "bidirectional"}),
                         [](const auto& i) { return std::string(i.param.op) + "_" + i.param.direction; });

const std::vector<std::int32_t> kLens{4, 0, 2};

TEST_P(RecurrentGradient, IsTheSlopeOfTheLayer) { expect_is_the_slope(case_of(layer())); }

TEST_P(RecurrentGradient, WithLengths) {
  Layer l = layer();
  l.input(in::sequence_lens) = int32s(kLens);
  expect_is_the_slope(case_of(std::move(l)));
}

TEST_P(RecurrentGradient, OfEveryFunction) {
  for (const ops::ActivationDef& def : ops::all_activations()) {
    SCOPED_TRACE(def.name);
    Layer l = layer();
    l.set("activations", Names(functions(), std::string(def.name)));
    if (def.alpha) l.set("activation_alpha", Reals(functions(), 0.75f));
    if (def.beta) l.set("activation_beta", Reals(functions(), 0.5f));
    // The threshold is a jump, which no difference may cross.
    if (def.kind == ops::ActivationKind::thresholded_relu) l.set("activation_alpha", Reals(functions(), 0.0f));
    expect_is_the_slope(case_of(std::move(l)));
  }
}

TEST_P(RecurrentGradient, WithClip) {
  Layer l = layer();
  l.set("clip", 0.6f);
  expect_is_the_slope(case_of(std::move(l)));
}

TEST_P(RecurrentGradient, WithTheFlagOfItsCell) {
  if (std::string(GetParam().op) == "RNN") return;
  Layer l = layer();
  l.set(is_lstm() ? "input_forget" : "linear_before_reset", std::int64_t{1});
  l.input(in::sequence_lens) = int32s(kLens);
  expect_is_the_slope(case_of(std::move(l)));
}

TEST_P(RecurrentGradient, WithoutOptionalInputs) {
  Layer l = layer();
  l.inputs.resize(in::B);
  expect_is_the_slope(case_of(std::move(l)));
}

TEST_P(RecurrentGradient, OfOneOutputAlone) {
  const Case whole = case_of(layer());
  for (std::size_t i = 0; i < whole.cotangents.size(); ++i) {
    Case c{Case::copy_of(whole.layer), {}};
    c.cotangents.resize(whole.cotangents.size());
    c.cotangents[i] = copy(whole.cotangents[i]);
    expect_is_the_slope(std::move(c));
  }
}

TEST_P(RecurrentGradient, InTheOtherLayout) {
  Layer l = layer();
  l.set("layout", std::int64_t{1});
  for (const std::size_t i : {in::X + 0, in::initial_h + 0, in::initial_c + 0})
    if (has(l, i)) l.input(i) = transposed(l.input(i), {1, 0, 2});
  l.input(in::sequence_lens) = int32s(kLens);
  expect_is_the_slope(case_of(std::move(l)));
}

TEST_P(RecurrentGradient, WithStoredOrdersOfAxes) {
  Layer l = layer();
  l.set("x_perm", std::vector<std::int64_t>{1, 0, 2});
  l.set("y_perm", std::vector<std::int64_t>{2, 0, 1, 3});
  l.input(in::X) = transposed(l.input(in::X), {1, 0, 2});
  expect_is_the_slope(case_of(std::move(l)));
}

TEST_P(RecurrentGradient, WhatStandsInThePaddingReachesNothing) {
  Layer l = layer();
  l.input(in::sequence_lens) = int32s(kLens);
  const Case clean = case_of(std::move(l));
  Case spoilt{Case::copy_of(clean.layer), {}};
  for (const Tensor& t : clean.cotangents) spoilt.cotangents.push_back(copy(t));
  const std::int64_t D = spoilt.cotangents[0].shape()[1];
  for (std::int64_t t = 0; t < 4; ++t)
    for (std::int64_t n = 0; n < 3; ++n) {
      if (t < kLens[static_cast<std::size_t>(n)]) continue;
      for (std::int64_t i = 0; i < 2; ++i) spoilt.layer.input(in::X).values<double>()[(t * 3 + n) * 2 + i] = kNaN;
      for (std::int64_t d = 0; d < D; ++d)
        for (std::int64_t j = 0; j < 3; ++j)
          spoilt.cotangents[0].values<double>()[static_cast<std::size_t>(((t * D + d) * 3 + n) * 3 + j)] = kNaN;
    }
  const auto expected = clean.gradients(), got = spoilt.gradients();
  for (std::size_t i = 0; i < got.size(); ++i)
    if (there(got[i])) {
      EXPECT_EQ(values_of(got[i]), values_of(expected[i])) << "input " << i;
    }
  for (std::size_t t = 0; t < 4; ++t)
    for (std::size_t n = 0; n < 3; ++n)
      for (std::size_t i = 0; i < 2; ++i)
        if (static_cast<std::int32_t>(t) >= kLens[n]) {
          EXPECT_EQ(got[in::X].values<double>()[(t * 3 + n) * 2 + i], 0);
        }
}

TEST_P(RecurrentGradient, LengthZeroHandsTheGradientOfTheStateThrough) {
  Layer l = layer();
  l.input(in::sequence_lens) = int32s({0, 0, 0});
  const Case c = case_of(std::move(l));
  const auto got = c.gradients();
  EXPECT_EQ(values_of(got[in::initial_h]), values_of(c.cotangents[1]));
  if (is_lstm()) {
    EXPECT_EQ(values_of(got[in::initial_c]), values_of(c.cotangents[2]));
  }
  for (const std::size_t i : {in::X + 0, in::W + 0, in::R + 0, in::B + 0})
    EXPECT_THAT(values_of(got[i]), testing::Each(0.0)) << i;
}

TEST_P(RecurrentGradient, EmptySequencesAndBatches) {
  for (const Sizes sizes : {Sizes{0, 3, 2, 3}, Sizes{4, 0, 2, 3}, Sizes{4, 3, 0, 3}}) {
    const Case c = case_of(layer(sizes));
    const auto got = c.gradients();
    EXPECT_EQ(got[in::X].shape(), c.layer.input(in::X).shape());
    if (sizes.T == 0) {
      EXPECT_EQ(values_of(got[in::initial_h]), values_of(c.cotangents[1]));
    }
    if (sizes.I > 0) {
      EXPECT_THAT(values_of(got[in::R]), testing::Each(0.0));
    }
  }
}

Tensor narrowed(const Tensor& t) {
  if (t.dtype() != DType::float64) return copy(t);
  Tensor narrow(DType::float32, t.shape());
  std::ranges::transform(t.values<double>(), narrow.values<float>().begin(),
                         [](double v) { return static_cast<float>(v); });
  return narrow;
}
Tensor widened(const Tensor& t) {
  if (t.dtype() != DType::float32) return copy(t);
  Tensor wide(DType::float64, t.shape());
  std::ranges::copy(t.values<float>(), wide.values<double>().begin());
  return wide;
}

// A float layer of so few units is computed in double and rounded at the end.
TEST_P(RecurrentGradient, OfTheSmallestLayersIsRoundedOnce) {
  for (const std::int64_t H : {1, 2}) {
    Layer l = layer({4, 3, 2, H});
    l.input(in::sequence_lens) = int32s(kLens);
    const Case numbers = case_of(std::move(l));
    Case narrow{{numbers.layer.op, numbers.layer.attributes, {}}, {}},
        wide{{numbers.layer.op, numbers.layer.attributes, {}}, {}};
    for (const Tensor& t : numbers.layer.inputs) {
      narrow.layer.inputs.push_back(narrowed(t));
      wide.layer.inputs.push_back(widened(narrow.layer.inputs.back()));
    }
    for (const Tensor& t : numbers.cotangents) {
      narrow.cotangents.push_back(narrowed(t));
      wide.cotangents.push_back(widened(narrow.cotangents.back()));
    }
    const auto got = narrow.gradients(), exact = wide.gradients();
    for (std::size_t i = 0; i < got.size(); ++i)
      if (there(got[i])) {
        EXPECT_TRUE(identical(got[i].view(), narrowed(exact[i]).view())) << "input " << i;
      }
  }
}

// What a row's own gradients are does not depend on the other rows.
TEST_P(RecurrentGradient, ARowIsWhatItIsAlone) {
  const Case whole = case_of(layer());
  const auto all = whole.gradients();
  for (std::int64_t n = 0; n < 3; ++n) {
    Case row{Case::copy_of(whole.layer), {}};
    for (const std::size_t i : {in::X + 0, in::initial_h + 0, in::initial_c + 0})
      if (has(row.layer, i)) row.layer.input(i) = slice(row.layer.input(i), 1, n, n + 1);
    for (std::size_t i = 0; i < whole.cotangents.size(); ++i)
      row.cotangents.push_back(slice(whole.cotangents[i], i == 0 ? 2 : 1, n, n + 1));
    const auto alone = row.gradients();
    for (const std::size_t i : {in::X + 0, in::initial_h + 0, in::initial_c + 0})
      if (there(alone[i])) {
        EXPECT_EQ(values_of(alone[i]), values_of(slice(all[i], 1, n, n + 1))) << i;
      }
  }
}

}  // namespace
}  // namespace rondo::test
