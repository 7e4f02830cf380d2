// Disturbs what operators compute by as much as they may be wrong: their inputs by half a unit in the last place, which
// counts where a layer runs on its own results, and their results by their tolerance. What that does to the outputs of
// a graph is what correct kernels and rewrites may do to them.
#pragma once

#include "differential/element.h"
#include "ir/op_def.h"
#include "oracle/random.h"

namespace rondo::differential {

class Noise {
 public:
  explicit Noise(std::uint64_t seed) : random_(seed, 0) {}

  // tensor: a floating input of op, widened from the type `stored` or as it is.
  void disturb_input(const OpDef& op, const MutableTensorView& tensor, DType stored);
  // tensor: a floating result of op, not yet rounded to `stored`, the type it will have. moved: by how much more
  // any element may be off.
  void disturb_result(const OpDef& op, const MutableTensorView& tensor, DType stored, double moved);

 private:
  void disturb(const MutableTensorView& tensor, const Tolerance& by);

  oracle::Random random_;
};

}  // namespace rondo::differential
