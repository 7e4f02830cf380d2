#include "oracle/activation.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>
#include <string>

namespace rondo::oracle {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The parameter of every function: written one to one, written only for its users, or the default of each.
std::vector<double> parameters(const char* attribute, const std::vector<float>& list,
                               const std::vector<ActivationKind>& kinds, bool ActivationInfo::*uses,
                               double ActivationInfo::*default_value) {
  const auto info = [&](std::size_t k) { return kActivations[static_cast<std::size_t>(kinds[k])]; };
  std::size_t users = 0;
  for (std::size_t k = 0; k < kinds.size(); ++k) users += info(k).*uses ? 1 : 0;
  if (!list.empty() && list.size() != kinds.size() && list.size() != users) {
    throw std::invalid_argument(std::string(attribute) + " has " + std::to_string(list.size()) + " values");
  }
  std::vector<double> result(kinds.size(), 0);
  std::size_t next = 0;
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    if (!(info(k).*uses)) continue;
    if (list.empty()) {
      result[k] = info(k).*default_value;
    } else {
      result[k] = list.size() == kinds.size() ? list[k] : list[next++];
    }
  }
  return result;
}

}  // namespace

std::vector<std::string> default_activations(const RecurrentCase& c) {
  switch (c.op) {
    case RecurrentOp::rnn:
      return {"Tanh", "Tanh"};
    case RecurrentOp::lstm:
      if (c.D() == 1) return {"Sigmoid", "Tanh", "Tanh"};
      return {"Sigmoid", "Tanh", "Tanh", "Sigmoid", "Tanh", "Tanh"};
    case RecurrentOp::gru:
      if (c.D() == 1) return {"Sigmoid", "Tanh"};
      return {"Sigmoid", "Tanh", "Sigmoid", "Tanh"};
  }
  throw std::invalid_argument("no such operator");
}

ActivationKind activation_from_name(std::string_view name) {
  for (std::size_t k = 0; k < kActivations.size(); ++k) {
    if (same_ignoring_case(kActivations[k].name, name)) return static_cast<ActivationKind>(k);
  }
  throw std::invalid_argument("no activation is called '" + std::string(name) + "'");
}

std::vector<Activation> activations_of(const RecurrentCase& c) {
  const std::vector<std::string> names = c.activations.empty() ? default_activations(c) : c.activations;
  std::vector<ActivationKind> kinds;
  for (const std::string& name : names) kinds.push_back(activation_from_name(name));

  const auto wanted = static_cast<std::size_t>(c.D() * functions_of(c.op));
  // The schema's default of RNN has two entries whatever the direction, and a writer may spell it out.
  const bool is_rnn_default = c.op == RecurrentOp::rnn && kinds.size() == 2 && kinds[0] == ActivationKind::tanh &&
                              kinds[1] == ActivationKind::tanh;
  if (kinds.size() != wanted && !is_rnn_default) throw std::invalid_argument("activations has a wrong length");

  const auto alpha =
      parameters("activation_alpha", c.activation_alpha, kinds, &ActivationInfo::uses_alpha, &ActivationInfo::alpha);
  const auto beta =
      parameters("activation_beta", c.activation_beta, kinds, &ActivationInfo::uses_beta, &ActivationInfo::beta);
  std::vector<Activation> functions;
  for (std::size_t k = 0; k < wanted; ++k) functions.push_back({kinds[k], alpha[k], beta[k]});
  return functions;
}

template <class Real>
Real apply(const Activation& f, Real x) {
  if (std::isnan(x)) return x;
  const Real alpha = static_cast<Real>(f.alpha);
  const Real beta = static_cast<Real>(f.beta);
  switch (f.kind) {
    case ActivationKind::relu:
      return std::max(x, Real{0});
    case ActivationKind::tanh:
      return std::tanh(x);
    case ActivationKind::sigmoid:
      return 1 / (1 + std::exp(-x));
    case ActivationKind::affine:
      return alpha * x + beta;
    case ActivationKind::leaky_relu:
      return x >= 0 ? x : alpha * x;
    case ActivationKind::thresholded_relu:
      return x >= alpha ? x : Real{0};
    case ActivationKind::scaled_tanh:
      return alpha * std::tanh(beta * x);
    case ActivationKind::hard_sigmoid: {
      const Real line = alpha * x + beta;
      return std::isnan(line) ? line : std::min(std::max(line, Real{0}), Real{1});
    }
    case ActivationKind::elu:
      return x >= 0 ? x : alpha * std::expm1(x);
    // x/(1+|x|) without inf/inf, and log(1+e^x) without overflow.
    case ActivationKind::softsign:
      return std::isinf(x) ? std::copysign(Real{1}, x) : x / (1 + std::abs(x));
    case ActivationKind::softplus:
      return std::max(x, Real{0}) + std::log1p(std::exp(-std::abs(x)));
  }
  throw std::invalid_argument("no such activation");
}

template float apply(const Activation&, float);
template double apply(const Activation&, double);
template long double apply(const Activation&, long double);

}  // namespace rondo::oracle
