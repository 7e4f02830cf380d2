// Optimizers: how gradients become steps of the parameters, in the arithmetic and with the defaults of PyTorch's
// torch.optim (one tensor at a time; Adam's moments as in its version 1.13). For the trainer; learning rates come from
// schedules.h, what they keep goes into checkpoints.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/tensor.h"

namespace rondo::train {

enum class Method { sgd, adam, adamw, rmsprop, adagrad };

std::string_view name_of(Method method) noexcept;
// Throws Error(usage) that lists the names.
Method method_named(std::string_view name);

// What a method does not use is ignored. default_options gives PyTorch's defaults of a method.
struct OptimizerOptions {
  Method method = Method::adam;
  double lr = 1e-3;
  double weight_decay = 0;            // adamw: decoupled from the gradient
  double momentum = 0;                // sgd, rmsprop
  double dampening = 0;               // sgd
  bool nesterov = false;              // sgd
  double beta1 = 0.9, beta2 = 0.999;  // adam, adamw
  double alpha = 0.99;                // rmsprop
  bool centered = false;              // rmsprop
  double epsilon = 1e-8;              // adam, adamw, rmsprop, adagrad
  double lr_decay = 0;                // adagrad
  double initial_accumulator = 0;     // adagrad
};
OptimizerOptions default_options(Method method);

// A parameter in memory that stays where it is; float32 or float64.
struct TrainedTensor {
  std::string name;
  MutableTensorView value;
  double lr_factor = 1;  // of the learning rate, for layers that learn slower than others
};

// A buffer an optimizer keeps, of the parameter's type and shape: "exp_avg/fc.weight". "step" is int64, one number for
// each parameter.
struct StateBuffer {
  std::string name;
  MutableTensorView value;
};

class Optimizer {
 public:
  // Throws Error(usage) for options that PyTorch refuses, Error(data) for a parameter that is neither float32 nor
  // float64, Error(memory).
  Optimizer(const OptimizerOptions& options, std::vector<TrainedTensor> parameters);

  // One step with the learning rate lr, which takes the place of that of the options. gradients[i] has the type and
  // shape of parameter i; one that is not present() leaves its parameter and all that is kept for it untouched.
  void step(double lr, std::span<const TensorView> gradients);

  // Replaces the momentum of sgd and rmsprop, beta1 of adam and adamw; for schedules that move it. Adagrad has none.
  // Throws Error(usage) where momentum moves away from 0 and the optimizer was made without a place for it.
  void set_momentum(double momentum);

  // What a checkpoint must hold, always in the same order. Writing to the views restores the optimizer.
  std::vector<StateBuffer> state();

  const OptimizerOptions& options() const noexcept { return options_; }

 private:
  OptimizerOptions options_;
  std::vector<TrainedTensor> parameters_;
  std::vector<std::string_view> slot_names_;  // what is kept for each parameter; "": nothing in this place
  std::vector<Tensor> slots_;                 // that, parameter after parameter
  Tensor steps_;
};

}  // namespace rondo::train
