// The public class Trainer, used as a program that links the library uses it: the embedded tagger and forecaster.
#include "rondo/trainer.h"

#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "support/graphs.h"

namespace rondo {
namespace {

const std::string kTagger = RONDO_SOURCE "/examples/tagger/model.onnx";

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Words of the tagger in batches of any shape: the class of a step is the sign of its first feature.
struct Batch {
  Batch(const Session& session, std::int64_t n, std::int64_t steps, std::vector<std::int64_t> ends, std::uint64_t seed)
      : x(test::random_tensor(DType::float32, {n, steps, session.inputs()[0].shape->back().value}, seed)),
        target(DType::int64, {n, steps}),
        lengths(DType::int64, {n}) {
    std::ranges::copy(ends, lengths.values<std::int64_t>().begin());
    const std::int64_t width = x.shape()[2];
    for (std::int64_t i = 0; i < n * steps; ++i)
      target.values<std::int64_t>()[static_cast<std::size_t>(i)] =
          x.values<float>()[static_cast<std::size_t>(i * width)] > 0;
  }
  std::vector<NamedTensor> arrays() const {
    return {{"x", x.view()}, {"target", target.view()}, {"lengths", lengths.view()}};
  }
  Tensor x, target, lengths;
};

TrainingOptions tagging(double lr = 0.02) {
  TrainingOptions options;
  options.losses = {{.name = "cross-entropy"}};
  options.optimizer = "adam";
  options.lr = lr;
  return options;
}

struct StepTrainer : testing::Test {
  StepTrainer() : session(Session::load(kTagger)) {}
  ~StepTrainer() override { std::filesystem::remove(path); }
  Session session;
  std::string path = testing::TempDir() + "step_trainer.onnx";
};

TEST_F(StepTrainer, LearnsFromBatchesOfAnyShapeAndWritesAModelThatAnswersAsIt) {
  Trainer trainer(session, tagging());
  const Batch judged(session, 6, 9, {9, 4, 1, 7, 9, 2}, 99);
  const double before = trainer.evaluate(judged.arrays()).loss;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto n = static_cast<std::int64_t>(i % 4 + 1), steps = static_cast<std::int64_t>(i % 5 + 3);
    const TrainingStep step = trainer.step(
        Batch(session, n, steps, std::vector<std::int64_t>(static_cast<std::size_t>(n), steps - 2), i).arrays());
    EXPECT_EQ(step.samples, n);
    EXPECT_EQ(step.time_steps, n * (steps - 2));
    EXPECT_GT(step.gradient_norm, 0);
  }
  const Evaluation after = trainer.evaluate(judged.arrays());
  EXPECT_LT(after.loss, 0.5 * before);
  EXPECT_EQ(after.metrics[0].first, "accuracy");
  EXPECT_GT(after.metrics[0].second, 0.8);

  trainer.export_onnx(path);
  EXPECT_EQ(std::filesystem::file_size(path), std::filesystem::file_size(kTagger));
  Trainer again(Session::load(path), tagging());
  EXPECT_EQ(again.evaluate(judged.arrays()).loss, after.loss);
}

TEST_F(StepTrainer, ARateOfZeroWritesTheSameFile) {
  Trainer trainer(session, tagging(0));
  trainer.step(Batch(session, 2, 4, {4, 3}, 1).arrays());
  trainer.export_onnx(path);
  EXPECT_TRUE(bytes_of(path) == bytes_of(kTagger));
  EXPECT_THROW(trainer.export_onnx(path), Error);
  EXPECT_NO_THROW(trainer.export_onnx(path, true));
  EXPECT_THROW(trainer.export_onnx(kTagger, true), Error);
}

TEST_F(StepTrainer, ItsStateGoesOnWithTheSameBits) {
  TrainingOptions options = tagging();
  options.dropout = 0.2;
  options.seed = 5;
  const auto batch = [&](std::uint64_t i) { return Batch(session, 3, 5, {5, 2, 4}, i); };
  Trainer whole(session, options), first(session, options), second(session, options);
  for (std::uint64_t i = 0; i < 6; ++i) whole.step(batch(i).arrays());
  for (std::uint64_t i = 0; i < 3; ++i) first.step(batch(i).arrays());
  second.restore(first.state());
  for (std::uint64_t i = 3; i < 6; ++i) second.step(batch(i).arrays());
  const auto a = whole.parameters(), b = second.parameters();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(identical(a[i].second, b[i].second)) << a[i].first;

  TrainingOptions other = options;
  other.parameters = {{"head"}};
  Trainer foreign(session, other);
  EXPECT_THROW(foreign.restore(first.state()), Error);
  EXPECT_THROW(foreign.state(), Error);
}

TEST_F(StepTrainer, AccumulatedBatchesAreOneBatch) {
  TrainingOptions options = tagging();
  options.optimizer = "sgd";
  Trainer once(session, options), twice(session, options);
  const Batch a(session, 2, 4, {4, 2}, 1), b(session, 1, 4, {3}, 2);
  Batch both(session, 3, 4, {4, 2, 3}, 3);
  const auto join = [](Tensor& to, const Tensor& x, const Tensor& y) {
    std::memcpy(to.data(), x.data(), x.bytes());
    std::memcpy(static_cast<std::byte*>(to.data()) + x.bytes(), y.data(), y.bytes());
  };
  join(both.x, a.x, b.x);
  join(both.target, a.target, b.target);
  once.step(both.arrays());
  twice.accumulate(a.arrays());
  twice.accumulate(b.arrays());
  twice.update();
  const auto p = once.parameters(), q = twice.parameters();
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_LT(test::largest_difference(p[i].second, q[i].second), 1e-6);
}

TEST_F(StepTrainer, BadOptionsAndBatchesAreRefused) {
  const auto refused = [&](auto change) {
    TrainingOptions options = tagging();
    change(options);
    EXPECT_THROW(Trainer(session, options), Error);
  };
  refused([](TrainingOptions& o) { o.losses.clear(); });
  refused([](TrainingOptions& o) { o.losses[0].name = "cross entropy"; });
  refused([](TrainingOptions& o) { o.losses[0].output = "nothing"; });
  refused([](TrainingOptions& o) { o.losses[0].weight = 0; });
  refused([](TrainingOptions& o) { o.optimizer = "lion"; });
  refused([](TrainingOptions& o) { o.lr = -1; });
  refused([](TrainingOptions& o) { o.dropout = 1; });
  refused([](TrainingOptions& o) { o.parameters = {{"nothing.*"}}; });
  refused([](TrainingOptions& o) { o.fields = {{"nothing", "x"}}; });

  Trainer trainer(session, tagging());
  Batch batch(session, 2, 4, {4, 3}, 1);
  std::vector<NamedTensor> arrays = batch.arrays();
  EXPECT_THROW(trainer.step(std::span(arrays).first(1)), Error);  // no target
  EXPECT_THROW(trainer.step({}), Error);
  batch.target.values<std::int64_t>()[0] = 1000;
  EXPECT_THROW(trainer.step(batch.arrays()), Error);
  EXPECT_THROW(trainer.set_learning_rate(-0.5), Error);
}

}  // namespace
}  // namespace rondo
