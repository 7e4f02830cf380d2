// DFT: the discrete Fourier transform along one axis, cut or filled up with zeros to dft_length. The last dim holds the
// real part, or the real and the imaginary part. With onesided the forward transform of a real signal keeps the first
// n/2 + 1 values, and the inverse one takes those and gives the real signal of length n. Complex numbers are
// transformed in their own precision and real ones in double, as NumPy does, whose results ONNX records.
#include <fmt/format.h>

#include <algorithm>

#include "ir/graph.h"
#include "ops/axes.h"
#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/fourier.h"
#include "ops/lines.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kInput, kLength, kAxis };
constexpr std::int64_t kDefaultAxis = -2;

struct Form {
  bool inverse, onesided;

  explicit Form(const Node& node) : inverse(flag(node, "inverse")), onesided(flag(node, "onesided")) {}
  // A one-sided inverse takes half a spectrum and gives real numbers.
  bool to_real() const { return inverse && onesided; }
  // The length of the transform of that many elements, when nothing else is said.
  std::int64_t length(std::int64_t elements) const { return to_real() ? 2 * (elements - 1) : elements; }
  // How many of n values are read or written.
  std::int64_t kept(std::int64_t n) const { return onesided ? n / 2 + 1 : n; }

 private:
  static bool flag(const Node& node, std::string_view name) {
    return std::get<std::int64_t>(*find_attribute(node.attributes, name)) != 0;
  }
};

void check_components(const InferContext& ctx, const Form& form) {
  const Dim& last = ctx.shape(kInput).back();
  if (!may_equal(last, 1) && !may_equal(last, 2))
    throw ctx.error("the last dim of input is not that of real or complex numbers")
        .got(to_string(ctx.shape(kInput)))
        .expected("1 or 2");
  if (!form.onesided || may_equal(last, form.inverse ? 2 : 1)) return;
  throw ctx
      .attribute_error("onesided", form.inverse ? "a one-sided inverse needs complex input"
                                                : "a one-sided result is not possible for complex input")
      .got(to_string(ctx.shape(kInput)))
      .fix("set onesided to 0");
}

// The length of the transform along an axis of `size`.
Dim length_of(const InferContext& ctx, const Form& form, const Dim& size) {
  std::optional<std::int64_t> n = integer_of(ctx, kLength);
  if (!ctx.has(kLength)) {
    if (!size.known()) return form.to_real() ? Dim() : size;
    n = size.value > kMaxFourierLength ? size.value : form.length(size.value);
  }
  if (!n) return {};
  if (*n < 1 || *n > kMaxFourierLength)
    throw ctx.error("the length of the transform is out of range")
        .got(std::to_string(*n))
        .expected(fmt::format("1 to {}", kMaxFourierLength));
  return *n;
}

Shape transformed_shape(const InferContext& ctx, const Form& form) {
  const std::int64_t rank = checked_rank(ctx, kInput);
  if (rank < 2) throw ctx.error("input has too few dims").got(to_string(ctx.shape(kInput))).expected("at least 2");
  check_components(ctx, form);
  const auto axis = ctx.has(kAxis) ? integer_of(ctx, kAxis) : std::optional(kDefaultAxis);
  Shape out = axis ? ctx.shape(kInput) : unknown_shape(ctx, rank);
  out.back() = form.to_real() ? 1 : 2;
  if (!axis) return out;
  const auto along = static_cast<std::size_t>(checked_axis(ctx, *axis, rank));
  if (along + 1 == out.size())
    throw ctx.error("axis is that of real and imaginary parts")
        .got(std::to_string(*axis))
        .expected(fmt::format("{} to -2 or 0 to {}", -rank, rank - 2));
  const Dim n = length_of(ctx, form, out[along]);
  const bool whole = form.to_real() || !form.onesided;
  out[along] = whole ? n : n.known() ? Dim(form.kept(n.value)) : Dim();
  return out;
}

void infer(InferContext& ctx) {
  for (std::size_t i : {kLength, kAxis}) require_one_element(ctx, i);
  const Form form(ctx.node());
  ctx.set(0, ctx.dtype(kInput), ctx.ranked(kInput) ? std::optional(transformed_shape(ctx, form)) : std::nullopt);
}

// Where the transform runs and how long it is, from the inputs of one run.
struct Sizes {
  std::size_t axis;
  std::int64_t n;
};
Sizes sizes_of(const Node& node, std::span<const TensorView> inputs) {
  const auto number = [&](std::size_t i) -> std::optional<std::int64_t> {
    if (i >= inputs.size() || !inputs[i].present()) return std::nullopt;
    return IntegerList(inputs[i])[0];
  };
  const auto axis =
      static_cast<std::size_t>(resolved_axis(number(kAxis).value_or(kDefaultAxis), inputs[kInput].rank()));
  return {axis, number(kLength).value_or(Form(node).length(inputs[kInput].shape[axis]))};
}

std::size_t scratch_bytes(const Node& node, std::span<const TensorView> inputs) {
  return Fourier<double>::scratch_bytes(sizes_of(node, inputs).n);
}

// One line of input as the transform reads it: cut or filled up with zeros, half a spectrum with its mirror image.
template <class T, class Real>
void load(const T* x, const Lines& lines, std::int64_t components, const Form& form, std::int64_t n,
          std::complex<Real>* out) {
  const std::int64_t read = form.to_real() ? form.kept(n) : n;
  for (std::int64_t k = 0; k < read; ++k)
    out[k] = k < lines.size ? complex_at<Real>(x + k * lines.inner * components, components) : std::complex<Real>();
  for (std::int64_t k = read; k < n; ++k) out[k] = std::conj(out[n - k]);
}

template <class T, class Real>
void transform_lines(const EvalContext& ctx, const Form& form, const Sizes& sizes) {
  const TensorView& in = ctx.inputs[kInput];
  const MutableTensorView& out = ctx.outputs[0];
  const std::span numbers = in.shape.first(in.shape.size() - 1);
  const Lines from(numbers, sizes.axis), to(out.shape.first(numbers.size()), sizes.axis);
  const std::int64_t components = in.shape.back(), out_components = out.shape.back();
  const Fourier<Real> fourier(sizes.n, form.inverse, ctx.scratch);
  for (std::int64_t line = 0; line < from.outer * from.inner; ++line) {
    const std::int64_t o = line / from.inner, i = line % from.inner;
    load(in.as<T>() + (o * from.size * from.inner + i) * components, from, components, form, sizes.n, fourier.input());
    fourier.run();
    T* y = out.as<T>() + (o * to.size * to.inner + i) * out_components;
    for (std::int64_t k = 0; k < to.size; ++k, y += to.inner * out_components) {
      y[0] = static_cast<T>(fourier.output()[k].real());
      if (out_components == 2) y[1] = static_cast<T>(fourier.output()[k].imag());
    }
  }
}

void eval(const EvalContext& ctx) {
  if (ctx.outputs[0].count() == 0) return;
  const Form form(ctx.node);
  const Sizes sizes = sizes_of(ctx.node, ctx.inputs);
  with_float(ctx.inputs[kInput].dtype, [&]<class T>(TypeTag<T>) {
    ctx.inputs[kInput].shape.back() == 2 ? transform_lines<T, T>(ctx, form, sizes)
                                         : transform_lines<T, double>(ctx, form, sizes);
  });
}

std::int64_t known_axis(GradientContext& ctx) {
  if (!ctx.has(kAxis)) return kDefaultAxis;
  const auto& axis = ctx.graph().value(ctx.input(kAxis)).constant;
  if (axis == nullptr) throw ctx.error("its axis is computed").fix("make axis a constant");
  return IntegerList(axis->view())[0];
}

// x cut or filled up with zeros along an axis to the size that `like` has there.
Term resized(const Term& x, const Term& like, const Term& axis) {
  const auto size = [&](const Term& t) { return apply(gather(), shape_of(t), axis); };
  const Term ends = apply(concat(), {x.integers({0}), size(like) - size(x)}, {{"axis", std::int64_t{0}}});
  return apply(pad(), {x, ends, Term(x.context(), kNone), axis});
}

// How often a value of half a spectrum of n counts in the real signal: those with a mirror image twice.
Term times_counted(const Term& half, const Term& n, const Term& axis, std::int64_t from_last) {
  const Term k =
      apply(range(),
            {n.number(0), reshaped(apply(gather(), shape_of(half), axis), std::vector<std::int64_t>{}), n.number(1)});
  const Term single = apply(logical_or(), apply(equal(), k, 0.0), apply(equal(), k + k, n));
  std::vector<std::int64_t> dims(static_cast<std::size_t>(from_last), 1);
  dims[0] = -1;
  return reshaped(as_type(select(single, 1.0, k.number(2)), half.dtype()), std::move(dims));
}

// The real part where x is real: its last dim says, which is known at the latest when the graph runs.
Term real_like(const Term& complex, const Term& x) {
  const Term parts = apply(gather(), shape_of(x), x.integers({-1}));
  return apply(slice(), {complex, x.integers({0}), parts, x.integers({-1})});
}

// A transform is linear: its gradient is the transform back, without or with the division by n that is not in its own.
void gradient(GradientContext& ctx) {
  const Term x = input(ctx, kInput), g = grad(ctx);
  const std::int64_t from_last = x.rank() - resolved_axis(known_axis(ctx), x.rank());
  const Term axis = x.integers({-from_last}), axis_number = reshaped(axis, std::vector<std::int64_t>{});
  const Form form(ctx.node());
  const Term whole = form.inverse ? g : x;  // has the length of the transform, unless that is given
  Term n = reshaped(apply(gather(), shape_of(whole), axis), std::vector<std::int64_t>{});
  if (!form.inverse && ctx.has(kLength))
    n = reshaped(as_type(input(ctx, kLength), DType::int64), std::vector<std::int64_t>{});
  const Term factor = as_type(n, x.dtype());
  const auto transform = [&](bool inverse, bool onesided) {
    return apply(dft(), {g, n, axis_number},
                 {{"inverse", std::int64_t{inverse}}, {"onesided", std::int64_t{onesided}}});
  };
  if (form.to_real()) {
    const Term half = transform(false, true);
    return ctx.set(kInput, resized(half * times_counted(half, n, axis, from_last) / factor, x, axis).id());
  }
  const Term back = form.inverse ? transform(false, false) / factor : transform(true, false) * factor;
  ctx.set(kInput, resized(real_like(back, x), x, axis).id());
}

}  // namespace

const OpDef& dft() {
  static const OpDef def{
      .name = "DFT",
      .attributes = {attr("inverse", 0), attr("onesided", 0)},
      .inputs = {{"input", "T1"}, {"dft_length", "T2", Presence::optional}, {"axis", "axis", Presence::optional}},
      .outputs = {{"output", "T1"}},
      .types = {{"T1", kFloats}, {"T2", kIndices}, {"axis", {DType::int64}}},
      .infer = infer,
      .eval = eval,
      .tolerance = kSummed,
      .scratch_bytes = scratch_bytes,
      .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
