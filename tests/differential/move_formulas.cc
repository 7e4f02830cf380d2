// Results whose elements are elements of the inputs: where each one comes from.
#include <algorithm>

#include "differential/formula.h"

namespace rondo::differential {
namespace {

// out[index] = x[from(index)]
template <class From>
std::vector<Array> moved(const Array& x, Ints shape, From&& from) {
  Array out(std::move(shape));
  std::size_t i = 0;
  each_index(out.shape, [&](const Ints& index) { out.values[i++] = x.at(from(index)); });
  return {std::move(out)};
}

std::vector<Array> transpose(const Call& c) {
  const Array& x = c[0];
  Ints perm;
  for (std::size_t d = x.rank(); d-- > 0;) perm.push_back(static_cast<std::int64_t>(d));
  perm = c.integers("perm").value_or(perm);
  Ints shape;
  for (std::int64_t d : perm) shape.push_back(x.shape[static_cast<std::size_t>(d)]);
  return moved(x, shape, [&](const Ints& index) {
    Ints from(index.size());
    for (std::size_t d = 0; d < perm.size(); ++d) from[static_cast<std::size_t>(perm[d])] = index[d];
    return from;
  });
}

std::vector<Array> viewed(const Array& x, Ints shape) {
  Array out = x;
  out.shape = std::move(shape);
  return {std::move(out)};
}

std::vector<Array> reshape(const Call& c) {
  Ints shape = c[1].integers();
  if (c.integer("allowzero") == 0)
    for (std::size_t d = 0; d < shape.size(); ++d)
      if (shape[d] == 0) shape[d] = c[0].shape[d];
  const auto open = std::ranges::find(shape, -1);
  if (open != shape.end()) {
    *open = 1;
    if (count_of(shape) == 0) return {};
    *open = count_of(c[0].shape) / count_of(shape);
  }
  return viewed(c[0], std::move(shape));
}

std::vector<Array> flatten(const Call& c) {
  const auto axis = static_cast<std::ptrdiff_t>(
      c.integer("axis") == static_cast<std::int64_t>(c[0].rank()) ? c[0].rank() : c.axis(c[0].rank()));
  const Ints& s = c[0].shape;
  return viewed(c[0], {count_of({s.begin(), s.begin() + axis}), count_of({s.begin() + axis, s.end()})});
}

std::vector<Array> squeeze(const Call& c) {
  const Ints axes = c.has(1) ? c[1].integers() : Ints{};
  Ints shape;
  for (std::size_t d = 0; d < c[0].rank(); ++d) {
    const bool named = std::ranges::any_of(axes, [&](std::int64_t a) { return from_front(a, c[0].rank()) == d; });
    if (c.has(1) ? !named : c[0].shape[d] != 1) shape.push_back(c[0].shape[d]);
  }
  return viewed(c[0], std::move(shape));
}

std::vector<Array> unsqueeze(const Call& c) {
  const Ints axes = c[1].integers();
  Ints shape(c[0].rank() + axes.size(), 0);
  for (std::int64_t a : axes) shape[from_front(a, shape.size())] = 1;
  auto next = c[0].shape.begin();
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const bool inserted = std::ranges::any_of(axes, [&](std::int64_t a) { return from_front(a, shape.size()) == d; });
    if (!inserted) shape[d] = *next++;
  }
  return viewed(c[0], std::move(shape));
}

std::vector<Array> concat(const Call& c) {
  const std::size_t axis = c.axis(c[0].rank());
  Array out(c[0].shape);
  for (std::size_t i = 1; i < c.in.size(); ++i) out.shape[axis] += c[i].shape[axis];
  out = Array(out.shape);
  std::int64_t first = 0;
  for (const Array* part : c.in) {
    each_index(part->shape, [&](const Ints& index) {
      Ints to = index;
      to[axis] += first;
      out.at(to) = part->at(index);
    });
    first += part->shape[axis];
  }
  return {std::move(out)};
}

std::vector<Array> expand(const Call& c) {
  Ints shape = c[1].integers();
  const Ints& own = c[0].shape;
  if (own.size() > shape.size()) shape.insert(shape.begin(), own.size() - shape.size(), 1);
  for (std::size_t d = 0; d < own.size(); ++d)
    if (own[own.size() - 1 - d] != 1) shape[shape.size() - 1 - d] = own[own.size() - 1 - d];
  Array out(shape);
  each_index(shape, [&](const Ints& index) { out.at(index) = c[0].broadcast(index); });
  return {std::move(out)};
}

std::vector<Array> tile(const Call& c) {
  const Ints repeats = c[1].integers();
  Ints shape = c[0].shape;
  for (std::size_t d = 0; d < shape.size(); ++d) shape[d] *= repeats[d];
  return moved(c[0], shape, [&](Ints index) {
    for (std::size_t d = 0; d < index.size(); ++d) index[d] %= c[0].shape[d];
    return index;
  });
}

// Where a slice starts and how long it is, along one axis.
struct Span {
  std::int64_t start = 0, step = 1, count = 0;

  Span(std::int64_t first, std::int64_t end, std::int64_t by, std::int64_t size) : step(by) {
    if (size == 0) return;
    const auto clamped = [&](std::int64_t v, std::int64_t low, std::int64_t high) {
      return std::clamp(v < 0 ? v + size : v, low, high);
    };
    start = by > 0 ? clamped(first, 0, size) : clamped(first, 0, size - 1);
    const std::int64_t last = by > 0 ? clamped(end, 0, size) : clamped(end, -1, size - 1);
    while (by > 0 ? start + count * by < last : start + count * by > last) ++count;
  }
};

std::vector<Array> slice(const Call& c) {
  const Array& x = c[0];
  const Ints starts = c[1].integers(), ends = c[2].integers();
  Ints shape = x.shape, first(x.rank(), 0), step(x.rank(), 1);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t axis = c.has(3) ? from_front(c[3].integers()[i], x.rank()) : i;
    const Span span(starts[i], ends[i], c.has(4) ? c[4].integers()[i] : 1, x.shape[axis]);
    first[axis] = span.start;
    step[axis] = span.step;
    shape[axis] = span.count;
  }
  return moved(x, shape, [&](Ints index) {
    for (std::size_t d = 0; d < index.size(); ++d) index[d] = first[d] + index[d] * step[d];
    return index;
  });
}

std::vector<Array> split(const Call& c) {
  const Array& x = c[0];
  const std::size_t axis = c.axis(x.rank());
  const auto parts = static_cast<std::int64_t>(c.node.outputs.size());
  Ints sizes;
  if (c.has(1)) {
    sizes = c[1].integers();
  } else {
    const std::int64_t each = (x.shape[axis] + parts - 1) / parts;
    for (std::int64_t i = 0; i < parts; ++i)
      sizes.push_back(std::clamp<std::int64_t>(x.shape[axis] - i * each, 0, each));
  }
  std::vector<Array> out;
  std::int64_t first = 0;
  for (std::int64_t size : sizes) {
    Ints shape = x.shape;
    shape[axis] = size;
    out.push_back(moved(x, shape, [&](Ints index) {
      index[axis] += first;
      return index;
    })[0]);
    first += size;
  }
  return out;
}

std::vector<Array> gather(const Call& c) {
  const Array &x = c[0], &places = c[1];
  const std::size_t axis = c.axis(x.rank());
  const auto at = static_cast<std::ptrdiff_t>(axis);
  Ints shape(x.shape.begin(), x.shape.begin() + at);
  shape.insert(shape.end(), places.shape.begin(), places.shape.end());
  shape.insert(shape.end(), x.shape.begin() + at + 1, x.shape.end());
  return moved(x, shape, [&](const Ints& index) {
    const auto inner = index.begin() + at + static_cast<std::ptrdiff_t>(places.rank());
    const auto place = static_cast<std::int64_t>(places.at({index.begin() + at, inner}));
    Ints from(index.begin(), index.begin() + at);
    from.push_back(place < 0 ? place + x.shape[axis] : place);
    from.insert(from.end(), inner, index.end());
    return from;
  });
}

std::vector<Array> gather_elements(const Call& c) {
  const std::size_t axis = c.axis(c[0].rank());
  return moved(c[0], c[1].shape, [&](const Ints& index) {
    Ints from = index;
    from[axis] = static_cast<std::int64_t>(c[1].at(index));
    if (from[axis] < 0) from[axis] += c[0].shape[axis];
    return from;
  });
}

// Below or above a diagonal; the rest is 0.
std::vector<Array> trilu(const Call& c) {
  const std::int64_t k = c.has(1) ? c[1].integers()[0] : 0;
  const bool upper = c.integer("upper") != 0;
  Array out = c[0];
  each_index(out.shape, [&](const Ints& index) {
    const std::int64_t over = index[index.size() - 1] - index[index.size() - 2];
    if (upper ? over < k : over > k) out.at(index) = 0;
  });
  return {std::move(out)};
}

std::vector<Array> reverse_sequence(const Call& c) {
  const auto batch = static_cast<std::size_t>(c.integer("batch_axis")),
             time = static_cast<std::size_t>(c.integer("time_axis"));
  return moved(c[0], c[0].shape, [&](Ints index) {
    const auto length = static_cast<std::int64_t>(c[1].at({index[batch]}));
    if (index[time] < length) index[time] = length - 1 - index[time];
    return index;
  });
}

// Where the padded place stands on the axis; -1: on the padding.
std::int64_t unpadded(const std::string& mode, std::int64_t at, std::int64_t size) {
  if (mode == "edge") return std::clamp<std::int64_t>(at, 0, size - 1);
  if (mode == "wrap") return (at % size + size) % size;
  const std::int64_t period = std::max<std::int64_t>(2 * (size - 1), 1);
  if (mode == "reflect") {
    const std::int64_t folded = (at % period + period) % period;
    return std::min(folded, 2 * (size - 1) - folded);
  }
  return at < 0 || at >= size ? -1 : at;
}

// Only what adds elements: negative pads are taken away first, which the modes would see.
std::vector<Array> pad(const Call& c) {
  const Array& x = c[0];
  const std::string& mode = std::get<std::string>(*c.attribute("mode"));
  const Ints pads = c[1].integers();
  if (std::ranges::any_of(pads, [](std::int64_t p) { return p < 0; }) || x.values.empty()) return {};
  Ints shape = x.shape, before(x.rank(), 0);
  for (std::size_t i = 0; i < pads.size() / 2; ++i) {
    const std::size_t axis = c.has(3) ? from_front(c[3].integers()[i], x.rank()) : i;
    before[axis] = pads[i];
    shape[axis] += pads[i] + pads[pads.size() / 2 + i];
  }
  Array out(shape, c.has(2) ? c[2].values[0] : 0);
  each_index(shape, [&](const Ints& index) {
    Ints from = index;
    for (std::size_t d = 0; d < from.size(); ++d) from[d] = unpadded(mode, index[d] - before[d], x.shape[d]);
    if (std::ranges::find(from, -1) == from.end()) out.at(index) = x.at(from);
  });
  return {std::move(out)};
}

std::vector<Array> depth_to_space(const Call& c) {
  const Array& x = c[0];
  const std::int64_t b = c.integer("blocksize"), channels = x.shape[1] / (b * b);
  const bool rows_first = std::get<std::string>(*c.attribute("mode")) == "DCR";
  return moved(x, {x.shape[0], channels, x.shape[2] * b, x.shape[3] * b}, [&](const Ints& to) {
    const std::int64_t block = to[2] % b * b + to[3] % b;
    return Ints{to[0], rows_first ? block * channels + to[1] : to[1] * b * b + block, to[2] / b, to[3] / b};
  });
}

std::vector<Array> space_to_depth(const Call& c) {
  const Array& x = c[0];
  const std::int64_t b = c.integer("blocksize"), channels = x.shape[1];
  return moved(x, {x.shape[0], channels * b * b, x.shape[2] / b, x.shape[3] / b}, [&](const Ints& to) {
    const std::int64_t block = to[1] / channels;
    return Ints{to[0], to[1] % channels, to[2] * b + block / b, to[3] * b + block % b};
  });
}

}  // namespace

Formulas move_formulas() {
  return {{"Transpose", transpose},
          {"Identity", [](const Call& c) { return viewed(c[0], c[0].shape); }},
          {"Reshape", reshape},
          {"Flatten", flatten},
          {"Squeeze", squeeze},
          {"Unsqueeze", unsqueeze},
          {"Concat", concat},
          {"Expand", expand},
          {"Tile", tile},
          {"Slice", slice},
          {"Split", split},
          {"Gather", gather},
          {"GatherElements", gather_elements},
          {"Trilu", trilu},
          {"Pad", pad},
          {"DepthToSpace", depth_to_space},
          {"SpaceToDepth", space_to_depth},
          {"ReverseSequence", reverse_sequence}};
}

}  // namespace rondo::differential
