// The eleven activation functions of ONNX's recurrent operators: one table of names, parameters and formulas, for the
// attribute check, the scalar reference, and backends that map a kind onto a kernel.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace rondo::ops {

enum class ActivationKind {
  relu,
  tanh,
  sigmoid,
  affine,
  leaky_relu,
  thresholded_relu,
  scaled_tanh,
  hard_sigmoid,
  elu,
  softsign,
  softplus,
};

// One function of a layer with its parameters; a parameter the function does not use is 0. Written parameters are
// floats; the defaults are what the specification prints, in double, and are rounded to the precision a layer computes
// in.
struct Activation {
  ActivationKind kind = ActivationKind::tanh;
  double alpha = 0;
  double beta = 0;
  bool operator==(const Activation&) const = default;
};

struct ActivationDef {
  std::string_view name;  // as ONNX spells it
  ActivationKind kind;
  std::optional<double> alpha, beta;  // the default; absent: the function does not use it
  // f(x, alpha, beta). NaN stays NaN, the infinities give the limits, nothing overflows on the way.
  float (*f32)(float, float, float);
  double (*f64)(double, double, double);
  // f'(x, alpha, beta); at a kink that of the side below.
  float (*slope32)(float, float, float);
  double (*slope64)(double, double, double);
};

// In the order of ActivationKind.
std::span<const ActivationDef> all_activations() noexcept;
inline const ActivationDef& def_of(ActivationKind kind) noexcept {
  return all_activations()[static_cast<std::size_t>(kind)];
}
// Upper and lower case are the same, as exporters are not of one mind. Null when there is none of that name.
const ActivationDef* find_activation(std::string_view name) noexcept;

inline float apply(const Activation& a, float x) {
  return def_of(a.kind).f32(x, static_cast<float>(a.alpha), static_cast<float>(a.beta));
}
inline double apply(const Activation& a, double x) { return def_of(a.kind).f64(x, a.alpha, a.beta); }
inline float slope(const Activation& a, float x) {
  return def_of(a.kind).slope32(x, static_cast<float>(a.alpha), static_cast<float>(a.beta));
}
inline double slope(const Activation& a, double x) { return def_of(a.kind).slope64(x, a.alpha, a.beta); }

}  // namespace rondo::ops
