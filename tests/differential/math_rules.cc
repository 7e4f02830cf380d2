// Elementwise operators with attributes or optional inputs that matter.
#include "differential/rules.h"

namespace rondo::differential {
namespace {

bool clip(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0));
  const ValueId low = s.random.chance(0.3) ? kNone : s.fresh(s.dtype(x), {}, {-1, 0.5});
  const ValueId high = s.random.chance(0.3) ? kNone : s.fresh(s.dtype(x), {}, {0.2, 1.5});
  return s.add({op, {}, {x, low, high}});
}

bool dropout(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0));
  const ValueId ratio = s.random.chance(0.5) ? kNone : s.fresh(DType::float32, {}, {0, 0.9});
  return s.add({op, {}, {x, ratio}, s.random.chance(0.5) ? 2u : 1u});
}

bool gelu(Sketch& s, const OpDef& op) {
  return s.add({op, {{"approximate", std::string(s.random.chance(0.5) ? "tanh" : "none")}}, {s.some(allowed(op, 0))}});
}

bool is_inf(Sketch& s, const OpDef& op) {
  return s.add({op, {{"detect_negative", flag(s)}, {"detect_positive", flag(s)}}, {s.some(allowed(op, 0))}});
}

// By no zero: the integers have no remainder then.
bool mod(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0));
  const std::int64_t fmod = is_floating(s.dtype(x)) ? 1 : flag(s);
  return s.add({op, {{"fmod", fmod}}, {x, s.fresh(s.dtype(x), narrower(s, s.dims(x)), {0.5, 3})}});
}

// Arguments for which the result is a number.
bool of_positive(Sketch& s, const OpDef& op) {
  const DType type = s.some_type(allowed(op, 0));
  const Ints shape = s.some_shape(s.random.between(0, 4));
  const Range range = op.name == "Atanh" ? Range{-0.9, 0.9} : op.name == "Acosh" ? Range{1, 9} : Range{0.1, 9};
  return s.add({op, {}, {s.fresh(type, shape, range)}});
}

bool pow(Sketch& s, const OpDef& op) {
  const ValueId x = s.fresh(s.some_type(allowed(op, 0)), s.some_shape(s.random.between(0, 3)), {0.5, 3});
  return s.add({op, {}, {x, s.fresh(s.some_type(allowed(op, 1)), narrower(s, s.dims(x)), {0, 2})}});
}

}  // namespace

std::vector<Rule> math_rules() {
  return {{"Clip", clip, 2},      {"Dropout", dropout},  {"Gelu", gelu},        {"IsInf", is_inf},
          {"Mod", mod},           {"Pow", pow},          {"Sqrt", of_positive}, {"Log", of_positive},
          {"Acosh", of_positive}, {"Atanh", of_positive}};
}

}  // namespace rondo::differential
