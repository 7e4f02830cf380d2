#include "differential/drawn_graph.h"

#include "differential/rules.h"

namespace rondo::differential {
namespace {

constexpr std::int64_t kFewestNodes = 5, kMostNodes = 25;
constexpr int kTries = 400;

// What nothing reads, and now and then something that is read.
void choose_outputs(Sketch& s) {
  const auto readers = s.graph.readers();
  for (NodeId id : s.graph.order())
    for (ValueId v : s.graph.node(id).outputs)
      if (v != kNone && (readers[Graph::index(v)].empty() || s.random.chance(0.1))) s.graph.outputs.push_back(v);
}

struct OpenDim {
  std::size_t input, dim;
  std::string symbol;
};

std::vector<OpenDim> open_dims(const DrawnGraph& drawn) {
  std::vector<OpenDim> open;
  for (std::size_t i = 0; i < drawn.inputs.size(); ++i) {
    const TensorType& type = drawn.graph.value(drawn.graph.inputs[i]).type;
    for (std::size_t d = 0; d < drawn.inputs[i]->shape().size(); ++d)
      if (!type.ranked() || !(*type.shape)[d].known())
        open.push_back({i, d, type.ranked() ? (*type.shape)[d].symbol : ""});
  }
  return open;
}

TensorPtr resized(oracle::Random& random, const Tensor& from, Ints shape) {
  if (from.count() == 0) return std::make_shared<Tensor>(drawn(random, from.dtype(), std::move(shape), {}));
  const auto to = std::make_shared<Tensor>(from.dtype(), std::move(shape));
  for (std::int64_t i = 0; i < to->count(); ++i)
    set_element(to->view(), i, element(from.view(), i < from.count() ? i : random.below(from.count())));
  return to;
}

}  // namespace

DrawnGraph draw_graph(std::uint64_t seed) {
  oracle::Random random(seed, 1);
  Sketch s(random, nullptr);
  const auto wanted = static_cast<std::size_t>(random.between(kFewestNodes, kMostNodes));
  for (int tries = 0; tries < kTries && s.graph.order().size() < wanted; ++tries) draw_node(s);
  choose_outputs(s);
  return {std::move(s.graph), std::move(s.inputs)};
}

Values other_inputs(const Values& inputs, std::uint64_t seed) {
  oracle::Random random(seed, 2);
  Values others;
  for (const TensorPtr& t : inputs) {
    const auto other = std::make_shared<Tensor>(t->view());
    for (std::int64_t i = t->count() - 1; i > 0 && is_floating(t->dtype()); --i) {
      const std::int64_t j = random.below(i + 1);
      const double a = element(other->view(), i), b = element(other->view(), j);
      set_element(other->view(), i, b);
      set_element(other->view(), j, a);
    }
    others.push_back(other);
  }
  return others;
}

std::optional<Values> resized_inputs(const DrawnGraph& drawn, std::uint64_t seed) {
  oracle::Random random(seed, 3);
  const std::vector<OpenDim> open = open_dims(drawn);
  if (open.empty()) return {};
  const OpenDim& chosen = open[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(open.size())))];
  std::int64_t size = random.between(1, 9);
  if (size == drawn.inputs[chosen.input]->shape()[chosen.dim]) size = 10;
  std::vector<Ints> shapes;
  for (const TensorPtr& t : drawn.inputs) shapes.push_back(t->shape());
  shapes[chosen.input][chosen.dim] = size;
  for (const OpenDim& other : open)
    if (!chosen.symbol.empty() && other.symbol == chosen.symbol) shapes[other.input][other.dim] = size;
  Values others;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    others.push_back(shapes[i] == drawn.inputs[i]->shape() ? drawn.inputs[i]
                                                           : resized(random, *drawn.inputs[i], shapes[i]));
  return others;
}

}  // namespace rondo::differential
