// Convolutions and pools, over one or two axes.
#include <algorithm>

#include "differential/rules.h"

namespace rondo::differential {
namespace {

ValueId image(Sketch& s, const OpDef& op) {
  const ValueId found = s.find(
      allowed(op, 0), [](const Tensor& t) { return t.view().rank() >= 3 && t.view().rank() <= 4 && t.count() > 0; });
  if (found != kNone && s.random.chance(0.6)) return found;
  Ints shape{s.random.between(1, 3), s.random.between(1, 6)};
  for (std::int64_t d = s.random.between(1, 2); d > 0; --d) shape.push_back(s.random.between(2, 11));
  return s.fresh(s.some_type(allowed(op, 0)), shape);
}

struct Windows {
  Ints kernel;
  Attributes attributes;
};

Windows windows(Sketch& s, ValueId x, bool padded_below_kernel) {
  Windows w;
  Ints strides, dilations, begin, end;
  for (std::size_t d = 2; d < s.dims(x).size(); ++d) {
    w.kernel.push_back(s.random.between(1, std::min<std::int64_t>(s.dims(x)[d], 3)));
    strides.push_back(s.random.between(1, 3));
    dilations.push_back(s.random.between(1, 2));
    const std::int64_t most = padded_below_kernel ? w.kernel.back() - 1 : 2;
    begin.push_back(s.random.between(0, most));
    end.push_back(s.random.between(0, most));
  }
  if (s.random.chance(0.5)) w.attributes.push_back({"strides", strides});
  if (s.random.chance(0.3)) w.attributes.push_back({"dilations", dilations});
  const std::array<std::string, 3> modes{"SAME_UPPER", "SAME_LOWER", "VALID"};
  if (s.random.chance(0.2)) {
    w.attributes.push_back({"auto_pad", s.random.pick(modes)});
  } else if (s.random.chance(0.6)) {
    begin.insert(begin.end(), end.begin(), end.end());
    w.attributes.push_back({"pads", begin});
  }
  return w;
}

std::int64_t some_group(Sketch& s, std::int64_t channels) {
  if (s.random.chance(0.6)) return 1;
  return s.random.chance(0.5) ? channels : channels % 2 == 0 ? 2 : 1;
}

bool batch_normalized(Sketch& s) {
  const ValueId y = s.made()[0];
  std::vector<ValueId> inputs{y};
  for (int i = 0; i < 4; ++i) inputs.push_back(s.constant(drawn(s.random, s.dtype(y), {s.dims(y)[1]}, {0.3, 2})));
  return s.add({ops::batch_normalization(), {}, inputs});
}

bool conv(Sketch& s, const OpDef& op) {
  const bool transposed = op.name == "ConvTranspose";
  const ValueId x = image(s, op);
  Windows w = windows(s, x, false);
  const std::int64_t channels = s.dims(x)[1], group = some_group(s, channels), per_group = s.random.between(1, 5);
  Ints shape = transposed ? Ints{channels, per_group} : Ints{group * per_group, channels / group};
  shape.insert(shape.end(), w.kernel.begin(), w.kernel.end());
  const ValueId bias = s.random.chance(0.5) ? kNone : s.fresh(s.dtype(x), {group * per_group});
  w.attributes.push_back({"group", group});
  if (!s.add({op, std::move(w.attributes), {x, s.fresh(s.dtype(x), shape, {-0.7, 0.7}), bias}})) return false;
  if (s.random.chance(0.3)) batch_normalized(s);
  return true;
}

bool pool(Sketch& s, const OpDef& op) {
  const ValueId x = image(s, op);
  Windows w = windows(s, x, true);
  w.attributes.push_back({"kernel_shape", w.kernel});
  w.attributes.push_back({"ceil_mode", flag(s, 0.3)});
  if (op.name == "AveragePool") w.attributes.push_back({"count_include_pad", flag(s)});
  const bool with_places = op.name == "MaxPool" && s.random.chance(0.3);
  if (with_places) w.attributes.push_back({"storage_order", flag(s)});
  return s.add({op, std::move(w.attributes), {x}, with_places ? 2u : 1u});
}

bool global_pool(Sketch& s, const OpDef& op) { return s.add({op, {}, {image(s, op)}}); }

}  // namespace

std::vector<Rule> window_rules() {
  return {{"Conv", conv, 5},
          {"ConvTranspose", conv, 3},
          {"MaxPool", pool, 2},
          {"AveragePool", pool, 2},
          {"LpPool", pool},
          {"GlobalMaxPool", global_pool},
          {"GlobalAveragePool", global_pool},
          {"GlobalLpPool", global_pool}};
}

}  // namespace rondo::differential
