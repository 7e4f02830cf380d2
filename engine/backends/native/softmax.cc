// Row by row: the greatest element is taken off, the exponentials are summed in double and divided by their sum.
#include "backends/native/softmax.h"

#include <algorithm>
#include <array>

#include "kernels/activation/activation.h"
#include "kernels/binary/binary.h"
#include "kernels/simd/denormals.h"
#include "ops/axes.h"

namespace rondo::native {
namespace {

constexpr std::int64_t kWorthAThread = 20'000;  // elements that pay for waking another thread
constexpr std::size_t kChains = 8;              // of partial results, so that compilers find vectors

// fold(part, element) over n elements in kChains interleaved chains, each starting at `start`.
template <class R, class T, class F>
std::array<R, kChains> folded(const T* x, std::int64_t n, R start, F fold) {
  std::array<R, kChains> part;
  part.fill(start);
  std::int64_t i = 0;
  for (; i + static_cast<std::int64_t>(kChains) <= n; i += static_cast<std::int64_t>(kChains))
    for (std::size_t k = 0; k < kChains; ++k) part[k] = fold(part[k], x[i + static_cast<std::int64_t>(k)]);
  for (std::size_t k = 0; i < n; ++i, ++k) part[k] = fold(part[k], x[i]);
  return part;
}

// A NaN need not be found: it makes the sum a NaN.
template <class T>
T greatest(const T* x, std::int64_t n) {
  const auto larger = [](T a, T b) { return b > a ? b : a; };
  const auto part = folded(x, n, x[0], larger);
  return *std::ranges::max_element(part);
}

template <class T>
T sum(const T* x, std::int64_t n) {
  double total = 0;
  for (double part : folded(x, n, 0.0, [](double a, T b) { return a + static_cast<double>(b); })) total += part;
  return static_cast<T>(total);
}

std::size_t axis_of(const Lowering& at) {
  const auto axis = std::get<std::int64_t>(*find_attribute(at.node.attributes, "axis"));
  return static_cast<std::size_t>(ops::resolved_axis(axis, at.inputs[0].rank()));
}

template <class T>
class SoftmaxStep : public Step {
 public:
  explicit SoftmaxStep(const Lowering& at)
      : functions_(kernels::select_activation<T>(at.options.isa)),
        rows_of_(kernels::select_binary<T>(at.options.isa)),
        columns_(at.inputs[0].shape[axis_of(at)]),
        rows_(columns_ == 0 ? 0 : at.inputs[0].count() / columns_) {
    const std::int64_t most = std::clamp<std::int64_t>(rows_, 1, at.options.threads);
    pieces_ = static_cast<int>(std::clamp<std::int64_t>(rows_ * columns_ / kWorthAThread, 1, most));
  }

  std::string kernel() const override { return std::string("Softmax ") + functions_.name; }

  void run(const StepArgs& args) const override {
    const T* x = args.inputs[0].as<T>();
    T* y = args.outputs[0].as<T>();
    args.pool.for_each(pieces_, [&](int piece) {
      const simd::FlushDenormals flush;
      for (std::int64_t r = rows_ * piece / pieces_; r < rows_ * (piece + 1) / pieces_; ++r)
        run_row(x + r * columns_, y + r * columns_);
    });
  }

 private:
  void run_row(const T* x, T* y) const {
    const T top = greatest(x, columns_);
    rows_of_.apply(kernels::Binary::sub, {x, 1, &top, 0, y, columns_});
    functions_.exp(y, y, columns_);
    const T total = sum(y, columns_);
    rows_of_.apply(kernels::Binary::div, {y, 1, &total, 0, y, columns_});
  }

  const kernels::ActivationKernels<T>& functions_;
  const kernels::BinaryKernels<T>& rows_of_;
  std::int64_t columns_, rows_;
  int pieces_ = 1;
};

}  // namespace

std::string refuse_softmax(const Lowering& at) {
  const std::size_t axis = axis_of(at);
  for (const std::int64_t behind : at.inputs[0].shape.subspan(axis + 1))
    if (behind != 1) return "axis " + std::to_string(axis) + " is not the last";
  const DType t = at.inputs[0].dtype;
  return t == DType::float32 || t == DType::float64 ? "" : "element type " + std::string(name_of(t));
}

std::unique_ptr<Step> make_softmax(const Lowering& at) {
  if (at.inputs[0].dtype == DType::float64) return std::make_unique<SoftmaxStep<double>>(at);
  return std::make_unique<SoftmaxStep<float>>(at);
}

}  // namespace rondo::native
