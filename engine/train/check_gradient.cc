#include "train/check_gradient.h"

#include <algorithm>
#include <cmath>

#include "train/clipping.h"

namespace rondo::train {
namespace {

constexpr double kTolerance = 0.02;  // of the norm: a step as short as rounding allows still sees some curvature

// value = from + factor * direction, in the memory that the optimizer knows.
template <class T>
void move_elements(Tensor& value, const Tensor& from, const Tensor& direction, double factor) {
  for (std::size_t i = 0; i < value.values<T>().size(); ++i)
    value.values<T>()[i] = static_cast<T>(static_cast<double>(from.values<T>()[i]) +
                                          factor * static_cast<double>(direction.values<T>()[i]));
}
void move(Tensor& value, const Tensor& from, const Tensor& direction, double factor) {
  if (value.dtype() == DType::float64) return move_elements<double>(value, from, direction, factor);
  move_elements<float>(value, from, direction, factor);
}

double norm_of(Tensor& tensor) {
  const MutableTensorView view = tensor.view();
  return global_norm(std::span(&view, 1));
}

// What the gathered gradients are those of (TrainingGraph).
double objective(const StepReport& report) { return report.losses.size() == 1 ? report.losses[0].sum : report.loss; }

}  // namespace

bool GradientCheck::ok() const noexcept { return std::abs(difference - gradient) <= kTolerance * gradient + noise; }

std::vector<GradientCheck> check_gradient(Trainer& trainer, const Feeds& feeds, std::span<const std::int64_t> samples) {
  const auto loss = [&] {
    const double value = objective(trainer.accumulate(feeds, samples));
    trainer.discard();
    return value;
  };
  const double at = objective(trainer.accumulate(feeds, samples));
  std::vector<Tensor> gradients;
  for (const MutableTensorView& g : trainer.gradients()) gradients.emplace_back(TensorView(g));
  trainer.discard();

  std::vector<GradientCheck> checks;
  std::size_t i = 0;
  for (const Candidate& c : trainer.candidates()) {
    if (!c.trained) continue;
    Tensor &value = trainer.values()[i], &gradient = gradients[i++];
    const bool in_double = value.dtype() == DType::float64;
    GradientCheck check{c.alias(), norm_of(gradient)};
    if (check.gradient > 0) {
      const double step = (in_double ? 1e-6 : 1e-3) * std::max(norm_of(value), 1e-2);
      const Tensor before(std::as_const(value).view());
      const auto loss_at = [&](double distance) {
        move(value, before, gradient, distance / check.gradient);
        return loss();
      };
      check.difference = (loss_at(step) - loss_at(-step)) / (2 * step);
      check.noise = (in_double ? 1e-14 : 4e-6) * std::abs(at) / step;
      move(value, before, gradient, 0);
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace rondo::train
