// Gelu: x times the normal distribution's share below x, exactly through erfc, or with approximate "tanh" as
// 0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))).
#include <cmath>
#include <numbers>

#include "ir/graph.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

// Both in forms that do not cancel below zero, and in double, since exp multiplies the rounding of its argument.
struct Exact {
  template <class T>
  T operator()(T x) const {
    const double v = static_cast<double>(x);
    return static_cast<T>(0.5 * v * std::erfc(-v / std::numbers::sqrt2));
  }
};

struct Approximate {
  template <class T>
  T operator()(T x) const {
    const double v = static_cast<double>(x);
    const double twice = 2 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi * (v + 0.044715 * v * v * v);
    return static_cast<T>(v / (1 + std::exp(-twice)));  // (1 + tanh(u)) / 2 = 1 / (1 + exp(-2 u))
  }
};

bool is_exact(const Attributes& attributes) {
  return std::get<std::string>(*find_attribute(attributes, "approximate")) == "none";
}

void infer(InferContext& ctx) {
  const std::string& form = ctx.text("approximate");
  if (form != "none" && form != "tanh")
    throw ctx.attribute_error("approximate", "no such approximation").got(form).expected("none or tanh");
  ctx.set(0, ctx.type(0));
}

void eval(const EvalContext& ctx) {
  is_exact(ctx.node.attributes) ? eval_float_unary<Exact>(ctx) : eval_float_unary<Approximate>(ctx);
}

Term slope(const Term& x, const Term&) {
  // x has the share of the normal distribution below it, and its density.
  if (is_exact(x.context().node().attributes)) {
    const Term share = 0.5 * (1.0 + apply(erf(), x / std::numbers::sqrt2));
    const double peak = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    return share + x * (peak * apply(exp(), -0.5 * (x * x)));
  }
  const double factor = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
  const Term t = apply(tanh(), factor * (x + 0.044715 * (x * x * x)));
  return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * (factor * (1.0 + 3 * 0.044715 * (x * x)));
}

OpDef declared() {
  OpDef def = unary_op("Gelu", kFloats, eval, kFunction, derivative<slope>);
  def.attributes = {attr("approximate", "none")};
  def.infer = infer;
  return def;
}

}  // namespace

const OpDef& gelu() {
  static const OpDef def = declared();
  return def;
}

}  // namespace rondo::ops
