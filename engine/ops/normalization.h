// Normalization: groups of elements of X are brought to a common centre and spread, Y = (X - centre) * factor * scale +
// bias. The operators differ in what a group is and in the factor. Statistics are taken in double in two passes, so
// they do not cancel; a NaN or an infinity makes its whole group NaN.
#pragma once

#include <cmath>
#include <cstdint>

#include "ops/convert.h"
#include "ops/term.h"
#include "ops/walk.h"

namespace rondo::ops {

// Operands of the walk: X (and Y, which has its strides), scale, bias.
using GroupWalk = FoldWalk<3>;

template <class T>
struct Group {
  const T* x;
  const GroupWalk& walk;

  // The mean of f(element).
  template <class F>
  double mean_of(F f) const {
    double sum = 0;
    for (Walk<3> row = walk.folded; !row.done(); row.next())
      for (std::int64_t i = 0; i < row.length(); ++i) sum += f(static_cast<double>(x[row.at(0) + i * row.step(0)]));
    return sum / static_cast<double>(walk.count);
  }
  double mean() const {
    return mean_of([](double v) { return v; });
  }
  double mean_square(double centre) const {
    return mean_of([centre](double v) { return (v - centre) * (v - centre); });
  }
};

// What becomes of one group: (x - centre) * factor + offset.
struct Normalizer {
  double centre = 0, factor = 1, offset = 0;
};

// scale and bias may be null. Y may have another type than X.
template <class X, class Y>
struct Normalization {
  const X* x;
  const Y* scale;
  const Y* bias;
  Y* y;

  void apply(const Walk<3>& at, std::int64_t i, const GroupWalk& walk, const Normalizer& n) const {
    const std::int64_t from = at.at(0) + i * at.step(0), s = at.at(1) + i * at.step(1), b = at.at(2) + i * at.step(2);
    for (Walk<3> row = walk.folded; !row.done(); row.next())
      for (std::int64_t k = 0; k < row.length(); ++k) {
        const std::int64_t place = from + row.at(0) + k * row.step(0);
        double v = (static_cast<double>(x[place]) - n.centre) * n.factor + n.offset;
        if (scale != nullptr) v *= static_cast<double>(scale[s + row.at(1) + k * row.step(1)]);
        if (bias != nullptr) v += static_cast<double>(bias[b + row.at(2) + k * row.step(2)]);
        y[place] = static_cast<Y>(v);
      }
  }

  // normalizer(group, index) for every group, in row-major order of the axes that are not folded.
  template <class F>
  void run(GroupWalk walk, F&& normalizer) const {
    std::int64_t index = 0;
    for (; !walk.kept.done(); walk.kept.next())
      for (std::int64_t i = 0; i < walk.kept.length(); ++i, ++index) {
        const Group<X> group{x + walk.kept.at(0) + i * walk.kept.step(0), walk};
        apply(walk.kept, i, walk, normalizer(group, index));
      }
  }
};

// An optional input; null when it is absent.
template <class T>
const T* optional_input(const EvalContext& ctx, std::size_t i) {
  return ctx.has(i) ? ctx.inputs[i].as<T>() : nullptr;
}

inline double inverse_root(double mean_square, double epsilon) noexcept { return 1 / std::sqrt(mean_square + epsilon); }

// To mean 0 and variance 1.
template <class T>
Normalizer standardizer(const Group<T>& group, double epsilon) {
  const double mean = group.mean();
  return {mean, inverse_root(group.mean_square(mean), epsilon)};
}

// One element of any type, from or to a double.
inline double read_element(const TensorView& view, std::int64_t i) noexcept {
  double v = 0;
  with_any(view.dtype, [&]<class T>(TypeTag<T>) { v = converted<double>(view.as<T>()[i]); });
  return v;
}
inline void write_element(const MutableTensorView& view, std::int64_t i, double v) noexcept {
  with_any(view.dtype, [&]<class T>(TypeTag<T>) { view.as<T>()[i] = converted<T>(v); });
}

// The axes from the attribute `axis` to the last.
AxisSet trailing_axes(const EvalContext& ctx);
AxisSet axes_from(std::size_t first, std::size_t rank);
// Strides of input i along X, zeros when it is absent.
Dims strides_along_x(const EvalContext& ctx, std::size_t i);

// The reference of InstanceNormalization and GroupNormalization: inputs X, scale and bias, the channels of X parted
// into groups.
void normalize_channels(const EvalContext& ctx, std::int64_t groups);

// Shape rules. The channels of X, dim 1, with which the vectors in inputs [first, last) agree. Throws naming the one
// that does not.
Dim checked_channels(const InferContext& ctx, std::size_t first, std::size_t last);
// stash_type, the type of the first stage, as a type. Throws when it is none of `allowed`.
DType checked_stash_type(const InferContext& ctx, DTypeSet allowed);

// Gradient rules. What a term is after it has been brought to mean 0 and variance 1 over axes, and 1 over the
// deviation.
struct Standardized {
  Term value, factor;
  Standardized(const Term& x, std::vector<std::int64_t> over, double epsilon);
  // The gradient of x from that of value.
  Term gradient(const Term& grad_value) const;

 private:
  std::vector<std::int64_t> axes_;
};
// A vector of one number for each channel along an x of that rank.
Term by_channel(const Term& vector, std::int64_t rank);
// Sets the gradients of scale and bias, inputs 1 and 2, vectors of one number for each channel; grad and value have the
// shape of X.
void give_to_channels(GradientContext& ctx, const Term& value);
// The rule of InstanceNormalization and GroupNormalization.
void channels_gradient(GradientContext& ctx, std::int64_t groups);

}  // namespace rondo::ops
