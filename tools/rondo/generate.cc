#include "tools/rondo/generate.h"

#include <algorithm>

#include "base/half.h"
#include "passes/layers.h"

namespace rondo::tool {
namespace {

// SplitMix64: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // In [-1, 1), a multiple of 2^-23, so that it is exact in float.
  float next() noexcept {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return static_cast<float>(static_cast<std::int32_t>(z >> 40) - (1 << 23)) * 0x1p-23f;
  }

 private:
  std::uint64_t state_;
};

// FNV-1a, so that an input's numbers do not depend on the other inputs.
std::uint64_t hash(const std::string& name) {
  std::uint64_t h = 0xCBF29CE484222325u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return h;
}

template <class T>
void fill(Tensor& tensor, T value) {
  for (T& v : tensor.values<T>()) v = value;
}

void fill_integers(Tensor& tensor, std::int64_t value) {
  if (tensor.dtype() == DType::int32) return fill(tensor, static_cast<std::int32_t>(value));
  if (tensor.dtype() == DType::int64) return fill(tensor, value);
  std::fill_n(static_cast<std::byte*>(tensor.data()), tensor.bytes(), std::byte{0});
}

// The graph's input behind a value, through casts and views; kNone when it is computed otherwise.
ValueId input_behind(const Graph& graph, ValueId id) {
  while (id != kNone && graph.value(id).producer != kNoNode) {
    const Node& node = graph.node(graph.value(id).producer);
    const std::string& op = node.op->name;
    if (op != "Cast" && op != "Identity" && op != "Squeeze" && op != "Reshape" && op != "Unsqueeze") return kNone;
    id = node.inputs[0];
  }
  return id;
}

std::int64_t time_steps(const RecurrentLayer& layer, const ShapeChoice& choice) {
  if (layer.time.known()) return layer.time.value;
  const auto bound = choice.symbols.find(layer.time.symbol);
  if (bound != choice.symbols.end()) return bound->second;
  return 1;  // valid for every T but 0
}

}  // namespace

Tensor generate(const TensorInfo& info, const std::vector<std::int64_t>& shape, std::uint64_t seed,
                std::int64_t lengths) {
  Tensor tensor(info.dtype, shape);
  Random random(seed * 0x9E3779B97F4A7C15u + hash(info.name));
  switch (info.dtype) {
    case DType::float32:
      for (float& v : tensor.values<float>()) v = random.next();
      break;
    case DType::float64:
      for (double& v : tensor.values<double>()) v = static_cast<double>(random.next());
      break;
    case DType::float16:
      for (Float16& v : tensor.values<Float16>()) v = to_float16(random.next());
      break;
    case DType::bfloat16:
      for (BFloat16& v : tensor.values<BFloat16>()) v = to_bfloat16(random.next());
      break;
    default:
      fill_integers(tensor, std::max<std::int64_t>(lengths, 0));
  }
  return tensor;
}

std::vector<std::int64_t> lengths_of_inputs(const Session& session, const ShapeChoice& choice) {
  const Graph& graph = session.graph();
  std::vector<std::int64_t> lengths(session.inputs().size(), -1);
  for (const RecurrentLayer& layer : recurrent_layers(graph)) {
    if (layer.graph != &graph) continue;
    const ValueId id = input_behind(graph, layer.input(ops::recurrent_input::sequence_lens));
    const auto at = std::find(graph.inputs.begin(), graph.inputs.end(), id);
    if (id != kNone && at != graph.inputs.end())
      lengths[static_cast<std::size_t>(at - graph.inputs.begin())] = time_steps(layer, choice);
  }
  return lengths;
}

}  // namespace rondo::tool
