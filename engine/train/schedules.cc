#include "train/schedules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "rondo/error.h"

namespace rondo::train {
namespace {

constexpr std::array<std::string_view, 7> kNames{"constant",    "linear",    "cosine",           "step",
                                                 "exponential", "one-cycle", "reduce-on-plateau"};

// A tenth of a factor that changes lr by no more than this is not applied: ReduceLROnPlateau's eps.
constexpr double kLeastChange = 1e-8;

void require(bool holds, std::string_view option, double got, std::string_view expected) {
  if (holds) return;
  throw Error(ErrorCode::usage, "the schedule's " + std::string(option) + " is out of range")
      .got(std::to_string(got))
      .expected(std::string(expected));
}

void check(const ScheduleOptions& o) {
  const auto whole = [](std::int64_t n) { return static_cast<double>(n); };
  require(o.lr >= 0 && std::isfinite(o.lr), "learning rate", o.lr, "0 or more");
  require(o.total_steps >= 1, "number of steps", whole(o.total_steps), "1 or more");
  require(o.warmup_steps >= 0 && o.warmup_steps <= o.total_steps, "warm-up", whole(o.warmup_steps),
          "0 to all " + std::to_string(o.total_steps) + " steps");
  require(o.start_factor >= 0 && std::isfinite(o.start_factor), "start factor", o.start_factor, "0 or more");
  require(o.end_factor >= 0 && std::isfinite(o.end_factor), "end factor", o.end_factor, "0 or more");
  require(o.min_lr >= 0 && std::isfinite(o.min_lr), "least learning rate", o.min_lr, "0 or more");
  require(o.gamma > 0 && std::isfinite(o.gamma), "gamma", o.gamma, "more than 0");
  require(o.step_size >= 1, "step size", whole(o.step_size), "1 or more");
  require(o.steps_per_epoch >= 1, "number of steps in an epoch", whole(o.steps_per_epoch), "1 or more");
  require(o.pct_start >= 0 && o.pct_start <= 1, "rising part", o.pct_start, "0 to 1");
  require(o.div_factor > 0, "div factor", o.div_factor, "more than 0");
  require(o.final_div_factor > 0, "final div factor", o.final_div_factor, "more than 0");
  require(o.factor > 0 && o.factor < 1, "factor", o.factor, "more than 0 and below 1");
  require(o.threshold >= 0, "threshold", o.threshold, "0 or more");
  require(o.patience >= 0, "patience", whole(o.patience), "0 or more");
  require(o.cooldown >= 0, "cooldown", whole(o.cooldown), "0 or more");
}

}  // namespace

std::string_view name_of(Curve curve) noexcept { return kNames[static_cast<std::size_t>(curve)]; }

Curve curve_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end())
    throw Error(ErrorCode::usage, "there is no such schedule")
        .got(std::string(name))
        .expected("constant, linear, cosine, step, exponential, one-cycle or reduce-on-plateau");
  return static_cast<Curve>(found - kNames.begin());
}

ScheduleOptions default_schedule(Curve curve) {
  ScheduleOptions o;
  o.curve = curve;
  if (curve == Curve::exponential) o.gamma = 0.95;
  return o;
}

Schedule::Schedule(const ScheduleOptions& options) : options_(options) {
  check(options_);
  state_.lr = options_.lr;
}

double Schedule::lr(std::int64_t step) const {
  const ScheduleOptions& o = options_;
  step = std::clamp(step, std::int64_t{0}, o.total_steps - 1);
  if (step >= o.warmup_steps) return after_warmup(step - o.warmup_steps);
  const double ramp = static_cast<double>(step + 1) / static_cast<double>(o.warmup_steps + 1);
  return after_warmup(0) * ramp;
}

double Schedule::after_warmup(std::int64_t step) const {
  const ScheduleOptions& o = options_;
  const auto s = static_cast<double>(step),
             n = static_cast<double>(std::max<std::int64_t>(1, o.total_steps - o.warmup_steps));
  const std::int64_t epoch = step / o.steps_per_epoch;
  switch (o.curve) {
    case Curve::constant:
      return o.lr;
    case Curve::linear:
      return o.lr * (o.start_factor + (o.end_factor - o.start_factor) * std::min(s / n, 1.0));
    case Curve::cosine:
      return o.min_lr + (o.lr - o.min_lr) * (1 + std::cos(std::numbers::pi * s / n)) / 2;
    case Curve::step:
      return o.lr * std::pow(o.gamma, static_cast<double>(epoch / o.step_size));
    case Curve::exponential:
      return o.lr * std::pow(o.gamma, static_cast<double>(epoch));
    case Curve::one_cycle:
      return cycle(step, o.lr / o.div_factor, o.lr, o.lr / o.div_factor / o.final_div_factor);
    case Curve::reduce_on_plateau:
      return state_.lr;
  }
  return o.lr;
}

std::optional<double> Schedule::momentum(std::int64_t step) const {
  const ScheduleOptions& o = options_;
  if (o.curve != Curve::one_cycle || !o.cycle_momentum) return std::nullopt;
  step = std::clamp(step, std::int64_t{0}, o.total_steps - 1);
  return cycle(std::max<std::int64_t>(0, step - o.warmup_steps), o.max_momentum, o.base_momentum, o.max_momentum);
}

double Schedule::cycle(std::int64_t step, double low, double high, double last) const {
  const auto n = static_cast<double>(options_.total_steps - options_.warmup_steps), s = static_cast<double>(step);
  const double top = options_.pct_start * n - 1, end = n - 1;
  const bool rising = s <= top;
  const double from = rising ? low : high, to = rising ? high : last, begin = rising ? 0 : top,
               width = (rising ? top : end) - begin;
  const double part = width > 0 ? std::min((s - begin) / width, 1.0) : 1;
  return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * part));
}

bool Schedule::better(double metric) const {
  if (std::isnan(metric)) return false;
  if (!state_.best) return true;
  const double best = *state_.best, t = options_.threshold;
  return options_.greater_is_better ? metric > best * (1 + t) : metric < best * (1 - t);
}

bool Schedule::observe(double metric) {
  if (options_.curve != Curve::reduce_on_plateau) return false;
  if (better(metric)) {
    state_.best = metric;
    state_.bad = 0;
  } else {
    ++state_.bad;
  }
  if (state_.cooling > 0) {
    --state_.cooling;
    state_.bad = 0;
  }
  if (state_.bad <= options_.patience) return false;
  state_.cooling = options_.cooldown;
  state_.bad = 0;
  const double reduced = std::max(state_.lr * options_.factor, options_.min_lr);
  if (state_.lr - reduced <= kLeastChange) return false;
  state_.lr = reduced;
  return true;
}

}  // namespace rondo::train
