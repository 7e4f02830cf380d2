// Operators whose inputs are places in another input.
#include "differential/rules.h"

namespace rondo::differential {
namespace {

// Indices below size, some counted from the back.
ValueId indices(Sketch& s, Ints shape, std::int64_t size, bool may_be_int32) {
  const DType type = may_be_int32 && s.random.chance(0.3) ? DType::int32 : DType::int64;
  Tensor t(type, std::move(shape));
  for (std::int64_t i = 0; i < t.count(); ++i)
    set_element(t.view(), i, static_cast<double>(s.random.between(s.random.chance(0.3) ? -size : 0, size - 1)));
  return s.given(std::move(t));
}

// Tuples of indices into the first dims of shape: [..., depth].
ValueId tuples(Sketch& s, Ints shape, const Ints& into, std::size_t from) {
  const std::int64_t depth = shape.back();
  Tensor t(DType::int64, std::move(shape));
  for (std::int64_t i = 0; i < t.count(); ++i) {
    const std::int64_t size = into[from + static_cast<std::size_t>(i % depth)];
    set_element(t.view(), i, static_cast<double>(s.random.between(s.random.chance(0.3) ? -size : 0, size - 1)));
  }
  return s.given(std::move(t));
}

ValueId without_empty(Sketch& s, DTypeSet types, std::int64_t least_rank) {
  const ValueId found = s.find(types, [&](const Tensor& t) { return t.count() > 0 && t.view().rank() >= least_rank; });
  if (found != kNone) return found;
  Ints shape = s.some_shape(s.random.between(least_rank, 3));
  for (std::int64_t& d : shape) d = d == 0 ? 1 : d;
  return s.fresh(s.some_type(types), shape);
}

bool gather(Sketch& s, const OpDef& op) {
  const ValueId x = without_empty(s, kAny, 1);
  const std::int64_t axis = some_axis(s, s.rank(x));
  const std::int64_t size = s.dims(x)[from_front(axis, s.rank(x))];
  return s.add({op, {{"axis", axis}}, {x, indices(s, s.some_shape(s.random.between(0, 2)), size, true)}});
}

bool gather_elements(Sketch& s, const OpDef& op) {
  const ValueId x = without_empty(s, kAny, 1);
  const std::int64_t axis = some_axis(s, s.rank(x));
  Ints shape = s.dims(x);
  const std::int64_t size = shape[from_front(axis, s.rank(x))];
  shape[from_front(axis, s.rank(x))] = s.random.between(1, 4);
  return s.add({op, {{"axis", axis}}, {x, indices(s, shape, size, true)}});
}

bool gather_nd(Sketch& s, const OpDef& op) {
  const ValueId x = without_empty(s, kAny, 1);
  const std::int64_t batch = s.rank(x) > 1 ? flag(s, 0.3) : 0;
  Ints shape{s.random.between(1, s.rank(x) - batch)};
  shape.insert(shape.begin(), s.random.between(1, 3));
  if (batch == 1) shape.insert(shape.begin(), s.dims(x)[0]);
  return s.add({op, {{"batch_dims", batch}}, {x, tuples(s, shape, s.dims(x), static_cast<std::size_t>(batch))}});
}

std::string some_reduction(Sketch& s, DType type) {
  const std::array<std::string, 4> reductions{"add", "mul", "max", "min"};
  return type == DType::boolean || s.random.chance(0.6) ? "none" : s.random.pick(reductions);
}

// With a reduction halves are summed as they are, in the order of the updates: left to float and the integers.
bool scatter_elements(Sketch& s, const OpDef& op) {
  const ValueId x = without_empty(s, kAny, 1);
  const std::int64_t axis = some_axis(s, s.rank(x)), size = s.dims(x)[from_front(axis, s.rank(x))];
  Ints shape = s.dims(x);
  for (std::int64_t& d : shape) d = s.random.between(1, d);
  return s.add({op,
                {{"axis", axis}, {"reduction", some_reduction(s, s.dtype(x))}},
                {x, indices(s, shape, size, true), s.shaped(s.dtype(x), shape)}});
}

bool scatter_nd(Sketch& s, const OpDef& op) {
  const ValueId x = without_empty(s, kAny, 1);
  const std::int64_t depth = s.random.between(1, s.rank(x)), count = s.random.between(1, 4);
  Ints updates{count};
  updates.insert(updates.end(), s.dims(x).begin() + depth, s.dims(x).end());
  return s.add({op,
                {{"reduction", some_reduction(s, s.dtype(x))}},
                {x, tuples(s, {count, depth}, s.dims(x), 0), s.shaped(s.dtype(x), updates)}});
}

bool one_hot(Sketch& s, const OpDef& op) {
  const DType type = s.random.chance(0.7) ? DType::int64 : s.some_type(allowed(op, 0));
  const ValueId at = s.fresh(type, s.some_shape(s.random.between(0, 2)), {0, 2});
  return s.add({op, {{"axis", some_axis(s, s.rank(at) + 1)}}, {at, s.number(4), s.fresh(s.some_type(kAny), {2})}});
}

bool compress(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(kAny, 1, 4);
  const std::int64_t axis = some_axis(s, s.rank(x)), size = s.dims(x)[from_front(axis, s.rank(x))];
  if (s.random.chance(0.3))
    return s.add({op, {}, {x, s.shaped(DType::boolean, {std::min<std::int64_t>(s.at(x).count(), 5)})}});
  return s.add({op, {{"axis", axis}}, {x, s.shaped(DType::boolean, {size})}});
}

bool top_k(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 1, 4);
  const std::int64_t axis = some_axis(s, s.rank(x)), size = s.dims(x)[from_front(axis, s.rank(x))];
  return s.add({op, {{"axis", axis}, {"largest", flag(s)}}, {x, s.list({s.random.between(0, size)})}, 2});
}

}  // namespace

std::vector<Rule> index_rules() {
  return {{"Gather", gather, 3},        {"GatherElements", gather_elements},
          {"GatherND", gather_nd},      {"ScatterElements", scatter_elements},
          {"ScatterND", scatter_nd, 2}, {"OneHot", one_hot},
          {"Compress", compress},       {"TopK", top_k}};
}

}  // namespace rondo::differential
