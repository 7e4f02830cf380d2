#include "recurrent_layer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <stdexcept>

#include "ir/graph.h"

namespace {
std::size_t g_allocations = 0;
}  // namespace

void* operator new(std::size_t bytes) {
  ++g_allocations;
  if (void* p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace rondo::test {
namespace {

namespace in = ops::recurrent_input;

void fill_with_nan(const MutableTensorView& view) { std::memset(view.data, 0xFF, view.bytes()); }

}  // namespace

std::size_t allocation_count() noexcept { return g_allocations; }

Tensor doubles(Shape64 shape, const std::vector<double>& values) {
  return Tensor::of<double>(DType::float64, std::move(shape), values);
}

Tensor int32s(const std::vector<std::int32_t>& values) {
  return Tensor::of<std::int32_t>(DType::int32, {static_cast<std::int64_t>(values.size())}, values);
}

Tensor random_tensor(Shape64 shape, Numbers& numbers) {
  Tensor t(DType::float64, std::move(shape));
  for (double& v : t.values<double>()) v = numbers();
  return t;
}

std::vector<double> values_of(const Tensor& t) {
  const auto v = t.values<double>();
  return {v.begin(), v.end()};
}

namespace {

// The element of `from` for every index of a result of the given shape: from_index maps one multi-index onto the other.
Tensor gathered(const Tensor& from, Shape64 shape, const std::function<Shape64(Shape64)>& from_index) {
  Tensor out(DType::float64, std::move(shape));
  Shape64 index(out.shape().size());
  for (double& v : out.values<double>()) {
    const Shape64 source = from_index(index);
    std::int64_t offset = 0;
    for (std::size_t a = 0; a < source.size(); ++a) offset = offset * from.shape()[a] + source[a];
    v = from.values<double>()[static_cast<std::size_t>(offset)];
    for (std::size_t a = index.size(); a-- > 0;) {
      if (++index[a] < out.shape()[a]) break;
      index[a] = 0;
    }
  }
  return out;
}

}  // namespace

Tensor transposed(const Tensor& t, const std::vector<std::size_t>& perm) {
  Shape64 shape;
  for (std::size_t axis : perm) shape.push_back(t.shape()[axis]);
  return gathered(t, shape, [&](const Shape64& index) {
    Shape64 source(index.size());
    for (std::size_t i = 0; i < perm.size(); ++i) source[perm[i]] = index[i];
    return source;
  });
}

Tensor slice(const Tensor& t, std::size_t axis, std::int64_t begin, std::int64_t end) {
  Shape64 shape = t.shape();
  shape[axis] = end - begin;
  return gathered(t, shape, [&](Shape64 index) {
    index[axis] += begin;
    return index;
  });
}

Tensor concat(const Tensor& a, const Tensor& b, std::size_t axis) {
  Shape64 shape = a.shape();
  shape[axis] += b.shape()[axis];
  const std::int64_t cut = a.shape()[axis];
  Tensor out = gathered(a, shape, [&](Shape64 index) {
    index[axis] = std::min(index[axis], cut - 1);
    return index;
  });
  const Tensor from_b = gathered(b, shape, [&](Shape64 index) {
    index[axis] = std::max<std::int64_t>(index[axis] - cut, 0);
    return index;
  });
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  for (std::size_t k = 0; k < static_cast<std::size_t>(out.count()); ++k)
    if (static_cast<std::int64_t>(k) / inner % shape[axis] >= cut) out.values<double>()[k] = from_b.values<double>()[k];
  return out;
}

Tensor flipped(const Tensor& t, std::size_t axis) {
  return gathered(t, t.shape(), [&](Shape64 index) {
    index[axis] = t.shape()[axis] - 1 - index[axis];
    return index;
  });
}

Tensor& Layer::input(std::size_t i) {
  if (inputs.size() <= i) inputs.resize(i + 1);
  return inputs[i];
}

void Layer::set(std::string name, AttrValue value) {
  std::erase_if(attributes, [&](const Attribute& a) { return a.name == name; });
  attributes.push_back({std::move(name), std::move(value)});
}

std::vector<Tensor> Layer::run() const {
  const OpDef& def = *find_op(domain, op);
  Graph graph;
  graph.name = "test";
  std::vector<ValueId> ids;
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool there = inputs[i].dtype() != DType::undefined;
    views.push_back(there ? inputs[i].view() : TensorView{});
    ids.push_back(there ? graph.add_input(def.input_port(i)->name, concrete_type(inputs[i].dtype(), inputs[i].shape()))
                        : kNone);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < def.outputs.size(); ++i)
    if (i < outputs.size() || (outputs.empty() && !ops::is_workspace(def, i)))
      names.push_back(outputs.empty() || outputs[i] ? def.outputs[i].name : "");
  const Node& node = graph.node(graph.add_node(def, "layer", attributes, ids, names));

  std::vector<Tensor> results(names.size());
  std::vector<MutableTensorView> result_views(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (node.outputs[i] == kNone) continue;
    const TensorType& type = graph.value(node.outputs[i]).type;
    results[i] = Tensor(type.dtype, *concrete_dims(type));
    result_views[i] = results[i].view();
    fill_with_nan(result_views[i]);
  }
  constexpr std::size_t kGuardBytes = 256;
  const std::size_t bytes = def.scratch_bytes(node, views);
  std::vector<std::byte> scratch(bytes + kGuardBytes, std::byte{0xFF});
  def.eval({node, views, result_views, scratch.data()});
  if (std::any_of(scratch.begin() + static_cast<std::ptrdiff_t>(bytes), scratch.end(),
                  [](std::byte b) { return b != std::byte{0xFF}; }))
    throw std::logic_error("written past the scratch memory");
  return results;
}

Layer random_layer(std::string_view op, const std::string& direction, Sizes s, std::uint64_t seed) {
  const std::int64_t G = op == "LSTM" ? 4 : op == "GRU" ? 3 : 1;
  const std::int64_t D = direction == "bidirectional" ? 2 : 1;
  Numbers numbers(seed);
  Layer layer{std::string(op), {}, {}};
  layer.set("direction", direction);
  layer.input(in::X) = random_tensor({s.T, s.N, s.I}, numbers);
  layer.input(in::W) = random_tensor({D, G * s.H, s.I}, numbers);
  layer.input(in::R) = random_tensor({D, G * s.H, s.H}, numbers);
  layer.input(in::B) = random_tensor({D, 2 * G * s.H}, numbers);
  layer.input(in::initial_h) = random_tensor({D, s.N, s.H}, numbers);
  if (op != "LSTM") return layer;
  layer.input(in::initial_c) = random_tensor({D, s.N, s.H}, numbers);
  layer.input(in::P) = random_tensor({D, 3 * s.H}, numbers);
  return layer;
}

}  // namespace rondo::test
