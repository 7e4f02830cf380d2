// Gemm: alpha * A' * B' + beta * C for matrices, A' and B' transposed on demand, C broadcast to the result.
#include <fmt/format.h>

#include "ir/graph.h"
#include "ops/broadcast.h"
#include "ops/convert.h"
#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/op_list.h"
#include "ops/product.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void check_addend(const InferContext& ctx, const Shape& out) {
  if (!ctx.ranked(2)) return;
  const auto common = broadcast(ctx.shape(2), out);
  if (!common || common->size() > 2 || !may_equal((*common)[0], out[0]) || !may_equal((*common)[1], out[1]))
    throw ctx.error("C does not broadcast to the result").got(to_string(ctx.shape(2))).expected(to_string(out));
}

void infer(InferContext& ctx) {
  require_rank(ctx, 0, 2);
  require_rank(ctx, 1, 2);
  const bool trans_a = ctx.integer("transA") != 0, trans_b = ctx.integer("transB") != 0;
  Shape out(2);
  if (ctx.ranked(0)) out[0] = ctx.shape(0)[trans_a ? 1 : 0];
  if (ctx.ranked(1)) out[1] = ctx.shape(1)[trans_b ? 0 : 1];
  if (ctx.ranked(0) && ctx.ranked(1) && !may_equal(ctx.shape(0)[trans_a ? 0 : 1], ctx.shape(1)[trans_b ? 1 : 0]))
    throw ctx.error("the inner dims of A and B differ")
        .got(fmt::format("{}{} and {}{}", to_string(ctx.shape(0)), trans_a ? " transposed" : "",
                         to_string(ctx.shape(1)), trans_b ? " transposed" : ""));
  check_addend(ctx, out);
  ctx.set(0, ctx.dtype(0), std::move(out));
}

// Integers are scaled in double: alpha and beta are floats.
template <class T>
T scaled(float factor, T v) {
  if (factor == 1.0f) return v;
  if constexpr (std::is_integral_v<T>)
    return converted<T>(static_cast<double>(factor) * static_cast<double>(v));
  else
    return static_cast<T>(factor) * v;
}

template <class T>
void multiply_transposed(const EvalContext& ctx, std::int64_t m, std::int64_t k, std::int64_t n) {
  const T *a = ctx.inputs[0].as<T>(), *b = ctx.inputs[1].as<T>();
  T* y = ctx.outputs[0].as<T>();
  if (ctx.integer("transB") == 0)
    return multiply(a, ctx.integer("transA") != 0 ? 1 : k, ctx.integer("transA") != 0 ? m : 1, b, y, m, k, n);
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      if (ctx.integer("transA") == 0) {
        y[i * n + j] = dot(a + i * k, b + j * k, k);
        continue;
      }
      T total = 0;
      for (std::int64_t p = 0; p < k; ++p) total = wrap_add(total, wrap_mul(a[p * m + i], b[j * k + p]));
      y[i * n + j] = total;
    }
}

template <class T>
void add_c(const EvalContext& ctx) {
  const float alpha = ctx.real("alpha"), beta = ctx.real("beta");
  T* y = ctx.outputs[0].as<T>();
  if (alpha != 1.0f)
    for (std::int64_t i = 0, n = ctx.outputs[0].count(); i < n; ++i) y[i] = scaled(alpha, y[i]);
  if (!ctx.has(2)) return;
  const T* c = ctx.inputs[2].as<T>();
  auto w = broadcast_walk<1>(ctx.outputs[0].shape, {ctx.inputs[2].shape});
  for (; !w.done(); w.next(), y += w.length())
    for (std::int64_t i = 0; i < w.length(); ++i) y[i] = wrap_add(y[i], scaled(beta, c[w.at(0) + i * w.step(0)]));
}

void eval(const EvalContext& ctx) {
  const std::int64_t m = ctx.outputs[0].shape[0], n = ctx.outputs[0].shape[1];
  const std::int64_t k = ctx.inputs[0].shape[ctx.integer("transA") != 0 ? 0 : 1];
  with_number(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) {
    multiply_transposed<T>(ctx, m, k, n);
    add_c<T>(ctx);
  });
}

void gradient(GradientContext& ctx) {
  const Term a = input(ctx, 0), b = input(ctx, 1), g = grad(ctx);
  const bool trans_a = ctx.integer("transA") != 0, trans_b = ctx.integer("transB") != 0;
  const AttrValue alpha = *ctx.find("alpha");
  const auto product = [&](const Term& left, bool trans_left, const Term& right, bool trans_right) {
    const auto flag = [](bool on) { return std::int64_t{on}; };
    return apply(gemm(), {left, right},
                 {{"alpha", alpha}, {"transA", flag(trans_left)}, {"transB", flag(trans_right)}});
  };
  if (ctx.wants(0)) ctx.set(0, (trans_a ? product(b, trans_b, g, true) : product(g, false, b, !trans_b)).id());
  if (ctx.wants(1)) ctx.set(1, (trans_b ? product(g, true, a, trans_a) : product(a, !trans_a, g, false)).id());
  if (!ctx.wants(2)) return;
  const double beta = ctx.real("beta");
  give(ctx, 2, beta == 1 ? g : beta * g);
}

}  // namespace

const OpDef& gemm() {
  static const OpDef def{.name = "Gemm",
                         .attributes = {attr("alpha", 1.0f), attr("beta", 1.0f), attr("transA", 0), attr("transB", 0)},
                         .inputs = {{"A", "T"}, {"B", "T"}, {"C", "T", Presence::optional}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats | DTypeSet{DType::int32, DType::int64, DType::uint32, DType::uint64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kAccumulated,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
