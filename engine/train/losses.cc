// Padding is cut off at the entry: values and targets from a row's length on are replaced before anything is computed
// from them, so that a NaN there reaches neither the loss nor, through Where's gradient, what comes before.
#include "train/losses.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "rondo/error.h"
#include "train/graph_writer.h"
#include "train/logits.h"

namespace rondo::train {
namespace {

constexpr std::array<std::string_view, 7> kNames{"mse", "l1", "huber", "cross-entropy", "bce-with-logits",
                                                 "nll", "ctc"};

Error usage(std::string what) { return Error(ErrorCode::usage, "the loss does not fit: " + std::move(what)); }

// An output and what every loss needs to know of it. Masks and weights have the output's rank, with dims of size 1.
class Attachment {
 public:
  Attachment(Graph& graph, ValueId output, const LossOptions& options, const std::string& prefix)
      : o_(options), w_(graph, prefix), x_(output) {
    const TensorType& type = w_.type(output);
    if (!type.ranked())
      throw Error(ErrorCode::unsupported, "the loss needs to know the rank of '" + graph.value(output).name + "'");
    rank_ = type.rank();
    batch_ = resolved(options.batch_axis, "batch axis");
    if (options.time_axis) time_ = resolved(*options.time_axis, "time axis");
    if (time_ == batch_) throw usage("the batch axis is the time axis");
    if (!time_ && (options.lengths || options.weighting == Weighting::step))
      throw usage("an output without a time axis has no lengths and no weights for steps");
  }

  LossNodes attach() {
    switch (o_.loss) {
      case Loss::mse:
      case Loss::l1:
      case Loss::huber:
      case Loss::bce_with_logits:
        elementwise();
        break;
      case Loss::cross_entropy:
      case Loss::nll:
        classes();
        break;
      case Loss::ctc:
        alignments();
        break;
    }
    return out_;
  }

 private:
  std::int64_t resolved(std::int64_t axis, const std::string& what) const {
    if (axis < -rank_ || axis >= rank_)
      throw usage("the " + what + " is out of range")
          .got(std::to_string(axis))
          .expected("an axis of " + to_string(w_.type(x_)));
    return axis < 0 ? axis + rank_ : axis;
  }

  ValueId binary(const OpDef& op, ValueId a, ValueId b) { return w_.emit(op, {a, b}); }
  ValueId number(double value) { return w_.number(value, dtype_); }
  ValueId shape_of(ValueId value) { return w_.emit(ops::shape(), {value}); }
  ValueId as_real(ValueId value) { return w_.emit(ops::cast(), {value}, {{"to", static_cast<std::int64_t>(dtype_)}}); }
  ValueId total(ValueId value) { return w_.emit(ops::reduce_sum(), {value}, {{"keepdims", std::int64_t{0}}}); }

  // A value whose dims are those of the output's axes `kept`, in order, with dims of size 1 for the others.
  ValueId along(ValueId value, std::initializer_list<std::int64_t> kept) {
    std::vector<std::int64_t> others;
    for (std::int64_t a = 0; a < rank_; ++a)
      if (std::ranges::find(kept, a) == kept.end()) others.push_back(a);
    return others.empty() ? value : w_.emit(ops::unsqueeze(), {value, w_.integers(others)});
  }

  // The value before the functions, in a type that is computed in, and its padding cut off.
  void enter(std::initializer_list<std::string_view> functions, std::int64_t class_axis) {
    Logits logits = logits_before(w_, x_, functions, class_axis);
    x_ = logits.value;
    out_.note = std::move(logits.note);
    const DType stored = w_.type(x_).dtype;
    if (stored == DType::float16 || stored == DType::bfloat16) {
      dtype_ = DType::float32;
      x_ = as_real(x_);
    } else if (!is_real(stored)) {
      throw usage("the output holds no real numbers").got(to_string(w_.type(x_)));
    }
    dtype_ = w_.type(x_).dtype;
    const Dim rows = (*w_.type(x_).shape)[static_cast<std::size_t>(batch_)];
    if (o_.lengths) {
      out_.lengths = w_.input("lengths", {DType::int64, Shape{rows}});
      const ValueId steps = w_.emit(ops::gather(), {shape_of(x_), w_.integer(*time_)}, {{"axis", std::int64_t{0}}});
      const ValueId step = w_.emit(ops::range(), {w_.integer(0), steps, w_.integer(1)});
      mask_ = binary(ops::less(), along(step, {*time_}), along(out_.lengths, {batch_}));
      x_ = masked(x_, number(0));
    }
    if (o_.weighting == Weighting::sample) {
      out_.weight = w_.input("weight", {dtype_, Shape{rows}});
      weight_ = along(out_.weight, {batch_});
    }
    if (o_.weighting == Weighting::step) {
      const Dim steps = (*w_.type(x_).shape)[static_cast<std::size_t>(*time_)];
      out_.weight = w_.input("weight", {dtype_, batch_ < *time_ ? Shape{rows, steps} : Shape{steps, rows}});
      weight_ = along(out_.weight, {std::min(batch_, *time_), std::max(batch_, *time_)});
    }
  }

  ValueId masked(ValueId value, ValueId otherwise) {
    return mask_ == kNone ? value : w_.emit(ops::where(), {mask_, value, otherwise});
  }

  void elementwise() {
    const bool sigmoid = o_.loss == Loss::bce_with_logits;
    enter(sigmoid ? std::initializer_list<std::string_view>{"Sigmoid"} : std::initializer_list<std::string_view>{},
          rank_ - 1);
    out_.target = w_.input("target", w_.type(x_));
    const ValueId target = masked(out_.target, number(0));
    ValueId loss = sigmoid ? cross_entropy_of(target) : distance(binary(ops::sub(), x_, target));
    if (mask_ == kNone && weight_ == kNone) {
      out_.count = as_real(w_.emit(ops::size(), {x_}));
    } else {
      const ValueId weight = masked(weight_ == kNone ? number(1) : weight_, number(0));
      loss = binary(ops::mul(), loss, weight);
      out_.count = total(binary(ops::expand(), weight, shape_of(x_)));
    }
    out_.sum = total(loss);
  }

  ValueId distance(ValueId difference) {
    if (o_.loss == Loss::mse) return binary(ops::mul(), difference, difference);
    if (o_.loss == Loss::l1) return w_.emit(ops::abs(), {difference});
    // With c = d within [-delta, delta], c * (d - c / 2) is d^2 / 2 inside and delta * (|d| - delta / 2) outside.
    if (!(o_.delta > 0)) throw usage("delta must be more than 0").got(std::to_string(o_.delta));
    const ValueId near = w_.emit(ops::clip(), {difference, number(-o_.delta), number(o_.delta)});
    return binary(ops::mul(), near, binary(ops::sub(), difference, binary(ops::mul(), near, number(0.5))));
  }

  // (1 - t) x + (1 + (pos_weight - 1) t) softplus(-x): torch.nn.BCEWithLogitsLoss.
  ValueId cross_entropy_of(ValueId target) {
    ValueId loss = w_.emit(ops::softplus(), {w_.emit(ops::neg(), {x_})});
    if (!o_.pos_weight.empty()) {
      std::vector<double> more = o_.pos_weight;
      for (double& v : more) v -= 1;
      ValueId factor = w_.numbers(more, dtype_);
      if (more.size() > 1) factor = along(factor, {check_classes(more.size(), "pos_weight")});
      loss = binary(ops::mul(), binary(ops::add(), binary(ops::mul(), target, factor), number(1)), loss);
    }
    return binary(ops::add(), binary(ops::mul(), binary(ops::sub(), number(1), target), x_), loss);
  }

  // The class axis, when it has as many classes as there are weights.
  std::int64_t check_classes(std::size_t weights, const std::string& what) const {
    const std::int64_t axis = resolved(o_.class_axis, "class axis");
    const Dim& classes = (*w_.type(x_).shape)[static_cast<std::size_t>(axis)];
    if (!may_equal(classes, Dim(static_cast<std::int64_t>(weights))))
      throw usage(what + " has not one weight for each class")
          .got(std::to_string(weights))
          .expected(std::to_string(classes.value));
    return axis;
  }

  // The loss of each place is -log p[class], or with label smoothing e that times 1 - e and e / C times the sum of
  // -log p over all classes; with class weights, -w[class] log p[class] and -w[c] log p[c]. Places of ignore_index have
  // none, and count for nothing; the others count w[class].
  void classes() {
    const std::int64_t axis = resolved(o_.class_axis, "class axis");
    if (axis == batch_ || axis == time_) throw usage("the class axis is the batch or the time axis");
    if (!(o_.label_smoothing >= 0 && o_.label_smoothing <= 1))
      throw usage("label smoothing must be from 0 to 1").got(std::to_string(o_.label_smoothing));
    const bool smooth = o_.loss == Loss::cross_entropy && o_.label_smoothing > 0;
    if (o_.loss == Loss::nll)
      enter({"Softmax"}, axis);
    else
      enter({"Softmax", "LogSoftmax"}, axis);
    const Attributes along_axis{{"axis", axis}};
    const bool given = o_.loss == Loss::nll && out_.note.empty();
    const ValueId log_p = given ? x_ : w_.emit(ops::log_softmax(), {x_}, along_axis);

    Shape places = *w_.type(x_).shape;
    places.erase(places.begin() + axis);
    out_.target = w_.input("target", {DType::int64, places});
    const ValueId target = w_.emit(ops::unsqueeze(), {out_.target, w_.integers({axis})});
    ValueId valid = w_.emit(ops::logical_not(), {binary(ops::equal(), target, w_.integer(o_.ignore_index))});
    if (mask_ != kNone) valid = binary(ops::logical_and(), valid, mask_);
    const ValueId chosen = w_.emit(ops::where(), {valid, target, w_.integer(0)});

    ValueId loss = w_.emit(ops::gather_elements(), {log_p, chosen}, along_axis), weight = number(1);
    ValueId all = log_p;
    if (!o_.class_weights.empty()) {
      check_classes(o_.class_weights.size(), "class_weights");
      const ValueId weights = w_.numbers(o_.class_weights, dtype_);
      weight = w_.emit(ops::gather(), {weights, chosen}, {{"axis", std::int64_t{0}}});
      loss = binary(ops::mul(), loss, weight);
      if (smooth) all = binary(ops::mul(), log_p, along(weights, {axis}));
    }
    if (smooth) {
      const ValueId mean = w_.emit(ops::reduce_mean(), {all, w_.integers({axis})});
      loss = binary(ops::add(), binary(ops::mul(), loss, number(1 - o_.label_smoothing)),
                    binary(ops::mul(), mean, number(o_.label_smoothing)));
    }
    loss = w_.emit(ops::where(), {valid, w_.emit(ops::neg(), {loss}), number(0)});
    weight = w_.emit(ops::where(), {valid, weight, number(0)});
    if (weight_ != kNone) {
      const ValueId given_weight = masked(weight_, number(0));
      loss = binary(ops::mul(), loss, given_weight);
      weight = binary(ops::mul(), weight, given_weight);
    }
    out_.sum = total(loss);
    out_.count = total(weight);
  }

  void alignments() {
    const std::int64_t axis = resolved(o_.class_axis, "class axis");
    if (rank_ != 3 || !time_ || axis == batch_ || axis == time_)
      throw usage("ctc needs an output of rows, steps and classes").got(to_string(w_.type(x_)));
    if (o_.weighting == Weighting::step) throw usage("ctc has no weights for steps");
    enter({"Softmax", "LogSoftmax"}, axis);
    ValueId log_p = w_.emit(ops::log_softmax(), {x_}, {{"axis", axis}});
    const std::vector<std::int64_t> perm{*time_, batch_, axis};
    if (!std::ranges::is_sorted(perm)) log_p = w_.emit(ops::transpose(), {log_p}, {{"perm", perm}});

    const Dim rows = (*w_.type(log_p).shape)[1];
    out_.target = w_.input("target", {DType::int64, Shape{rows, Dim()}});
    out_.target_lengths = w_.input("target_lengths", {DType::int64, Shape{rows}});
    ValueId lengths = out_.lengths;
    if (lengths == kNone) {
      const ValueId dims = shape_of(log_p);
      const ValueId steps = binary(ops::gather(), dims, w_.integer(0));
      lengths = binary(ops::expand(), steps, binary(ops::gather(), dims, w_.integers({1})));
    }
    ValueId loss = w_.emit(ops::ctc_loss(), {log_p, out_.target, lengths, out_.target_lengths},
                           {{"blank", o_.blank}, {"zero_infinity", std::int64_t{o_.zero_infinity}}});
    loss = binary(ops::div(), loss, as_real(binary(ops::max(), out_.target_lengths, w_.integer(1))));
    if (out_.weight != kNone) loss = binary(ops::mul(), loss, out_.weight);
    out_.sum = total(loss);
    out_.count = out_.weight == kNone ? as_real(w_.emit(ops::size(), {loss})) : total(out_.weight);
  }

  const LossOptions& o_;
  GraphWriter w_;
  ValueId x_;
  std::int64_t rank_ = 0, batch_ = 0;
  std::optional<std::int64_t> time_;
  DType dtype_ = DType::float32;
  ValueId mask_ = kNone, weight_ = kNone;
  LossNodes out_;
};

}  // namespace

std::string_view name_of(Loss loss) noexcept { return kNames[static_cast<std::size_t>(loss)]; }

Loss loss_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end())
    throw Error(ErrorCode::usage, "there is no such loss")
        .got(std::string(name))
        .expected("mse, l1, huber, cross-entropy, bce-with-logits, nll or ctc");
  return static_cast<Loss>(found - kNames.begin());
}

LossNodes attach_loss(Graph& graph, ValueId output, const LossOptions& options, const std::string& prefix) {
  return Attachment(graph, output, options, prefix).attach();
}

}  // namespace rondo::train
