// And: both, with broadcasting.
#include "ops/binary.h"
#include "ops/op_list.h"

namespace rondo::ops {
namespace {

void eval(const EvalContext& ctx) {
  apply_binary<std::uint8_t, std::uint8_t, std::uint8_t>(
      ctx, [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a != 0 && b != 0); });
}

}  // namespace

const OpDef& logical_and() {
  static const OpDef def = comparison_op("And", kBool, eval);
  return def;
}

}  // namespace rondo::ops
