// Tile before opset 6 repeats one axis: inputs are the data, the number of tiles and the axis, both scalars that must
// be known to say what today's vector of repeats is.
#include <algorithm>
#include <cmath>

#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {
namespace {

std::int64_t known_integer(const SourceNode& node, const Emitter& out, std::size_t input) {
  const TensorPtr tensor = node.has_input(input) ? out.constant_of(node.inputs[input]) : nullptr;
  const bool one = tensor != nullptr && tensor->count() == 1;
  if (one && tensor->dtype() == DType::int64) return tensor->values<std::int64_t>()[0];
  if (one && tensor->dtype() == DType::int32) return tensor->values<std::int32_t>()[0];
  if (one && tensor->dtype() == DType::float32) {
    const float value = tensor->values<float>()[0];
    if (std::abs(value) < 1e6F && value == std::floor(value)) return static_cast<std::int64_t>(value);
  }
  throw node.error("tiles and axis must be known integers", ErrorCode::unsupported)
      .fix("export the model with opset 6 or newer");
}

}  // namespace

void legalize_tile(SourceNode& node, Emitter& out) {
  const std::int64_t rank = out.rank(node, 0);
  const std::int64_t tiles = known_integer(node, out, 1), axis = known_integer(node, out, 2);
  if (axis < 0 || axis >= rank) throw node.error("axis is out of range").got(std::to_string(axis));
  std::vector<std::int64_t> repeats(static_cast<std::size_t>(rank), 1);
  repeats[static_cast<std::size_t>(axis)] = tiles;
  node.inputs.resize(1);
  node.set_input(1, out.integers(node, "repeats", repeats));
  out.emit(std::move(node));
}

}  // namespace rondo::importer
