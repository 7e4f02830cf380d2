#include "ops/scatter.h"

#include <algorithm>

#include "ops/op_list.h"

namespace rondo::ops {
namespace {

constexpr std::string_view kReductions[] = {"none", "add", "mul", "max", "min"};  // in the order of Reduction

}  // namespace

void check_reduction(const InferContext& ctx) {
  if (std::ranges::find(kReductions, ctx.text("reduction")) == std::end(kReductions))
    throw ctx.attribute_error("reduction", "no such reduction")
        .got(ctx.text("reduction"))
        .expected("none, add, mul, max or min");
}

Reduction reduction_of(const Node& node) {
  const auto& name = std::get<std::string>(*find_attribute(node.attributes, "reduction"));
  return static_cast<Reduction>(std::ranges::find(kReductions, name) - std::begin(kReductions));
}

namespace {

// Data and updates that meet at the indices of a node.
struct Scattering {
  GradientContext& ctx;
  const OpDef &scatter, &gather;

  Attributes attributes(std::string_view reduction) const {
    Attributes out;
    if (const AttrValue* axis = ctx.find("axis")) out.push_back({"axis", *axis});
    if (!reduction.empty()) out.push_back({"reduction", std::string(reduction)});
    return out;
  }
  Term put(const Term& data, const Term& updates, std::string_view reduction) const {
    return apply(scatter, {data, input(ctx, 1), updates}, attributes(reduction));
  }
  Term take(const Term& data) const { return apply(gather, {data, input(ctx, 1)}, attributes("")); }

  void set(const Term& data, const Term& updates) const {
    if (ctx.wants(0)) ctx.set(0, data.id());
    if (ctx.wants(2)) ctx.set(2, updates.id());
  }
};

// The slope of a product by a factor is the product of the other factors, 0 when one of those is 0.
void product_gradient(const Scattering& s) {
  const Term data = input(s.ctx, 0), updates = input(s.ctx, 2);
  const auto is_zero = [](const Term& x) { return apply(equal(), x, 0.0); };
  const auto as_number = [&](const Term& x) { return as_type(is_zero(x), x.dtype()); };
  const auto nonzero = [&](const Term& x) { return select(is_zero(x), 1.0, x); };
  const Term zeros = s.put(as_number(data), as_number(updates), "add");
  const Term product = grad(s.ctx) * s.put(nonzero(data), nonzero(updates), "mul");
  const auto slope = [&](const Term& factor, const Term& num_zeros, const Term& product_here) {
    return select(is_zero(num_zeros - as_number(factor)), product_here / nonzero(factor), factor.number(0));
  };
  s.set(slope(data, zeros, product), slope(updates, s.take(zeros), s.take(product)));
}

void extreme_gradient(const Scattering& s) {
  const Term result = output(s.ctx, 0);
  const auto equals = [](const Term& x, const Term& y) { return as_type(apply(equal(), x, y), x.dtype()); };
  const Term data = equals(input(s.ctx, 0), result), updates = equals(input(s.ctx, 2), s.take(result));
  const Term share = grad(s.ctx) / s.put(data, updates, "add");
  s.set(share * data, s.take(share) * updates);
}

}  // namespace

void scatter_gradient(GradientContext& ctx, const OpDef& scatter, const OpDef& gather) {
  const Scattering s{ctx, scatter, gather};
  switch (reduction_of(ctx.node())) {
    case Reduction::none:
      if (ctx.wants(0)) ctx.set(0, s.put(grad(ctx), zeros_like(input(ctx, 2)), "none").id());
      if (ctx.wants(2)) ctx.set(2, s.take(grad(ctx)).id());
      return;
    case Reduction::add:
      if (ctx.wants(0)) ctx.set(0, ctx.grad_output());
      if (ctx.wants(2)) ctx.set(2, s.take(grad(ctx)).id());
      return;
    case Reduction::mul:
      return product_gradient(s);
    default:
      return extreme_gradient(s);
  }
}

}  // namespace rondo::ops
