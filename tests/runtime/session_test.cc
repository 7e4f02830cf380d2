#include "rondo/session.h"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>
#include <thread>

#include "models.h"
#include "runtime/prepare.h"
#include "runtime/session_state.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
using testing::HasSubstr;

Error error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_NE(e.fix(), "") << e.what();
    return e;
  }
  ADD_FAILURE() << "no error was thrown";
  return Error(ErrorCode::io, "none");
}

TEST(Session, RunsWhatTheScalarReferencesSay) {
  const Graph g = tagger();
  const Session session = load(g);
  for (const auto& [N, T] : {std::pair<std::int64_t, std::int64_t>{1, 1}, {3, 7}, {5, 2}, {17, 9}, {2, 0}, {0, 4}}) {
    const auto inputs = tagger_inputs(N, T);
    const auto expected = interpret(g, inputs), got = run(session, inputs);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_LT(largest_difference(expected[i].view(), got[i].view()), 2e-6)
          << "N=" << N << " T=" << T << " output " << i;
  }
}

TEST(Session, TellsItsInputsAndOutputs) {
  const Session session = load(tagger());
  ASSERT_EQ(session.inputs().size(), 2u);
  EXPECT_EQ(session.inputs()[0].name, "X");
  EXPECT_EQ(to_string(session.inputs()[0]), "float32[N,T,8]");
  EXPECT_EQ(to_string(session.inputs()[1]), "int32[N]");
  EXPECT_EQ(session.outputs()[0].name, "tags");
  EXPECT_EQ(session.info().producer_name, "rondo");
}

TEST(Session, BitsDoNotDependOnThreadsRerunsOrBatchNeighbours) {
  const Graph g = tagger();
  const auto inputs = tagger_inputs(16, 40);
  const auto one = run(load(g, {.threads = 1, .backend = "native"}), inputs);
  for (const int threads : {1, 2, 3, 8}) {
    const Session session = load(g, {.threads = threads, .backend = "native"});
    for (int again = 0; again < 2; ++again) {
      const auto got = run(session, inputs);
      EXPECT_TRUE(identical(one[0].view(), got[0].view())) << threads << " threads";
      EXPECT_TRUE(identical(one[1].view(), got[1].view())) << threads << " threads";
    }
  }
  const Session session = load(g, {.backend = "native"});
  for (std::int64_t n = 0; n < 16; ++n) {
    std::vector<Tensor> row;
    row.emplace_back(
        TensorView{DType::float32, std::vector<std::int64_t>{1, 40, 8}, inputs[0].values<float>().data() + n * 40 * 8});
    row.push_back(int32_tensor({inputs[1].values<std::int32_t>()[static_cast<std::size_t>(n)]}));
    const auto alone = run(session, row);
    EXPECT_EQ(std::memcmp(alone[0].data(), one[0].values<float>().data() + n * 40 * 5, alone[0].bytes()), 0)
        << "row " << n;
  }
}

TEST(Session, IsSharedByThreadsWithAContextEach) {
  const Graph g = tagger();
  const Session session = load(g, {.threads = 2});
  std::vector<std::vector<Tensor>> expected;
  for (std::int64_t N = 1; N <= 4; ++N) expected.push_back(run(session, tagger_inputs(N, 6)));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      RunContext context(session);
      for (int i = 0; i < 50; ++i) {
        const std::int64_t N = (t + i) % 4 + 1;
        const auto inputs = tagger_inputs(N, 6);
        const auto got = context.run(views(inputs));
        if (!identical(got[0], expected[static_cast<std::size_t>(N - 1)][0].view())) ++wrong;
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Session, WritesIntoTheCallersMemory) {
  const Session session = load(tagger());
  RunContext context(session);
  const auto inputs = tagger_inputs(3, 5);
  const auto shapes = context.prepare(views(inputs));
  std::vector<Tensor> mine;
  for (const TensorView& s : shapes)
    mine.emplace_back(s.dtype, std::vector<std::int64_t>(s.shape.begin(), s.shape.end()));
  for (Tensor& t : mine) std::ranges::fill(t.values<float>(), std::numeric_limits<float>::quiet_NaN());
  std::vector<MutableTensorView> out;
  for (Tensor& t : mine) out.push_back(t.view());
  context.run(views(inputs), out);
  const auto expected = run(session, inputs);
  EXPECT_TRUE(identical(mine[0].view(), expected[0].view()));
  EXPECT_TRUE(identical(mine[1].view(), expected[1].view()));

  out.pop_back();
  EXPECT_EQ(error_of([&] { context.run(views(inputs), out); }).code(), ErrorCode::data);
  Tensor small(DType::float32, {1});
  out.push_back(small.view());
  EXPECT_THAT(error_of([&] { context.run(views(inputs), out); }).what(), HasSubstr("output 'last'"));
}

TEST(Session, TheCacheOfPreparedShapesIsBounded) {
  const Session session = load(tagger(), {.max_prepared_shapes = 3});
  RunContext context(session);
  std::vector<std::weak_ptr<const Prepared>> plans;
  for (std::int64_t T = 1; T <= 8; ++T) {
    const auto inputs = tagger_inputs(2, T);
    context.run(views(inputs));
    plans.push_back(session.state()->program->prepared(views(inputs)));
  }
  EXPECT_EQ(std::ranges::count_if(plans, [](const auto& p) { return !p.expired(); }), 3);
  const auto again = tagger_inputs(2, 1);
  EXPECT_TRUE(identical(run(session, again)[0].view(), context.run(views(again))[0]));
}

TEST(Session, RefusesInputsThatDoNotFit) {
  const Session session = load(tagger());
  RunContext context(session);
  const auto refused = [&](std::vector<Tensor> inputs) { return error_of([&] { context.run(views(inputs)); }); };
  const auto with = [](Tensor x, Tensor lens) {
    std::vector<Tensor> v;
    v.push_back(std::move(x)), v.push_back(std::move(lens));
    return v;
  };
  const auto x = [](std::vector<std::int64_t> shape) { return random_tensor(DType::float32, std::move(shape), 1); };
  EXPECT_THAT(refused({}).what(), HasSubstr("X: float32[N,T,8], lengths: int32[N]"));
  EXPECT_THAT(refused(with(x({2, 3}), int32_tensor({1, 1}))).what(), HasSubstr("wrong rank"));
  EXPECT_THAT(refused(with(x({2, 3, 7}), int32_tensor({1, 1}))).what(),
              HasSubstr("got float32[2,3,7], expected float32[N,T,8]"));
  EXPECT_THAT(refused(with(x({2, 3, 8}), int32_tensor({1}))).what(),
              HasSubstr("dim 'N' = 1 where another input has 2"));
  EXPECT_THAT(refused(with(random_tensor(DType::float64, {2, 3, 8}, 1), int32_tensor({1, 1}))).what(),
              HasSubstr("element type"));
  const Error length = refused(with(x({2, 3, 8}), int32_tensor({1, 4})));
  EXPECT_EQ(length.code(), ErrorCode::data);
  EXPECT_THAT(length.what(), HasSubstr("sequence_lens[1]=4 > T=3"));
  EXPECT_EQ(refused(with(x({2, 3, 8}), int32_tensor({-1, 3}))).code(), ErrorCode::data);
  EXPECT_TRUE(identical(context.run(views(tagger_inputs(2, 3)))[0], run(session, tagger_inputs(2, 3))[0].view()));
}

TEST(Session, RefusesOptionsThatNameNothing) {
  const auto code = [](const SessionOptions& o) { return error_of([&] { load(tagger(), o); }).code(); };
  EXPECT_EQ(code({.isa = "sse9"}), ErrorCode::usage);
  EXPECT_EQ(code({.backend = "cuda"}), ErrorCode::usage);
  EXPECT_EQ(code({.threads = -1}), ErrorCode::usage);
}

TEST(Session, TheForcedInstructionSetRuns) {
  for (const char* isa : {"scalar", "avx2", "avx512"}) {
    if (*isa_from_name(isa) > allowed_isa()) continue;
    const Session session = load(tagger(), {.isa = isa, .backend = "native"});
    RunContext context(session);
    context.prepare(views(tagger_inputs(2, 3)));
    int seen = 0;
    for (const StepInfo& s : context.explain()) {
      if (s.op != "LSTM") continue;
      EXPECT_THAT(s.kernel, HasSubstr(isa));
      ++seen;
    }
    EXPECT_EQ(seen, 2);
  }
}

TEST(Session, GlueLeavesNoStep) {
  const Session session = load(tagger());
  RunContext context(session);
  context.prepare(views(tagger_inputs(3, 4)));
  std::string ops;
  for (const StepInfo& s : context.explain()) ops += s.op + " ";
  EXPECT_EQ(ops, "LSTM LSTM MatMul Softmax ");
}

TEST(Session, AnInputThatDecidesAShapeIsReadAndItsChangeNoticed) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("n")}));
  const ValueId shape = g.add_input("shape", type_of(DType::int64, {Dim(2)}));
  g.outputs = {add(g, ops::relu(), {}, {add(g, ops::reshape(), {}, {x, shape}, "r")}, "y")};
  const Session session = load(g);
  RunContext context(session);
  const Tensor data = random_tensor(DType::float32, {12}, 1);
  for (const auto& dims : {std::vector<std::int64_t>{3, 4}, {6, 2}, {2, -1}}) {
    const Tensor wanted = int64_tensor(dims);
    const std::vector<TensorView> in{data.view(), wanted.view()};
    EXPECT_EQ(context.run(in)[0].shape[0], dims[0]);
  }
  const Tensor bad = int64_tensor({5, 5});
  const std::vector<TensorView> in{data.view(), bad.view()};
  EXPECT_EQ(error_of([&] { context.run(in); }).code(), ErrorCode::data);
}

TEST(Session, OutputsMayBeInputsConstantsOrTheSameValueTwice) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim("n")}));
  const ValueId c = g.add_constant("c", shared(random_tensor(DType::float32, {3}, 2)));
  const ValueId y = add(g, ops::relu(), {}, {x}, "y");
  const ValueId axes = g.add_constant("axes", shared(int64_tensor({0})));
  const ValueId v = add(g, ops::unsqueeze(), {}, {y, axes}, "v");
  g.outputs = {x, c, y, v, add(g, ops::identity(), {}, {y}, "again")};
  const std::vector<Tensor> inputs = [] {
    std::vector<Tensor> t;
    t.push_back(random_tensor(DType::float32, {5}, 3));
    return t;
  }();
  const auto got = run(load(g), inputs), expected = interpret(g, inputs);
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(identical(got[i].view(), expected[i].view())) << i;
}

TEST(Session, WeightsThatAreInputsAreNeverStale) {
  Graph g;
  const ValueId x = g.add_input("X", type_of(DType::float32, {Dim(4), Dim(2), Dim(3)}));
  const ValueId w = g.add_input("W", type_of(DType::float32, {Dim(1), Dim(15), Dim(3)}));
  const ValueId r = g.add_input("R", type_of(DType::float32, {Dim(1), Dim(15), Dim(5)}));
  g.outputs = {add(g, ops::gru(), {}, {x, w, r}, "Y")};
  const Session session = load(g);
  RunContext context(session);
  for (std::uint64_t seed = 1; seed < 4; ++seed) {
    std::vector<Tensor> in;
    in.push_back(random_tensor(DType::float32, {4, 2, 3}, 1));
    in.push_back(random_tensor(DType::float32, {1, 15, 3}, seed));
    in.push_back(random_tensor(DType::float32, {1, 15, 5}, seed + 10));
    EXPECT_LT(largest_difference(context.run(views(in))[0], interpret(g, in)[0].view()), 1e-6);
  }
}

}  // namespace
}  // namespace rondo
