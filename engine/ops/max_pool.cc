// MaxPool: the greatest element under a window, and where in X it stands; of equal ones the first, NaN before all. A
// window that lies in the padding alone gives -Inf, or the least integer, and no place: -1.
#include <algorithm>
#include <limits>

#include "ops/dispatch.h"
#include "ops/op_list.h"
#include "ops/pool.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  const std::int64_t order = ctx.integer("storage_order");
  if (order != 0 && order != 1)
    throw ctx.attribute_error("storage_order", "no such order").got(std::to_string(order)).expected("0 or 1");
  ctx.set(1, DType::int64, infer_pool(ctx));
}

template <class T>
constexpr T least() noexcept {
  using Limits = std::numeric_limits<T>;
  return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
}

template <class T>
bool beats(T a, T b) noexcept {
  return a > b || (a != a && b == b);
}

template <class T>
void keep_greatest(const T* x, T* y, const PoolRow& row) {
  for (std::int64_t i = 0; i < row.length; ++i) {
    T& best = y[row.y + i * row.y_step];
    const T v = x[row.x + i * row.x_step];
    if (beats(v, best)) best = v;
  }
}

template <class T>
void keep_greatest(const T* x, T* y, std::int64_t* places, const PoolRow& row) {
  for (std::int64_t i = 0; i < row.length; ++i) {
    const std::int64_t to = row.y + i * row.y_step, from = row.x + i * row.x_step;
    if (places[to] >= 0 && !beats(x[from], y[to])) continue;
    y[to] = x[from];
    places[to] = from;
  }
}

// A place in a row-major plane as one in a column-major plane.
std::int64_t by_columns(std::int64_t place, std::span<const std::int64_t> plane) noexcept {
  std::int64_t step = volume(plane), at = 0;
  for (std::size_t d = plane.size(); d-- > 0; place /= plane[d]) {
    step /= plane[d];
    at += place % plane[d] * step;
  }
  return at;
}

// From places in a plane to places in X.
void finish_places(const EvalContext& ctx, std::int64_t* places, std::int64_t input, std::int64_t output) {
  const bool columns = ctx.integer("storage_order") != 0;
  for (std::int64_t i = 0, n = ctx.outputs[1].count(); i < n; ++i) {
    if (places[i] < 0) continue;
    if (columns) places[i] = by_columns(places[i], ctx.inputs[0].shape.subspan(2));
    places[i] += i / output * input;
  }
}

template <class T>
void pool(const EvalContext& ctx, const Window& window) {
  const T* x = ctx.inputs[0].as<T>();
  T* y = ctx.outputs[0].as<T>();
  const auto out = ctx.outputs[0].shape.subspan(2);
  const std::int64_t input = volume(ctx.inputs[0].shape.subspan(2)), output = volume(out);
  std::fill_n(y, ctx.outputs[0].count(), least<T>());
  if (!ctx.wants(1)) {
    for_each_tap(ctx.inputs[0].shape, out, window, [&](std::int64_t plane, const PoolRow& row) {
      keep_greatest(x + plane * input, y + plane * output, row);
    });
    return;
  }
  auto* places = ctx.outputs[1].as<std::int64_t>();
  std::fill_n(places, ctx.outputs[1].count(), -1);
  for_each_tap(ctx.inputs[0].shape, out, window, [&](std::int64_t plane, const PoolRow& row) {
    keep_greatest(x + plane * input, y + plane * output, places + plane * output, row);
  });
  finish_places(ctx, places, input, output);
}

// Of equal elements the first gets all of the gradient, as in PyTorch. A window without a place has none to give.
void gradient(GradientContext& ctx) {
  Attributes attributes = ctx.node().attributes;
  std::get<std::int64_t>(std::ranges::find(attributes, "storage_order", &Attribute::name)->value) = 0;
  const Term places(ctx, ctx.emit(max_pool(), {ctx.input(0)}, std::move(attributes), 2)[1]);
  const Term none = apply(less(), places, 0.0);
  ctx.set(0, scattered(select(none, 0.0, grad(ctx)), select(none, 0.0, places), input(ctx, 0)).id());
}

void eval(const EvalContext& ctx) {
  const Window window = pool_window(ctx.node.attributes, ctx.inputs[0].shape);
  with_number(ctx.inputs[0].dtype, [&]<class T>(TypeTag<T>) { pool<T>(ctx, window); });
}

}  // namespace

const OpDef& max_pool() {
  static const OpDef def{.name = "MaxPool",
                         .attributes = window_attributes({attr("ceil_mode", 0), attr("storage_order", 0),
                                                          required_attr("kernel_shape", AttrKind::integers)}),
                         .inputs = {{"X", "T"}},
                         .outputs = {{"Y", "T"}, {"Indices", "I", Presence::optional}},
                         .types = {{"T", kFloats | DTypeSet{DType::int8, DType::uint8}}, {"I", {DType::int64}}},
                         .infer = infer,
                         .eval = eval,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
