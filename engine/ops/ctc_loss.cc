// CTCLoss of the domain rondo: for each row n the loss -log p(target n), summed over all alignments, as
// torch.nn.CTCLoss with reduction "none". log_probs [T,N,C] are logarithms of probabilities; targets [N,S] holds
// target_lengths[n] classes in row n, none of them the blank; only the first input_lengths[n] steps are read. A target
// that fits in no alignment has the loss Inf, or 0 with zero_infinity.
#include "ops/ctc.h"

#include "ir/gradient.h"
#include "ops/dims.h"
#include "ops/dispatch.h"
#include "ops/internal_op_list.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  check_ctc(ctx);
  std::optional<Shape> rows;
  if (ctx.ranked(kCtcTargetLengths)) rows = ctx.shape(kCtcTargetLengths);
  if (ctx.ranked(kCtcLogProbs)) rows = Shape{ctx.shape(kCtcLogProbs)[1]};
  ctx.set(0, ctx.dtype(kCtcLogProbs), std::move(rows));
}

// Two rows of places.
std::size_t scratch_bytes(const Node&, std::span<const TensorView> inputs) {
  return sizeof(double) * 2 * static_cast<std::size_t>(2 * inputs[kCtcTargets].shape[1] + 1);
}

template <class T>
double loss_of(const CtcRow<T>& row, double* scratch) {
  if (row.steps() == 0) return row.places() == 1 ? 0 : std::numeric_limits<double>::infinity();
  double *before = scratch, *now = scratch + row.places();
  row.begin(now);
  for (std::int64_t t = 1; t < row.steps(); ++t) {
    std::swap(before, now);
    row.advance(t, before, now);
  }
  return -row.total(now);
}

void eval(const EvalContext& ctx) {
  const bool zero_infinity = ctx.integer("zero_infinity") != 0;
  with_float(ctx.inputs[kCtcLogProbs].dtype, [&]<class T>(TypeTag<T>) {
    for (std::int64_t n = 0; n < ctx.outputs[0].count(); ++n) {
      const double loss = loss_of(CtcRow<T>(ctx, n), reinterpret_cast<double*>(ctx.scratch));
      ctx.outputs[0].as<T>()[n] = zero_infinity && std::isinf(loss) ? T(0) : static_cast<T>(loss);
    }
  });
}

void gradient(GradientContext& ctx) {
  std::vector<ValueId> inputs = ctx.node().inputs;
  inputs.push_back(ctx.grad_output());
  ctx.set(kCtcLogProbs, ctx.emit(ctc_loss_gradient(), std::move(inputs), ctx.node().attributes));
}

Dim required_agreement(const InferContext& ctx, std::size_t input, std::size_t axis, const Dim& expected) {
  const auto common = agreed(ctx.shape(input)[axis], expected);
  if (!common)
    throw ctx.error(ctx.input_label(input) + " is for another number of rows")
        .got("shape " + to_string(ctx.shape(input)))
        .expected(to_string(Shape{expected}) + " at dim " + std::to_string(axis));
  return *common;
}

}  // namespace

void check_ctc(InferContext& ctx) {
  require_rank(ctx, kCtcLogProbs, 3);
  require_rank(ctx, kCtcTargets, 2);
  for (const std::size_t i : {kCtcInputLengths, kCtcTargetLengths, kCtcLossGrad})
    if (i < ctx.num_inputs()) require_rank(ctx, i, 1);
  Dim rows;
  for (std::size_t i = 0; i < ctx.num_inputs(); ++i)
    if (ctx.ranked(i)) rows = required_agreement(ctx, i, i == kCtcLogProbs ? 1 : 0, rows);
  const std::int64_t blank = ctx.integer("blank");
  const Dim classes = ctx.ranked(kCtcLogProbs) ? ctx.shape(kCtcLogProbs)[2] : Dim();
  if (blank < 0 || (classes.known() && blank >= classes.value))
    throw ctx.attribute_error("blank", "there is no such class")
        .got(std::to_string(blank))
        .expected(classes.known() ? "0 to " + std::to_string(classes.value - 1) : "0 or more");
}

const OpDef& ctc_loss() {
  static const OpDef def{
      .name = "CTCLoss",
      .domain = "rondo",
      .attributes = {attr("blank", 0), attr("zero_infinity", 0)},
      .inputs = {{"log_probs", "T"}, {"targets", "I1"}, {"input_lengths", "I2"}, {"target_lengths", "I3"}},
      .outputs = {{"loss", "T"}},
      .types = {{"T", kFloats}, {"I1", kIndices}, {"I2", kIndices}, {"I3", kIndices}},
      .infer = infer,
      .eval = eval,
      .tolerance = kSummed,
      .scratch_bytes = scratch_bytes,
      .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
