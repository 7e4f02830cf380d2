// Operators that move elements or make them from sizes.
#include <algorithm>

#include "differential/rules.h"

namespace rondo::differential {
namespace {

bool transpose(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny, 0, 5);
  if (s.random.chance(0.2)) return s.add({op, {}, {x}});
  Ints perm = some_axes(s, s.rank(x), s.rank(x), s.rank(x));
  for (std::int64_t& d : perm) d = d < 0 ? d + s.rank(x) : d;
  return s.add({op, {{"perm", perm}}, {x}});
}

bool reshape(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny, 0, 6);
  std::int64_t left = s.at(x).count();
  if (left == 0) return s.add({op, {{"allowzero", std::int64_t{1}}}, {x, s.list({0, 3})}});
  Ints shape;
  const bool keeps = s.rank(x) > 0 && s.random.chance(0.3);
  if (keeps) left /= s.dims(x)[0];
  if (keeps) shape.push_back(s.random.chance(0.5) ? 0 : s.dims(x)[0]);
  for (std::int64_t divisor : {2, 3, 5, 7})
    if (left % divisor == 0 && s.random.chance(0.4)) {
      shape.push_back(divisor);
      left /= divisor;
    }
  if (left != 1 || s.random.chance(0.3)) shape.push_back(s.random.chance(0.5) ? -1 : left);
  return s.add({op, {}, {x, s.list(shape)}});
}

bool squeeze(Sketch& s, const OpDef& op) {
  const ValueId x = s.find(kAny, [](const Tensor& t) { return std::ranges::find(t.shape(), 1) != t.shape().end(); });
  if (x == kNone) return false;
  if (s.random.chance(0.3)) return s.add({op, {}, {x}});
  Ints axes;
  for (std::int64_t d = 0; d < s.rank(x); ++d)
    if (s.dims(x)[static_cast<std::size_t>(d)] == 1 && s.random.chance(0.7))
      axes.push_back(s.random.chance(0.5) ? d : d - s.rank(x));
  return s.add({op, {}, {x, s.list(axes)}});
}

bool unsqueeze(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny);
  const std::int64_t more = s.random.between(1, 2);
  return s.add({op, {}, {x, s.list(some_axes(s, s.rank(x) + more, more, more))}});
}

bool expand(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny, 0, 3);
  Ints shape = s.dims(x);
  for (std::int64_t& d : shape)
    if (d == 1 && s.random.chance(0.6)) d = s.random.between(2, 4);
  if (s.random.chance(0.4)) shape.insert(shape.begin(), s.random.between(1, 3));
  for (std::int64_t& d : shape)
    if (s.random.chance(0.2)) d = 1;
  return s.add({op, {}, {x, s.list(shape)}});
}

bool tile(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny, 0, 3);
  Ints repeats;
  for (std::int64_t d = 0; d < s.rank(x); ++d) repeats.push_back(s.random.chance(0.05) ? 0 : s.random.between(1, 3));
  return s.add({op, {}, {x, s.list(repeats)}});
}

bool slice(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny, 1, 5);
  const Ints axes = some_axes(s, s.rank(x), 1, s.rank(x));
  Ints starts, ends, steps;
  for (std::int64_t axis : axes) {
    const std::int64_t size = s.dims(x)[from_front(axis, s.rank(x))];
    steps.push_back(s.random.chance(0.6) ? 1 : s.random.chance(0.5) ? 2 : -1);
    starts.push_back(s.random.between(-size - 1, size));
    ends.push_back(s.random.chance(0.2) ? (steps.back() > 0 ? INT64_MAX : INT64_MIN)
                                        : s.random.between(-size - 1, size));
  }
  const auto all = [&](const Ints& v) { return s.list(v); };
  if (s.random.chance(0.2) && axes.size() == s.dims(x).size()) return s.add({op, {}, {x, all(starts), all(ends)}});
  return s.add({op, {}, {x, all(starts), all(ends), all(axes), s.random.chance(0.3) ? kNone : all(steps)}});
}

bool concat(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny, 1, 4);
  const std::int64_t axis = some_axis(s, s.rank(x));
  const std::size_t at = from_front(axis, s.rank(x));
  std::vector<ValueId> inputs{x};
  for (std::int64_t i = s.random.between(0, 2); i > 0; --i) {
    Ints shape = s.dims(x);
    shape[at] = s.random.between(0, 4);
    const ValueId other = s.find({s.dtype(x)}, [&](const Tensor& t) {
      Ints same = t.shape();
      if (same.size() == shape.size()) same[at] = shape[at];
      return same == shape;
    });
    inputs.push_back(other != kNone ? other : s.fresh(s.dtype(x), shape));
  }
  return s.add({op, {{"axis", axis}}, inputs});
}

bool split(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny, 1, 4);
  const std::int64_t axis = some_axis(s, s.rank(x)), size = s.dims(x)[from_front(axis, s.rank(x))];
  const std::int64_t parts = s.random.between(1, 3);
  if (s.random.chance(0.5))
    return s.add({op, {{"axis", axis}, {"num_outputs", parts}}, {x}, static_cast<std::size_t>(parts)});
  Ints sizes;
  std::int64_t left = size;
  for (std::int64_t i = 1; i < parts; ++i) left -= sizes.emplace_back(s.random.between(0, left));
  sizes.push_back(left);
  return s.add({op, {{"axis", axis}}, {x, s.list(sizes)}, sizes.size()});
}

bool pad(Sketch& s, const OpDef& op) {
  const std::array<std::string, 4> modes{"constant", "edge", "reflect", "wrap"};
  const ValueId x = s.some(kAny, 1, 4);
  const bool some = s.random.chance(0.4);
  const Ints axes = some ? some_axes(s, s.rank(x), 1, 2) : Ints{};
  Ints pads(2 * (some ? axes.size() : s.dims(x).size()));
  for (std::int64_t& p : pads) p = s.random.chance(0.5) ? s.random.between(-1, 2) : 0;
  const std::string mode = s.random.pick(modes);
  const ValueId value = mode == "constant" && s.random.chance(0.5) ? s.fresh(s.dtype(x), {}) : kNone;
  return s.add({op, {{"mode", mode}}, {x, s.list(pads), value, some ? s.list(axes, true) : kNone}});
}

bool cast(Sketch& s, const OpDef& op) {
  return s.add({op, {{"to", static_cast<std::int64_t>(s.some_type(kAny))}}, {s.some(kAny)}});
}

bool shape(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny);
  Attributes attributes;
  if (s.random.chance(0.4)) attributes.push_back({"start", some_axis(s, s.rank(x))});
  if (s.random.chance(0.4)) attributes.push_back({"end", some_axis(s, s.rank(x))});
  return s.add({op, std::move(attributes), {x}});
}

bool constant_of_shape(Sketch& s, const OpDef& op) {
  Attributes attributes;
  if (s.random.chance(0.7))
    attributes.push_back({"value", std::make_shared<const Tensor>(drawn(s.random, s.some_type(kAny), {1}, {}))});
  return s.add({op, std::move(attributes), {s.list(s.some_shape(s.random.between(0, 3)))}});
}

bool range(Sketch& s, const OpDef& op) {
  const DType type = s.some_type(allowed(op, 0));
  const auto one = [&](double low, double high) {
    Tensor t(type, {});
    set_element(
        t.view(), 0,
        static_cast<double>(s.random.between(2 * static_cast<std::int64_t>(low), 2 * static_cast<std::int64_t>(high))) /
            2);
    return s.given(std::move(t));
  };
  return s.add({op, {}, {one(-3, 3), one(-4, 8), s.random.chance(0.7) ? one(1, 2) : one(-2, -1)}});
}

bool reverse_sequence(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny, 2, 4);
  const std::int64_t batch = flag(s);
  const auto at = [&](std::int64_t axis) { return s.dims(x)[static_cast<std::size_t>(axis)]; };
  Ints lengths(static_cast<std::size_t>(at(batch)));
  for (std::int64_t& n : lengths) n = s.random.between(std::min<std::int64_t>(1, at(1 - batch)), at(1 - batch));
  return s.add({op, {{"batch_axis", batch}, {"time_axis", 1 - batch}}, {x, s.list(lengths)}});
}

bool eye_like(Sketch& s, const OpDef& op) {
  return s.add({op, {{"k", s.random.between(-2, 2)}}, {s.some(allowed(op, 0), 2, 2)}});
}

bool trilu(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 2, 4);
  return s.add({op, {{"upper", flag(s)}}, {x, s.random.chance(0.5) ? kNone : s.number(s.random.between(-2, 3))}});
}

bool depth_and_space(Sketch& s, const OpDef& op) {
  const std::int64_t block = s.random.between(1, 2), c = s.random.between(1, 2), h = s.random.between(1, 3);
  const bool from_depth = op.name == "DepthToSpace";
  const Ints shape = from_depth ? Ints{2, c * block * block, h, 3} : Ints{2, c, h * block, 3 * block};
  Attributes attributes{{"blocksize", block}};
  if (from_depth && s.random.chance(0.5)) attributes.push_back({"mode", std::string("CRD")});
  return s.add({op, std::move(attributes), {s.shaped(s.some_type(allowed(op, 0)), shape)}});
}

}  // namespace

std::vector<Rule> move_rules() {
  return {{"Transpose", transpose, 4},
          {"Reshape", reshape, 4},
          {"Squeeze", squeeze, 2},
          {"Unsqueeze", unsqueeze, 2},
          {"Expand", expand},
          {"Tile", tile},
          {"Slice", slice, 3},
          {"Concat", concat, 3},
          {"Split", split, 2},
          {"Pad", pad, 2},
          {"Cast", cast, 2},
          {"Shape", shape},
          {"ConstantOfShape", constant_of_shape},
          {"Range", range},
          {"ReverseSequence", reverse_sequence},
          {"EyeLike", eye_like},
          {"Trilu", trilu},
          {"DepthToSpace", depth_and_space},
          {"SpaceToDepth", depth_and_space}};
}

}  // namespace rondo::differential
