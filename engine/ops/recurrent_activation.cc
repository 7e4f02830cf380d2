#include "ops/recurrent_activation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace rondo::ops {
namespace {

using Parameter = std::optional<double>;
constexpr Parameter kUnused{};

// Comparisons are written so that NaN, which fails them all, falls through to x.
constexpr auto relu_of = [](auto x, auto, auto) { return x < 0 ? decltype(x)(0) : x; };
constexpr auto tanh_of = [](auto x, auto, auto) { return std::tanh(x); };
constexpr auto sigmoid_of = [](auto x, auto, auto) {
  const auto e = std::exp(-std::abs(x));  // at most 1
  return (x < 0 ? e : decltype(x)(1)) / (1 + e);
};
constexpr auto affine_of = [](auto x, auto alpha, auto beta) { return alpha * x + beta; };
constexpr auto leaky_relu_of = [](auto x, auto alpha, auto) { return x < 0 ? alpha * x : x; };
constexpr auto thresholded_relu_of = [](auto x, auto alpha, auto) { return x < alpha ? decltype(x)(0) : x; };
constexpr auto scaled_tanh_of = [](auto x, auto alpha, auto beta) { return alpha * std::tanh(beta * x); };
constexpr auto hard_sigmoid_of = [](auto x, auto alpha, auto beta) {
  const auto line = alpha * x + beta;
  return line < 0 ? decltype(x)(0) : line > 1 ? decltype(x)(1) : line;
};
constexpr auto elu_of = [](auto x, auto alpha, auto) { return x < 0 ? alpha * std::expm1(x) : x; };
constexpr auto softsign_of = [](auto x, auto, auto) {
  return std::isinf(x) ? std::copysign(decltype(x)(1), x) : x / (1 + std::abs(x));
};
constexpr auto softplus_of = [](auto x, auto, auto) {
  return (x < 0 ? decltype(x)(0) : x) + std::log1p(std::exp(-std::abs(x)));
};

// Products of what is small where it is small, so the tails keep their accuracy: 1 - s(x) is s(-x).
constexpr auto relu_slope = [](auto x, auto, auto) { return x > 0 ? decltype(x)(1) : decltype(x)(0); };
constexpr auto tanh_slope = [](auto x, auto, auto) {
  const auto e = std::exp(-2 * std::abs(x));
  return 4 * e / ((1 + e) * (1 + e));
};
constexpr auto sigmoid_slope = [](auto x, auto, auto) {
  const auto e = std::exp(-std::abs(x));
  return e / ((1 + e) * (1 + e));
};
constexpr auto affine_slope = [](auto, auto alpha, auto) { return alpha; };
constexpr auto leaky_relu_slope = [](auto x, auto alpha, auto) { return x > 0 ? decltype(x)(1) : alpha; };
constexpr auto thresholded_relu_slope = [](auto x, auto alpha, auto) {
  return x > alpha ? decltype(x)(1) : decltype(x)(0);
};
constexpr auto scaled_tanh_slope = [](auto x, auto alpha, auto beta) {
  return alpha * beta * tanh_slope(beta * x, beta, beta);
};
constexpr auto hard_sigmoid_slope = [](auto x, auto alpha, auto beta) {
  const auto line = alpha * x + beta;
  return line > 0 && line < 1 ? alpha : decltype(x)(0);
};
constexpr auto elu_slope = [](auto x, auto alpha, auto) { return x > 0 ? decltype(x)(1) : alpha * std::exp(x); };
constexpr auto softsign_slope = [](auto x, auto, auto) {
  const auto d = 1 + std::abs(x);
  return 1 / d / d;
};
constexpr auto softplus_slope = sigmoid_of;

using enum ActivationKind;
constexpr std::array<ActivationDef, 11> kActivations{{
    {"Relu", relu, kUnused, kUnused, relu_of, relu_of, relu_slope, relu_slope},
    {"Tanh", ActivationKind::tanh, kUnused, kUnused, tanh_of, tanh_of, tanh_slope, tanh_slope},
    {"Sigmoid", sigmoid, kUnused, kUnused, sigmoid_of, sigmoid_of, sigmoid_slope, sigmoid_slope},
    {"Affine", affine, 1.0, 0.0, affine_of, affine_of, affine_slope, affine_slope},
    {"LeakyRelu", leaky_relu, 0.01, kUnused, leaky_relu_of, leaky_relu_of, leaky_relu_slope, leaky_relu_slope},
    {"ThresholdedRelu", thresholded_relu, 1.0, kUnused, thresholded_relu_of, thresholded_relu_of,
     thresholded_relu_slope, thresholded_relu_slope},
    {"ScaledTanh", scaled_tanh, 1.0, 1.0, scaled_tanh_of, scaled_tanh_of, scaled_tanh_slope, scaled_tanh_slope},
    {"HardSigmoid", hard_sigmoid, 0.2, 0.5, hard_sigmoid_of, hard_sigmoid_of, hard_sigmoid_slope, hard_sigmoid_slope},
    {"Elu", elu, 1.0, kUnused, elu_of, elu_of, elu_slope, elu_slope},
    {"Softsign", softsign, kUnused, kUnused, softsign_of, softsign_of, softsign_slope, softsign_slope},
    {"Softplus", softplus, kUnused, kUnused, softplus_of, softplus_of, softplus_slope, softplus_slope},
}};

constexpr bool in_order_of_kind() {
  for (std::size_t i = 0; i < kActivations.size(); ++i)
    if (static_cast<std::size_t>(kActivations[i].kind) != i) return false;
  return true;
}
static_assert(in_order_of_kind());

// ASCII only: the locale must not decide what a model means.
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::span<const ActivationDef> all_activations() noexcept { return kActivations; }

const ActivationDef* find_activation(std::string_view name) noexcept {
  const auto same = [name](const ActivationDef& def) { return std::ranges::equal(def.name, name, {}, lower, lower); };
  const auto it = std::ranges::find_if(kActivations, same);
  return it == kActivations.end() ? nullptr : &*it;
}

}  // namespace rondo::ops
