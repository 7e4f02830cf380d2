// Contract of the elementwise activation kernels: the eleven functions ONNX names for recurrent cells, and exp.
//   y[i] = f(x[i]) for i in [0, n); y may be x; no alignment is needed; n may be 0.
// The value of an element does not depend on its position or on n. NaN gives NaN. At an infinite x the limit is given,
// for Softsign too. sigmoid, tanh and exp are within 4 ULP, and 1.2e-7 for float sigmoid and tanh; see simd/math.h.
#pragma once

#include <stdint.h>

namespace rondo {
enum class Isa;
}

namespace rondo::kernels {

// Formulas, a = alpha, b = beta:
enum class Activation : uint8_t {
  affine,            // a x + b
  elu,               // x < 0 ? a (e^x - 1) : x
  hard_sigmoid,      // min(max(a x + b, 0), 1)
  leaky_relu,        // x < 0 ? a x : x
  relu,              // max(x, 0)
  scaled_tanh,       // a tanh(b x)
  sigmoid,           // 1 / (1 + e^-x)
  softplus,          // log(1 + e^x)
  softsign,          // x / (1 + |x|)
  tanh,              // tanh(x)
  thresholded_relu,  // x < a ? 0 : x
};

// An activation with its parameters, which are ignored by functions that have none. Defaults are the caller's matter.
struct ActivationFunction {
  Activation kind;
  double alpha;
  double beta;
};

template <class T>
struct ActivationKernels {
  const char* name;  // of the variant: "avx512", "avx2" or "scalar"
  void (*apply)(const ActivationFunction& f, const T* x, T* y, int64_t n);
  void (*exp)(const T* x, T* y, int64_t n);
};

// The best compiled variant that isa allows. T is float or double.
template <class T>
const ActivationKernels<T>& select_activation(Isa isa);

#define RONDO_ACTIVATION(isa)                                   \
  extern const ActivationKernels<float> activation_##isa##_f32; \
  extern const ActivationKernels<double> activation_##isa##_f64;
#include "kernels/activation/activation.inc"
#undef RONDO_ACTIVATION

}  // namespace rondo::kernels
