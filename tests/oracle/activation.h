// The eleven activation functions of ONNX's recurrent operators, as formulas, and how the three attributes name them.
// For the recurrent oracle and its generator.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/recurrent_case.h"

namespace rondo::oracle {

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

struct ActivationInfo {
  std::string_view name;
  bool uses_alpha, uses_beta;
  double alpha, beta;  // defaults as the specification prints them, not rounded to the float of a written attribute
  bool bounded;        // the range is finite
};

// In the order of ActivationKind.
inline constexpr std::array<ActivationInfo, 11> kActivations = {{
    {"Relu", false, false, 0, 0, false},
    {"Tanh", false, false, 0, 0, true},
    {"Sigmoid", false, false, 0, 0, true},
    {"Affine", true, true, 1, 0, false},
    {"LeakyRelu", true, false, 0.01, 0, false},
    {"ThresholdedRelu", true, false, 1, 0, false},
    {"ScaledTanh", true, true, 1, 1, true},
    {"HardSigmoid", true, true, 0.2, 0.5, true},
    {"Elu", true, false, 1, 0, false},
    {"Softsign", false, false, 0, 0, true},
    {"Softplus", false, false, 0, 0, false},
}};

struct Activation {
  ActivationKind kind;
  double alpha, beta;
};

// Case-insensitive. Throws std::invalid_argument for a name that is none of the eleven.
ActivationKind activation_from_name(std::string_view name);

// The attribute's default. Of RNN, the schema's two entries, even for one direction.
std::vector<std::string> default_activations(const RecurrentCase& c);

// The functions of all directions, direction-major, with their alpha and beta.
// Throws std::invalid_argument when the lists have no legal length.
std::vector<Activation> activations_of(const RecurrentCase& c);

// f(x). NaN stays NaN; the infinities give the limits. Defined for float, double and long double.
template <class Real>
Real apply(const Activation& f, Real x);

}  // namespace rondo::oracle
