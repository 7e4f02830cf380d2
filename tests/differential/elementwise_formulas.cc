// One result for each place of the broadcast inputs.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>

#include "differential/formula.h"

namespace rondo::differential {
namespace {

using Arguments = std::span<const double>;

Ints broadcast_shape(const Call& c) {
  Ints shape;
  for (const Array* a : c.in) {
    if (a == nullptr) continue;
    if (a->rank() > shape.size()) shape.insert(shape.begin(), a->rank() - shape.size(), 1);
    for (std::size_t d = 0; d < a->rank(); ++d) {
      std::int64_t& size = shape[shape.size() - 1 - d];
      if (const std::int64_t own = a->shape[a->rank() - 1 - d]; own != 1) size = own;
    }
  }
  return shape;
}

// f(inputs at a place); absent inputs are left out.
template <class F>
std::vector<Array> mapped(const Call& c, F&& f) {
  Array out(broadcast_shape(c));
  std::size_t i = 0;
  std::vector<double> arguments;
  each_index(out.shape, [&](const Ints& index) {
    arguments.clear();
    for (const Array* a : c.in)
      if (a != nullptr) arguments.push_back(a->broadcast(index));
    out.values[i++] = f(Arguments(arguments));
  });
  return {std::move(out)};
}

template <class F>
Formula unary(F f) {
  return [f](const Call& c) { return mapped(c, [f](Arguments x) { return f(x[0]); }); };
}
template <class F>
Formula binary(F f) {
  return [f](const Call& c) { return mapped(c, [f](Arguments x) { return f(x[0], x[1]); }); };
}
// From left to right over any number of inputs.
template <class F>
Formula folded(F f) {
  return [f](const Call& c) {
    return mapped(c, [f](Arguments x) { return std::accumulate(x.begin() + 1, x.end(), x[0], f); });
  };
}
template <class F>
Formula with_alpha(F f) {
  return [f](const Call& c) { return mapped(c, [f, alpha = c.real("alpha")](Arguments x) { return f(x[0], alpha); }); };
}

double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }
double smaller(double a, double b) { return std::isnan(a) || a < b ? a : b; }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
double elu(double x, double alpha) { return x < 0 ? alpha * std::expm1(x) : x; }

bool has_zero(const Array& a) { return std::ranges::find(a.values, 0.0) != a.values.end(); }

std::vector<Array> div(const Call& c) {
  const bool whole = !is_floating(c[0].dtype);
  if (whole && has_zero(c[1])) return {};
  return mapped(c, [whole](Arguments x) { return whole ? std::trunc(x[0] / x[1]) : x[0] / x[1]; });
}

std::vector<Array> mod(const Call& c) {
  if (!is_floating(c[0].dtype) && has_zero(c[1])) return {};
  if (c.integer("fmod") != 0) return mapped(c, [](Arguments x) { return std::fmod(x[0], x[1]); });
  return mapped(c, [](Arguments x) { return x[0] - x[1] * std::floor(x[0] / x[1]); });
}

std::vector<Array> pow(const Call& c) {
  if (!is_floating(c[0].dtype)) return {};
  return mapped(c, [](Arguments x) { return std::pow(x[0], x[1]); });
}

std::vector<Array> mean(const Call& c) {
  return mapped(c, [](Arguments x) {
    double total = 0;
    for (double v : x) total += v;
    return total / static_cast<double>(x.size());
  });
}

std::vector<Array> clip(const Call& c) {
  Array out = c[0];
  for (double& v : out.values) {
    if (c.has(1) && v < c[1].values[0]) v = c[1].values[0];
    if (c.has(2) && v > c[2].values[0]) v = c[2].values[0];
  }
  return {std::move(out)};
}

std::vector<Array> gelu(const Call& c) {
  const bool exact = std::get<std::string>(*c.attribute("approximate")) == "none";
  return mapped(c, [exact](Arguments a) {
    const double x = a[0];
    if (exact) return x / 2 * std::erfc(-x / std::sqrt(2.0));  // 1 + erf(...), which cancels
    const double u = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
    return x / (1 + std::exp(-2 * u));  // x / 2 * (1 + tanh(u)), which cancels
  });
}

std::vector<Array> is_inf(const Call& c) {
  const bool negative = c.integer("detect_negative") != 0, positive = c.integer("detect_positive") != 0;
  return mapped(c, [=](Arguments x) { return std::isinf(x[0]) && (x[0] < 0 ? negative : positive); });
}

std::vector<Array> selu(const Call& c) {
  const double alpha = c.real("alpha"), gamma = c.real("gamma");
  return mapped(c, [=](Arguments x) { return gamma * elu(x[0], alpha); });
}

std::vector<Array> hard_sigmoid(const Call& c) {
  const double alpha = c.real("alpha"), beta = c.real("beta");
  return mapped(c, [=](Arguments x) { return std::clamp(alpha * x[0] + beta, 0.0, 1.0); });
}

std::vector<Array> where(const Call& c) {
  return mapped(c, [](Arguments x) { return x[0] != 0 ? x[1] : x[2]; });
}

Formulas named_after_functions() {
  return {{"Abs", unary([](double x) { return std::abs(x); })},
          {"Acos", unary([](double x) { return std::acos(x); })},
          {"Acosh", unary([](double x) { return std::acosh(x); })},
          {"Asin", unary([](double x) { return std::asin(x); })},
          {"Asinh", unary([](double x) { return std::asinh(x); })},
          {"Atan", unary([](double x) { return std::atan(x); })},
          {"Atanh", unary([](double x) { return std::atanh(x); })},
          {"Ceil", unary([](double x) { return std::ceil(x); })},
          {"Cos", unary([](double x) { return std::cos(x); })},
          {"Cosh", unary([](double x) { return std::cosh(x); })},
          {"Erf", unary([](double x) { return std::erf(x); })},
          {"Exp", unary([](double x) { return std::exp(x); })},
          {"Floor", unary([](double x) { return std::floor(x); })},
          {"Log", unary([](double x) { return std::log(x); })},
          {"Neg", unary([](double x) { return -x; })},
          {"Round", unary([](double x) { return std::nearbyint(x); })},
          {"Sin", unary([](double x) { return std::sin(x); })},
          {"Sinh", unary([](double x) { return std::sinh(x); })},
          {"Sqrt", unary([](double x) { return std::sqrt(x); })},
          {"Tan", unary([](double x) { return std::tan(x); })},
          {"Tanh", unary([](double x) { return std::tanh(x); })}};
}

}  // namespace

Formulas elementwise_formulas() {
  Formulas all = named_after_functions();
  all.merge(Formulas{{"Add", binary(std::plus<>())},
                     {"Sub", binary(std::minus<>())},
                     {"Mul", binary(std::multiplies<>())},
                     {"Div", div},
                     {"Mod", mod},
                     {"Pow", pow},
                     {"Sum", folded(std::plus<>())},
                     {"Mean", mean},
                     {"Max", folded(larger)},
                     {"Min", folded(smaller)},
                     {"Clip", clip},
                     {"Where", where},
                     {"Equal", binary([](double a, double b) { return a == b; })},
                     {"Less", binary([](double a, double b) { return a < b; })},
                     {"LessOrEqual", binary([](double a, double b) { return a <= b; })},
                     {"Greater", binary([](double a, double b) { return a > b; })},
                     {"GreaterOrEqual", binary([](double a, double b) { return a >= b; })},
                     {"And", binary([](double a, double b) { return a != 0 && b != 0; })},
                     {"Or", binary([](double a, double b) { return a != 0 || b != 0; })},
                     {"Xor", binary([](double a, double b) { return a != b; })},
                     {"Not", unary([](double x) { return x == 0; })},
                     {"IsNaN", unary([](double x) { return std::isnan(x); })},
                     {"Reciprocal", unary([](double x) { return 1 / x; })},
                     {"Sign", unary([](double x) { return x > 0   ? 1.0
                                                          : x < 0 ? -1.0
                                                                  : x; })},
                     {"Relu", unary([](double x) { return x < 0 ? 0.0 : x; })},
                     {"Sigmoid", unary(sigmoid)},
                     {"Softplus", unary(softplus)},
                     {"Softsign", unary([](double x) { return x / (1 + std::abs(x)); })},
                     {"Mish", unary([](double x) { return x * std::tanh(softplus(x)); })},
                     {"HardSwish", unary([](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); })},
                     {"Gelu", gelu},
                     {"IsInf", is_inf},
                     {"Selu", selu},
                     {"HardSigmoid", hard_sigmoid},
                     {"PRelu", binary([](double x, double slope) { return x < 0 ? slope * x : x; })},
                     {"LeakyRelu", with_alpha([](double x, double a) { return x < 0 ? a * x : x; })},
                     {"Elu", with_alpha(elu)},
                     {"Celu", with_alpha([](double x, double a) { return x < 0 ? a * std::expm1(x / a) : x; })},
                     {"Swish", with_alpha([](double x, double a) { return x * sigmoid(a * x); })},
                     {"ThresholdedRelu", with_alpha([](double x, double a) { return x > a ? x : 0.0; })}});
  return all;
}

}  // namespace rondo::differential
