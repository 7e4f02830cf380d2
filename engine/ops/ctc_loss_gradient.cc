// CTCLossGradient of the domain rondo: by log_probs, the gradient of the sum of loss[n] * loss_grad[n] of CTCLoss. At
// each step it is minus the probability, given the target, of being at a class; beyond the length of a row it is 0.
// Where the loss is infinite it is NaN, or 0 with zero_infinity, as in PyTorch. PyTorch's own gradient by log_probs
// adds exp(log_probs), which the LogSoftmax before it cancels; this one is exact for any log_probs.
#include <algorithm>

#include "ops/ctc.h"
#include "ops/dispatch.h"
#include "ops/internal_op_list.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  check_ctc(ctx);
  ctx.set(0, ctx.type(kCtcLogProbs));
}

// The forward sums of every step, two rows of backward sums, and one number for each class.
std::size_t scratch_bytes(const Node&, std::span<const TensorView> inputs) {
  const auto size = [&](std::size_t input, std::size_t axis) {
    return static_cast<std::size_t>(inputs[input].shape[axis]);
  };
  const std::size_t places = 2 * size(kCtcTargets, 1) + 1;
  return sizeof(double) * (places * (size(kCtcLogProbs, 0) + 2) + size(kCtcLogProbs, 2));
}

template <class T>
void forward(const CtcRow<T>& row, double* alpha) {
  row.begin(alpha);
  for (std::int64_t t = 1; t < row.steps(); ++t, alpha += row.places()) row.advance(t, alpha, alpha + row.places());
}

// What follows each place after a step, that step's own probability included; from that of the step after it.
template <class T>
void step_back(const CtcRow<T>& row, std::int64_t step, const double* after, double* now) {
  const std::int64_t end = row.places() - 1;
  const bool last = step == row.steps() - 1;
  for (std::int64_t s = 0; s <= end; ++s) {
    double sum = last ? (s + 1 >= end ? 0 : kLogZero) : after[s];
    if (!last && s + 1 <= end) sum = log_sum(sum, after[s + 1]);
    if (!last && s + 2 <= end && row.skips_to(s + 2)) sum = log_sum(sum, after[s + 2]);
    now[s] = sum + row.log_p(step, s);
  }
}

template <class T>
void gradient_of(const CtcRow<T>& row, double loss_grad, bool zero_infinity, double* scratch, T* out) {
  double *alpha = scratch, *after = alpha + row.places() * row.steps(), *now = after + row.places(),
         *at_class = now + row.places();
  forward(row, alpha);
  const double total = row.total(alpha + row.places() * (row.steps() - 1));
  if (total == kLogZero && zero_infinity) return;
  for (std::int64_t t = row.steps() - 1; t >= 0; --t) {
    std::swap(after, now);
    step_back(row, t, after, now);
    std::fill_n(at_class, row.classes(), total == kLogZero ? std::numeric_limits<double>::quiet_NaN() : 0.0);
    const double* before = alpha + row.places() * t;
    for (std::int64_t s = 0; s < row.places(); ++s)
      if (before[s] != kLogZero && now[s] != kLogZero)
        at_class[row.class_at(s)] += std::exp(before[s] + now[s] - row.log_p(t, s) - total);
    for (std::int64_t c = 0; c < row.classes(); ++c) out[row.offset(t) + c] = static_cast<T>(-loss_grad * at_class[c]);
  }
}

void eval(const EvalContext& ctx) {
  const bool zero_infinity = ctx.integer("zero_infinity") != 0;
  with_float(ctx.inputs[kCtcLogProbs].dtype, [&]<class T>(TypeTag<T>) {
    T* out = ctx.outputs[0].as<T>();
    std::fill_n(out, ctx.outputs[0].count(), T(0));
    for (std::int64_t n = 0; n < ctx.inputs[kCtcLogProbs].shape[1]; ++n) {
      const CtcRow<T> row(ctx, n);
      if (row.steps() == 0) continue;
      const auto grad = static_cast<double>(ctx.inputs[kCtcLossGrad].as<T>()[n]);
      gradient_of(row, grad, zero_infinity, reinterpret_cast<double*>(ctx.scratch), out);
    }
  });
}

}  // namespace

const OpDef& ctc_loss_gradient() {
  static const OpDef def{.name = "CTCLossGradient",
                         .domain = "rondo",
                         .attributes = {attr("blank", 0), attr("zero_infinity", 0)},
                         .inputs = {{"log_probs", "T"},
                                    {"targets", "I1"},
                                    {"input_lengths", "I2"},
                                    {"target_lengths", "I3"},
                                    {"loss_grad", "T"}},
                         .outputs = {{"grad", "T"}},
                         .types = {{"T", kFloats}, {"I1", kIndices}, {"I2", kIndices}, {"I3", kIndices}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kSummed,
                         .scratch_bytes = scratch_bytes};
  return def;
}

}  // namespace rondo::ops
