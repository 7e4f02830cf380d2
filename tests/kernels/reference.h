// What kernel tests compare against: the formulas of the ONNX specification, written as plainly as possible in wide
// arithmetic, and the data they are fed with. Shares no code with the kernels.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "kernels/activation/activation.h"

namespace rondo::tests {

using kernels::Activation;
using kernels::ActivationFunction;
using Real = long double;

inline constexpr Activation kAllActivations[] = {
    Activation::affine,   Activation::elu,      Activation::hard_sigmoid,    Activation::leaky_relu,
    Activation::relu,     Activation::softplus, Activation::scaled_tanh,     Activation::sigmoid,
    Activation::softsign, Activation::tanh,     Activation::thresholded_relu};

template <class Number>
Number exact(const ActivationFunction& f, Number x) {
  const Number a = f.alpha;
  const Number b = f.beta;
  const Number one = 1;
  switch (f.kind) {
    case Activation::affine:
      return a * x + b;
    case Activation::elu:
      return x < 0 ? a * std::expm1(x) : x;
    case Activation::hard_sigmoid:
      return std::fmin(std::fmax(a * x + b, Number(0)), one);
    case Activation::leaky_relu:
      return x < 0 ? a * x : x;
    case Activation::relu:
      return std::fmax(x, Number(0));
    case Activation::scaled_tanh:
      return a * std::tanh(b * x);
    case Activation::sigmoid:
      return x < 0 ? std::exp(x) / (one + std::exp(x)) : one / (one + std::exp(-x));
    case Activation::softplus:
      return std::fmax(x, Number(0)) + std::log1p(std::exp(-std::fabs(x)));
    case Activation::softsign:
      return x / (one + std::fabs(x));
    case Activation::tanh:
      return std::tanh(x);
    case Activation::thresholded_relu:
      return x >= a ? x : Number(0);
  }
  return 0;
}

template <class T>
std::vector<T> random_values(std::mt19937& random, std::int64_t n, double range) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (T& x : v) x = static_cast<T>(std::uniform_real_distribution<double>(-range, range)(random));
  return v;
}

// Batch rows with a gap between them; outputs start as NaN, so that what a kernel forgets is seen, and what it writes
// outside of a row too.
template <class T>
struct Block {
  std::int64_t columns;
  std::int64_t stride;
  std::vector<T> values;

  Block(std::int64_t rows, std::int64_t width)
      : columns(width),
        stride(width + 3),
        values(static_cast<std::size_t>(rows * stride), std::numeric_limits<T>::quiet_NaN()) {}
  Block(std::mt19937& random, std::int64_t rows, std::int64_t width, double range) : Block(rows, width) {
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < width; ++c) at(r, c) = random_values<T>(random, 1, range)[0];
  }

  T& at(std::int64_t row, std::int64_t column) { return values[static_cast<std::size_t>(row * stride + column)]; }
  T at(std::int64_t row, std::int64_t column) const { return values[static_cast<std::size_t>(row * stride + column)]; }
  bool gaps_untouched() const {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (static_cast<std::int64_t>(i) % stride >= columns && !std::isnan(values[i])) return false;
    return true;
  }
};

// The same bits, NaN included.
template <class T>
bool same_bits(const Block<T>& a, const Block<T>& b) {
  return a.values.size() == b.values.size() &&
         __builtin_memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(T)) == 0;
}

// sum over k of h[k] * R[gate * hidden + unit][k], R in ONNX layout, in double.
template <class T>
double recurrent_sum(const std::vector<T>& r, std::int64_t hidden, std::int64_t gate, std::int64_t unit,
                     const std::vector<double>& h) {
  double sum = 0;
  for (std::int64_t k = 0; k < hidden; ++k)
    sum += h[static_cast<std::size_t>(k)] * double(r[static_cast<std::size_t>((gate * hidden + unit) * hidden + k)]);
  return sum;
}

inline double bounded(double x, double clip) { return std::fmax(-clip, std::fmin(clip, x)); }

template <class T>
double tolerance() {
  return sizeof(T) == 4 ? 2e-6 : 1e-14;
}

}  // namespace rondo::tests
