// MatMul: numpy's matmul.
#include "ops/mat_mul.h"

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op_list.h"
#include "ops/product.h"
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
                         .tolerance = kAccumulated};
  return def;
}

}  // namespace rondo::ops
