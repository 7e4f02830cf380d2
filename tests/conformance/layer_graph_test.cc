// Properties of recurrent layers that need more than one node or more than one model: stacks, flipped time, renamed
// hidden units, and the glue exporters write.
#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/layer_graph.h"
#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo::conformance {
namespace {

using test::largest_difference, test::random_tensor;

constexpr std::int64_t T = 7, N = 5, I = 6, H = 9;

double close(DType dtype) { return dtype == DType::float64 ? 1e-13 : 3e-6; }

std::int64_t gates(const OpDef& op) { return op.name == "LSTM" ? 4 : op.name == "GRU" ? 3 : 1; }

std::vector<Tensor> list_of(const Tensor& t) {
  std::vector<Tensor> result;
  result.emplace_back(t.view());
  return result;
}

Indices backwards(std::int64_t count) {
  Indices indices = range(0, count);
  std::ranges::reverse(indices);
  return indices;
}

// [T,1,N,H] of one direction becomes [T,N,H].
Tensor without_direction(const Tensor& y) {
  Tensor result(y.dtype(), {y.shape()[0], y.shape()[2], y.shape()[3]});
  std::ranges::copy_n(static_cast<const std::byte*>(y.data()), static_cast<std::ptrdiff_t>(y.bytes()),
                      static_cast<std::byte*>(result.data()));
  return result;
}

// [T,N,H] twice becomes [T,N,2*H].
Tensor side_by_side(const Tensor& a, const Tensor& b) {
  const std::int64_t width = a.shape().back();
  Tensor result(a.dtype(), {a.shape()[0], a.shape()[1], 2 * width});
  const auto bytes = static_cast<std::ptrdiff_t>(width) * static_cast<std::ptrdiff_t>(size_of(a.dtype()));
  for (std::int64_t row = 0; row < a.shape()[0] * a.shape()[1]; ++row) {
    std::byte* to = static_cast<std::byte*>(result.data()) + 2 * row * bytes;
    std::ranges::copy_n(static_cast<const std::byte*>(a.data()) + row * bytes, bytes, to);
    std::ranges::copy_n(static_cast<const std::byte*>(b.data()) + row * bytes, bytes, to + bytes);
  }
  return result;
}

Tensor swap_axes_0_1(const Tensor& t) {
  Tensor result(t.dtype(), {t.shape()[1], t.shape()[0], t.shape()[2]});
  const auto bytes = static_cast<std::ptrdiff_t>(t.shape()[2]) * static_cast<std::ptrdiff_t>(size_of(t.dtype()));
  for (std::int64_t a = 0; a < t.shape()[0]; ++a) {
    for (std::int64_t b = 0; b < t.shape()[1]; ++b)
      std::ranges::copy_n(static_cast<const std::byte*>(t.data()) + (a * t.shape()[1] + b) * bytes, bytes,
                          static_cast<std::byte*>(result.data()) + (b * t.shape()[0] + a) * bytes);
  }
  return result;
}

using Parameters = std::tuple<Choice, const OpDef*, DType>;

class Layers : public testing::TestWithParam<Parameters> {
 protected:
  const Choice& choice() const { return std::get<0>(GetParam()); }
  const OpDef& op() const { return *std::get<1>(GetParam()); }
  DType dtype() const { return std::get<2>(GetParam()); }
  // oneDNN chooses kernels by the shape of the whole batch.
  bool same_bits() const { return choice().backend != "onednn"; }
  LayerSizes sizes(std::int64_t directions, std::int64_t inputs) const { return {directions, gates(op()), H, inputs}; }

  void expect_same(const Tensor& a, const Tensor& b) const {
    EXPECT_LE(largest_difference(a.view(), b.view()), same_bits() ? 0 : close(dtype()));
  }
};

// [T,N,2*H] of both directions, as PyTorch's exporter joins them.
ValueId joined(LayerGraph& g, ValueId y) { return g.reshape(g.transpose(y, {0, 2, 1, 3}), {0, 0, -1}); }

TEST_P(Layers, StackedAreSequentialSingleOnes) {
  const LayerWeights first = random_weights(sizes(2, I), dtype(), 1),
                     second = random_weights(sizes(2, 2 * H), dtype(), 2);
  const Tensor x = random_tensor(dtype(), {T, N, I}, 3);
  LayerGraph g(op());
  const ValueId between = joined(g, g.layer(g.input("X", dtype(), x.shape()), first, "bidirectional").y);
  g.output(joined(g, g.layer(between, second, "bidirectional").y));

  const auto both = [&](const LayerWeights& weights, const Tensor& input) {
    return side_by_side(without_direction(run_layer(op(), one_direction(weights, 0), "forward", input, choice())),
                        without_direction(run_layer(op(), one_direction(weights, 1), "reverse", input, choice())));
  };
  expect_same(g.run(choice(), list_of(x))[0], both(second, both(first, x)));
}

TEST_P(Layers, ReverseIsForwardOverFlippedTime) {
  const LayerWeights weights = random_weights(sizes(1, I), dtype(), 4);
  const Tensor x = random_tensor(dtype(), {T, N, I}, 5);
  const Tensor forward = run_layer(op(), weights, "forward", take(x.view(), 0, backwards(T)), choice());
  expect_same(run_layer(op(), weights, "reverse", x, choice()), take(forward.view(), 0, backwards(T)));
}

// Each row is flipped within its own length.
TEST_P(Layers, ReverseWithLengthsIsForwardOverFlippedRows) {
  const LayerWeights weights = random_weights(sizes(1, I), dtype(), 6);
  const Tensor x = random_tensor(dtype(), {T, N, I}, 7);
  const std::vector<std::int32_t> lengths{3, T, 0, 1, 5};
  LayerGraph g(op());
  const ValueId input = g.input("X", dtype(), x.shape()), lens = g.input("lengths", DType::int32, {N});
  const LayerGraph::Outputs y = g.layer(input, weights, "reverse", lens);
  g.output(y.y);
  g.output(y.y_h);
  std::vector<Tensor> inputs = list_of(x);
  inputs.push_back(Tensor::of<std::int32_t>(DType::int32, {N}, lengths));
  const std::vector<Tensor> actual = g.run(choice(), inputs);

  for (std::int64_t n = 0; n < N; ++n) {
    const std::int64_t length = lengths[static_cast<std::size_t>(n)];
    if (length == 0) continue;
    const Tensor row = take(take(x.view(), 1, {n}).view(), 0, backwards(length));
    const Tensor forward = run_layer(op(), weights, "forward", row, choice());
    const Tensor y_of_row = take(take(actual[0].view(), 2, {n}).view(), 0, range(0, length));
    expect_same(y_of_row, take(forward.view(), 0, backwards(length)));
    const Tensor last = take(forward.view(), 0, {length - 1});  // [1,1,1,H]; Y_h is [1,1,H]
    const Tensor state = take(actual[1].view(), 1, {n});
    expect_same(state, Tensor({state.dtype(), state.shape(), last.data()}));
  }
}

// The order in which hidden units are numbered changes nothing but the order of sums.
TEST_P(Layers, HiddenUnitsMayChangePlaces) {
  const LayerWeights weights = random_weights(sizes(1, I), dtype(), 8);
  const Tensor x = random_tensor(dtype(), {T, N, I}, 9);
  const Indices units{4, 0, 8, 2, 6, 1, 7, 3, 5};
  Indices rows, bias;
  for (std::int64_t g = 0; g < gates(op()); ++g)
    for (std::int64_t unit : units) rows.push_back(g * H + unit);
  for (std::int64_t half = 0; half < 2; ++half)
    for (std::int64_t row : rows) bias.push_back(half * gates(op()) * H + row);
  LayerWeights moved;
  moved.W = test::shared(take(weights.W->view(), 1, rows));
  moved.R = test::shared(take(take(weights.R->view(), 1, rows).view(), 2, units));
  moved.B = test::shared(take(weights.B->view(), 1, bias));
  const Tensor y = run_layer(op(), weights, "forward", x, choice());
  const Tensor y_moved = run_layer(op(), moved, "forward", x, choice());
  EXPECT_LE(largest_difference(y_moved.view(), take(y.view(), 3, units).view()), close(dtype()));
}

TEST_P(Layers, BatchFirstGlueIsFree) {
  const LayerWeights first = random_weights(sizes(2, I), dtype(), 10),
                     second = random_weights(sizes(1, 2 * H), dtype(), 11);
  const Tensor x = random_tensor(dtype(), {N, T, I}, 12);
  const auto stack = [&](LayerGraph& g, bool blocked) {
    const ValueId time_major = g.transpose(g.input("X", dtype(), x.shape()), {1, 0, 2});
    const ValueId y = g.layer(time_major, first, "bidirectional").y;
    const ValueId last = g.squeeze(g.layer(joined(g, y), second, "forward").y, 1);
    g.output(g.transpose(last, {1, 0, 2}));
    if (!blocked) return;
    for (ValueId seen : {time_major, y, last}) g.output(seen);  // what somebody else reads keeps its order
  };
  LayerGraph folded(op()), blocked(op());
  stack(folded, false);
  stack(blocked, true);
  const std::string twice = op().name + " " + op().name;
  EXPECT_EQ(folded.planned(choice(), list_of(x)), twice);
  EXPECT_NE(blocked.planned(choice(), list_of(x)), twice);
  const Tensor y = std::move(folded.run(choice(), list_of(x))[0]);
  expect_same(y, blocked.run(choice(), list_of(x))[0]);
  const Tensor middle =
      without_direction(run_layer(op(), one_direction(first, 0), "forward", swap_axes_0_1(x), choice()));
  const Tensor other =
      without_direction(run_layer(op(), one_direction(first, 1), "reverse", swap_axes_0_1(x), choice()));
  const Tensor last = run_layer(op(), second, "forward", side_by_side(middle, other), choice());
  expect_same(y, swap_axes_0_1(without_direction(last)));
  EXPECT_LE(largest_difference(y.view(), test::interpret(folded.graph(), list_of(x))[0].view()), close(dtype()));
}

std::string name_of_parameters(const testing::TestParamInfo<Parameters>& param_info) {
  const auto& [choice, op, dtype] = param_info.param;
  return test_name(choice) + "_" + op->name + "_" + std::string(name_of(dtype));
}

INSTANTIATE_TEST_SUITE_P(All, Layers,
                         testing::Combine(testing::ValuesIn(choices()),
                                          testing::Values(&ops::rnn(), &ops::lstm(), &ops::gru()),
                                          testing::Values(DType::float32, DType::float64)),
                         name_of_parameters);

}  // namespace
}  // namespace rondo::conformance
