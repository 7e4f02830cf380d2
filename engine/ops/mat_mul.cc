// MatMul: numpy's matmul. The last two dims are matrices, the dims before broadcast; a vector on the left is a row, on
// the right a column, and its dim leaves the result.
#include <fmt/format.h>

#include "ops/broadcast.h"
#include "ops/dispatch.h"
#include "ops/op_list.h"
#include "ops/product.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

std::optional<Shape> product_shape(const InferContext& ctx) {
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

void infer(InferContext& ctx) { ctx.set(0, ctx.dtype(0), product_shape(ctx)); }

void eval(const EvalContext& ctx) {
  const TensorView &a = ctx.inputs[0], &b = ctx.inputs[1];
  const auto batch = [](std::span<const std::int64_t> s) { return s.size() < 2 ? s.first(0) : s.first(s.size() - 2); };
  const std::int64_t k = a.shape.back();
  const std::int64_t m = a.rank() == 1 ? 1 : a.shape[a.shape.size() - 2], n = b.rank() == 1 ? 1 : b.shape.back();
  const std::size_t matrix_dims = (a.rank() > 1 ? 1u : 0u) + (b.rank() > 1 ? 1u : 0u);
  const std::span<const std::int64_t> out = ctx.outputs[0].shape;
  with_number(a.dtype, [&]<class T>(TypeTag<T>) {
    T* y = ctx.outputs[0].as<T>();
    auto w = broadcast_walk<2>(out.first(out.size() - matrix_dims), {batch(a.shape), batch(b.shape)});
    for (; !w.done(); w.next())
      for (std::int64_t i = 0; i < w.length(); ++i, y += m * n)
        multiply(a.as<T>() + (w.at(0) + i * w.step(0)) * m * k, k, 1, b.as<T>() + (w.at(1) + i * w.step(1)) * k * n, y,
                 m, k, n);
  });
}

}  // namespace

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
