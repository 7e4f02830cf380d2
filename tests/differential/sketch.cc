#include "differential/sketch.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace rondo::differential {
namespace {

constexpr std::int64_t kMostElements = 4096, kMostDims = 6;
constexpr double kLargest = 1e4;

TensorPtr shared(Tensor t) { return std::make_shared<const Tensor>(std::move(t)); }

}  // namespace

Tensor drawn(oracle::Random& random, DType dtype, Ints shape, Range range) {
  Tensor t(dtype, std::move(shape));
  for (std::int64_t i = 0; i < t.count(); ++i) {
    double v = random.uniform(range.low, range.high);
    if (!is_floating(dtype)) v = dtype == DType::boolean ? static_cast<double>(random.below(2)) : std::floor(2 * v);
    set_element(t.view(), i, v);
  }
  return t;
}

bool is_tame(const Tensor& t) {
  if (t.count() > kMostElements || t.view().rank() > kMostDims) return false;
  if (!is_floating(t.dtype())) return true;
  for (std::int64_t i = 0; i < t.count(); ++i)
    if (!(std::abs(element(t.view(), i)) <= kLargest)) return false;
  return true;
}

Sketch::Sketch(oracle::Random& source, Sketch* outer) : random(source), outer_(outer) { graph.name = "drawn"; }

DType Sketch::some_type(DTypeSet types) {
  if (types.contains(DType::float32) && random.chance(0.6)) return DType::float32;
  std::vector<DType> allowed;
  for (DType t : all_types())
    if (types.contains(t)) allowed.push_back(t);
  return allowed[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(allowed.size())))];
}

Ints Sketch::some_shape(std::int64_t rank) {
  constexpr std::array<std::int64_t, 12> kSizes{1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 9, 17};
  Ints shape;
  for (std::int64_t d = 0; d < rank; ++d) shape.push_back(random.chance(0.01) ? 0 : random.pick(kSizes));
  while (element_count(shape) > kMostElements / 4) *std::ranges::max_element(shape) = 2;
  return shape;
}

ValueId Sketch::find(DTypeSet types, const Fits& fits) {
  const auto fit = [&](const Tensor& t) { return types.contains(t.dtype()) && (!fits || fits(t)); };
  if (outer_ != nullptr && random.chance(0.3)) {
    const ValueId v = outer_->find(types, fits);
    if (v != kNone) return capture(v);
  }
  std::vector<ValueId> candidates;
  for (ValueId id : usable_)
    if (fit(at(id))) candidates.push_back(id);
  if (candidates.empty()) return kNone;
  const auto n = static_cast<std::int64_t>(candidates.size());
  const std::int64_t recent = random.chance(0.6) ? std::min<std::int64_t>(n, 3) : n;
  return candidates[static_cast<std::size_t>(n - 1 - random.below(recent))];
}

ValueId Sketch::some(DTypeSet types, std::int64_t least_rank, std::int64_t most_rank) {
  const ValueId found = random.chance(0.15) ? kNone : find(types, [&](const Tensor& t) {
    return t.view().rank() >= least_rank && t.view().rank() <= most_rank;
  });
  if (found != kNone) return found;
  const DType type = some_type(types);
  return fresh(type, some_shape(random.between(least_rank, std::min<std::int64_t>(most_rank, 4))));
}

ValueId Sketch::shaped(DType dtype, const Ints& shape, Range range) {
  const ValueId found = random.chance(0.5) ? find({dtype}, [&](const Tensor& t) { return t.shape() == shape; }) : kNone;
  return found != kNone ? found : fresh(dtype, shape, range);
}

ValueId Sketch::fresh(DType dtype, Ints shape, Range range) {
  return given(drawn(random, dtype, std::move(shape), range));
}

ValueId Sketch::given(Tensor tensor) {
  return random.chance(0.5) ? constant(std::move(tensor)) : as_input(std::move(tensor));
}

ValueId Sketch::constant(Tensor tensor) {
  const TensorPtr value = shared(std::move(tensor));
  const ValueId id = graph.add_constant(fresh_name("c"), value);
  learn(id, value);
  return id;
}

ValueId Sketch::as_input(Tensor tensor) {
  if (outer_ != nullptr) return capture(outer_->as_input(std::move(tensor)));
  const ValueId id = graph.add_input(fresh_name("in"), declared(tensor));
  inputs.push_back(shared(std::move(tensor)));
  learn(id, inputs.back());
  return id;
}

// One symbol for each size, so that what was drawn to fit still fits.
TensorType Sketch::declared(const Tensor& tensor) {
  TensorType type = concrete_type(tensor.dtype(), tensor.shape());
  if (random.chance(0.03)) return {tensor.dtype(), std::nullopt};
  if (random.chance(0.6)) return type;
  for (Dim& d : *type.shape)
    if (random.chance(0.5)) d = random.chance(0.1) ? Dim() : Dim("n" + std::to_string(d.value));
  return type;
}

ValueId Sketch::list(const Ints& values, bool may_be_int32) {
  Tensor t = Tensor::of<std::int64_t>(DType::int64, {static_cast<std::int64_t>(values.size())}, values);
  if (may_be_int32 && random.chance(0.2)) t = converted(t.view(), DType::int32);
  return random.chance(0.15) ? as_input(std::move(t)) : constant(std::move(t));
}

ValueId Sketch::number(std::int64_t value) {
  Tensor t = Tensor::of<std::int64_t>(DType::int64, {}, {&value, 1});
  return random.chance(0.15) ? as_input(std::move(t)) : constant(std::move(t));
}

ValueId Sketch::body_input(const Tensor& sample, TensorType type) {
  const ValueId id = graph.add_input(fresh_name("b"), std::move(type));
  inputs.push_back(shared(Tensor(sample.view())));
  learn(id, inputs.back());
  return id;
}

ValueId Sketch::capture(ValueId of_outer) {
  const auto seen = std::ranges::find(captured_, of_outer);
  if (seen != captured_.end()) return graph.captures[static_cast<std::size_t>(seen - captured_.begin())];
  const Value& value = outer_->graph.value(of_outer);
  const ValueId id = graph.add_value(value.name, value.type);
  graph.value(id).constant = value.constant;
  graph.captures.push_back(id);
  captured_.push_back(of_outer);
  learn(id, outer_->known_[Graph::index(of_outer)]);
  return id;
}

bool Sketch::add(Draft draft) {
  std::vector<std::string> names(draft.outputs);
  const std::string name = fresh_name(draft.op.name);
  for (std::size_t k = 0; k < draft.outputs; ++k)
    if (std::ranges::find(draft.absent, k) == draft.absent.end()) names[k] = name + "." + std::to_string(k);
  std::optional<NodeId> id;
  try {
    id = graph.add_node(draft.op, name, std::move(draft.attributes), draft.inputs, names, draft.num_captures);
    Values in;
    for (ValueId v : draft.inputs) in.push_back(v == kNone ? nullptr : known_[Graph::index(v)]);
    const Values results = Interpreter().evaluate(graph.node(*id), in);
    const bool keeps = std::ranges::all_of(results, [&](const TensorPtr& t) {
      return !t || is_tame(*t) || (t->count() <= kMostElements && random.chance(0.02));
    });
    if (!keeps) throw Error(ErrorCode::data, "the results are not tame");
    made_ = graph.node(*id).outputs;
    for (std::size_t k = 0; k < draft.outputs; ++k)
      if (made_[k] != kNone) learn(made_[k], results[k]);
    return true;
  } catch (const Error&) {
    if (id) graph.erase(*id);
    return false;
  }
}

std::string Sketch::fresh_name(const std::string& prefix) {
  return outer_ != nullptr ? outer_->fresh_name(prefix) : prefix + std::to_string(count_++);
}

void Sketch::learn(ValueId id, TensorPtr value) {
  known_.resize(graph.num_values());
  known_[Graph::index(id)] = std::move(value);
  usable_.push_back(id);
}

}  // namespace rondo::differential
