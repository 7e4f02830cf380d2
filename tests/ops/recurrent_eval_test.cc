// The scalar reference of RNN, LSTM and GRU: properties that hold whatever the numbers are.
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
using testing::HasSubstr;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

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

}  // namespace
}  // namespace rondo::test
