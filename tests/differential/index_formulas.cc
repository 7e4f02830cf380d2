// Results that depend on the values of the inputs: places, orders, sizes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "differential/formula.h"

namespace rondo::differential {
namespace {

std::int64_t counted_from_front(double place, std::int64_t size) {
  const auto at = static_cast<std::int64_t>(place);
  return at < 0 ? at + size : at;
}

// The index that a tuple names: its elements replace the first dims of `rest`.
Ints named_index(const Array& tuples, Ints outer, const Ints& sizes, const Ints& before, const Ints& rest) {
  Ints index = before;
  outer.push_back(0);
  for (; outer.back() < tuples.shape.back(); ++outer.back())
    index.push_back(counted_from_front(tuples.at(outer), sizes[index.size()]));
  index.insert(index.end(), rest.begin(), rest.end());
  return index;
}

Ints part(const Ints& v, std::size_t first, std::size_t last) {
  return {v.begin() + static_cast<std::ptrdiff_t>(first), v.begin() + static_cast<std::ptrdiff_t>(last)};
}

std::vector<Array> gather_nd(const Call& c) {
  const Array &x = c[0], &tuples = c[1];
  const auto batch = static_cast<std::size_t>(c.integer("batch_dims"));
  const auto depth = static_cast<std::size_t>(tuples.shape.back());
  const std::size_t outer = tuples.rank() - 1;
  Ints shape = part(tuples.shape, 0, outer);
  const Ints slice = part(x.shape, batch + depth, x.rank());
  shape.insert(shape.end(), slice.begin(), slice.end());
  Array out(shape);
  each_index(shape, [&](const Ints& index) {
    out.at(index) = x.at(
        named_index(tuples, part(index, 0, outer), x.shape, part(index, 0, batch), part(index, outer, index.size())));
  });
  return {std::move(out)};
}

// What an update makes of an element.
double updated(const std::string& how, double old, double update) {
  if (how == "add") return old + update;
  if (how == "mul") return old * update;
  if (how == "max") return std::max(old, update);
  if (how == "min") return std::min(old, update);
  return update;
}

// Of several updates of an element: other types are rounded after each.
bool sums_as_doubles(const Call& c) {
  const std::string& how = std::get<std::string>(*c.attribute("reduction"));
  return (how != "add" && how != "mul") || c[0].dtype == DType::float64;
}

std::vector<Array> scatter_elements(const Call& c) {
  if (!sums_as_doubles(c)) return {};
  Array out = c[0];
  const std::size_t axis = c.axis(out.rank());
  each_index(c[1].shape, [&](const Ints& index) {
    Ints to = index;
    to[axis] = counted_from_front(c[1].at(index), out.shape[axis]);
    out.at(to) = updated(std::get<std::string>(*c.attribute("reduction")), out.at(to), c[2].at(index));
  });
  return {std::move(out)};
}

std::vector<Array> scatter_nd(const Call& c) {
  if (!sums_as_doubles(c)) return {};
  Array out = c[0];
  const std::size_t outer = c[1].rank() - 1;
  each_index(c[2].shape, [&](const Ints& index) {
    const Ints to = named_index(c[1], part(index, 0, outer), out.shape, {}, part(index, outer, index.size()));
    out.at(to) = updated(std::get<std::string>(*c.attribute("reduction")), out.at(to), c[2].at(index));
  });
  return {std::move(out)};
}

std::vector<Array> one_hot(const Call& c) {
  const auto depth = static_cast<std::int64_t>(c[1].values[0]);
  const std::size_t axis = c.axis(c[0].rank() + 1);
  Ints shape = c[0].shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), depth);
  Array out(shape);
  each_index(shape, [&](const Ints& index) {
    Ints of = index;
    of.erase(of.begin() + static_cast<std::ptrdiff_t>(axis));
    const bool is_on = counted_from_front(c[0].at(of), depth) == index[axis];
    out.at(index) = c[2].values[is_on ? 1 : 0];
  });
  return {std::move(out)};
}

std::vector<Array> compress(const Call& c) {
  Array x = c[0];
  const bool is_flat = c.attribute("axis") == nullptr;
  if (is_flat) x.shape = {count_of(x.shape)};
  const std::size_t axis = is_flat ? 0 : c.axis(x.rank());
  Ints kept;
  for (std::size_t i = 0; i < c[1].values.size(); ++i)
    if (c[1].values[i] != 0) kept.push_back(static_cast<std::int64_t>(i));
  Ints shape = x.shape;
  shape[axis] = static_cast<std::int64_t>(kept.size());
  Array out(shape);
  each_index(shape, [&](const Ints& index) {
    Ints from = index;
    from[axis] = kept[static_cast<std::size_t>(index[axis])];
    out.at(index) = x.at(from);
  });
  return {std::move(out)};
}

std::vector<Array> non_zero(const Call& c) {
  std::vector<Ints> found;
  each_index(c[0].shape, [&](const Ints& index) {
    if (c[0].at(index) != 0) found.push_back(index);
  });
  Array out(Ints{static_cast<std::int64_t>(c[0].rank()), static_cast<std::int64_t>(found.size())});
  each_index(out.shape, [&](const Ints& index) {
    out.at(index) = static_cast<double>(found[static_cast<std::size_t>(index[1])][static_cast<std::size_t>(index[0])]);
  });
  return {std::move(out)};
}

std::vector<Array> top_k(const Call& c) {
  const Array& x = c[0];
  if (std::ranges::any_of(x.values, [](double v) { return std::isnan(v); })) return {};
  const std::size_t axis = c.axis(x.rank());
  const bool largest = c.integer("largest") != 0;
  Ints shape = x.shape;
  shape[axis] = static_cast<std::int64_t>(c[1].values[0]);
  Array values(shape), places(shape);
  std::vector<std::int64_t> order(static_cast<std::size_t>(x.shape[axis]));
  each_index(shape, [&](Ints index) {
    const Ints to = index;
    const auto key = [&](std::int64_t place) {
      index[axis] = place;
      return largest ? -x.at(index) : x.at(index);
    };
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, key);
    const std::int64_t place = order[static_cast<std::size_t>(to[axis])];
    places.at(to) = static_cast<double>(place);
    index[axis] = place;
    values.at(to) = x.at(index);
  });
  return {std::move(values), std::move(places)};
}

std::vector<Array> range(const Call& c) {
  const double start = c[0].values[0], limit = c[1].values[0], step = c[2].values[0];
  Array out(Ints{std::max<std::int64_t>(static_cast<std::int64_t>(std::ceil((limit - start) / step)), 0)});
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = start + static_cast<double>(i) * step;
  return {std::move(out)};
}

std::vector<Array> shape(const Call& c) {
  const auto rank = static_cast<std::int64_t>(c[0].rank());
  const auto clamped = [&](std::int64_t v) { return std::clamp<std::int64_t>(v < 0 ? v + rank : v, 0, rank); };
  const std::int64_t first = clamped(c.integer("start"));
  const std::int64_t last = std::max(first, c.attribute("end") == nullptr ? rank : clamped(c.integer("end")));
  Array out(Ints{last - first});
  std::copy(c[0].shape.begin() + first, c[0].shape.begin() + last, out.values.begin());
  return {std::move(out)};
}

std::vector<Array> size(const Call& c) { return {Array({}, static_cast<double>(count_of(c[0].shape)))}; }

// As whole numbers go round; floats outside of their range saturate and are left to the reference.
std::vector<Array> cast(const Call& c) {
  const auto to = static_cast<DType>(c.integer("to"));
  Array out = c[0];
  const bool is_flag = to == DType::boolean, truncates = !is_flag && !is_floating(to) && is_floating(c[0].dtype);
  for (double& v : out.values) {
    if (truncates && !(std::abs(v) < (to == DType::uint8 || to == DType::int8 ? 0x1p7 : 0x1p15))) return {};
    if (truncates && v < 0 && (to == DType::uint8 || to == DType::uint16 || to == DType::uint32 || to == DType::uint64))
      return {};
    v = is_flag ? static_cast<double>(v != 0) : truncates ? std::trunc(v) : v;
  }
  return {std::move(out)};
}

}  // namespace

Formulas index_formulas() {
  return {{"GatherND", gather_nd},
          {"ScatterElements", scatter_elements},
          {"ScatterND", scatter_nd},
          {"OneHot", one_hot},
          {"Compress", compress},
          {"NonZero", non_zero},
          {"TopK", top_k},
          {"Range", range},
          {"Shape", shape},
          {"Size", size},
          {"Cast", cast}};
}

}  // namespace rondo::differential
