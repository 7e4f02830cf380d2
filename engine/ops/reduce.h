// Reductions over a set of axes: ReduceSum, ReduceMean, ... The axes come as an input; without any, all are reduced, or
// with noop_with_empty_axes none, which leaves each element a reduction of one.
#pragma once

#include <limits>
#include <string>
#include <type_traits>

#include "ops/convert.h"
#include "ops/term.h"
#include "ops/tolerance.h"
#include "ops/walk.h"
#include "ops/wrap.h"

namespace rondo::ops {

// What elements of T are accumulated in.
template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, double,
                                std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;

inline constexpr DTypeSet kReducible = kFloats | DTypeSet{DType::int32, DType::int64, DType::uint32, DType::uint64};

FoldWalk<1> reduce_walk(const EvalContext& ctx);

// R<T> has add(T) and result(count), and starts as the reduction of nothing.
template <template <class> class R, class T>
T reduce_one(const T* x, const FoldWalk<1>& walk) {
  R<T> r;
  if (walk.folded.length() == walk.count) {
    for (std::int64_t i = 0; i < walk.count; ++i) r.add(x[i * walk.folded.step(0)]);
    return r.result(walk.count);
  }
  for (Walk<1> w = walk.folded; !w.done(); w.next())
    for (std::int64_t i = 0; i < w.length(); ++i) r.add(x[w.at(0) + i * w.step(0)]);
  return r.result(walk.count);
}

template <template <class> class R>
void eval_fold(const EvalContext& ctx, FoldWalk<1> walk) {
  const DType type = ctx.inputs[0].dtype == DType::boolean ? DType::uint8 : ctx.inputs[0].dtype;
  with_number(type, [&]<class T>(TypeTag<T>) {
    const T* x = ctx.inputs[0].as<T>();
    T* y = ctx.outputs[0].as<T>();
    for (; !walk.kept.done(); walk.kept.next())
      for (std::int64_t i = 0; i < walk.kept.length(); ++i)
        *y++ = reduce_one<R>(x + walk.kept.at(0) + i * walk.kept.step(0), walk);
  });
}

template <template <class> class R>
void eval_reduce(const EvalContext& ctx) {
  eval_fold<R>(ctx, reduce_walk(ctx));
}

// The reductions of operators that share one.
template <class T>
struct Max {  // NaN wins; of nothing -Inf, or the least integer
  using Limits = std::numeric_limits<T>;
  T best = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  void add(T x) {
    if (x > best || x != x) best = x;
  }
  T result(std::int64_t) const { return best; }
};

template <class T>
struct Mean {
  Wide<T> total = 0;
  void add(T x) { total = wrap_add(total, static_cast<Wide<T>>(x)); }
  T result(std::int64_t count) const { return static_cast<T>(total / static_cast<Wide<T>>(count)); }
};

OpDef reduce_op(std::string name, void (*eval)(const EvalContext&), Tolerance tolerance,
                void (*gradient)(GradientContext&), DTypeSet types = kReducible);

// For gradient rules: output 0 or its gradient as it broadcasts to input 0, with the dims that were reduced.
Term as_reduced(const Term& result);
// Another reduction of x over the axes of the node, which keeps them as dims of 1.
Term reduced_alike(const OpDef& op, const Term& x);
// The rule of ReduceMax and ReduceMin: elements that are equal to the result share its gradient evenly, as with
// PyTorch's amax.
void share_among_equals(GradientContext& ctx);

}  // namespace rondo::ops
