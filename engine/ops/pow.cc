// Pow: X to the Y with broadcasting; the result has X's type. Integers with integer exponents are exact and wrap
// around; below zero they truncate, and 0 to a negative exponent is an error.
#include <fmt/format.h>

#include <cmath>

#include "ops/binary.h"
#include "ops/convert.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

template <class T, class E>
T integer_power(T base, E exponent) {
  if (exponent < E(0)) return base == 1 ? T(1) : base == -1 ? ((exponent & 1) != 0 ? T(-1) : T(1)) : T(0);
  T result = 1;
  for (auto left = static_cast<std::uint64_t>(exponent); left != 0; left >>= 1, base = wrap_mul(base, base))
    if ((left & 1u) != 0) result = wrap_mul(result, base);
  return result;
}

struct Power {
  template <class T, class E>
  T operator()(T base, E exponent) const {
    if constexpr (std::is_integral_v<T> && std::is_integral_v<E>) {
      return integer_power(base, exponent);
    } else if constexpr (std::is_same_v<T, E>) {
      return exponent == E(2) ? base * base : std::pow(base, exponent);
    } else {
      return converted<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
    }
  }
};

template <class T, class E>
void refuse_zero_base(const EvalContext& ctx) {
  const T* base = ctx.inputs[0].as<T>();
  const E* exponent = ctx.inputs[1].as<E>();
  auto w = broadcast_walk<2>(ctx.outputs[0].shape, {ctx.inputs[0].shape, ctx.inputs[1].shape});
  for (; !w.done(); w.next())
    for (std::int64_t i = 0; i < w.length(); ++i) {
      const E e = exponent[w.at(1) + i * w.step(1)];
      if (base[w.at(0) + i * w.step(0)] == T(0) && e < E(0))
        throw ctx.error("integer 0 to a negative exponent").got(fmt::format("exponent {}", e));
    }
}

template <class T>
void eval_base(const EvalContext& ctx) {
  with_number(ctx.inputs[1].dtype, [&]<class E>(TypeTag<E>) {
    if constexpr (std::is_integral_v<T> && std::is_integral_v<E> && std::is_signed_v<E>) refuse_zero_base<T, E>(ctx);
    apply_binary<T, E, T>(ctx, Power{});
  });
}

void eval(const EvalContext& ctx) {
  switch (ctx.inputs[0].dtype) {
    case DType::int32:
      return eval_base<std::int32_t>(ctx);
    case DType::int64:
      return eval_base<std::int64_t>(ctx);
    case DType::float32:
      return eval_base<float>(ctx);
    default:
      return eval_base<double>(ctx);
  }
}

// x^(e-1) at x = 0 is infinite for e < 1; where e is 0 the slope is 0 all the same.
Term slope_by_base(const Term& x, const Term& e) {
  return select(apply(equal(), e, 0.0), 0.0, e * apply(pow(), x, e - 1.0));
}
// y log(x), and 0 where x is 0 and e is not negative: there y does not depend on e.
Term slope_by_exponent(const Term& x, const Term& e, const Term& y) {
  const Term flat = apply(logical_and(), apply(equal(), x, 0.0), apply(greater_or_equal(), e, 0.0));
  return select(flat, 0.0, y * apply(log(), x));
}

void gradient(GradientContext& ctx) {
  const Term x = input(ctx, 0), e = as_type(input(ctx, 1), x.dtype());
  if (ctx.wants(0)) give(ctx, 0, grad(ctx) * slope_by_base(x, e));
  if (!ctx.wants(1)) return;
  give(ctx, 1, as_type(grad(ctx) * slope_by_exponent(x, e, output(ctx, 0)), input(ctx, 1).dtype()));
}

}  // namespace

const OpDef& pow() {
  static const OpDef def{.name = "Pow",
                         .inputs = {{"X", "T"}, {"Y", "T1"}},
                         .outputs = {{"Z", "T"}},
                         .types = {{"T", kFloats | kIndices}, {"T1", kNumbers}},
                         .infer = [](InferContext& ctx) { ctx.set(0, ctx.dtype(0), broadcast_inputs(ctx, 0, 2)); },
                         .eval = eval,
                         .tolerance = kFunction,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
