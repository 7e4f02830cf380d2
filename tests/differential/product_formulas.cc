// Sums of products: matrices and windows.
#include <algorithm>
#include <limits>
#include <string>

#include "differential/formula.h"

namespace rondo::differential {
namespace {

Array as_matrices(const Array& a, bool left) {
  Array m = a;
  if (a.rank() == 1) m.shape.insert(left ? m.shape.begin() : m.shape.end(), 1);
  return m;
}

std::vector<Array> mat_mul(const Call& c) {
  const Array a = as_matrices(c[0], true), b = as_matrices(c[1], false);
  const std::size_t rank = std::max(a.rank(), b.rank());
  Ints shape(rank, 1);
  for (const Array* x : {&a, &b})
    for (std::size_t d = 2; d < x->rank(); ++d)
      if (const std::int64_t size = x->shape[x->rank() - 1 - d]; size != 1) shape[rank - 1 - d] = size;
  shape[rank - 2] = a.shape[a.rank() - 2];
  shape[rank - 1] = b.shape.back();
  Array out(shape);
  each_index(shape, [&](const Ints& index) {
    Ints left = index, right = index;
    double total = 0;
    for (std::int64_t k = 0; k < a.shape.back(); ++k) {
      left[rank - 1] = right[rank - 2] = k;
      total += a.broadcast(left) * b.broadcast(right);
    }
    out.at(index) = total;
  });
  if (c[1].rank() == 1) out.shape.pop_back();
  if (c[0].rank() == 1) out.shape.erase(out.shape.end() - (c[1].rank() == 1 ? 1 : 2));
  return {std::move(out)};
}

std::vector<Array> gemm(const Call& c) {
  const bool across_a = c.integer("transA") != 0, across_b = c.integer("transB") != 0;
  const std::int64_t m = c[0].shape[across_a ? 1 : 0], k = c[0].shape[across_a ? 0 : 1];
  Array out(Ints{m, c[1].shape[across_b ? 0 : 1]});
  each_index(out.shape, [&](const Ints& index) {
    double total = 0;
    for (std::int64_t i = 0; i < k; ++i)
      total += c[0].at(across_a ? Ints{i, index[0]} : Ints{index[0], i}) *
               c[1].at(across_b ? Ints{index[1], i} : Ints{i, index[1]});
    out.at(index) = c.real("alpha") * total + (c.has(2) ? c.real("beta") * c[2].broadcast(index) : 0);
  });
  return {std::move(out)};
}

// How windows stand over the spatial dims of [N,C,spatial...].
struct Windows {
  Ints kernel, strides, dilations, begin, out;

  Windows(const Call& c, Ints size) : kernel(std::move(size)) {
    const std::size_t n = kernel.size();
    strides = c.integers("strides").value_or(Ints{});
    dilations = c.integers("dilations").value_or(Ints{});
    Ints pads = c.integers("pads").value_or(Ints{});
    strides.resize(n, 1);
    dilations.resize(n, 1);
    pads.resize(2 * n, 0);
    const std::string how = std::get<std::string>(*c.attribute("auto_pad"));
    const bool up = how == "NOTSET" && c.attribute("ceil_mode") != nullptr && c.integer("ceil_mode") != 0;
    for (std::size_t d = 0; d < n; ++d) {
      const std::int64_t extent = (kernel[d] - 1) * dilations[d] + 1, size_in = c[0].shape[d + 2];
      if (how.starts_with("SAME")) {
        out.push_back((size_in + strides[d] - 1) / strides[d]);
        const std::int64_t total = std::max<std::int64_t>((out[d] - 1) * strides[d] + extent - size_in, 0);
        begin.push_back(how == "SAME_UPPER" ? total / 2 : total - total / 2);
        continue;
      }
      begin.push_back(how == "VALID" ? 0 : pads[d]);
      const std::int64_t room = size_in + begin[d] + (how == "VALID" ? 0 : pads[n + d]) - extent;
      out.push_back((room + (up ? strides[d] - 1 : 0)) / strides[d] + 1);
      // A window that would start behind the input and its padding at the front is left out.
      if (up && (out[d] - 1) * strides[d] >= size_in + begin[d]) --out[d];
    }
  }

  // f(place in the kernel, index into x) for what of the window at `index` [n,c,spatial...] stands on the input.
  template <class F>
  void each(const Array& x, const Ints& index, std::int64_t channel, F&& f) const {
    each_index(kernel, [&](const Ints& place) {
      Ints from{index[0], channel};
      for (std::size_t d = 0; d < place.size(); ++d) {
        from.push_back(index[d + 2] * strides[d] + place[d] * dilations[d] - begin[d]);
        if (from.back() < 0 || from.back() >= x.shape[d + 2]) return;
      }
      f(place, from);
    });
  }

  Ints shape(std::int64_t n, std::int64_t channels) const {
    Ints all{n, channels};
    all.insert(all.end(), out.begin(), out.end());
    return all;
  }
};

std::vector<Array> conv(const Call& c) {
  const Array &x = c[0], &w = c[1];
  const Windows windows(c, {w.shape.begin() + 2, w.shape.end()});
  const std::int64_t group_in = w.shape[1], group_out = w.shape[0] / c.integer("group");
  Array out(windows.shape(x.shape[0], w.shape[0]));
  each_index(out.shape, [&](const Ints& index) {
    double total = c.has(2) ? c[2].values[static_cast<std::size_t>(index[1])] : 0;
    for (std::int64_t i = 0; i < group_in; ++i)
      windows.each(x, index, index[1] / group_out * group_in + i, [&](const Ints& place, const Ints& from) {
        Ints weight{index[1], i};
        weight.insert(weight.end(), place.begin(), place.end());
        total += x.at(from) * w.at(weight);
      });
    out.at(index) = total;
  });
  return {std::move(out)};
}

// The gradient of a Conv by its input: each element of x goes to the places that a window over the result would take it
// from.
std::vector<Array> conv_transpose(const Call& c) {
  const std::vector<std::string_view> others{"output_shape", "output_padding"};
  const bool is_plain = std::ranges::none_of(others, [&](auto name) { return c.attribute(name) != nullptr; });
  if (!is_plain || std::get<std::string>(*c.attribute("auto_pad")).starts_with("SAME")) return {};
  const Array &x = c[0], &w = c[1];
  const std::int64_t groups = c.integer("group"), maps = w.shape[1], group_in = x.shape[1] / groups;
  const Windows windows(c, {w.shape.begin() + 2, w.shape.end()});
  const bool valid = std::get<std::string>(*c.attribute("auto_pad")) == "VALID";
  const Ints pads = valid ? Ints{} : c.integers("pads").value_or(Ints{});
  Ints shape{x.shape[0], maps * groups};
  for (std::size_t d = 0; d < windows.kernel.size(); ++d) {
    const std::int64_t extent = (windows.kernel[d] - 1) * windows.dilations[d] + 1;
    const std::int64_t cut = pads.empty() ? 0 : pads[d] + pads[windows.kernel.size() + d];
    shape.push_back((x.shape[d + 2] - 1) * windows.strides[d] + extent - cut);
  }
  Array out(shape);
  each_index(shape, [&](const Ints& to) { out.at(to) = c.has(2) ? c[2].values[static_cast<std::size_t>(to[1])] : 0; });
  each_index(x.shape, [&](const Ints& from) {
    for (std::int64_t m = 0; m < maps; ++m)
      windows.each(out, from, from[1] / group_in * maps + m, [&](const Ints& place, const Ints& to) {
        Ints weight{from[1], m};
        weight.insert(weight.end(), place.begin(), place.end());
        out.at(to) += x.at(from) * w.at(weight);
      });
  });
  return {std::move(out)};
}

// Padding counts where the attribute says so, but no place behind it that only rounding up reaches.
std::vector<Array> average_pool(const Call& c) {
  if (c.integer("ceil_mode") != 0 && c.integer("count_include_pad") != 0) return {};
  const Windows windows(c, *c.integers("kernel_shape"));
  Array out(windows.shape(c[0].shape[0], c[0].shape[1]));
  each_index(out.shape, [&](const Ints& index) {
    double total = 0, count = 0;
    windows.each(c[0], index, index[1], [&](const Ints&, const Ints& from) {
      total += c[0].at(from);
      ++count;
    });
    if (c.integer("count_include_pad") != 0) count = static_cast<double>(count_of(windows.kernel));
    out.at(index) = total / count;
  });
  return {std::move(out)};
}

// The sums of products of all inputs over the settings of the labels, dims of size 1 broadcast; without an ellipsis.
std::vector<Array> einsum(const Call& c) {
  const std::string& equation = std::get<std::string>(*c.attribute("equation"));
  const std::size_t arrow = equation.find("->");
  if (arrow == std::string::npos || equation.find('.') != std::string::npos) return {};
  std::vector<std::string> terms(1);
  for (char label : equation.substr(0, arrow)) {
    if (label == ',')
      terms.emplace_back();
    else
      terms.back() += label;
  }
  const std::string result = equation.substr(arrow + 2);
  std::string labels = result;
  for (const std::string& term : terms)
    for (char label : term)
      if (labels.find(label) == std::string::npos) labels += label;
  Ints sizes(labels.size(), 1);
  for (std::size_t i = 0; i < terms.size(); ++i)
    for (std::size_t d = 0; d < terms[i].size(); ++d)
      if (std::int64_t& size = sizes[labels.find(terms[i][d])]; c[i].shape[d] != 1) size = c[i].shape[d];
  const auto index_of = [&](const std::string& term, const Ints& setting) {
    Ints index;
    for (char label : term) index.push_back(setting[labels.find(label)]);
    return index;
  };
  Array out(index_of(result, sizes));
  each_index(sizes, [&](const Ints& setting) {
    double product = 1;
    for (std::size_t i = 0; i < terms.size(); ++i) product *= c[i].broadcast(index_of(terms[i], setting));
    out.at(index_of(result, setting)) += product;
  });
  return {std::move(out)};
}

std::vector<Array> max_pool(const Call& c) {
  if (c.node.outputs.size() > 1) return {};
  const Windows windows(c, *c.integers("kernel_shape"));
  Array out(windows.shape(c[0].shape[0], c[0].shape[1]), -std::numeric_limits<double>::infinity());
  each_index(out.shape, [&](const Ints& index) {
    double& most = out.at(index);
    windows.each(c[0], index, index[1], [&](const Ints&, const Ints& from) { most = std::max(most, c[0].at(from)); });
  });
  return {std::move(out)};
}

std::vector<Array> global_pool(const Call& c) {
  const bool averages = c.node.op->name == "GlobalAveragePool";
  Ints shape(c[0].rank(), 1);
  std::copy_n(c[0].shape.begin(), 2, shape.begin());
  if (c[0].values.empty()) return {};
  Array out(shape, averages ? 0 : -std::numeric_limits<double>::infinity());
  const auto size = static_cast<double>(count_of(c[0].shape) / count_of(shape));
  each_index(c[0].shape, [&](Ints index) {
    const double v = c[0].at(index);
    std::fill(index.begin() + 2, index.end(), 0);
    double& result = out.at(index);
    result = averages ? result + v / size : std::max(result, v);
  });
  return {std::move(out)};
}

}  // namespace

Formulas product_formulas() {
  return {{"MatMul", mat_mul},
          {"Gemm", gemm},
          {"Conv", conv},
          {"ConvTranspose", conv_transpose},
          {"AveragePool", average_pool},
          {"Einsum", einsum},
          {"MaxPool", max_pool},
          {"GlobalMaxPool", global_pool},
          {"GlobalAveragePool", global_pool}};
}

}  // namespace rondo::differential
