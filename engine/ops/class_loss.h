// Losses of classification: for each place the logarithm of the probability of its class, axis 1 of the first input,
// times minus the weight of that class, then summed up or averaged. For NegativeLogLikelihoodLoss and
// SoftmaxCrossEntropyLoss, which differ in where the logarithms come from.
#pragma once

#include <optional>
#include <string>

#include "ir/graph.h"
#include "ops/axes.h"
#include "ops/dispatch.h"
#include "ops/lines.h"
#include "ops/term.h"

namespace rondo::ops {

enum ClassLossInput : std::size_t { kClassScores, kClassTarget, kClassWeight };

// The classes of all places, as the target input gives them.
class ClassTargets {
 public:
  explicit ClassTargets(const EvalContext& ctx);
  std::int64_t count() const noexcept { return classes_.size(); }
  // The class of place i; nullopt when it is the one to ignore. Throws Error(data) when there is no such class.
  std::optional<std::int64_t> operator[](std::int64_t i) const;

 private:
  const EvalContext& ctx_;
  IntegerList classes_;
  std::int64_t num_classes_;
  std::optional<std::int64_t> ignored_;
};

// Collects losses of places, and writes what `reduction` makes of them: "none" all of them, "sum" their sum, "mean"
// their sum over that of the weights, which is NaN when nothing was weighed.
template <class T>
class LossSum {
 public:
  LossSum(T* out, const Attributes& attributes)
      : out_(out), reduction_(std::get<std::string>(*find_attribute(attributes, "reduction"))) {}
  void add(std::int64_t place, double loss, double weight) noexcept {
    if (reduction_ == "none") out_[place] = static_cast<T>(loss);
    loss_ += loss;
    weight_ += weight;
  }
  void finish() noexcept {
    if (reduction_ == "sum") *out_ = static_cast<T>(loss_);
    if (reduction_ == "mean") *out_ = static_cast<T>(loss_ / weight_);
  }

 private:
  T* out_;
  const std::string& reduction_;
  double loss_ = 0, weight_ = 0;
};

// log_probs(Line<T>), called once for every place, gives a function from an element of the line to a logarithm. The
// results of the line go to output 1.
template <class T, class LogProbs>
void eval_class_loss(const EvalContext& ctx, LogProbs&& log_probs) {
  const Lines lines(ctx.inputs[kClassScores].shape, 1);
  const ClassTargets targets(ctx);
  const T* weights = ctx.has(kClassWeight) ? ctx.inputs[kClassWeight].as<T>() : nullptr;
  LossSum<T> sum(ctx.outputs[0].as<T>(), ctx.node.attributes);
  for (std::int64_t i = 0; i < targets.count(); ++i) {
    const Line<T> line = line_at<T>(ctx, lines, i, 1);
    const auto log_prob = log_probs(line);
    const auto chosen = targets[i];
    const double weight = !chosen ? 0.0 : weights == nullptr ? 1.0 : static_cast<double>(weights[*chosen]);
    sum.add(i, chosen ? -weight * log_prob(line.x[*chosen * line.step]) : 0.0, weight);
  }
  sum.finish();
}

// The ports carry the names of the operator. Output 1, when it has one, is of the type of input 0.
OpDef class_loss_op(std::string name, std::vector<PortDef> inputs, std::vector<PortDef> outputs,
                    void (*eval)(const EvalContext&), void (*gradient)(GradientContext&));

// For gradient rules: what the gradient of output 0 makes that of the logarithms of probabilities, in the shape of the
// scores. Where nothing is weighed it is 0. Throws when the gradient of the weights is asked for.
Term log_prob_gradient(GradientContext& ctx);

}  // namespace rondo::ops
