// Learning rates of torch.optim.lr_scheduler in PyTorch 1.13, written down, against the formulas.
#include "train/schedules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "rondo/error.h"

namespace rondo::train {
namespace {

ScheduleOptions of(Curve curve, std::int64_t steps) {
  ScheduleOptions o = default_schedule(curve);
  o.lr = 0.1;
  o.total_steps = steps;
  return o;
}

void expect_rates(const ScheduleOptions& options, const std::vector<double>& expected) {
  const Schedule schedule(options);
  for (std::size_t s = 0; s < expected.size(); ++s)
    EXPECT_NEAR(schedule.lr(static_cast<std::int64_t>(s)), expected[s], 1e-15 * 3)
        << name_of(options.curve) << " step " << s;
}

TEST(Schedules, Constant) { expect_rates(of(Curve::constant, 3), {0.1, 0.1, 0.1, 0.1}); }

TEST(Schedules, Linear) {
  expect_rates(of(Curve::linear, 5), {0.1, 0.08, 0.06, 0.04, 0.02, 0.02});
  ScheduleOptions o = of(Curve::linear, 4);
  o.start_factor = 1.0 / 3, o.end_factor = 0.5;
  expect_rates(o, {0.03333333333333333, 0.0375, 0.041666666666666664, 0.04583333333333334});
}

TEST(Schedules, Cosine) {
  ScheduleOptions o = of(Curve::cosine, 7);
  o.min_lr = 0.01;
  expect_rates(o, {0.1, 0.09554359905560886, 0.08305704108364301, 0.06501344202803415, 0.04498655797196586,
                   0.026942958916356993, 0.014456400944391143});
}

TEST(Schedules, StepAndExponentialCountEpochs) {
  ScheduleOptions o = of(Curve::step, 100);
  o.step_size = 2, o.gamma = 0.3;
  expect_rates(o, {0.1, 0.1, 0.03, 0.03, 0.009, 0.009, 0.0026999999999999997});
  o.steps_per_epoch = 3;
  expect_rates(o, {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.03});
  ScheduleOptions e = of(Curve::exponential, 100);
  e.gamma = 0.9;
  expect_rates(e, {0.1, 0.09000000000000001, 0.08100000000000002, 0.07290000000000002, 0.06561000000000002});
}

TEST(Schedules, OneCycleMovesRateAndMomentum) {
  const std::vector<double> rates{0.0040000000000000036, 0.052000000000000005, 0.1,
                                  0.09504846320134738,   0.0811745653949763,   0.06112620219362893,
                                  0.03887419780637107,   0.0188258346050237,   0.004951936798652629};
  const std::vector<double> momenta{0.95,
                                    0.8999999999999999,
                                    0.85,
                                    0.854951556604879,
                                    0.8688255099070633,
                                    0.8888739533021842,
                                    0.9111260466978157,
                                    0.9311744900929366,
                                    0.945048443395121};
  const ScheduleOptions o = of(Curve::one_cycle, 10);
  expect_rates(o, rates);
  const Schedule schedule(o);
  for (std::size_t s = 0; s < momenta.size(); ++s)
    EXPECT_NEAR(*schedule.momentum(static_cast<std::int64_t>(s)), momenta[s], 4e-15);
  EXPECT_NEAR(schedule.lr(9), 0.1 / 25 / 1e4, 1e-16);
  EXPECT_FALSE(Schedule(of(Curve::cosine, 10)).momentum(0));
  ScheduleOptions early = of(Curve::one_cycle, 5);
  early.pct_start = 0.1;
  expect_rates(early, {0.09698464310077128, 0.0750001, 0.04131782584628902, 0.01169813105293973});
  EXPECT_TRUE(std::isfinite(Schedule(of(Curve::one_cycle, 1)).lr(0)));
}

TEST(Schedules, WarmUpIsALinearRampInFront) {
  // SequentialLR of LinearLR(1/4 over 3 steps) and CosineAnnealingLR(5).
  ScheduleOptions o = of(Curve::cosine, 8);
  o.warmup_steps = 3;
  expect_rates(o, {0.025, 0.05, 0.07500000000000001, 0.1, 0.09045084971874738, 0.06545084971874737, 0.03454915028125263,
                   0.009549150281252633});
  o.warmup_steps = 8;
  EXPECT_NEAR(Schedule(o).lr(7), 0.1 * 8 / 9, 1e-15) << "nothing but warm-up";
}

TEST(Schedules, ReduceOnPlateau) {
  ScheduleOptions o = of(Curve::reduce_on_plateau, 100);
  o.factor = 0.5, o.patience = 1, o.cooldown = 1, o.min_lr = 0.02, o.threshold = 0.01;
  Schedule schedule(o), resumed(o);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double metrics[] = {1, .9, .895, .9, .7, .7, .7, .7, .7, .7, .7, .7, nan, .7, .7};
  const double expected[] = {.1, .1, .1, .05, .05, .05, .025, .025, .025, .02, .02, .02, .02, .02, .02};
  for (std::size_t i = 0; i < std::size(metrics); ++i) {
    resumed.restore(schedule.state());
    const double before = schedule.lr(static_cast<std::int64_t>(i));
    EXPECT_EQ(schedule.observe(metrics[i]), expected[i] != before) << i;
    EXPECT_DOUBLE_EQ(schedule.lr(static_cast<std::int64_t>(i)), expected[i]) << i;
    resumed.observe(metrics[i]);
    EXPECT_EQ(resumed.state(), schedule.state());
  }
}

TEST(Schedules, ReduceOnPlateauOfWhatShouldGrow) {
  ScheduleOptions o = of(Curve::reduce_on_plateau, 100);
  o.greater_is_better = true, o.patience = 0;
  Schedule schedule(o);
  const double metrics[] = {.1, .2, .2, .3, .25}, expected[] = {.1, .1, .01, .01, .001};
  for (std::size_t i = 0; i < std::size(metrics); ++i) {
    schedule.observe(metrics[i]);
    EXPECT_NEAR(schedule.lr(0), expected[i], 1e-16) << i;
  }
}

TEST(Schedules, RefuseNumbersOutOfRange) {
  const auto refused = [](void (*change)(ScheduleOptions&)) {
    ScheduleOptions o;
    o.total_steps = 10;
    change(o);
    try {
      const Schedule schedule(o);
    } catch (const Error& e) {
      return e.code() == ErrorCode::usage;
    }
    return false;
  };
  EXPECT_FALSE(refused([](ScheduleOptions&) {}));
  EXPECT_TRUE(refused([](ScheduleOptions& o) { o.lr = -1; }));
  EXPECT_TRUE(refused([](ScheduleOptions& o) { o.lr = std::numeric_limits<double>::infinity(); }));
  EXPECT_TRUE(refused([](ScheduleOptions& o) { o.total_steps = 0; }));
  EXPECT_TRUE(refused([](ScheduleOptions& o) { o.warmup_steps = 11; }));
  EXPECT_TRUE(refused([](ScheduleOptions& o) { o.factor = 1; }));
  EXPECT_TRUE(refused([](ScheduleOptions& o) { o.pct_start = 1.5; }));
  EXPECT_TRUE(refused([](ScheduleOptions& o) { o.step_size = 0; }));
  EXPECT_THROW(curve_named("zigzag"), Error);
  EXPECT_EQ(curve_named("one-cycle"), Curve::one_cycle);
}

}  // namespace
}  // namespace rondo::train
