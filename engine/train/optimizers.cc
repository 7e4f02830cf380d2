// Scalars are computed in double and rounded once to the parameter's type, as PyTorch does; every line of a step below
// is one of PyTorch's tensor operations, rounded where that rounds.
#include "train/optimizers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "rondo/error.h"

namespace rondo::train {
namespace {

constexpr std::string_view kMomentum = "momentum_buffer";
constexpr std::array<std::string_view, 5> kNames{"sgd", "adam", "adamw", "rmsprop", "adagrad"};

// What one step of one parameter works on.
template <class T>
struct Place {
  std::size_t count;
  T* parameter;
  const T* gradient;
  std::array<T*, 3> slots;
  std::int64_t step;  // 1 in the first
};

template <class T>
void step_sgd(const OptimizerOptions& o, double lr, const Place<T>& at) {
  const T decay = static_cast<T>(o.weight_decay), momentum = static_cast<T>(o.momentum),
          fresh = static_cast<T>(1 - o.dampening), rate = static_cast<T>(-lr);
  const bool first = at.step == 1;
  T* p = at.parameter;
  T* kept = at.slots[0];
  for (std::size_t i = 0; i < at.count; ++i) {
    T g = at.gradient[i];
    if (decay != 0) g = g + decay * p[i];
    if (momentum != 0) {
      kept[i] = first ? g : momentum * kept[i] + fresh * g;
      g = o.nesterov ? g + momentum * kept[i] : kept[i];
    }
    p[i] = p[i] + rate * g;
  }
}

template <class T>
void step_adam(const OptimizerOptions& o, double lr, const Place<T>& at) {
  const auto n = static_cast<double>(at.step);
  const double rest1 = 1 - std::pow(o.beta1, n), rest2 = std::sqrt(1 - std::pow(o.beta2, n));
  const bool decoupled = o.method == Method::adamw;
  const T keep = static_cast<T>(decoupled ? 1 - lr * o.weight_decay : 1),
          decay = static_cast<T>(decoupled ? 0 : o.weight_decay);
  const T beta1 = static_cast<T>(o.beta1), fresh1 = static_cast<T>(1 - o.beta1), beta2 = static_cast<T>(o.beta2),
          fresh2 = static_cast<T>(1 - o.beta2);
  const T rate = static_cast<T>(-(lr / rest1)), correction = static_cast<T>(rest2), epsilon = static_cast<T>(o.epsilon);
  T* p = at.parameter;
  T *mean = at.slots[0], *square = at.slots[1];
  for (std::size_t i = 0; i < at.count; ++i) {
    T g = at.gradient[i];
    const T x = p[i] * keep;
    if (decay != 0) g = g + decay * x;
    mean[i] = mean[i] * beta1 + fresh1 * g;
    square[i] = square[i] * beta2 + fresh2 * g * g;
    p[i] = x + rate * mean[i] / (std::sqrt(square[i]) / correction + epsilon);
  }
}

template <class T>
void step_rmsprop(const OptimizerOptions& o, double lr, const Place<T>& at) {
  const T decay = static_cast<T>(o.weight_decay), alpha = static_cast<T>(o.alpha), fresh = static_cast<T>(1 - o.alpha),
          momentum = static_cast<T>(o.momentum), epsilon = static_cast<T>(o.epsilon), rate = static_cast<T>(-lr);
  T* p = at.parameter;
  T *square = at.slots[0], *kept = at.slots[1], *mean = at.slots[2];
  for (std::size_t i = 0; i < at.count; ++i) {
    T g = at.gradient[i];
    if (decay != 0) g = g + decay * p[i];
    square[i] = square[i] * alpha + fresh * g * g;
    T spread = square[i];
    if (o.centered) {
      mean[i] = mean[i] * alpha + fresh * g;
      spread = spread - mean[i] * mean[i];
    }
    const T scale = std::sqrt(spread) + epsilon;
    if (momentum > 0) {
      kept[i] = kept[i] * momentum + g / scale;
      p[i] = p[i] + rate * kept[i];
    } else {
      p[i] = p[i] + rate * g / scale;
    }
  }
}

template <class T>
void step_adagrad(const OptimizerOptions& o, double lr, const Place<T>& at) {
  const T rate = static_cast<T>(-(lr / (1 + static_cast<double>(at.step - 1) * o.lr_decay))),
          decay = static_cast<T>(o.weight_decay), epsilon = static_cast<T>(o.epsilon);
  T* p = at.parameter;
  T* sum = at.slots[0];
  for (std::size_t i = 0; i < at.count; ++i) {
    T g = at.gradient[i];
    if (decay != 0) g = g + decay * p[i];
    sum[i] = sum[i] + g * g;
    p[i] = p[i] + rate * g / (std::sqrt(sum[i]) + epsilon);
  }
}

template <class T>
void step_one(const OptimizerOptions& o, double lr, const Place<T>& at) {
  switch (o.method) {
    case Method::sgd:
      return step_sgd(o, lr, at);
    case Method::adam:
    case Method::adamw:
      return step_adam(o, lr, at);
    case Method::rmsprop:
      return step_rmsprop(o, lr, at);
    case Method::adagrad:
      return step_adagrad(o, lr, at);
  }
}

// What a method keeps for each parameter, named as PyTorch names it, in the order of Place::slots. A slot that the
// options do without is empty.
std::vector<std::string_view> slot_names(const OptimizerOptions& o) {
  switch (o.method) {
    case Method::sgd:
      return {o.momentum != 0 ? kMomentum : std::string_view()};
    case Method::adam:
    case Method::adamw:
      return {"exp_avg", "exp_avg_sq"};
    case Method::rmsprop:
      return {"square_avg", o.momentum != 0 ? kMomentum : "", o.centered ? "grad_avg" : ""};
    case Method::adagrad:
      return {"sum"};
  }
  return {};
}

template <class T>
void fill(Tensor& tensor, double value) {
  std::ranges::fill(tensor.values<T>(), static_cast<T>(value));
}

Tensor filled(const MutableTensorView& like, double value) {
  Tensor made(like.dtype, {like.shape.begin(), like.shape.end()});
  like.dtype == DType::float64 ? fill<double>(made, value) : fill<float>(made, value);
  return made;
}

void require(bool holds, std::string_view option, double got, std::string_view expected) {
  if (holds) return;
  throw Error(ErrorCode::usage, "the optimizer's " + std::string(option) + " is out of range")
      .got(std::to_string(got))
      .expected(std::string(expected));
}

bool not_negative(double x) { return x >= 0 && std::isfinite(x); }

void check(const OptimizerOptions& o) {
  constexpr std::string_view kNotNegative = "0 or more", kBelowOne = "0 or more and below 1";
  require(not_negative(o.lr), "learning rate", o.lr, kNotNegative);
  require(not_negative(o.weight_decay), "weight decay", o.weight_decay, kNotNegative);
  require(not_negative(o.momentum), "momentum", o.momentum, kNotNegative);
  require(not_negative(o.epsilon), "epsilon", o.epsilon, kNotNegative);
  require(not_negative(o.alpha), "alpha", o.alpha, kNotNegative);
  require(o.beta1 >= 0 && o.beta1 < 1, "beta1", o.beta1, kBelowOne);
  require(o.beta2 >= 0 && o.beta2 < 1, "beta2", o.beta2, kBelowOne);
  require(not_negative(o.lr_decay), "learning rate decay", o.lr_decay, kNotNegative);
  require(not_negative(o.initial_accumulator), "initial accumulator", o.initial_accumulator, kNotNegative);
  require(std::isfinite(o.dampening), "dampening", o.dampening, "a number");
  if (o.method == Method::sgd && o.nesterov && (o.momentum <= 0 || o.dampening != 0))
    throw Error(ErrorCode::usage, "Nesterov's momentum needs momentum, and no dampening")
        .fix("give a momentum such as 0.9");
}

[[noreturn]] void refuse_gradient(const TrainedTensor& parameter, const TensorView& gradient) {
  throw Error(ErrorCode::usage, "the gradient of '" + parameter.name + "' does not fit it")
      .got(std::string(name_of(gradient.dtype)) + to_string(gradient.shape))
      .expected(std::string(name_of(parameter.value.dtype)) + to_string(parameter.value.shape));
}

template <class T>
Place<T> place(const MutableTensorView& parameter, const TensorView& gradient, std::span<Tensor> slots,
               std::int64_t step) {
  Place<T> at{static_cast<std::size_t>(gradient.count()), parameter.as<T>(), gradient.as<T>(), {}, step};
  for (std::size_t s = 0; s < slots.size(); ++s) at.slots[s] = static_cast<T*>(slots[s].data());
  return at;
}

}  // namespace

std::string_view name_of(Method method) noexcept { return kNames[static_cast<std::size_t>(method)]; }

Method method_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end())
    throw Error(ErrorCode::usage, "there is no such optimizer")
        .got(std::string(name))
        .expected("sgd, adam, adamw, rmsprop or adagrad");
  return static_cast<Method>(found - kNames.begin());
}

OptimizerOptions default_options(Method method) {
  OptimizerOptions o;
  o.method = method;
  if (method == Method::rmsprop || method == Method::adagrad) o.lr = 1e-2;
  if (method == Method::adamw) o.weight_decay = 1e-2;
  if (method == Method::adagrad) o.epsilon = 1e-10;
  return o;
}

Optimizer::Optimizer(const OptimizerOptions& options, std::vector<TrainedTensor> parameters)
    : options_(options),
      parameters_(std::move(parameters)),
      slot_names_(slot_names(options)),
      steps_(DType::int64, {static_cast<std::int64_t>(parameters_.size())}) {
  check(options_);
  std::ranges::fill(steps_.values<std::int64_t>(), 0);
  const double start = options_.method == Method::adagrad ? options_.initial_accumulator : 0;
  for (const TrainedTensor& p : parameters_) {
    if (p.value.dtype != DType::float32 && p.value.dtype != DType::float64)
      throw Error(ErrorCode::data, "the parameter '" + p.name + "' has a type that is not trained")
          .got(std::string(name_of(p.value.dtype)))
          .expected("float32 or float64");
    for (const std::string_view slot : slot_names_) slots_.push_back(slot.empty() ? Tensor() : filled(p.value, start));
  }
}

void Optimizer::step(double lr, std::span<const TensorView> gradients) {
  if (gradients.size() != parameters_.size())
    throw Error(ErrorCode::usage, "there is not one gradient for each parameter")
        .got(std::to_string(gradients.size()))
        .expected(std::to_string(parameters_.size()));
  const std::size_t num_slots = slot_names_.size();
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const TrainedTensor& p = parameters_[i];
    const TensorView& gradient = gradients[i];
    if (!gradient.present()) continue;
    if (gradient.dtype != p.value.dtype || !std::ranges::equal(gradient.shape, p.value.shape))
      refuse_gradient(p, gradient);
    // Adding 0 would turn -0 into 0; where nothing is learnt no bit may change.
    Tensor unmoved;
    MutableTensorView target = p.value;
    if (lr * p.lr_factor == 0) target = (unmoved = Tensor(p.value)).view();
    const std::int64_t step = ++steps_.values<std::int64_t>()[i];
    const std::span slots = std::span(slots_).subspan(i * num_slots, num_slots);
    if (p.value.dtype == DType::float32)
      step_one(options_, lr * p.lr_factor, place<float>(target, gradient, slots, step));
    else
      step_one(options_, lr * p.lr_factor, place<double>(target, gradient, slots, step));
  }
}

void Optimizer::set_momentum(double momentum) {
  const Method method = options_.method;
  if (method == Method::adam || method == Method::adamw) {
    options_.beta1 = momentum;
  } else if (method != Method::adagrad) {
    if (momentum != 0 && std::ranges::find(slot_names_, kMomentum) == slot_names_.end())
      throw Error(ErrorCode::usage, "the optimizer was made without momentum").fix("give a momentum other than 0");
    options_.momentum = momentum;
  }
}

std::vector<StateBuffer> Optimizer::state() {
  std::vector<StateBuffer> buffers{{"step", steps_.view()}};
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::string_view slot = slot_names_[i % slot_names_.size()];
    if (slot.empty()) continue;
    buffers.push_back({std::string(slot) + '/' + parameters_[i / slot_names_.size()].name, slots_[i].view()});
  }
  return buffers;
}

}  // namespace rondo::train
