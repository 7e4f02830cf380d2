// A stream gives by pieces what one run gives as a whole, for models with and without states of their own.
#include "rondo/stream.h"

#include <gmock/gmock.h>

#include <cstring>

#include "importers/onnx/model_text.h"
#include "models.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t T = 11, N = 3, I = 4, H = 5;

Session load_text(const std::string& graph) {
  const std::string bytes = model_bytes(16, graph);
  return Session::load_from_memory(std::as_bytes(std::span(bytes)));
}

// Weights as constants, so that a stream has only X to be fed.
std::string weight(const std::string& name, const std::vector<std::int64_t>& dims, std::uint64_t seed) {
  const Tensor t = random_tensor(DType::float32, dims, seed);
  std::string text = "initializer { name: \"" + name + "\" data_type: 1 ";
  for (std::int64_t d : dims) text += fmt::format("dims: {} ", d);
  for (float v : t.values<float>()) text += fmt::format("float_data: {} ", v);
  return text + "} ";
}
std::string lstm_weights() {
  return weight("W", {1, 4 * H, I}, 1) + weight("R", {1, 4 * H, H}, 2) + weight("B", {1, 8 * H}, 3);
}
std::string gru_weights() { return weight("GW", {1, 3 * H, H}, 4) + weight("GR", {1, 3 * H, H}, 5); }
std::string axis(const std::string& name, int v) {
  return fmt::format("initializer {{ name: \"{}\" data_type: 7 dims: 1 int64_data: {} }} ", name, v);
}

// X [T,N,I] -> LSTM -> GRU -> tanh; no states of its own.
std::string stateless() {
  return input("X", "T,N,4") + lstm_weights() + gru_weights() + axis("one", 1) +
         node("LSTM", "X W R B", "Y", "name: \"first\" " + integer("hidden_size", H)) + node("Squeeze", "Y one", "y") +
         node("GRU", "y GW GR", "Z last", "name: \"second\" " + integer("hidden_size", H)) +
         node("Squeeze", "Z one", "z") + node("Tanh", "z", "out") + output("out") + output("last");
}

// The same LSTM with states as inputs and outputs.
std::string stateful(const std::string& h_in, const std::string& c_in, const std::string& h_out,
                     const std::string& c_out) {
  return input("X", "T,N,4") + input(h_in, "1,N,5") + input(c_in, "1,N,5") + lstm_weights() +
         node("LSTM", "X W R B _ " + h_in + " " + c_in, "Y " + h_out + " " + c_out, integer("hidden_size", H)) +
         output("Y") + output(h_out) + output(c_out);
}

TensorView rows(const Tensor& x, std::int64_t from, const std::vector<std::int64_t>& shape) {
  return {DType::float32, shape, x.values<float>().data() + from * N * I};
}

// Feeds x in pieces of these lengths and gives the pieces of output 0, one after the other.
std::vector<float> fed(Stream& stream, const Tensor& x, const std::vector<std::int64_t>& lengths) {
  std::vector<float> out;
  std::int64_t at = 0;
  for (const std::int64_t length : lengths) {
    const std::vector<std::int64_t> shape{length, N, I};
    const TensorView piece = rows(x, at, shape);
    const TensorView y = stream.step({&piece, 1})[0];
    out.insert(out.end(), y.as<float>(), y.as<float>() + y.count());
    at += length;
  }
  return out;
}

TEST(Stream, HoldsTheStatesOfLayersThatTheModelKeepsToItself) {
  const Session session = load_text(stateless());
  const Tensor x = random_tensor(DType::float32, {T, N, I}, 9);
  const TensorView in = x.view();
  RunContext context(session);
  const auto whole = context.run({&in, 1});
  const std::vector<float> expected(whole[0].as<float>(), whole[0].as<float>() + whole[0].count());
  Stream stream(session);
  EXPECT_EQ(stream.states().size(), 3u);
  EXPECT_EQ(stream.states()[0].input, "first.initial_h");
  EXPECT_EQ(stream.time_axis_of_input(0), 0);
  EXPECT_EQ(stream.time_axis_of_output(0), 0);
  EXPECT_EQ(stream.time_axis_of_output(1), -1);
  for (const auto& lengths : {std::vector<std::int64_t>(T, 1), {1, 2, 3, 5}, {11}, {0, 10, 1}}) {
    stream.reset();
    const auto got = fed(stream, x, lengths);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], expected[i]) << i;
  }
}

TEST(Stream, FindsStatesByNamesAndByDataFlow) {
  const auto pairs = [](const std::string& graph) {
    std::vector<std::string> found;
    const Stream stream(load_text(graph));
    for (const StatePair& p : stream.states()) found.push_back(p.input + ">" + p.output);
    return found;
  };
  EXPECT_THAT(pairs(stateful("h_in", "c_in", "h_out", "c_out")), ElementsAre("h_in>h_out", "c_in>c_out"));
  EXPECT_THAT(pairs(stateful("prev_h", "prev_c", "nextH", "nextC")), ElementsAre("prev_h>nextH", "prev_c>nextC"));
  // No names to go by; one tensor of both states, cut and joined again.
  const std::string joined = input("X", "T,N,4") + input("a", "2,N,5") + lstm_weights() + axis("zero", 0) +
                             axis("one", 1) + axis("two", 2) + node("Slice", "a zero one zero", "h") +
                             node("Slice", "a one two zero", "c") +
                             node("LSTM", "X W R B _ h c", "Y p q", integer("hidden_size", H)) +
                             node("Concat", "p q", "b", integer("axis", 0)) + output("Y") + output("b");
  EXPECT_THAT(pairs(joined), ElementsAre("a>b"));
}

TEST(Stream, StatesThatTheModelExportsAreFedBack) {
  const Session own = load_text(stateful("a", "b", "p", "q")), session = load_text(stateful("h", "c", "hn", "cn"));
  const Tensor x = random_tensor(DType::float32, {T, N, I}, 9);
  Tensor zeros(DType::float32, {1, N, H});
  std::ranges::fill(zeros.values<float>(), 0.f);
  RunContext context(own);
  const std::vector<TensorView> in{x.view(), std::as_const(zeros).view(), std::as_const(zeros).view()};
  const auto whole = context.run(in);
  Stream stream(session, {.states = {{"h", "hn"}, {"c", "cn"}}});
  ASSERT_EQ(stream.inputs().size(), 1u);
  ASSERT_EQ(stream.outputs().size(), 1u);
  const auto got = fed(stream, x, {2, 9});
  EXPECT_EQ(std::memcmp(got.data(), whole[0].data, whole[0].bytes()), 0);
}

TEST(Stream, GoesBackToWhereASnapshotWasTaken) {
  const Session session = load_text(stateless());
  const Tensor x = random_tensor(DType::float32, {T, N, I}, 9);
  Stream stream(session), other(session);
  EXPECT_THROW(stream.snapshot(), Error);
  fed(stream, x, {4});
  const StreamSnapshot kept = stream.snapshot();
  const auto first = fed(stream, x, {3, 3});
  stream.restore(kept);
  EXPECT_EQ(fed(stream, x, {3, 3}), first);
  other.restore(kept);
  EXPECT_EQ(fed(other, x, {3, 3}), first);
  EXPECT_NE(fed(stream, x, {3, 3}), first);
  Stream foreign(load_text(stateful("h_in", "c_in", "h_out", "c_out")));
  EXPECT_THROW(foreign.restore(kept), Error);
}

TEST(Stream, RowsStartAgainByThemselves) {
  const Session session = load_text(stateless());
  const Tensor x = random_tensor(DType::float32, {T, N, I}, 9);
  Stream stream(session), fresh(session);
  fed(stream, x, {5});
  stream.reset(1);
  const auto mixed = fed(stream, x, {2}), anew = fed(fresh, x, {2});
  for (std::int64_t t = 0; t < 2; ++t)
    for (std::int64_t n = 0; n < N; ++n)
      for (std::int64_t h = 0; h < H; ++h) {
        const auto i = static_cast<std::size_t>((t * N + n) * H + h);
        EXPECT_EQ(mixed[i] == anew[i], n == 1) << t << " " << n << " " << h;
      }
  EXPECT_THROW(stream.reset(N), Error);
  EXPECT_THROW(stream.reset(-1), Error);
}

TEST(Stream, AFailedStepLeavesTheStates) {
  const Session session = load_text(stateless());
  const Tensor x = random_tensor(DType::float32, {T, N, I}, 9);
  Stream stream(session), other(session);
  fed(stream, x, {5}), fed(other, x, {5});
  const std::vector<std::int64_t> wrong{2, N, I + 1};
  const TensorView piece{DType::float32, wrong, x.data()};
  EXPECT_THROW(stream.step({&piece, 1}), Error);
  EXPECT_THROW(stream.step({}), Error);
  EXPECT_EQ(fed(stream, x, {6}), fed(other, x, {6}));
}

TEST(Stream, StartsFromTheZerosThatExportersWriteOut) {
  const std::string graph = input("X", "T,N,4") + lstm_weights() + axis("one", 1) + axis("two", 2) + axis("zero", 0) +
                            axis("five", 5) + node("Shape", "X", "s") + node("Slice", "s one two zero", "n") +
                            node("Concat", "one n five", "hs", integer("axis", 0)) +
                            node("ConstantOfShape", "hs", "h0") +
                            node("LSTM", "X W R B _ h0 h0", "Y", integer("hidden_size", H)) + output("Y");
  const Session session = load_text(graph);
  const Tensor x = random_tensor(DType::float32, {T, N, I}, 9);
  const TensorView in = x.view();
  RunContext context(session);
  const auto whole = context.run({&in, 1})[0];
  Stream stream(session);
  const auto got = fed(stream, x, std::vector<std::int64_t>(T, 1));
  EXPECT_EQ(std::memcmp(got.data(), whole.data, whole.bytes()), 0);
}

TEST(Stream, SaysWhyAModelCannotBeFedPieceByPiece) {
  const auto why = [](const std::string& graph) {
    try {
      Stream stream(load_text(graph));
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::unsupported);
      return std::string(e.what());
    }
    return std::string("it was accepted");
  };
  const std::string x = input("X", "T,N,4") + lstm_weights();
  EXPECT_THAT(
      why(x + node("LSTM", "X W R B", "Y", "name: \"rev\" " + text("direction", "reverse")) + output("Y")),
      HasSubstr("node 'rev' (LSTM #0, graph 'g'): the state of this layer cannot be held between steps: it reads "
                "the sequence backwards"));
  EXPECT_THAT(why(x + input("lens", "N", 6) + node("LSTM", "X W R B lens", "Y") + output("Y")),
              HasSubstr("sequence_lens"));
  EXPECT_THAT(why(x + node("LSTM", "X W R B", "Y") + axis("zero", 0) + node("ReduceMean", "Y", "m", ints("axes", "0")) +
                  output("m")),
              HasSubstr("output 'm' depends on steps before or after its own"));
  EXPECT_THAT(why(x + node("Softmax", "X", "s", integer("axis", 0)) + node("LSTM", "s W R B", "Y") + output("Y")),
              HasSubstr("output 'Y' depends"));
  EXPECT_THAT(why(input("X", "n") + node("Neg", "X", "y") + output("y")), HasSubstr("nothing to hold"));
}

TEST(Stream, RefusesPairsThatDoNotFit) {
  const Session session = load_text(stateful("h_in", "c_in", "h_out", "c_out"));
  const auto code = [&](std::vector<StatePair> states) {
    try {
      Stream stream(session, {std::move(states)});
    } catch (const Error& e) {
      return e.code();
    }
    return ErrorCode::io;
  };
  EXPECT_EQ(code({{"nothing", "h_out"}}), ErrorCode::usage);
  EXPECT_EQ(code({{"h_in", "nothing"}}), ErrorCode::usage);
  EXPECT_EQ(code({{"h_in", "Y"}}), ErrorCode::usage);
  EXPECT_EQ(code({{"h_in", "h_out"}, {"c_in", "h_out"}}), ErrorCode::usage);
}

}  // namespace
}  // namespace rondo
