// CastLike: elements converted to the type of a second tensor, whose elements do not matter. For saturate and
// round_mode see cast.cc.
#include "ops/cast.h"
#include "ops/op_list.h"

namespace rondo::ops {

const OpDef& cast_like() {
  static const OpDef def{.name = "CastLike",
                         .attributes = {attr("saturate", 1), attr("round_mode", "up")},
                         .inputs = {{"input", "T1"}, {"target_type", "T2"}},
                         .outputs = {{"output", "T2"}},
                         .types = {{"T1", kAny}, {"T2", kAny}},
                         .infer = [](InferContext& ctx) { ctx.set(0, ctx.dtype(1), ctx.type(0).shape); },
                         .eval = eval_cast,
                         .moves = true,
                         .gradient = cast_gradient};
  return def;
}

}  // namespace rondo::ops
