// Operators over axes.
#include "differential/rules.h"

namespace rondo::differential {
namespace {

bool reduce(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 0, 5);
  const Ints axes = some_axes(s, s.rank(x), 0, s.rank(x));
  Attributes attributes{{"keepdims", flag(s)}};
  if (s.random.chance(0.2)) attributes.push_back({"noop_with_empty_axes", std::int64_t{1}});
  return s.add({op, std::move(attributes), {x, s.random.chance(0.3) ? kNone : s.list(axes)}});
}

bool arg(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 1, 4);
  return s.add({op, {{"axis", some_axis(s, s.rank(x))}, {"keepdims", flag(s)}, {"select_last_index", flag(s)}}, {x}});
}

bool along_input_axis(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 1, 4);
  return s.add({op, {{"exclusive", flag(s)}, {"reverse", flag(s)}}, {x, s.number(some_axis(s, s.rank(x)))}});
}

bool lp_normalization(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 1, 4);
  return s.add({op, {{"axis", some_axis(s, s.rank(x))}, {"p", 1 + flag(s)}}, {x}});
}

bool mean_variance(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 2, 4);
  return s.add({op, {{"axes", some_axes(s, s.rank(x), 1, s.rank(x))}}, {x}});
}

// Scale, bias and the like: as many as the port list goes on, each [channels].
std::vector<ValueId> with_channels(Sketch& s, ValueId x, std::size_t more, Ints shape) {
  std::vector<ValueId> inputs{x};
  for (std::size_t i = 0; i < more; ++i) inputs.push_back(s.fresh(s.dtype(x), shape, {0.2, 2}));
  return inputs;
}

bool by_channel(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 2, 4);
  return s.add({op, {{"epsilon", 1e-3f}}, with_channels(s, x, op.inputs.size() - 1, {s.dims(x)[1]})});
}

bool group_normalization(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 3, 4);
  const std::int64_t channels = s.dims(x)[1], groups = channels % 2 == 0 && s.random.chance(0.6) ? 2 : 1;
  return s.add({op, {{"num_groups", groups}, {"epsilon", 1e-3f}}, with_channels(s, x, 2, {channels})});
}

bool layer_normalization(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 1, 4);
  const std::int64_t axis = some_axis(s, s.rank(x));
  const auto first = static_cast<std::ptrdiff_t>(from_front(axis, s.rank(x)));
  const Ints rest(s.dims(x).begin() + first, s.dims(x).end());
  const std::size_t more = op.name == "LayerNormalization" && s.random.chance(0.6) ? 2 : 1;
  return s.add({op, {{"axis", axis}, {"epsilon", 1e-3f}}, with_channels(s, x, more, rest)});
}

// What a classifier loses: scores [N,C] or [N,C,d], a class for each place.
bool class_loss(Sketch& s, const OpDef& op) {
  const ValueId scores = s.some(allowed(op, 0), 2, 3);
  Ints shape = s.dims(scores);
  const std::int64_t classes = shape[1];
  shape.erase(shape.begin() + 1);
  Tensor target(s.some_type(kIndices), shape);
  for (std::int64_t i = 0; i < target.count() && classes > 0; ++i)
    set_element(target.view(), i, static_cast<double>(s.random.below(classes)));
  Attributes attributes{{"reduction", s.random.pick(std::array<std::string, 3>{"none", "sum", "mean"})}};
  if (s.random.chance(0.3)) attributes.push_back({"ignore_index", s.random.between(-1, 2)});
  const ValueId at = s.given(std::move(target));
  const ValueId weight = s.random.chance(0.5) ? kNone : s.fresh(s.dtype(scores), {classes}, {0.1, 2});
  const bool softmax = op.name == "SoftmaxCrossEntropyLoss";
  return s.add({op, std::move(attributes), {scores, at, weight}, softmax && s.random.chance(0.5) ? 2u : 1u});
}

bool fourier(Sketch& s, const OpDef& op) {
  const std::int64_t n = s.random.between(1, 17), parts = s.random.between(1, 2);
  const ValueId x = s.shaped(s.some_type(allowed(op, 0)), {s.random.between(1, 3), n, parts});
  const std::int64_t one_sided = parts == 1 ? flag(s) : 0;
  return s.add({op,
                {{"onesided", one_sided}, {"inverse", one_sided == 1 ? std::int64_t{0} : flag(s)}},
                {x, s.random.chance(0.5) ? kNone : s.number(s.random.between(1, 20)), s.number(1)}});
}

bool frames(Sketch& s, const OpDef& op) {
  const std::int64_t n = s.random.between(4, 40), length = s.random.between(2, 4);
  const ValueId x = s.shaped(s.some_type(allowed(op, 0)), {s.random.between(1, 3), n, 1});
  const ValueId window = s.random.chance(0.5) ? kNone : s.fresh(s.dtype(x), {length});
  return s.add({op, {{"onesided", flag(s)}}, {x, s.number(s.random.between(1, 3)), window, s.number(length)}});
}

}  // namespace

std::vector<Rule> reduce_rules() {
  std::vector<Rule> rules{{"ArgMax", arg},
                          {"ArgMin", arg},
                          {"CumSum", along_input_axis},
                          {"NegativeLogLikelihoodLoss", class_loss},
                          {"SoftmaxCrossEntropyLoss", class_loss},
                          {"DFT", fourier},
                          {"STFT", frames},
                          {"LpNormalization", lp_normalization},
                          {"MeanVarianceNormalization", mean_variance},
                          {"BatchNormalization", by_channel, 2},
                          {"InstanceNormalization", by_channel, 2},
                          {"GroupNormalization", group_normalization, 2},
                          {"LayerNormalization", layer_normalization, 2},
                          {"RMSNormalization", layer_normalization, 2}};
  for (const OpDef* op : all_ops())
    if (op->name.starts_with("Reduce")) rules.push_back({op->name, reduce});
  return rules;
}

}  // namespace rondo::differential
