// Not: the other truth value.
#include "ops/op_list.h"
#include "ops/unary.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  apply_unary<std::uint8_t>(ctx, [](std::uint8_t x) { return static_cast<std::uint8_t>(x == 0); });
}

}  // namespace

const OpDef& logical_not() {
  static const OpDef def = unary_op("Not", kBool, eval);
  return def;
}

}  // namespace rondo::ops
