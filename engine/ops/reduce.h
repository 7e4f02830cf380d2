// Reductions over a set of axes: ReduceSum, ReduceMean, ... The axes come as an input; without any, all are reduced, or
// with noop_with_empty_axes none, which leaves each element a reduction of one.
#pragma once

#include <string>
#include <type_traits>

#include "ops/convert.h"
#include "ops/tolerance.h"
#include "ops/walk.h"
#include "ops/wrap.h"

namespace rondo::ops {

// What elements of T are accumulated in.
template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, double,
                                std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;

inline constexpr DTypeSet kReducible = kFloats | DTypeSet{DType::int32, DType::int64, DType::uint32, DType::uint64};

// The walks of one reduction: over the places of the result, and from each over the elements that fall on it.
struct ReduceWalk {
  Walk<1> kept, reduced;
  std::int64_t count;  // elements of each reduction
};
ReduceWalk reduce_walk(const EvalContext& ctx);

// R<T> has add(T) and result(count), and starts as the reduction of nothing.
template <template <class> class R, class T>
T reduce_one(const T* x, const ReduceWalk& walk) {
  R<T> r;
  if (walk.reduced.length() == walk.count) {
    for (std::int64_t i = 0; i < walk.count; ++i) r.add(x[i * walk.reduced.step(0)]);
    return r.result(walk.count);
  }
  for (Walk<1> w = walk.reduced; !w.done(); w.next())
    for (std::int64_t i = 0; i < w.length(); ++i) r.add(x[w.at(0) + i * w.step(0)]);
  return r.result(walk.count);
}

template <template <class> class R>
void eval_reduce(const EvalContext& ctx) {
  const DType type = ctx.inputs[0].dtype == DType::boolean ? DType::uint8 : ctx.inputs[0].dtype;
  with_number(type, [&]<class T>(TypeTag<T>) {
    const T* x = ctx.inputs[0].as<T>();
    T* y = ctx.outputs[0].as<T>();
    ReduceWalk walk = reduce_walk(ctx);
    for (; !walk.kept.done(); walk.kept.next())
      for (std::int64_t i = 0; i < walk.kept.length(); ++i)
        *y++ = reduce_one<R>(x + walk.kept.at(0) + i * walk.kept.step(0), walk);
  });
}

OpDef reduce_op(std::string name, void (*eval)(const EvalContext&), Tolerance tolerance, DTypeSet types = kReducible);

}  // namespace rondo::ops
