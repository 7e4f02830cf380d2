// Formulas in gradient rules: a Term is a value of the graph that a rule is emitting into, and an expression of terms
// emits the nodes that compute it. Numbers take the element type of the term beside them; shapes broadcast.
//   ctx.set(0, (grad(ctx) * (1.0 - y * y)).id());
#pragma once

#include <span>
#include <vector>

#include "ir/gradient.h"

namespace rondo::ops {

class Term {
 public:
  Term(GradientContext& ctx, ValueId id) : ctx_(&ctx), id_(id) {}

  GradientContext& context() const noexcept { return *ctx_; }
  ValueId id() const noexcept { return id_; }
  bool present() const noexcept { return id_ != kNone; }
  const TensorType& type() const { return ctx_->type(id_); }
  DType dtype() const { return type().dtype; }
  std::int64_t rank() const { return ctx_->rank(id_); }
  // A scalar of this term's element type.
  Term number(double value) const { return {*ctx_, ctx_->number(value, dtype())}; }
  // A list of int64 in the same graph.
  Term integers(std::vector<std::int64_t> elements) const { return {*ctx_, ctx_->integers(std::move(elements))}; }

 private:
  GradientContext* ctx_;
  ValueId id_;
};

// Parts of the node whose rule runs; not present() where the node has none, or where nothing depends on the output.
inline Term input(GradientContext& ctx, std::size_t i) { return {ctx, ctx.input(i)}; }
inline Term output(GradientContext& ctx, std::size_t i) { return {ctx, ctx.output(i)}; }
inline Term grad(GradientContext& ctx, std::size_t i = 0) { return {ctx, ctx.grad_output(i)}; }

// A node of one output; absent inputs are terms that are not present.
Term apply(const OpDef& op, std::initializer_list<Term> inputs, Attributes attributes = {});
inline Term apply(const OpDef& op, const Term& x) { return apply(op, {x}); }
inline Term apply(const OpDef& op, const Term& a, const Term& b) { return apply(op, {a, b}); }
inline Term apply(const OpDef& op, const Term& a, double b) { return apply(op, {a, a.number(b)}); }

Term operator+(const Term& a, const Term& b);
Term operator-(const Term& a, const Term& b);
Term operator*(const Term& a, const Term& b);
Term operator/(const Term& a, const Term& b);
Term operator-(const Term& a);
inline Term operator+(double a, const Term& b) { return b.number(a) + b; }
inline Term operator-(double a, const Term& b) { return b.number(a) - b; }
inline Term operator*(double a, const Term& b) { return b.number(a) * b; }
inline Term operator/(double a, const Term& b) { return b.number(a) / b; }
inline Term operator+(const Term& a, double b) { return a + a.number(b); }
inline Term operator-(const Term& a, double b) { return a - a.number(b); }
inline Term operator*(const Term& a, double b) { return a * a.number(b); }
inline Term operator/(const Term& a, double b) { return a / a.number(b); }

// cond ? a : b, element by element: what the branch that is not taken holds, NaN included, has no influence.
Term select(const Term& cond, const Term& a, const Term& b);
inline Term select(const Term& cond, const Term& a, double b) { return select(cond, a, a.number(b)); }
inline Term select(const Term& cond, double a, const Term& b) { return select(cond, b.number(a), b); }

Term as_type(const Term& x, DType dtype);
// The sizes of x as a list: a constant where they are known.
Term shape_of(const Term& x);
// x in the shape of `like`: the same elements; or zeros; or summed over what a broadcast of `like` repeated. Nothing is
// emitted where the shapes are known to agree.
Term reshaped_like(const Term& x, const Term& like);
Term zeros_like(const Term& like);
Term sum_to(const Term& x, const Term& like);
// x repeated to the shape of `like`.
Term expand_like(const Term& x, const Term& like);
Term reshaped(const Term& x, std::vector<std::int64_t> shape);  // a 0 keeps a dim, one -1 takes what is left
Term reshaped(const Term& x, const Term& shape);                // a 0 is a size
Term unsqueezed(const Term& x, std::vector<std::int64_t> axes);
Term transposed(const Term& x, std::vector<std::int64_t> perm);
// Sums and means over axes, which stay as dims of 1 unless dropped. No axes: nothing is summed.
Term sum_over(const Term& x, std::vector<std::int64_t> axes, bool keep = true);
Term mean_over(const Term& x, std::vector<std::int64_t> axes);
// first, first + 1 ... last - 1.
std::vector<std::int64_t> axes_between(std::int64_t first, std::int64_t last);
// The number of elements of x, as a scalar of element type dtype.
Term count_of(const Term& x, DType dtype);

// Adds `values` to zeros of the shape of `like`: values[i] at the place that places[i], an int64, counts in row-major
// order. Shapes of values and places agree in their number of elements.
Term scattered(const Term& values, const Term& places, const Term& like);
// The place of each element of `like` in row-major order, an int64 tensor of its shape.
Term places_of(const Term& like);

// Sets the gradient of input i, summed over what the input was repeated along.
void give(GradientContext& ctx, std::size_t i, const Term& gradient);

// A rule: input 0 gets the gradient of output 0 times F(x, y), element by element.
template <Term (*F)(const Term& x, const Term& y)>
void derivative(GradientContext& ctx) {
  ctx.set(0, (grad(ctx) * F(input(ctx, 0), output(ctx, 0))).id());
}
// A rule: constant wherever it is differentiable, so that no input gets a gradient.
inline void no_slope(GradientContext&) {}

}  // namespace rondo::ops
