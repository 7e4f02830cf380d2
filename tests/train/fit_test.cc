// Training as a whole: gradients against differences of the loss, and what must not change the result.
#include "train/fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "exporters/onnx/export.h"
#include "importers/onnx/import.h"
#include "ops/op_list.h"
#include "support/graphs.h"
#include "train/check_gradient.h"
#include "train/snapshot.h"

namespace rondo::train {
namespace {

using namespace test;  // NOLINT
using Ints = std::vector<std::int64_t>;

constexpr std::int64_t kFeatures = 3, H = 5, kClasses = 4;

// x [N,T,3] -> GRU, once or twice -> scores [N,T,4], or of the last state [N,4].
ImportedModel model_of(DType dtype, const char* direction, bool each_step, int layers = 1) {
  Graph g;
  const std::int64_t D = std::string(direction) == "bidirectional" ? 2 : 1;
  const auto weight = [&](const std::string& name, Ints shape) {
    return g.add_constant(name, shared(random_tensor(dtype, std::move(shape), g.num_values() + 3)));
  };
  const ValueId x = g.add_input("x", type_of(dtype, {Dim("N"), Dim("T"), Dim(kFeatures)}));
  const ValueId xt = add(g, ops::transpose(), {{"perm", Ints{1, 0, 2}}}, {x}, "xt");
  const auto layer = [&](const std::string& name, ValueId in, std::int64_t size) {
    return g.add_node(
        ops::gru(), "gru" + name, {{"direction", std::string(direction)}},
        {in, weight("W" + name, {D, 3 * H, size}), weight("R" + name, {D, 3 * H, H}), weight("B" + name, {D, 6 * H})},
        {"Y" + name, "Y_h" + name});
  };
  NodeId gru = layer("", xt, kFeatures);
  if (layers == 2) {
    const ValueId beside = add(g, ops::transpose(), {{"perm", Ints{0, 2, 1, 3}}}, {g.node(gru).outputs[0]}, "beside");
    const ValueId joined = g.add_constant("joined", shared(int64_tensor({0, 0, -1})));
    gru = layer("2", add(g, ops::reshape(), {}, {beside, joined}, "between"), D * H);
  }
  const ValueId state = g.node(gru).outputs[each_step ? 0 : 1];
  const Ints perm = each_step ? Ints{2, 0, 1, 3} : Ints{1, 0, 2};
  const ValueId rows = add(g, ops::transpose(), {{"perm", perm}}, {state}, "rows");
  const ValueId merged = g.add_constant("merged", shared(int64_tensor(each_step ? Ints{0, 0, -1} : Ints{0, -1})));
  const ValueId flat = add(g, ops::reshape(), {}, {rows, merged}, "flat");
  const ValueId scores = add(g, ops::mat_mul(), {}, {flat, weight("fc.W", {D * H, kClasses})}, "product");
  g.outputs = {add(g, ops::add(), {}, {scores, weight("fc.B", {kClasses})}, "scores")};
  const std::string bytes = export_model(g);
  return import_bytes(bytes);
}

// Samples of lengths 1 to longest, each step's class that of its largest feature.
Dataset data_of(DType dtype, std::int64_t samples, std::int64_t longest, bool each_step, bool ragged = true) {
  Dataset set;
  set.source = "made";
  set.fields.resize(2);
  Field &x = set.fields[0], &y = set.fields[1];
  x.name = "x";
  y.name = "target";
  x.row_shape = {kFeatures};
  for (std::int64_t i = 0; i < samples; ++i) {
    const std::int64_t length = ragged ? 1 + i % longest : longest;
    x.begins.push_back(x.num_rows);
    x.lengths.push_back(length);
    x.num_rows += length;
  }
  x.data = random_tensor(dtype, {x.num_rows, kFeatures}, 77);
  const auto largest = [&](std::int64_t row) {
    std::int64_t best = 0;
    for (std::int64_t i = 1; i < kFeatures; ++i) {
      const auto at = [&](std::int64_t k) {
        const auto e = static_cast<std::size_t>(row * kFeatures + k);
        return dtype == DType::float64 ? x.data.values<double>()[e] : static_cast<double>(x.data.values<float>()[e]);
      };
      if (at(i) > at(best)) best = i;
    }
    return best;
  };
  y.one_row = !each_step;
  y.num_rows = each_step ? x.num_rows : samples;
  y.begins = each_step ? x.begins : Ints{};
  y.lengths = each_step ? x.lengths : Ints(static_cast<std::size_t>(samples), 1);
  for (std::int64_t i = 0; !each_step && i < samples; ++i) y.begins.push_back(i);
  y.data = Tensor(DType::int64, {y.num_rows});
  for (std::int64_t r = 0; r < y.num_rows; ++r) {
    const auto i = static_cast<std::size_t>(r);
    y.data.values<std::int64_t>()[i] = largest(each_step ? r : x.begins[i] + x.lengths[i] - 1);
  }
  return set;
}

struct Setting {
  DType dtype = DType::float32;
  const char* direction = "bidirectional";
  bool each_step = true, ragged = true;
  int threads = 1, layers = 1;
  std::int64_t samples = 12, longest = 6;
  TrainerOptions trainer{};
};

struct Work {
  explicit Work(const Setting& s) : model(model_of(s.dtype, s.direction, s.each_step, s.layers)) {
    std::vector<Candidate> all = candidates(model);
    choose(all, {});
    TrainerOptions options = s.trainer;
    options.losses.resize(1);
    options.losses[0].options.loss = Loss::cross_entropy;
    feeds = std::make_unique<Feeds>(model.graph, data_of(s.dtype, s.samples, s.longest, s.each_step, s.ragged),
                                    options.losses, std::span<const HeldState>{}, FeedOptions{});
    options.lengths = feeds->adds_lengths();
    SessionOptions session;
    session.threads = s.threads;
    trainer = std::make_unique<Trainer>(model, std::move(all), options, session);
  }

  std::vector<std::int64_t> all() const {
    std::vector<std::int64_t> list(static_cast<std::size_t>(feeds->size()));
    for (std::size_t i = 0; i < list.size(); ++i) list[i] = static_cast<std::int64_t>(i);
    return list;
  }
  std::vector<Tensor> weights() const {
    std::vector<Tensor> copy;
    for (const Tensor& t : trainer->values()) copy.emplace_back(t.view());
    return copy;
  }

  ImportedModel model;
  std::unique_ptr<Feeds> feeds;
  std::unique_ptr<Trainer> trainer;
};

void expect_same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(identical(a[i].view(), b[i].view())) << i;
}

double largest_difference(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    worst = std::max(worst, test::largest_difference(a[i].view(), b[i].view()));
  return worst;
}

class Gradient : public testing::TestWithParam<std::tuple<const char*, bool>> {};

// In double, every element of every weight against the central difference of the loss.
TEST_P(Gradient, IsTheDifferenceOfTheLoss) {
  Work run({.dtype = DType::float64,
            .direction = std::get<0>(GetParam()),
            .each_step = std::get<1>(GetParam()),
            .samples = 7,
            .longest = 4});
  const std::vector<std::int64_t> samples = run.all();
  const StepReport report = run.trainer->accumulate(*run.feeds, samples);
  constexpr double h = 1e-5;
  for (std::size_t p = 0; p < run.trainer->values().size(); ++p) {
    Tensor& value = run.trainer->values()[p];
    for (std::size_t i = 0; i < static_cast<std::size_t>(value.count()); i += 3) {
      double& element = value.values<double>()[i];
      const double at = element;
      element = at + h;
      const double above = run.trainer->evaluate(*run.feeds, samples).losses[0].sum;
      element = at - h;
      const double below = run.trainer->evaluate(*run.feeds, samples).losses[0].sum;
      element = at;
      const double expected = (above - below) / (2 * h), got = run.trainer->gradients()[p].as<double>()[i];
      EXPECT_NEAR(got, expected, 1e-6 * std::max(1.0, std::abs(expected)))
          << run.trainer->candidates()[p].alias() << " [" << i << "], loss " << report.loss;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Forms, Gradient,
                         testing::Combine(testing::Values("forward", "reverse", "bidirectional"), testing::Bool()));

// A row is judged the same beside longer ones, although the model has no input for lengths.
TEST(Trainer, ARowDoesNotSeeThePaddingBehindIt) {
  for (const bool each_step : {true, false}) {
    Work work({.each_step = each_step});
    ASSERT_EQ(work.feeds->needs_equal_lengths(), "");
    double alone = 0;
    for (std::int64_t i = 0; i < work.feeds->size(); ++i)
      alone += work.trainer->evaluate(*work.feeds, std::span(&i, 1)).losses[0].sum;
    EXPECT_NEAR(work.trainer->evaluate(*work.feeds, work.all()).losses[0].sum, alone, 1e-5);
  }
}

// What is dropped depends on the seed alone, so the loss that learning sees can be differentiated numerically.
TEST(Dropout, GradientIsTheDifferenceOfTheLossUnderTheSameSeed) {
  Setting setting{.dtype = DType::float64, .layers = 2, .samples = 7, .longest = 4};
  setting.trainer.dropout = 0.4;
  Work run(setting);
  const std::vector<std::int64_t> samples = run.all();
  const auto loss = [&](std::uint64_t seed) {
    const double sum = run.trainer->accumulate(*run.feeds, samples, seed).losses[0].sum;
    run.trainer->discard();
    return sum;
  };
  EXPECT_EQ(loss(1), loss(1));
  EXPECT_NE(loss(1), loss(2));
  EXPECT_NE(loss(1), run.trainer->evaluate(*run.feeds, samples).losses[0].sum);
  run.trainer->accumulate(*run.feeds, samples, 1);
  std::vector<Tensor> gradients;
  for (const MutableTensorView& g : run.trainer->gradients()) gradients.emplace_back(g);
  run.trainer->discard();
  constexpr double h = 1e-5;
  for (std::size_t p = 0; p < gradients.size(); ++p)
    for (std::size_t i = 0; i < static_cast<std::size_t>(gradients[p].count()); i += 11) {
      double& element = run.trainer->values()[p].values<double>()[i];
      const double at = element;
      element = at + h;
      const double above = loss(1);
      element = at - h;
      const double expected = (above - loss(1)) / (2 * h);
      element = at;
      EXPECT_NEAR(gradients[p].values<double>()[i], expected, 1e-6 * std::max(1.0, std::abs(expected)))
          << run.trainer->candidates()[p].alias() << " [" << i << ']';
    }
}

TEST(CheckGradient, HoldsForEveryTensorAndLeavesTheWeights) {
  for (const DType dtype : {DType::float32, DType::float64}) {
    Setting setting{.dtype = dtype, .layers = 2};
    setting.trainer.dropout = 0.2;
    Work run(setting);
    const std::vector<Tensor> before = run.weights();
    const std::vector<GradientCheck> checks = check_gradient(*run.trainer, *run.feeds, run.all());
    EXPECT_EQ(checks.size(), before.size());
    for (const GradientCheck& c : checks) {
      EXPECT_TRUE(c.ok()) << c.alias << ' ' << c.gradient << ' ' << c.difference << ' ' << c.noise;
      EXPECT_LT(c.noise, 0.1 * c.gradient) << c.alias;
    }
    expect_same(before, run.weights());
  }
}

TEST(CheckGradient, SeesADifferenceOfAFewPercent) {
  EXPECT_TRUE((GradientCheck{"w", 1, 1.01, 0}.ok()));
  EXPECT_FALSE((GradientCheck{"w", 1, 1.03, 0}.ok()));
  EXPECT_FALSE((GradientCheck{"w", 1, -1, 0}.ok()));
  EXPECT_FALSE((GradientCheck{"w", 1, std::nan(""), 0}.ok()));
}

TEST(Dropout, WithoutTwoLayersIsRefused) {
  Setting setting;
  setting.trainer.dropout = 0.1;
  EXPECT_THROW(Work{setting}, Error);
}

FitOptions fit_options(std::int64_t epochs) {
  FitOptions options;
  options.epochs = epochs;
  options.batch_size = 4;
  options.seed = 3;
  options.schedule.lr = 0.05;
  return options;
}

std::vector<Tensor> trained(const Setting& setting, const FitOptions& options) {
  Work run(setting);
  Fit fit(*run.trainer, *run.feeds, run.all(), *run.feeds, {}, options);
  fit.run();
  return run.weights();
}

TEST(Fit, LearnsATaskAndKeepsTheBest) {
  Work run({.samples = 64});
  std::vector<std::int64_t> training = run.all(), validation(training.end() - 16, training.end());
  training.resize(48);
  Fit fit(*run.trainer, *run.feeds, training, *run.feeds, validation, fit_options(40));
  const double before = fit.score().loss;
  double best = before;
  FitEvents events;
  events.epoch = [&](const EpochEvent& e) { best = std::min(best, *e.validation_loss); };
  EXPECT_EQ(fit.run(events), Ending::finished);
  EXPECT_LT(fit.score().loss, 0.5 * before);
  EXPECT_EQ(fit.score().loss, best);
  ASSERT_EQ(fit.score().metrics[0].first, "accuracy");
  EXPECT_GT(fit.score().metrics[0].second, 0.7);
}

TEST(Fit, SameBitsAgainAndOnTwoThreads) {
  const std::vector<Tensor> once = trained({}, fit_options(3));
  expect_same(once, trained({}, fit_options(3)));
  expect_same(once, trained({.threads = 2}, fit_options(3)));
  Setting dropping{.layers = 2};
  dropping.trainer.dropout = 0.5;
  const std::vector<Tensor> dropped = trained(dropping, fit_options(3));
  EXPECT_GT(largest_difference(dropped, trained({.layers = 2}, fit_options(3))), 1e-4);
  dropping.threads = 2;
  expect_same(dropped, trained(dropping, fit_options(3)));
}

TEST(Fit, AccumulatedBatchesAreOneBatch) {
  FitOptions whole = fit_options(1), parts = fit_options(1);
  whole.batch_size = 12;
  parts.batch_size = 3;
  parts.accumulate = 4;
  Setting setting;  // not Adam, which makes steps of the rounding of a gradient of zero
  setting.trainer.optimizer = default_options(Method::sgd);
  EXPECT_LT(largest_difference(trained(setting, whole), trained(setting, parts)), 2e-6);
}

TEST(Fit, AWindowAsLongAsTheSequenceIsTheWholeSequence) {
  const Setting whole{.direction = "forward", .ragged = false};
  Setting window = whole;
  window.trainer.window = 6;
  EXPECT_LT(largest_difference(trained(whole, fit_options(2)), trained(window, fit_options(2))), 2e-6);
}

// The loss of truncated windows is that of the whole sequence, since states go from one to the next.
TEST(Fit, WindowsHandTheirStatesOn) {
  Setting whole{.direction = "forward", .ragged = false}, window = whole;
  window.trainer.window = 2;
  Work a(whole), b(window);
  const std::vector<std::int64_t> samples = a.all();
  EXPECT_NEAR(a.trainer->evaluate(*a.feeds, samples).loss, b.trainer->evaluate(*b.feeds, samples).loss, 1e-6);
}

TEST(Fit, ARunThatGoesOnFromACheckpointGivesTheSameBits) {
  const FitOptions options = fit_options(4);
  Setting setting{.layers = 2};
  setting.trainer.optimizer = default_options(Method::adamw);
  setting.trainer.dropout = 0.3;
  Work whole(setting), first(setting), second(setting);
  const auto parts = [](const Work& run) {
    std::vector<std::int64_t> training = run.all();
    training.resize(9);
    return std::pair(training, std::vector<std::int64_t>{9, 10, 11});
  };
  const auto [training, validation] = parts(whole);
  Fit a(*whole.trainer, *whole.feeds, training, *whole.feeds, validation, options);
  a.run();

  Fit b(*first.trainer, *first.feeds, training, *first.feeds, validation, options);
  std::atomic<bool> stop{false};
  FitEvents events;
  events.step = [&](const StepEvent& e) { stop = e.step == 5; };
  events.stop = &stop;
  ASSERT_EQ(b.run(events), Ending::stopped);
  const Checkpoint saved = checkpoint_from_bytes(checkpoint_bytes(snapshot(*first.trainer, b, "m", "c")));

  Fit c(*second.trainer, *second.feeds, training, *second.feeds, validation, options);
  restore(*second.trainer, c, saved);
  EXPECT_EQ(c.run(), Ending::finished);
  expect_same(whole.weights(), second.weights());
}

TEST(Fit, ALearningRateOfZeroChangesNothing) {
  FitOptions options = fit_options(2);
  options.schedule.lr = 0;
  Work run({});
  const std::vector<Tensor> before = run.weights();
  Fit fit(*run.trainer, *run.feeds, run.all(), *run.feeds, {}, options);
  fit.run();
  expect_same(before, run.weights());
}

TEST(Fit, NumbersOutOfRangeAreRefused) {
  Work run({});
  const auto refused = [&](auto change) {
    FitOptions options = fit_options(1);
    change(options);
    EXPECT_THROW(Fit(*run.trainer, *run.feeds, run.all(), *run.feeds, {}, options), Error);
  };
  refused([](FitOptions& o) { o.epochs = 0; });
  refused([](FitOptions& o) { o.batch_size = 0; });
  refused([](FitOptions& o) { o.accumulate = -1; });
  refused([](FitOptions& o) { o.warmup_ratio = 1; });
  refused([](FitOptions& o) { o.warmup_ratio = std::nan(""); });
}

TEST(Feeds, ClassesAndFeaturesAreChecked) {
  const ImportedModel model = model_of(DType::float32, "forward", true);
  const auto refused = [&](auto change) {
    std::vector<LossRequest> losses(1);
    losses[0].options.loss = Loss::cross_entropy;
    Dataset set = data_of(DType::float32, 4, 3, true);
    change(set);
    try {
      Feeds(model.graph, std::move(set), losses, {}, {});
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(refused([](Dataset&) {}), "");
  EXPECT_NE(refused([](Dataset& s) { s.fields[1].data.values<std::int64_t>()[2] = kClasses; }).find("4 is no class"),
            std::string::npos);
  EXPECT_NE(refused([](Dataset& s) { s.fields[1].data.values<std::int64_t>()[0] = -1; }).find("-1 is no class"),
            std::string::npos);
  EXPECT_NE(refused([](Dataset& s) {
              s.fields[0].row_shape = {2};
              s.fields[0].data = Tensor(DType::float32, {s.fields[0].num_rows, 2});
            }).find("does not fit"),
            std::string::npos);
  EXPECT_NE(refused([](Dataset& s) { s.fields.pop_back(); }).find("target"), std::string::npos);
}

}  // namespace
}  // namespace rondo::train
