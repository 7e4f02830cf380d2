#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <immintrin.h>

#include "backends/onednn/onednn.h"
#include "ops/recurrent.h"
#include "step_case.h"

namespace rondo::test {
namespace {

using ::testing::HasSubstr;
namespace in = ops::recurrent_input;

// A layer of float32 steps against float64 ones.
constexpr double kAbsolute = 5e-6;

struct Layer {
  std::string op = "LSTM";
  std::string direction = "forward";
  std::int64_t T = 5, N = 3, I = 2, H = 4;
  bool bias = true, states = true, peephole = false;
  std::int64_t layout = 0;
};
void PrintTo(const Layer& l, std::ostream* out) {
  *out << l.op << ' ' << l.direction << " T=" << l.T << " N=" << l.N << " I=" << l.I << " H=" << l.H
       << " bias=" << l.bias << " states=" << l.states << " peephole=" << l.peephole << " layout=" << l.layout;
}

StepCase case_of(const Layer& l) {
  const bool lstm = l.op == "LSTM";
  const std::int64_t D = l.direction == "bidirectional" ? 2 : 1;
  const std::int64_t G = lstm ? 4 : l.op == "GRU" ? 3 : 1;
  const Shape64 state = l.layout == 0 ? Shape64{D, l.N, l.H} : Shape64{l.N, D, l.H};
  StepCase c{.candidates = onednn_candidates, .op = l.op};
  c.attributes = {{"direction", l.direction}, {"hidden_size", l.H}, {"layout", l.layout}};
  c.inputs.push_back(random_floats(l.layout == 0 ? Shape64{l.T, l.N, l.I} : Shape64{l.N, l.T, l.I}, 1));
  c.inputs.push_back(random_floats({D, G * l.H, l.I}, 2, 0.5f));
  c.inputs.push_back(random_floats({D, G * l.H, l.H}, 3, 0.3f));
  c.inputs.push_back(l.bias ? random_floats({D, 2 * G * l.H}, 4) : Tensor());
  c.inputs.emplace_back();
  c.inputs.push_back(l.states ? random_floats(state, 5) : Tensor());
  if (lstm) c.inputs.push_back(l.states ? random_floats(state, 6) : Tensor());
  if (lstm) c.inputs.push_back(l.peephole ? random_floats({D, 3 * l.H}, 7) : Tensor());
  c.constant = {false, true, true, true, false, false, false, true};
  c.wanted = lstm ? std::vector<bool>{true, true, true} : std::vector<bool>{true, true};
  return c;
}

void set(StepCase& c, std::string name, AttrValue value) {
  c.attributes.push_back({std::move(name), std::move(value)});
}

class OnednnRecurrent : public ::testing::TestWithParam<Layer> {};

TEST_P(OnednnRecurrent, MatchesTheReference) { expect_matches_reference(case_of(GetParam()), kAbsolute, 0); }

TEST_P(OnednnRecurrent, HasTheSameBitsOnAnyNumberOfThreads) {
  const StepCase c = case_of(GetParam());
  const std::vector<Tensor> one = c.run();
  EXPECT_EQ(different_bits(one, c.run_with_threads(2)), 0);
  EXPECT_EQ(different_bits(one, c.run_with_threads(4)), 0);
}

std::vector<Layer> layers() {
  std::vector<Layer> all;
  for (const char* op : {"LSTM", "RNN"}) {
    for (const char* direction : {"forward", "reverse", "bidirectional"}) {
      for (const std::int64_t layout : {0, 1}) {
        all.push_back({op, direction, 5, 3, 2, 4, true, true, false, layout});
        all.push_back({op, direction, 1, 1, 1, 1, true, false, false, layout});
        all.push_back({op, direction, 7, 35, 17, 23, false, true, false, layout});  // cut into unequal pieces
        all.push_back({op, direction, 3, 16, 33, 65, true, false, false, layout});
        all.push_back({op, direction, 4, 2, 300, 129, false, false, false, layout});
      }
    }
  }
  for (const char* direction : {"forward", "reverse", "bidirectional"}) {
    all.push_back({"LSTM", direction, 6, 19, 5, 31, true, true, true, 0});
    all.push_back({"LSTM", direction, 2, 3, 7, 16, false, false, true, 1});
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(Layers, OnednnRecurrent, ::testing::ValuesIn(layers()));

TEST(OnednnRecurrentParts, EveryChoiceOfOutputsAndStates) {
  for (int bits = 1; bits < 32; ++bits) {
    StepCase c = case_of({.direction = "bidirectional", .N = 17});
    c.wanted = {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
    if ((bits & 7) == 0) continue;
    if (bits & 8) c.inputs[in::initial_h] = Tensor();
    if (bits & 16) c.inputs[in::initial_c] = Tensor();
    expect_matches_reference(c, kAbsolute, 0);
  }
}

TEST(OnednnRecurrentParts, RnnActivations) {
  for (const char* name : {"Tanh", "Relu", "sigmoid"}) {
    StepCase c = case_of({.op = "RNN", .direction = "bidirectional"});
    set(c, "activations", std::vector<std::string>{name, "Tanh"});
    expect_matches_reference(c, kAbsolute, 1e-6);
  }
}

TEST(OnednnRecurrentParts, RefusesWithAReason) {
  const auto reason = [](const Layer& layer, auto&& change) {
    StepCase c = case_of(layer);
    change(c);
    return c.refusal();
  };
  const Layer lstm;
  const Layer rnn{.op = "RNN"};
  EXPECT_EQ(reason(lstm, [](StepCase&) {}), "");
  EXPECT_EQ(reason(lstm, [](StepCase& c) { set(c, "clip", 3.0f); }), "clip is given");
  EXPECT_EQ(reason(lstm, [](StepCase& c) { set(c, "input_forget", std::int64_t{1}); }), "input_forget is 1");
  EXPECT_EQ(reason(lstm,
                   [](StepCase& c) {
                     set(c, "activations", std::vector<std::string>{"Tanh", "Tanh", "Tanh"});
                   }),
            "activations are not Sigmoid, Tanh, Tanh");
  EXPECT_EQ(reason(rnn, [](StepCase& c) { set(c, "activations", std::vector<std::string>{"Elu"}); }), "activation Elu");
  EXPECT_EQ(reason(lstm, [](StepCase& c) { c.constant[in::W] = false; }), "W is not constant");
  EXPECT_EQ(reason(lstm, [](StepCase& c) { c.constant[in::R] = false; }), "R is not constant");
  EXPECT_EQ(reason(rnn, [](StepCase& c) { c.constant[in::B] = false; }), "B is not constant");
  EXPECT_EQ(reason({.peephole = true}, [](StepCase& c) { c.constant[in::P] = false; }), "P is not constant");
  EXPECT_EQ(reason({.N = 0}, [](StepCase&) {}), "an input is empty");
  EXPECT_EQ(reason(lstm, [](StepCase& c) { c.inputs[in::sequence_lens] = Tensor(DType::int32, {3}); }),
            "sequence_lens is given");
  EXPECT_THAT(reason({.op = "GRU"}, [](StepCase&) {}), HasSubstr("GRU"));
}

TEST(OnednnRecurrentParts, SizeRulesHoldOnlyForAuto) {
  StepCase small = case_of({.N = 15, .H = 256});
  EXPECT_EQ(small.refusal(), "");
  small.options.backend = "auto";
  if (detected_isa() < Isa::avx512) {
    EXPECT_EQ(small.refusal(), "worth it from avx512 on");
    return;
  }
  EXPECT_EQ(small.refusal(), "batch 15 is below 16");
  StepCase narrow = case_of({.N = 16, .H = 255});
  narrow.options.backend = "auto";
  EXPECT_EQ(narrow.refusal(), "hidden_size 255 is below 256");
  StepCase large = case_of({.N = 16, .H = 256});
  large.options.backend = "auto";
  EXPECT_EQ(large.refusal(), "");
}

TEST(OnednnRecurrentParts, RunsFromManyThreadsAtOnce) {
  StepCase c = case_of({.direction = "bidirectional", .T = 40, .N = 37, .I = 30, .H = 50});
  c.options.threads = 2;
  const auto results = c.run_at_once(4);
  for (const auto& result : results) EXPECT_EQ(different_bits(results[0], result), 0);
  expect_matches_reference(c, kAbsolute, 0);
}

// Only the sticky exception flags, the low six bits, may differ.
TEST(OnednnRecurrentParts, LeavesTheControlBitsOfTheProcessorAlone) {
  const unsigned before = _mm_getcsr();
  case_of({.N = 20, .H = 40}).run();
  EXPECT_EQ(_mm_getcsr() & ~0x3Fu, before & ~0x3Fu);
}

TEST(OnednnRecurrentParts, NamesItsKernel) { EXPECT_THAT(case_of({}).kernel(), HasSubstr("LSTM " + onednn_version())); }

}  // namespace
}  // namespace rondo::test
