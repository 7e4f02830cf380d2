#include "train/feeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "importers/data/checks.h"
#include "ops/convert.h"
#include "ops/recurrent.h"
#include "passes/padding.h"
#include "train/pack.h"

namespace rondo::train {
namespace {

Tensor converted(const Tensor& from, DType to) {
  Tensor made(to, from.shape());
  ops::with_any(from.dtype(), [&]<class F>(ops::TypeTag<F>) {
    ops::with_any(to, [&]<class T>(ops::TypeTag<T>) {
      const auto* in = static_cast<const F*>(from.data());
      auto* out = static_cast<T*>(made.data());
      for (std::int64_t i = 0; i < from.count(); ++i) out[i] = ops::converted<T>(in[i]);
    });
  });
  return made;
}

bool is_state(std::span<const HeldState> states, std::size_t input) {
  return std::ranges::find(states, input, &HeldState::input) != states.end();
}

std::string names_of(const Dataset& set) {
  std::string names;
  for (const Field& f : set.fields) names += (names.empty() ? "'" : ", '") + f.name + "'";
  return names.empty() ? "no field" : names;
}

Field& field_named(Dataset& set, const std::string& name, const std::string& reader) {
  if (Field* field = set.find(name)) return *field;
  Error e(ErrorCode::usage, reader + " is to read a field that the data does not have");
  throw e.got(name).expected(names_of(set)).at_file(set.source);
}

bool takes_classes(Loss loss) { return loss == Loss::cross_entropy || loss == Loss::nll || loss == Loss::ctc; }

bool ctc(const LossOptions& o) { return o.loss == Loss::ctc; }

// What is left of a tensor's dims for one row of the field: without batch and time, -1 where the graph leaves it open.
std::vector<std::int64_t> row_dims(const Shape& shape, const Field& field, const std::string& what) {
  const std::size_t lead = field.one_row ? 1 : 2;
  if (shape.size() < lead)
    throw Error(ErrorCode::data, what + " has no axis for the steps that the data has")
        .got("'" + field.name + "' with steps")
        .expected(to_string(shape));
  std::vector<std::int64_t> dims;
  for (std::size_t d = lead; d < shape.size(); ++d) dims.push_back(shape[d].known() ? shape[d].value : -1);
  return dims;
}

constexpr std::array kTargetNames{"target", "targets", "label", "labels", "y", "Y"};

}  // namespace

// What reaches sequence_lens of a recurrent layer.
int lengths_input(const Graph& g) {
  for (NodeId id : g.order()) {
    const Node& n = g.node(id);
    if (!ops::is_recurrent(n) || n.inputs.size() <= ops::recurrent_input::sequence_lens) continue;
    ValueId v = n.inputs[ops::recurrent_input::sequence_lens];
    while (v != kNone && g.value(v).producer != kNoNode && !g.node(g.value(v).producer).inputs.empty() &&
           (g.node(g.value(v).producer).op->name == "Cast" || g.node(g.value(v).producer).op->name == "Identity"))
      v = g.node(g.value(v).producer).inputs[0];
    const auto at = std::ranges::find(g.inputs, v);
    if (at != g.inputs.end()) return static_cast<int>(at - g.inputs.begin());
  }
  return -1;
}

Feeds::Feeds(const Graph& model, Dataset set, std::vector<LossRequest>& losses, std::span<const HeldState> states,
             const FeedOptions& options)
    : set_(std::move(set)) {
  if (set_.size() == 0) {
    Error e(ErrorCode::data, "the data set has no samples");
    throw e.at_file(set_.source);
  }
  bind_targets(model, losses, options);
  bind_inputs(model, states, options);
  if (!options.weights.empty()) {
    Field& field = field_named(set_, options.weights, "the loss");
    convert(set_, field, DType::float32);
    weights_ = &field;
    for (std::size_t i = 0; i < losses.size(); ++i)
      losses[i].options.weighting = targets_[i].options.weighting = field.one_row ? Weighting::sample : Weighting::step;
  }
}

Field& Feeds::field_for_input(const Graph& model, std::size_t input, const FeedOptions& options) {
  const std::string& name = model.value(model.inputs[input]).name;
  if (const auto given = options.inputs.find(name); given != options.inputs.end())
    return field_named(set_, given->second, "input '" + name + "'");
  if (Field* field = set_.find(name)) return *field;
  std::vector<Field*> left;
  for (Field& f : set_.fields)
    if (f.name != options.weights && std::ranges::find(targets_, &f, &BoundTarget::field) == targets_.end())
      left.push_back(&f);
  if (left.size() == 1) return *left[0];
  Error e(ErrorCode::usage, "no field of the data is named like input '" + name + "'");
  throw e.expected(names_of(set_)).fix("say which one it reads: --map " + name + "=FIELD").at_file(set_.source);
}

void Feeds::bind_inputs(const Graph& model, std::span<const HeldState> states, const FeedOptions& options) {
  const std::size_t count = model.inputs.size();
  inputs_.resize(count);
  constants_.resize(count);
  types_.resize(count);
  lengths_input_ = lengths_input(model);
  const Axes batch = batch_axes(model);
  for (std::size_t i = 0; i < count; ++i) {
    const Value& input = model.value(model.inputs[i]);
    types_[i] = input.type.dtype;
    if (is_state(states, i)) continue;
    if (const auto given = options.constants.find(input.name); given != options.constants.end()) {
      constants_[i] = converted(given->second, input.type.dtype);
      continue;
    }
    if (static_cast<int>(i) == lengths_input_ && set_.find(input.name) == nullptr &&
        !options.inputs.contains(input.name))
      continue;
    Field& field = field_for_input(model, i, options);
    convert(set_, field, input.type.dtype);
    inputs_[i] = {&field, std::max(batch.inputs[i], 0)};
    check_features(input, field, inputs_[i].batch_axis);
    if (!field.one_row && stepped_ == nullptr) stepped_ = &field;
    if (input.type.ranked() && !input.type.shape->empty()) {
      const Dim& rows = (*input.type.shape)[static_cast<std::size_t>(inputs_[i].batch_axis)];
      if (rows.known()) fixed_batch_ = rows.value;
    }
  }
  ragged_ = stepped_ != nullptr && (options.ragged || stepped_->ragged());
  if (ragged_ && lengths_input_ < 0) obstacle_ = who_sees_padding(model);
}

void Feeds::check_features(const Value& input, Field& field, int batch_axis) const {
  if (!input.type.ranked()) return;
  const std::string what = "input '" + input.name + "' of the model";
  fit_row_shape(set_, field, row_dims(*input.type.shape, field, what), what);
  if (field.one_row) return;
  const Dim& steps = (*input.type.shape)[batch_axis == 0 ? 1 : 0];
  const auto other = std::ranges::find_if(field.lengths, [&](std::int64_t n) { return n != steps.value; });
  if (!steps.known() || other == field.lengths.end()) return;
  const auto sample = other - field.lengths.begin();
  throw error_at(set_, field, sample, field.begins[static_cast<std::size_t>(sample)], 0,
                 what + " takes one length only")
      .got(std::to_string(*other))
      .expected(std::to_string(steps.value));
}

Field& Feeds::field_for_target(const Graph& model, const LossRequest& loss, const FeedOptions& options) {
  const std::string& name = model.value(model.outputs[loss.output]).name;
  const std::string reader = "the target of output '" + name + "'";
  if (const auto given = options.targets.find(name); given != options.targets.end())
    return field_named(set_, given->second, reader);
  if (Field* field = set_.find(name)) return *field;
  for (const char* usual : kTargetNames)
    if (Field* field = set_.find(usual)) return *field;
  Error e(ErrorCode::usage, "the data has no field for " + reader);
  throw e.expected(names_of(set_)).fix("name it 'target', or give --map " + name + "=FIELD").at_file(set_.source);
}

void Feeds::bind_targets(const Graph& model, std::vector<LossRequest>& losses, const FeedOptions& options) {
  const Axes batch = batch_axes(model), time = time_axes(model);
  for (LossRequest& loss : losses) {
    const Value& output = model.value(model.outputs[loss.output]);
    Field& field = field_for_target(model, loss, options);
    LossOptions& o = loss.options;
    const bool classes = takes_classes(o.loss);
    std::int64_t num_classes = 0;
    const DType real = size_of(output.type.dtype) == 2 ? DType::float32 : output.type.dtype;
    convert(set_, field, classes ? DType::int64 : real);
    o.batch_axis = std::max(batch.outputs[loss.output], 0);
    if (time.outputs[loss.output] >= 0)
      o.time_axis = time.outputs[loss.output];
    else if (!field.one_row && o.loss != Loss::ctc)
      o.time_axis = o.batch_axis == 0 ? 1 : 0;
    if (o.loss == Loss::ctc && !o.time_axis) o.time_axis = o.batch_axis == 0 ? 1 : 0;
    o.lengths = o.time_axis.has_value();
    if (output.type.ranked() && !ctc(o)) {
      Shape shape = *output.type.shape;
      const auto axis = static_cast<std::size_t>(o.class_axis < 0 ? o.class_axis + output.type.rank() : o.class_axis);
      if (classes && shape[axis].known()) {
        num_classes = shape[axis].value;
        count_classes(set_, field, num_classes, o.ignore_index);
      }
      if (classes) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
      const std::string what = "the target of output '" + output.name + "'";
      fit_row_shape(set_, field, row_dims(shape, field, what), what);
    }
    targets_.push_back({&field, o, output.name, num_classes});
  }
}

std::vector<std::int64_t> Feeds::lengths() const {
  if (stepped_ != nullptr) return stepped_->lengths;
  return std::vector<std::int64_t>(static_cast<std::size_t>(size()), 1);
}

FedBatch Feeds::batch(std::span<const std::int64_t> samples, std::int64_t first, std::int64_t steps) const {
  FedBatch fed;
  fed.samples = static_cast<std::int64_t>(samples.size());
  Tensor lengths(DType::int64, {fed.samples});
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const std::int64_t whole = stepped_ == nullptr ? 1 : stepped_->lengths[static_cast<std::size_t>(samples[n])];
    lengths.values<std::int64_t>()[n] = std::clamp(whole - first, std::int64_t{0}, steps);
    fed.steps += lengths.values<std::int64_t>()[n];
  }
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (constants_[i].dtype() != DType::undefined)
      fed.inputs.push_back(Tensor(constants_[i].view()));
    else if (inputs_[i].field != nullptr)
      fed.inputs.push_back(
          pack(*inputs_[i].field, samples, {.batch_axis = inputs_[i].batch_axis, .first = first, .steps = steps})
              .values);
    else if (static_cast<int>(i) == lengths_input_)
      fed.inputs.push_back(converted(lengths, types_[i]));
    else
      fed.inputs.emplace_back();
  }
  for (const BoundTarget& bound : targets_) {
    const LossOptions& o = bound.options;
    const bool is_ctc = ctc(o);
    PackOptions how;
    if (!is_ctc && !bound.field->one_row) how = {.batch_axis = o.batch_axis, .first = first, .steps = steps};
    if (takes_classes(o.loss) && !is_ctc) how.padding = static_cast<double>(o.ignore_index);
    Packed packed = pack(*bound.field, samples, how);
    FedBatch::Target target;
    target.target = std::move(packed.values);
    if (is_ctc) target.target_lengths = std::move(packed.lengths);
    if (o.lengths) target.lengths = Tensor(std::as_const(lengths).view());
    if (weights_ != nullptr)
      target.weight = pack(*weights_, samples,
                           weights_->one_row ? PackOptions{}
                                             : PackOptions{.batch_axis = o.batch_axis, .first = first, .steps = steps})
                          .values;
    fed.targets.push_back(std::move(target));
  }
  fed.lengths = std::move(lengths);
  return fed;
}

}  // namespace rondo::train
