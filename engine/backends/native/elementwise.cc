#include "backends/native/elementwise.h"

#include "kernels/activation/activation.h"
#include "kernels/simd/denormals.h"

namespace rondo::native {
namespace {

template <class T>
class ElementwiseStep : public Step {
 public:
  explicit ElementwiseStep(const Lowering& at)
      : kernels_(kernels::select_activation<T>(at.options.isa)),
        function_{at.node.op->name == "Tanh" ? kernels::Activation::tanh : kernels::Activation::sigmoid, 0, 0},
        name_(at.node.op->name + " " + kernels_.name) {}

  void run(const StepArgs& args) const override {
    const simd::FlushDenormals flush;
    kernels_.apply(function_, args.inputs[0].as<T>(), args.outputs[0].as<T>(), args.outputs[0].count());
  }
  std::string kernel() const override { return name_; }

 private:
  const kernels::ActivationKernels<T>& kernels_;
  kernels::ActivationFunction function_;
  std::string name_;
};

}  // namespace

std::string refuse_elementwise(const Lowering& at) {
  const DType t = at.inputs[0].dtype;
  return t == DType::float32 || t == DType::float64 ? "" : "element type " + std::string(name_of(t));
}

std::unique_ptr<Step> make_elementwise(const Lowering& at) {
  if (at.inputs[0].dtype == DType::float64) return std::make_unique<ElementwiseStep<double>>(at);
  return std::make_unique<ElementwiseStep<float>>(at);
}

}  // namespace rondo::native
