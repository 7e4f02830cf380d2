// numpy's matmul without its arithmetic, for MatMul and MatMulInteger: the last two dims are matrices, the dims before
// broadcast; a vector on the left is a row, on the right a column, and its dim leaves the result.
#pragma once

#include "ops/broadcast.h"

namespace rondo::ops {

// The shape of the product of inputs 0 and 1; nullopt while one of them is unranked. Throws naming the shapes.
std::optional<Shape> mat_mul_shape(const InferContext& ctx);

// Products of matrices [m,k] and [k,n], one after the other. The walk gives, for each, the number of its matrix in A
// and in B.
struct MatMulWalk {
  std::int64_t m, k, n;
  Walk<2> matrices;

  explicit MatMulWalk(const EvalContext& ctx);

  // f(a, b, y) for each product: the numbers of its matrices in A, B and the result.
  template <class F>
  void each(F&& f) const {
    std::int64_t y = 0;
    for (Walk<2> w = matrices; !w.done(); w.next())
      for (std::int64_t i = 0; i < w.length(); ++i, ++y) f(w.at(0) + i * w.step(0), w.at(1) + i * w.step(1), y);
  }
};

}  // namespace rondo::ops
