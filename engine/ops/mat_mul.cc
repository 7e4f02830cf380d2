// MatMul: numpy's matmul.
#include "ops/mat_mul.h"

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op_list.h"
#include "ops/product.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
std::optional<Shape> mat_mul_shape(const InferContext& ctx) {
  const bool ranked = ctx.ranked(0) && ctx.ranked(1);
  for (std::size_t i : {0, 1})
    if (ctx.ranked(i) && checked_rank(ctx, i) == 0)
      throw ctx.error(ctx.input_label(i) + " is a scalar").expected("a vector or matrices");
  if (!ranked) return std::nullopt;
  const Shape &a = ctx.shape(0), &b = ctx.shape(1);
  const Dim &inner_a = a.back(), &inner_b = b.size() == 1 ? b[0] : b[b.size() - 2];
  if (!may_equal(inner_a, inner_b))
    throw ctx.error("the inner dims of A and B differ")
        .got(fmt::format("{} and {}", to_string(a), to_string(b)))
        .expected(fmt::format("{} = {}", inner_a.value, inner_b.value));
  const auto batch = [](const Shape& s) { return s.size() < 2 ? Shape{} : Shape(s.begin(), s.end() - 2); };
  auto out = broadcast(batch(a), batch(b));
  if (!out)
    throw ctx.error("the leading dims of A and B do not broadcast")
        .got(fmt::format("{} and {}", to_string(a), to_string(b)));
  if (a.size() > 1) out->push_back(a[a.size() - 2]);
  if (b.size() > 1) out->push_back(b.back());
  return out;
}

namespace {

std::span<const std::int64_t> leading(std::span<const std::int64_t> shape) {
  return shape.size() < 2 ? shape.first(0) : shape.first(shape.size() - 2);
}

Walk<2> matrices_of(const EvalContext& ctx) {
  const TensorView &a = ctx.inputs[0], &b = ctx.inputs[1];
  const std::span<const std::int64_t> out = ctx.outputs[0].shape;
  const std::size_t matrix_dims = (a.rank() > 1 ? 1u : 0u) + (b.rank() > 1 ? 1u : 0u);
  return broadcast_walk<2>(out.first(out.size() - matrix_dims), {leading(a.shape), leading(b.shape)});
}

void infer(InferContext& ctx) { ctx.set(0, ctx.dtype(0), mat_mul_shape(ctx)); }

void eval(const EvalContext& ctx) {
  const MatMulWalk walk(ctx);
  with_number(ctx.outputs[0].dtype, [&]<class T>(TypeTag<T>) {
    const T *a = ctx.inputs[0].as<T>(), *b = ctx.inputs[1].as<T>();
    T* y = ctx.outputs[0].as<T>();
    const std::int64_t m = walk.m, k = walk.k, n = walk.n;
    walk.each([=](std::int64_t i, std::int64_t j, std::int64_t p) {
      multiply(a + i * m * k, k, 1, b + j * k * n, y + p * m * n, m, k, n);
    });
  });
}

Term with_matrices_transposed(const Term& x) {
  std::vector<std::int64_t> perm = axes_between(0, x.rank());
  std::swap(perm[perm.size() - 2], perm.back());
  return transposed(x, std::move(perm));
}

// A vector is a matrix of one row or column, and is differentiated as that.
void gradient(GradientContext& ctx) {
  const bool row = ctx.rank(ctx.input(0)) == 1, column = ctx.rank(ctx.input(1)) == 1;
  const Term a = row ? unsqueezed(input(ctx, 0), {0}) : input(ctx, 0);
  const Term b = column ? unsqueezed(input(ctx, 1), {1}) : input(ctx, 1);
  Term g = grad(ctx);
  if (column) g = unsqueezed(g, {-1});
  if (row) g = unsqueezed(g, {-2});
  if (ctx.wants(0)) {
    const Term grad_a = sum_to(apply(mat_mul(), g, with_matrices_transposed(b)), a);
    ctx.set(0, row ? reshaped_like(grad_a, input(ctx, 0)).id() : grad_a.id());
  }
  if (!ctx.wants(1)) return;
  // One matrix for all of a: one product over all of its rows.
  const auto rows_of = [](const Term& x) { return apply(flatten(), {x}, {{"axis", x.rank() - 1}}); };
  const Term grad_b = b.rank() == 2 ? apply(gemm(), {rows_of(a), rows_of(g)}, {{"transA", std::int64_t{1}}})
                                    : sum_to(apply(mat_mul(), with_matrices_transposed(a), g), b);
  ctx.set(1, column ? reshaped_like(grad_b, input(ctx, 1)).id() : grad_b.id());
}

}  // namespace

MatMulWalk::MatMulWalk(const EvalContext& ctx)
    : m(ctx.inputs[0].rank() == 1 ? 1 : ctx.inputs[0].shape[ctx.inputs[0].shape.size() - 2]),
      k(ctx.inputs[0].shape.back()),
      n(ctx.inputs[1].rank() == 1 ? 1 : ctx.inputs[1].shape.back()),
      matrices(matrices_of(ctx)) {}

const OpDef& mat_mul() {
  static const OpDef def{.name = "MatMul",
                         .inputs = {{"A", "T"}, {"B", "T"}},
                         .outputs = {{"Y", "T"}},
                         .types = {{"T", kFloats | DTypeSet{DType::int32, DType::int64, DType::uint32, DType::uint64}}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kAccumulated,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
