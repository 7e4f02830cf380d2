// MatMulInteger: the matmul of A - a_zero_point and B - b_zero_point in int32, which wraps around. A zero point is one
// number for all, or one for each row of A or column of B, of each matrix where they are stacked.
#include <fmt/format.h>

#include <algorithm>

#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/mat_mul.h"
#include "ops/op_list.h"
#include "ops/wrap.h"

namespace rondo::ops {
namespace {

enum Input : std::size_t { kA, kB, kAZero, kBZero };

// lines: rows of A or columns of B; across: the axis that they run along, counted from the last.
void check_zero_point(const InferContext& ctx, std::size_t zero, std::size_t matrix, std::size_t across) {
  if (!ctx.ranked(zero) || !ctx.ranked(matrix) || ctx.shape(zero).empty()) return;
  const Shape& got = ctx.shape(zero);
  Shape stacked = ctx.shape(matrix);
  const Dim lines = stacked.size() == 1 ? Dim(1) : stacked[stacked.size() - 3 + across];
  if (got.size() == 1 && (may_equal(got[0], 1) || may_equal(got[0], lines))) return;
  if (stacked.size() > 1) stacked[stacked.size() - across] = 1;
  if (got.size() > 1 && std::ranges::equal(got, stacked, may_equal)) return;
  throw ctx.error(ctx.input_label(zero) + " has the wrong shape")
      .got(to_string(got))
      .expected(fmt::format("one number, {} or {}", to_string(Shape{lines}), to_string(stacked)));
}

void infer(InferContext& ctx) {
  std::optional<Shape> out = mat_mul_shape(ctx);
  check_zero_point(ctx, kAZero, kA, 1);
  check_zero_point(ctx, kBZero, kB, 2);
  ctx.set(0, DType::int32, std::move(out));
}

// The zero points of the lines of one matrix after the other: line i of matrix p has data[p * matrix + i * line].
template <class T>
struct ZeroPoints {
  const T* data = nullptr;
  std::int64_t matrix = 0, line = 0;

  ZeroPoints(const EvalContext& ctx, std::size_t input, std::int64_t lines) {
    if (!ctx.has(input)) return;
    const TensorView& view = ctx.inputs[input];
    data = view.as<T>();
    if (view.count() == 1) return;
    line = 1;
    matrix = view.rank() > 1 ? lines : 0;
  }
  std::int32_t at(std::int64_t p, std::int64_t i) const { return data == nullptr ? 0 : data[p * matrix + i * line]; }
};

template <class A, class B>
void multiply_integers(const EvalContext& ctx) {
  const MatMulWalk walk(ctx);
  const ZeroPoints<A> a_zero(ctx, kAZero, walk.m);
  const ZeroPoints<B> b_zero(ctx, kBZero, walk.n);
  walk.each([&](std::int64_t pa, std::int64_t pb, std::int64_t py) {
    const A* a = ctx.inputs[kA].as<A>() + pa * walk.m * walk.k;
    std::int32_t* y = ctx.outputs[0].as<std::int32_t>() + py * walk.m * walk.n;
    for (std::int64_t i = 0; i < walk.m; ++i, y += walk.n) {
      std::fill_n(y, walk.n, 0);
      const B* b = ctx.inputs[kB].as<B>() + pb * walk.k * walk.n;
      for (std::int64_t p = 0; p < walk.k; ++p, ++a, b += walk.n) {
        const std::int32_t factor = *a - a_zero.at(pa, i);
        for (std::int64_t j = 0; j < walk.n; ++j) y[j] = wrap_add(y[j], factor * (b[j] - b_zero.at(pb, j)));
      }
    }
  });
}

// f(TypeTag<T>{}) for the two types of bytes.
template <class F>
void with_byte(DType dtype, F&& f) {
  if (dtype == DType::int8) return f(TypeTag<std::int8_t>{});
  f(TypeTag<std::uint8_t>{});
}

void eval(const EvalContext& ctx) {
  with_byte(ctx.inputs[kA].dtype, [&]<class A>(TypeTag<A>) {
    with_byte(ctx.inputs[kB].dtype, [&]<class B>(TypeTag<B>) { multiply_integers<A, B>(ctx); });
  });
}

}  // namespace

const OpDef& mat_mul_integer() {
  static const OpDef def{
      .name = "MatMulInteger",
      .inputs = {{"A", "T1"},
                 {"B", "T2"},
                 {"a_zero_point", "T1", Presence::optional},
                 {"b_zero_point", "T2", Presence::optional}},
      .outputs = {{"Y", "T3"}},
      .types = {{"T1", {DType::int8, DType::uint8}}, {"T2", {DType::int8, DType::uint8}}, {"T3", {DType::int32}}},
      .infer = infer,
      .eval = eval};
  return def;
}

}  // namespace rondo::ops
