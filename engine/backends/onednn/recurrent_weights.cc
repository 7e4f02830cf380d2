#include "backends/onednn/recurrent_weights.h"

#include <algorithm>
#include <span>

namespace rondo::onednn {
namespace {

using ops::RecurrentSpec;

// oneDNN's slot -> ONNX's gate.
std::span<const std::size_t> gate_order(ops::Cell cell) {
  static constexpr std::array<std::size_t, kRnnGates> kOnlyGate{0};
  if (cell == ops::Cell::lstm) return kOnednnLstm;
  return kOnlyGate;
}

// Blocks of `size` elements in another order.
void put_in_order(std::span<const std::size_t> order, const float* from, std::int64_t size, float* to) {
  for (const std::size_t block : order) to = std::copy_n(from + static_cast<std::int64_t>(block) * size, size, to);
}

std::shared_ptr<const Packed> packed_gates(const Lowering& at, const RecurrentSpec& spec, const float* source,
                                           std::int64_t inputs, const Desc& wanted) {
  const auto make = [&] {
    std::vector<float> ordered(static_cast<std::size_t>(spec.G() * spec.H * inputs));
    put_in_order(gate_order(spec.cell), source, spec.H * inputs, ordered.data());
    return pack(plain_gate_weights(spec, inputs), ordered.data(), wanted);
  };
  return packed(at.weights, source, spec.cell == ops::Cell::lstm ? "LSTM" : "RNN", wanted, make);
}

std::vector<float> summed_bias(const RecurrentSpec& spec, const ops::DirectionWeights<float>& from) {
  std::vector<float> sum(static_cast<std::size_t>(spec.G() * spec.H), 0.0f);
  if (from.Wb == nullptr) return sum;
  put_in_order(gate_order(spec.cell), from.Wb, spec.H, sum.data());
  std::vector<float> recurrent(sum.size());
  put_in_order(gate_order(spec.cell), from.Rb, spec.H, recurrent.data());
  std::transform(sum.begin(), sum.end(), recurrent.begin(), sum.begin(), std::plus<>());
  return sum;
}

}  // namespace

Desc plain_gate_weights(const RecurrentSpec& spec, std::int64_t inputs) {
  const std::int64_t gate = spec.H * inputs;
  const std::int64_t all = spec.G() * gate;
  return strided({1, 1, inputs, spec.G(), spec.H}, {all, all, 1, gate, inputs});
}

Desc gate_vectors(std::int64_t gates, std::int64_t hidden) { return dense({1, 1, gates, hidden}); }

RecurrentWeights recurrent_weights(const Lowering& at, const RecurrentSpec& spec, std::int64_t direction,
                                   const Desc& wanted_w, const Desc& wanted_r) {
  const ops::DirectionWeights<float> from = ops::direction_weights<float>(spec, direction, at.inputs);
  RecurrentWeights to;
  to.W = packed_gates(at, spec, from.W, spec.I, wanted_w);
  to.R = packed_gates(at, spec, from.R, spec.H, wanted_r);
  to.bias = summed_bias(spec, from);
  if (from.P != nullptr) {
    to.peephole.resize(kPeepholes * static_cast<std::size_t>(spec.H));
    put_in_order(kOnednnPeephole, from.P, spec.H, to.peephole.data());
  }
  return to;
}

}  // namespace rondo::onednn
