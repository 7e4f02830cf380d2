// If, Loop and Scan from ONNX text to results, with expected values worked out by hand or by the loop written in C++.
#include <gmock/gmock.h>

#include <numeric>

#include "importers/onnx/model_text.h"
#include "models.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT

constexpr int kInt64 = 7, kBool = 9;

std::string graph_attribute(const std::string& name, const std::string& body) {
  return "attribute { name: \"" + name + "\" type: GRAPH g { name: \"" + name + "\" " + body + " } } ";
}
std::string constant(const std::string& name, const std::string& type, const std::string& values,
                     const std::string& dims = "") {
  return "initializer { name: \"" + name + "\" " + dims + " " + type + " " + values + " } ";
}
std::string int64s(const std::string& name, const std::string& values, const std::string& dims = "") {
  return constant(name, "data_type: 7", "int64_data: [" + values + "]", dims);
}
std::string flag(const std::string& name, bool v) {
  return constant(name, "data_type: 9", v ? "int32_data: 1" : "int32_data: 0");
}

Session load_text(const std::string& graph, const SessionOptions& options = {}, int opset = 16) {
  const std::string bytes = model_bytes(opset, graph);
  return Session::load_from_memory(std::as_bytes(std::span(bytes)), options);
}

Tensor floats(std::vector<std::int64_t> shape, const std::vector<float>& v) {
  return Tensor::of<float>(DType::float32, std::move(shape), v);
}
Tensor scalar(std::int64_t v) { return Tensor::of<std::int64_t>(DType::int64, {}, {&v, 1}); }
Tensor boolean(bool v) { return Tensor::of<bool>(DType::boolean, {}, {&v, 1}); }
std::vector<float> values(const Tensor& t) { return {t.values<float>().begin(), t.values<float>().end()}; }

template <class... T>
std::vector<Tensor> list(T... tensors) {
  std::vector<Tensor> out;
  (out.push_back(std::move(tensors)), ...);
  return out;
}

Error error_of(const Session& session, const std::vector<Tensor>& inputs) {
  try {
    run(session, inputs);
  } catch (const Error& e) {
    EXPECT_NE(e.fix(), "") << e.what();
    return e;
  }
  ADD_FAILURE() << "no error was thrown";
  return Error(ErrorCode::io, "none");
}

const std::string kBranches =
    graph_attribute("then_branch", node("Add", "x x", "t") + output("t")) +
    graph_attribute("else_branch", node("Relu", "x", "r") + node("Neg", "r", "e") + output("e"));

TEST(If, TakesTheBranchOfItsCondition) {
  const Session session =
      load_text(input("c", "", kBool) + input("x", "n") + node("If", "c", "y", kBranches) + output("y"));
  RunContext context(session);
  for (const bool taken : {true, false, true}) {
    const auto in = list(boolean(taken), floats({3}, {-1, 2, 3}));
    const TensorView y = context.run(views(in))[0];
    const std::vector<float> got(y.as<float>(), y.as<float>() + 3);
    EXPECT_EQ(got, taken ? (std::vector<float>{-2, 4, 6}) : (std::vector<float>{-0.f, -2, -3}));
  }
}

TEST(If, AKnownConditionLeavesOnlyItsBranch) {
  const Session session = load_text(input("x", "n") + flag("c", true) + node("If", "c", "y", kBranches) + output("y"));
  RunContext context(session);
  const auto in = list(floats({2}, {1, 2}));
  EXPECT_EQ(context.run(views(in))[0].as<float>()[1], 4);
  const auto steps = context.explain();
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].op, "Add");
}

TEST(If, AConditionThatFollowsFromShapesIsFolded) {
  // The branch that is not taken would break on this shape: Squeeze of axis 0 where the size is not 1.
  const std::string branches =
      graph_attribute("then_branch", int64s("zero", "0", "dims: 1") + node("Squeeze", "x zero", "t") + output("t")) +
      graph_attribute("else_branch", node("Identity", "x", "e") + output("e"));
  const Session session = load_text(input("x", "n,m") + int64s("one", "1") + int64s("first", "0") +
                                    node("Shape", "x", "s") + node("Gather", "s first", "n") +
                                    node("Equal", "n one", "c") + node("If", "c", "y", branches) + output("y"));
  EXPECT_EQ(run(session, list(floats({1, 3}, {1, 2, 3})))[0].shape(), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(run(session, list(floats({2, 1}, {1, 2})))[0].shape(), (std::vector<std::int64_t>{2, 1}));
}

TEST(If, BranchesMayGiveOtherShapesWhichOthersThenUse) {
  const std::string branches =
      graph_attribute("then_branch", node("Concat", "x x", "t", integer("axis", 0)) + output("t")) +
      graph_attribute("else_branch", node("Neg", "x", "e") + output("e"));
  const Session session =
      load_text(input("c", "", kBool) + input("x", "n") + node("If", "c", "y", branches) + node("Add", "y y", "z") +
                node("ReduceSum", "z", "s", integer("keepdims", 0)) + output("z") + output("s") + output("x"));
  for (int again = 0; again < 2; ++again) {
    const auto twice = run(session, list(boolean(true), floats({2}, {1, 2})));
    EXPECT_EQ(values(twice[0]), (std::vector<float>{2, 4, 2, 4}));
    EXPECT_EQ(values(twice[1]), (std::vector<float>{12}));
    EXPECT_EQ(values(twice[2]), (std::vector<float>{1, 2}));
    const auto once = run(session, list(boolean(false), floats({2}, {1, 2})));
    EXPECT_EQ(values(once[0]), (std::vector<float>{-2, -4}));
  }
}

TEST(If, NestsAndSeesOuterValuesAllTheWay) {
  const std::string inner = node("If", "d", "i",
                                 graph_attribute("then_branch", node("Mul", "x x", "t") + output("t")) +
                                     graph_attribute("else_branch", node("Sub", "x k", "e") + output("e")));
  const Session session = load_text(
      input("c", "", kBool) + input("d", "", kBool) + input("x", "n") + constant("k", "data_type: 1", "float_data: 1") +
      node("If", "c", "y",
           graph_attribute("then_branch", inner + output("i")) +
               graph_attribute("else_branch", node("Identity", "x", "same") + output("same"))) +
      output("y"));
  const auto y = [&](bool c, bool d) {
    return values(run(session, list(boolean(c), boolean(d), floats({1}, {3})))[0])[0];
  };
  EXPECT_EQ(y(true, true), 9);
  EXPECT_EQ(y(true, false), 2);
  EXPECT_EQ(y(false, true), 3);
}

TEST(If, BranchesOfOtherTypesAreRefused) {
  const std::string branches = graph_attribute("then_branch", node("Neg", "x", "t") + output("t")) +
                               graph_attribute("else_branch", node("Cast", "x", "e", integer("to", 7)) + output("e"));
  const std::string bytes =
      model_bytes(16, input("c", "", kBool) + input("x", "n") + node("If", "c", "y", branches) + output("y"));
  EXPECT_THAT(import_error(bytes), Is(ErrorCode::model, "output 0 of its graph has the wrong element type"));
}

// s <- s * 2 + i, and the sequence of squares of the iteration number.
const std::string kBody = graph_attribute(
    "body", input("i", "", kInt64) + input("go", "", kBool) + input("s", "") +
                constant("two", "data_type: 1", "float_data: 2") + node("Cast", "i", "f", integer("to", 1)) +
                node("Mul", "s two", "m") + node("Add", "m f", "next") + node("Mul", "f f", "square") +
                node("Identity", "go", "still") + output("still") + output("next") + output("square"));

TEST(Loop, CountsCarriesAndStacks) {
  const Session session = load_text(input("M", "", kInt64) + input("s0", "") +
                                    node("Loop", "M _ s0", "s squares", kBody) + output("s") + output("squares"));
  for (const std::int64_t trips : {4, 0, 1, 9, -3}) {
    float s = 3;
    std::vector<float> squares;
    for (std::int64_t i = 0; i < trips; ++i) {
      s = s * 2 + static_cast<float>(i);
      squares.push_back(static_cast<float>(i * i));
    }
    const auto got = run(session, list(scalar(trips), floats({}, {3})));
    EXPECT_EQ(values(got[0]), std::vector<float>{s}) << trips;
    EXPECT_EQ(values(got[1]), squares);
    EXPECT_EQ(got[1].shape(), (std::vector<std::int64_t>{static_cast<std::int64_t>(squares.size())}));
  }
}

TEST(Loop, StopsWhenItsConditionSaysSo) {
  // Doubles x until it exceeds the limit, whatever M would allow.
  const std::string body = graph_attribute(
      "body", input("i", "", kInt64) + input("go", "", kBool) + input("s", "n") + node("Add", "s s", "next") +
                  node("ReduceMax", "next", "top", integer("keepdims", 0)) + node("Less", "top limit", "still") +
                  output("still") + output("next"));
  const Session session = load_text(input("x", "n") + input("limit", "") + flag("yes", true) +
                                    node("Loop", "_ yes x", "y", body) + output("y"));
  EXPECT_EQ(values(run(session, list(floats({2}, {1, 3}), floats({}, {50})))[0]), (std::vector<float>{32, 96}));
  EXPECT_EQ(values(run(session, list(floats({1}, {60}), floats({}, {50})))[0]), (std::vector<float>{120}));
}

TEST(Loop, AStateMayGrow) {
  const std::string body =
      graph_attribute("body", input("i", "", kInt64) + input("go", "", kBool) + input("s", "m") +
                                  node("Concat", "s x", "next", integer("axis", 0)) + node("Identity", "go", "still") +
                                  output("still") + output("next"));
  const Session session = load_text(input("M", "", kInt64) + input("x", "n") + node("Loop", "M _ x", "y", body) +
                                    node("Neg", "y", "z") + output("z"));
  EXPECT_EQ(values(run(session, list(scalar(2), floats({2}, {1, 2})))[0]),
            (std::vector<float>{-1, -2, -1, -2, -1, -2}));
  EXPECT_EQ(values(run(session, list(scalar(0), floats({2}, {1, 2})))[0]), (std::vector<float>{-1, -2}));
}

TEST(Loop, WhatItCapturesIsNoConditionOfIts) {
  // Without states and condition the captured values come right behind M.
  const std::string body =
      graph_attribute("body", input("i", "", kInt64) + input("go", "", kBool) + node("Identity", "go", "still") +
                                  node("Mul", "x k", "y") + output("still") + output("y"));
  const Session session = load_text(input("M", "", kInt64) + input("x", "n") + input("k", "1") +
                                    node("Loop", "M", "all", body) + output("all"));
  EXPECT_EQ(values(run(session, list(scalar(2), floats({3}, {1, 2, 3}), floats({1}, {2})))[0]),
            (std::vector<float>{2, 4, 6, 2, 4, 6}));
}

TEST(Loop, SwapsStatesWithoutLosingOne) {
  const std::string body =
      graph_attribute("body", input("i", "", kInt64) + input("go", "", kBool) + input("a", "n") + input("b", "n") +
                                  node("Identity", "go", "still") + output("still") + output("b") + output("a"));
  const Session session = load_text(input("M", "", kInt64) + input("x", "n") + input("y", "n") +
                                    node("Loop", "M _ x y", "p q", body) + output("p") + output("q"));
  const auto got = run(session, list(scalar(3), floats({2}, {1, 2}), floats({2}, {8, 9})));
  EXPECT_EQ(values(got[0]), (std::vector<float>{8, 9}));
  EXPECT_EQ(values(got[1]), (std::vector<float>{1, 2}));
}

TEST(Loop, HoldsARecurrentLayerWhoseWeightsItCaptures) {
  // Feeding a GRU step by step inside a Loop is the GRU over the whole sequence.
  constexpr std::int64_t T = 7, N = 3, I = 4, H = 5;
  const std::string weights = input("W", "1,15,4") + input("R", "1,15,5");
  const std::string body = graph_attribute(
      "body", input("t", "", kInt64) + input("go", "", kBool) + input("h", "1,3,5") + int64s("axis", "0", "dims: 1") +
                  node("Gather", "X t", "xt") + node("Unsqueeze", "xt axis", "x1") +
                  node("GRU", "x1 W R _ _ h", "_ next", integer("hidden_size", H)) + node("Identity", "go", "still") +
                  output("still") + output("next") + output("next"));
  const Session stepped = load_text(input("X", "7,3,4") + weights + input("h0", "1,3,5") + int64s("M", "7") +
                                    node("Loop", "M _ h0", "h Y", body) + output("Y") + output("h"));
  const Session whole =
      load_text(input("X", "7,3,4") + weights + input("h0", "1,3,5") +
                node("GRU", "X W R _ _ h0", "Y h", integer("hidden_size", H)) + output("Y") + output("h"));
  const auto in = list(random_tensor(DType::float32, {T, N, I}, 1), random_tensor(DType::float32, {1, 3 * H, I}, 2),
                       random_tensor(DType::float32, {1, 3 * H, H}, 3), random_tensor(DType::float32, {1, N, H}, 4));
  const auto a = run(stepped, in), b = run(whole, in);
  EXPECT_LT(largest_difference(a[0].view(), b[0].view()), 1e-6);
  EXPECT_LT(largest_difference(a[1].view(), b[1].view()), 1e-6);
}

TEST(Loop, ALoopThatNeverEndsIsALimit) {
  const std::string body = graph_attribute("body", input("i", "", kInt64) + input("go", "", kBool) + input("s", "") +
                                                       node("Add", "s s", "next") + node("Identity", "go", "still") +
                                                       output("still") + output("next"));
  const std::string graph = input("x", "") + flag("yes", true) + int64s("most", "9223372036854775807") +
                            node("Loop", "most yes x", "y", body) + output("y");
  const Error few = error_of(load_text(graph, {.max_loop_iterations = 1000}), list(floats({}, {1})));
  EXPECT_EQ(few.code(), ErrorCode::limit);
  EXPECT_EQ(few.where().op, "Loop");
  const Error slow = error_of(load_text(graph, {.max_seconds = 0.05}), list(floats({}, {1})));
  EXPECT_EQ(slow.code(), ErrorCode::limit);
  EXPECT_THAT(slow.what(), testing::HasSubstr("too long"));
}

TEST(Loop, WhatGrowsWithoutEndIsALimit) {
  const std::string in =
      input("i", "", kInt64) + input("go", "", kBool) + input("s", "m") + node("Identity", "go", "still");
  const std::string doubling =
      in + node("Concat", "s s", "next", integer("axis", 0)) + output("still") + output("next");
  const std::string stacking = in + node("Neg", "s", "next") + output("still") + output("next") + output("next");
  for (const std::string& body : {doubling, stacking}) {
    const bool stacks = body == stacking;
    const std::string graph = input("M", "", kInt64) + input("x", "n") +
                              node("Loop", "M _ x", stacks ? "y all" : "y", graph_attribute("body", body)) +
                              output(stacks ? "all" : "y");
    const Session session = load_text(graph, {.max_memory = 1 << 20});
    const Error error = error_of(session, list(scalar(1'000'000'000'000), floats({4}, {1, 2, 3, 4})));
    EXPECT_EQ(error.code(), ErrorCode::limit) << error.what();
    EXPECT_EQ(run(session, list(scalar(3), floats({1}, {1})))[0].shape()[0], stacks ? 3 : 8);
  }
}

TEST(Loop, BodiesOfTheWrongFormAreRefused) {
  const auto with = [](const std::string& body) {
    return import_error(model_bytes(16, input("M", "", kInt64) + input("x", "n") +
                                            node("Loop", "M _ x", "y", graph_attribute("body", body)) + output("y")));
  };
  const std::string in = input("i", "", kInt64) + input("go", "", kBool);
  EXPECT_THAT(with(in + node("Identity", "go", "still") + output("still") + output("still")),
              Is(ErrorCode::model, "wrong number of inputs"));
  EXPECT_THAT(with(in + input("s", "n") + node("Neg", "s", "next") + output("next") + output("next")),
              Is(ErrorCode::model, "the condition"));
  EXPECT_THAT(with(in + input("s", "n") + node("Identity", "go", "still") + output("still")),
              Is(ErrorCode::model, "wrong number of outputs"));
  EXPECT_THAT(with(in + input("s", "n") + node("Cast", "s", "next", integer("to", 7)) +
                   node("Identity", "go", "still") + output("still") + output("next")),
              Is(ErrorCode::model, "state 0"));
}

TEST(Scan, EveryAxisAndDirection) {
  // Sums elements of a sequence along its axis and gives the running sums along another.
  constexpr std::int64_t A = 2, B = 3, C = 4;
  std::vector<float> x(A * B * C);
  std::iota(x.begin(), x.end(), 1.f);
  const std::int64_t dims[] = {A, B, C};
  const std::string body = graph_attribute("body", input("s", "p,q") + input("e", "p,q") + node("Add", "s e", "n") +
                                                       node("Identity", "n", "o") + output("n") + output("o"));
  for (std::int64_t axis : {0, 1, 2, -1, -3})
    for (std::int64_t out_axis : {0, 1, 2, -1, -2})
      for (const bool backward : {false, true})
        for (const bool prepend : {false, true}) {
          const std::int64_t at = (axis + 3) % 3, out_at = (out_axis + 3) % 3;
          const auto [p, q] = at == 0 ? std::pair(B, C) : at == 1 ? std::pair(A, C) : std::pair(A, B);
          const Session session =
              load_text(input("s0", "p,q") + input("x", "a,b,c") +
                        node("Scan", "s0 x", "s y",
                             body + integer("num_scan_inputs", 1) + ints("scan_input_axes", std::to_string(axis)) +
                                 ints("scan_output_axes", std::to_string(out_axis)) +
                                 ints("scan_input_directions", backward ? "1" : "0") +
                                 ints("scan_output_directions", prepend ? "1" : "0")) +
                        output("s") + output("y"));
          const auto got = run(
              session, list(floats({p, q}, std::vector<float>(static_cast<std::size_t>(p * q))), floats({A, B, C}, x)));
          const std::int64_t L = dims[at];
          std::vector<std::int64_t> shape{p, q};
          shape.insert(shape.begin() + out_at, L);
          ASSERT_EQ(got[1].shape(), shape);
          std::vector<float> sum(static_cast<std::size_t>(p * q));
          for (std::int64_t t = 0; t < L; ++t)
            for (std::int64_t i = 0; i < p; ++i)
              for (std::int64_t j = 0; j < q; ++j) {
                std::int64_t from[] = {i, j}, full[3], made[3];
                std::int64_t f = 0, m = 0;
                for (int d = 0; d < 3; ++d) full[d] = d == at ? (backward ? L - 1 - t : t) : from[f++];
                for (int d = 0; d < 3; ++d) made[d] = d == out_at ? (prepend ? L - 1 - t : t) : from[m++];
                auto& s = sum[static_cast<std::size_t>(i * q + j)];
                s += x[static_cast<std::size_t>((full[0] * B + full[1]) * C + full[2])];
                const auto& dim = got[1].shape();
                EXPECT_EQ(
                    got[1].values<float>()[static_cast<std::size_t>((made[0] * dim[1] + made[1]) * dim[2] + made[2])],
                    s)
                    << axis << " " << out_axis << " " << backward << prepend;
              }
          EXPECT_EQ(values(got[0]), sum);
        }
}

TEST(Scan, SequencesOfOtherLengthsAreRefused) {
  const std::string body =
      graph_attribute("body", input("a", "") + input("b", "") + node("Add", "a b", "o") + output("o"));
  const std::string scan = node("Scan", "x y", "z", body + integer("num_scan_inputs", 2)) + output("z");
  EXPECT_THAT(import_error(model_bytes(16, input("x", "3") + input("y", "4") + scan)),
              Is(ErrorCode::model, "another length"));
  const Session session = load_text(input("x", "n") + input("y", "m") + scan);
  EXPECT_EQ(error_of(session, list(floats({3}, {1, 2, 3}), floats({2}, {1, 2}))).code(), ErrorCode::data);
  EXPECT_EQ(values(run(session, list(floats({2}, {1, 2}), floats({2}, {3, 4})))[0]), (std::vector<float>{4, 6}));
  EXPECT_EQ(run(session, list(floats({0}, {}), floats({0}, {})))[0].shape(), (std::vector<std::int64_t>{0}));
}

TEST(Scan, BeforeOpset9EachRowOfTheBatchIsAScan) {
  const std::string body = graph_attribute("body", input("s", "2") + input("e", "2") + node("Add", "s e", "n") +
                                                       node("Mul", "n k", "o") + output("n") + output("o"));
  const auto scan = [&](const std::string& inputs, const std::string& more) {
    return node("Scan", inputs, "s y", body + integer("num_scan_inputs", 1) + more) + output("s") + output("y");
  };
  const std::string in = input("s0", "B,2") + input("x", "B,T,2") + constant("k", "data_type: 1", "float_data: 10");
  const auto data = [] { return list(floats({2, 2}, {0, 0, 100, 100}), floats({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})); };
  const auto forward = run(load_text(in + scan("_ s0 x", ""), {}, 8), data());
  EXPECT_EQ(values(forward[0]), (std::vector<float>{4, 6, 112, 114}));
  EXPECT_EQ(values(forward[1]), (std::vector<float>{10, 20, 40, 60, 1050, 1060, 1120, 1140}));
  const auto backward = run(load_text(in + scan("_ s0 x", ints("directions", "1")), {}, 8), data());
  EXPECT_EQ(values(backward[1]), (std::vector<float>{30, 40, 40, 60, 1070, 1080, 1120, 1140}));
  EXPECT_THAT(import_error(model_bytes(8, in + input("n", "B", kInt64) + scan("n s0 x", ""))),
              Is(ErrorCode::unsupported, "sequence_lens"));
}

TEST(Late, ShapesThatDataDecidesAreFoundWhileRunning) {
  // Two such shapes, one behind the other, with work on planned shapes before, between and after.
  const Session session = load_text(
      input("x", "n") + input("k", "1", kInt64) + int64s("most", "-1", "dims: 1") + node("Add", "x x", "a") +
      node("Add", "k k", "kk") + node("Concat", "kk most", "s", integer("axis", 0)) + node("Reshape", "a s", "r") +
      node("Relu", "r", "b") + node("Shape", "b", "bs") + node("ReduceMax", "b", "top", integer("keepdims", 1)) +
      node("Cast", "top", "ti", integer("to", 7)) + node("Squeeze", "ti", "t0") + node("Unsqueeze", "t0 zero", "t1") +
      node("Expand", "top t1e", "e") + output("b") + output("e") + output("k") + int64s("zero", "0", "dims: 1") +
      node("Concat", "t1 one", "t1e", integer("axis", 0)) + int64s("one", "1", "dims: 1"));
  for (const std::int64_t k : {1, 3, 1, 2}) {
    std::vector<float> x(12);
    std::iota(x.begin(), x.end(), -8.f);
    const auto got = run(session, list(floats({12}, x), Tensor::of<std::int64_t>(DType::int64, {1}, {&k, 1})));
    EXPECT_EQ(got[0].shape(), (std::vector<std::int64_t>{2 * k, 12 / (2 * k)}));
    EXPECT_EQ(got[1].shape(), (std::vector<std::int64_t>{6, 1}));
    EXPECT_EQ(values(got[1])[5], 6);
    EXPECT_EQ(got[2].values<std::int64_t>()[0], k);
  }
  RunContext context(session);
  const auto in = list(floats({12}, std::vector<float>(12)),
                       Tensor::of<std::int64_t>(DType::int64, {1}, std::vector<std::int64_t>{5}));
  try {
    context.run(views(in));
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::data);
    EXPECT_EQ(e.where().op, "Reshape");
  }
  const auto shapes = context.prepare(views(in));
  EXPECT_EQ(shapes[0].shape[0], -1);
  EXPECT_EQ(shapes[2].shape[0], 1);
}

TEST(Late, AShapeTooLargeForTheMemoryIsALimit) {
  const Session session = load_text(
      input("x", "n") + input("s", "2", kInt64) + node("Expand", "x s", "y") + output("y"), {.max_memory = 1 << 20});
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{1 << 20, 1}, {1LL << 40, 1LL << 40}}) {
    const Error error = error_of(session, list(floats({1}, {3}), Tensor::of<std::int64_t>(DType::int64, {2}, shape)));
    EXPECT_EQ(error.code(), ErrorCode::limit) << error.what();
    EXPECT_EQ(error.where().op, "Expand");
  }
}

TEST(Late, ADeclaredShapeIsNotTakenForTheTruth) {
  // The file says [2]; the data say otherwise.
  const Session session = load_text(input("x", "n") + input("s", "1", kInt64) + "value_info { " + value("r", "2") +
                                    " } " + node("Expand", "x s", "r") + node("Neg", "r", "y") + output("y"));
  const std::int64_t five = 5;
  const auto got = run(session, list(floats({1}, {3}), Tensor::of<std::int64_t>(DType::int64, {1}, {&five, 1})));
  EXPECT_EQ(values(got[0]), std::vector<float>(5, -3.f));
}

}  // namespace
}  // namespace rondo
