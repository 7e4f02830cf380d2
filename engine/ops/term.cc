#include "ops/term.h"

#include <algorithm>
#include <numeric>

#include "ops/internal_op_list.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

// Whether two shapes are known to be equal: numbers or symbols, dim by dim.
bool same_shape(const TensorType& a, const TensorType& b) {
  const auto same = [](const Dim& x, const Dim& y) { return x == y && (x.known() || !x.symbol.empty()); };
  return a.ranked() && b.ranked() && std::ranges::equal(*a.shape, *b.shape, same);
}

Term list_of_zeros(const Term& shape, DType dtype) {
  auto zero = std::make_shared<Tensor>(dtype, std::vector<std::int64_t>{1});
  std::fill_n(static_cast<std::byte*>(zero->data()), zero->bytes(), std::byte{0});
  return apply(constant_of_shape(), {shape}, {{"value", TensorPtr(std::move(zero))}});
}

}  // namespace

Term apply(const OpDef& op, std::initializer_list<Term> inputs, Attributes attributes) {
  GradientContext& ctx = inputs.begin()->context();
  std::vector<ValueId> ids;
  for (const Term& t : inputs) ids.push_back(t.id());
  while (!ids.empty() && ids.back() == kNone) ids.pop_back();
  return {ctx, ctx.emit(op, std::move(ids), std::move(attributes))};
}

Term operator+(const Term& a, const Term& b) { return apply(add(), a, b); }
Term operator-(const Term& a, const Term& b) { return apply(sub(), a, b); }
Term operator*(const Term& a, const Term& b) { return apply(mul(), a, b); }
Term operator/(const Term& a, const Term& b) { return apply(div(), a, b); }
Term operator-(const Term& a) { return apply(neg(), a); }

Term select(const Term& cond, const Term& a, const Term& b) { return apply(where(), {cond, a, b}); }

Term as_type(const Term& x, DType dtype) {
  return x.dtype() == dtype ? x : apply(cast(), {x}, {{"to", static_cast<std::int64_t>(dtype)}});
}

Term shape_of(const Term& x) {
  if (const auto dims = concrete_dims(x.type())) return x.integers(*dims);
  return apply(shape(), x);
}

Term reshaped_like(const Term& x, const Term& like) {
  return same_shape(x.type(), like.type()) ? x : reshaped(x, shape_of(like));
}
Term zeros_like(const Term& like) { return list_of_zeros(shape_of(like), like.dtype()); }
Term sum_to(const Term& x, const Term& like) {
  return same_shape(x.type(), like.type()) ? x : apply(rondo::ops::sum_to(), x, shape_of(like));
}
Term expand_like(const Term& x, const Term& like) {
  return same_shape(x.type(), like.type()) ? x : apply(expand(), x, shape_of(like));
}
Term reshaped(const Term& x, std::vector<std::int64_t> shape) {
  return apply(reshape(), x, x.integers(std::move(shape)));
}
Term reshaped(const Term& x, const Term& shape) {
  return apply(reshape(), {x, shape}, {{"allowzero", std::int64_t{1}}});
}
Term unsqueezed(const Term& x, std::vector<std::int64_t> axes) {
  return apply(unsqueeze(), x, x.integers(std::move(axes)));
}
Term transposed(const Term& x, std::vector<std::int64_t> perm) {
  return apply(transpose(), {x}, {{"perm", std::move(perm)}});
}

Term sum_over(const Term& x, std::vector<std::int64_t> axes, bool keep) {
  if (axes.empty()) return x;
  return apply(reduce_sum(), {x, x.integers(std::move(axes))}, {{"keepdims", std::int64_t{keep}}});
}
Term mean_over(const Term& x, std::vector<std::int64_t> axes) {
  return axes.empty() ? x : apply(reduce_mean(), x, x.integers(std::move(axes)));
}
std::vector<std::int64_t> axes_between(std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> axes(static_cast<std::size_t>(std::max<std::int64_t>(last - first, 0)));
  std::iota(axes.begin(), axes.end(), first);
  return axes;
}
Term count_of(const Term& x, DType dtype) { return as_type(apply(size(), x), dtype); }

Term scattered(const Term& values, const Term& places, const Term& like) {
  const Term flat_zeros = list_of_zeros(unsqueezed(apply(size(), like), {0}), values.dtype());
  const Term sums = apply(scatter_elements(), {flat_zeros, reshaped(places, {-1}), reshaped(values, {-1})},
                          {{"axis", std::int64_t{0}}, {"reduction", std::string("add")}});
  return reshaped(sums, shape_of(like));
}
Term places_of(const Term& like) {
  const Term count = apply(size(), like);
  return reshaped(apply(range(), {count.number(0), count, count.number(1)}), shape_of(like));
}

void give(GradientContext& ctx, std::size_t i, const Term& gradient) {
  ctx.set(i, sum_to(gradient, input(ctx, i)).id());
}

}  // namespace rondo::ops
