// From a function of the operators' table to the kernels'.
#pragma once

#include <array>

#include "kernels/activation/activation.h"
#include "ops/recurrent_activation.h"

namespace rondo::native {

inline kernels::ActivationFunction kernel_function(const ops::Activation& a) {
  static constexpr std::array<kernels::Activation, 11> kKinds{
      kernels::Activation::relu,        kernels::Activation::tanh,         kernels::Activation::sigmoid,
      kernels::Activation::affine,      kernels::Activation::leaky_relu,   kernels::Activation::thresholded_relu,
      kernels::Activation::scaled_tanh, kernels::Activation::hard_sigmoid, kernels::Activation::elu,
      kernels::Activation::softsign,    kernels::Activation::softplus};
  return {kKinds[static_cast<std::size_t>(a.kind)], a.alpha, a.beta};
}

}  // namespace rondo::native
