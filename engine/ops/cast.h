// What operators that name an element type for their result share: Cast, CastLike, EyeLike, the quantizing ones.
#pragma once

#include <string_view>

#include "ir/op_def.h"

namespace rondo::ops {

// The element type whose ONNX number an attribute holds. Throws unless `allowed` has it.
DType checked_dtype(const InferContext& ctx, std::string_view attribute, DTypeSet allowed = kAny);

// The reference of Cast and CastLike: input 0 in the element type of output 0.
void eval_cast(const EvalContext& ctx);
// Their gradient rule: the gradient in the element type of input 0.
void cast_gradient(GradientContext& ctx);

}  // namespace rondo::ops
