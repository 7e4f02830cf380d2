// Learning rates over the steps of a run, by the formulas of torch.optim.lr_scheduler, with a linear warm-up in front.
// For the trainer. A schedule is a function of the step, except reduce-on-plateau, whose state goes into checkpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rondo::train {

enum class Curve { constant, linear, cosine, step, exponential, one_cycle, reduce_on_plateau };

// "constant", ..., "one-cycle", "reduce-on-plateau".
std::string_view name_of(Curve curve) noexcept;
// Throws Error(usage) that lists the names.
Curve curve_named(std::string_view name);

// Steps are those of the optimizer. After the warm-up, s counts from 0 to n = total_steps - warmup_steps.
struct ScheduleOptions {
  Curve curve = Curve::constant;
  double lr = 1e-3;               // one_cycle: the greatest
  std::int64_t total_steps = 1;   // of the run, warm-up included
  std::int64_t warmup_steps = 0;  // lr * (step + 1) / (warmup_steps + 1): LinearLR(1 / (warmup_steps + 1), 1)
  // linear: lr * (start + (end - start) * min(s / n, 1)). PyTorch's own defaults are 1/3 and 1 over 5 steps.
  double start_factor = 1, end_factor = 0;
  // cosine (eta_min), reduce_on_plateau: no lower than this.
  double min_lr = 0;
  // step, exponential: lr * gamma^floor(e / step_size) and lr * gamma^e, e = floor(s / steps_per_epoch).
  double gamma = 0.1;
  std::int64_t step_size = 1, steps_per_epoch = 1;
  // one_cycle: from lr / div_factor up to lr in pct_start of the steps, then down to lr / div_factor /
  // final_div_factor, along cosines; momentum the other way round.
  double pct_start = 0.3, div_factor = 25, final_div_factor = 1e4;
  bool cycle_momentum = true;
  double base_momentum = 0.85, max_momentum = 0.95;
  // reduce_on_plateau: times factor after more than `patience` observations that are not better than the best by the
  // relative threshold; then `cooldown` observations do not count.
  double factor = 0.1, threshold = 1e-4;
  std::int64_t patience = 10, cooldown = 0;
  bool greater_is_better = false;
};
// The gamma of exponential has no default in PyTorch; 0.95 here.
ScheduleOptions default_schedule(Curve curve);

class Schedule {
 public:
  // Throws Error(usage) for numbers out of range.
  explicit Schedule(const ScheduleOptions& options);

  // For the step with this index, from 0; after the last step of the run as in the last.
  double lr(std::int64_t step) const;
  // Of one_cycle with cycle_momentum; nullopt: the optimizer's own.
  std::optional<double> momentum(std::int64_t step) const;

  // What reduce_on_plateau learns after each validation; the others ignore it. NaN is never better. True when the rate
  // was reduced.
  bool observe(double metric);

  // What observe changes.
  struct State {
    double lr = 0;
    std::optional<double> best{};
    std::int64_t bad = 0, cooling = 0;
    bool operator==(const State&) const = default;
  };
  const State& state() const noexcept { return state_; }
  void restore(const State& state) noexcept { state_ = state; }

 private:
  bool better(double metric) const;
  double after_warmup(std::int64_t step) const;
  // Along the two legs of one_cycle: low, high, last.
  double cycle(std::int64_t step, double low, double high, double last) const;

  ScheduleOptions options_;
  State state_;
};

}  // namespace rondo::train
