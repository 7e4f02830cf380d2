// RNN, LSTM and GRU with hidden units shared out over threads: the same bits as on one thread, and what the scalar
// reference gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/native/native.h"
#include "ops/recurrent.h"
#include "step_case.h"

namespace rondo::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Layer {
  std::string name, op;
  std::int64_t T, N, I, H;
  Attributes attributes = {};
  std::vector<std::int32_t> lengths = {};
  bool constant = true;
};

const Layer kLayers[] = {
    {"lstm", "LSTM", 20, 1, 5, 170},
    {"lstm reverse with a length", "LSTM", 20, 1, 5, 160, {{"direction", "reverse"}}, {6}},
    {"lstm, no step", "LSTM", 20, 1, 3, 161, {}, {0}},
    {"lstm with clip", "LSTM", 20, 1, 3, 177, {{"clip", 0.5f}}},
    {"lstm both ways, layout 1", "LSTM", 20, 1, 7, 163, {{"direction", "bidirectional"}, {"layout", std::int64_t{1}}}},
    {"gru", "GRU", 20, 1, 6, 193},
    {"gru linear", "GRU", 20, 1, 6, 185, {{"linear_before_reset", std::int64_t{1}}}},
    {"gru with computed weights", "GRU", 20, 1, 6, 192, {}, {}, false},
    {"rnn", "RNN", 20, 1, 3, 330},
    {"rnn, two rows", "RNN", 20, 2, 3, 321},
    {"more steps than a chunk of XP", "LSTM", 110, 1, 2, 160},
};

StepCase case_of(const Layer& l, int threads) {
  const bool both = find_attribute(l.attributes, "direction") != nullptr &&
                    std::get<std::string>(*find_attribute(l.attributes, "direction")) == "bidirectional";
  const std::int64_t D = both ? 2 : 1, G = l.op == "LSTM" ? 4 : l.op == "GRU" ? 3 : 1;
  const bool batch_first = find_attribute(l.attributes, "layout") != nullptr;
  const Shape64 state = batch_first ? Shape64{l.N, D, l.H} : Shape64{D, l.N, l.H};
  StepCase c{.candidates = native_candidates, .op = l.op, .attributes = l.attributes};
  c.attributes.push_back({"hidden_size", l.H});
  c.inputs.push_back(random_floats(batch_first ? Shape64{l.N, l.T, l.I} : Shape64{l.T, l.N, l.I}, 1));
  c.inputs.push_back(random_floats({D, G * l.H, l.I}, 2, 0.3f));
  c.inputs.push_back(random_floats({D, G * l.H, l.H}, 3, 0.1f));
  c.inputs.push_back(random_floats({D, 2 * G * l.H}, 4));
  c.inputs.emplace_back();
  if (!l.lengths.empty()) {
    c.inputs.back() = Tensor(DType::int32, {l.N});
    std::ranges::copy(l.lengths, c.inputs.back().values<std::int32_t>().begin());
  }
  c.inputs.push_back(random_floats(state, 5));
  if (l.op == "LSTM") c.inputs.push_back(random_floats(state, 6));
  if (l.op == "LSTM") c.inputs.push_back(random_floats({D, 3 * l.H}, 7));
  c.constant = {false, l.constant, l.constant, l.constant};
  c.wanted = l.op == "LSTM" ? std::vector<bool>{true, true, true} : std::vector<bool>{true, true};
  c.options.threads = threads;
  return c;
}

TEST(NativeRecurrentTeam, HasTheBitsOfOneThread) {
  for (const Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (isa > detected_isa()) break;
    for (const Layer& l : kLayers) {
      StepCase one = case_of(l, 1);
      one.options.isa = isa;
      EXPECT_THAT(one.kernel(), Not(HasSubstr("hidden units"))) << l.name;
      const std::vector<Tensor> expected = one.run();
      for (const int threads : {2, 3, 4, 7}) {
        SCOPED_TRACE(l.name + ", " + std::string(name_of(isa)) + ", threads " + std::to_string(threads));
        StepCase c = case_of(l, threads);
        c.options.isa = isa;
        EXPECT_TRUE(threads < 4 || l.N > 1 || c.kernel().find("hidden units on") != std::string::npos) << c.kernel();
        EXPECT_EQ(different_bits(expected, c.run()), 0);
      }
    }
  }
}

TEST(NativeRecurrentTeam, IsTheReference) {
  for (const Layer& l : kLayers) {
    SCOPED_TRACE(l.name);
    expect_matches_reference(case_of(l, 4), 2e-5, 1e-5);
  }
}

// What the gradient of the layer reads is shared out too.
TEST(NativeRecurrentTeam, KeepsTheSameWorkspace) {
  for (const Layer& l : kLayers) {
    SCOPED_TRACE(l.name);
    StepCase one = case_of(l, 1), many = case_of(l, 4);
    const ops::Cell cell = l.op == "LSTM" ? ops::Cell::lstm : l.op == "GRU" ? ops::Cell::gru : ops::Cell::rnn;
    for (StepCase* c : {&one, &many}) c->wanted.resize(ops::workspace_output(cell) + 1, true);
    EXPECT_EQ(different_bits(one.run(), many.run()), 0);
  }
}

TEST(NativeRecurrentTeam, IsNotWorthItForSmallLayers) {
  EXPECT_THAT(case_of({"", "LSTM", 100, 1, 5, 128}, 4).kernel(), Not(HasSubstr("hidden units")));
  EXPECT_THAT(case_of({"", "LSTM", 100, 3, 5, 160, {}, {100, 7, 9}}, 4).kernel(), Not(HasSubstr("hidden units")));
  EXPECT_THAT(case_of({"", "LSTM", 100, 1, 5, 160}, 4).kernel(), HasSubstr("hidden units on 4 threads"));
}

}  // namespace
}  // namespace rondo::test
