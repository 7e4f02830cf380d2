#include "backends/native/elementwise.h"

#include <algorithm>
#include <optional>

#include "backends/native/function.h"
#include "kernels/simd/denormals.h"
#include "ops/fused_activation.h"

namespace rondo::native {
namespace {

using kernels::Activation;

constexpr std::int64_t kWorthAThread = 50'000;  // elements that pay for waking another thread

// Those of straight lines are exact, subnormal numbers included; the others only lose time with them.
bool is_exact(Activation kind) { return kind == Activation::relu || kind == Activation::leaky_relu; }

template <class T>
class ElementwiseStep : public Step {
 public:
  explicit ElementwiseStep(const Lowering& at)
      : kernels_(kernels::select_activation<T>(at.options.isa)),
        function_(kernel_function(*ops::elementwise_activation(at.node))),
        name_(at.node.op->name + " " + kernels_.name),
        pieces_(
            static_cast<int>(std::clamp<std::int64_t>(at.outputs[0].count() / kWorthAThread, 1, at.options.threads))) {}

  void run(const StepArgs& args) const override {
    const std::int64_t n = args.outputs[0].count();
    args.pool.for_each(pieces_, [&](int piece) {
      std::optional<simd::FlushDenormals> flush;
      if (!is_exact(function_.kind)) flush.emplace();
      const std::int64_t begin = n * piece / pieces_, end = n * (piece + 1) / pieces_;
      kernels_.apply(function_, args.inputs[0].as<T>() + begin, args.outputs[0].as<T>() + begin, end - begin);
    });
  }
  std::string kernel() const override { return name_; }

 private:
  const kernels::ActivationKernels<T>& kernels_;
  kernels::ActivationFunction function_;
  std::string name_;
  int pieces_;
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
