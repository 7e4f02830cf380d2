// The order of the gates in the weights of each recurrent operator, written once for the whole project. ONNX stacks the
// gates along dim 1 of W, R and B; oneDNN stacks them in another order.
#pragma once

#include <array>
#include <cstddef>

namespace rondo {

enum class RnnGate { hidden };
enum class LstmGate { input, output, forget, cell };  // ONNX: i o f c
enum class GruGate { update, reset, hidden };         // ONNX: z r h
enum class Peephole { input, output, forget };        // ONNX: P holds i o f

inline constexpr std::size_t kLstmGates = 4;
inline constexpr std::size_t kGruGates = 3;
inline constexpr std::size_t kRnnGates = 1;
inline constexpr std::size_t kPeepholes = 3;
inline constexpr std::size_t kBiases = 2;  // B holds Wb of every gate, then Rb of every gate

// onednn slot -> ONNX gate block: oneDNN wants i f c o and u r o; its peephole weights i f o.
inline constexpr std::array<std::size_t, kLstmGates> kOnednnLstm{0, 2, 3, 1};
inline constexpr std::array<std::size_t, kGruGates> kOnednnGru{0, 1, 2};
inline constexpr std::array<std::size_t, kPeepholes> kOnednnPeephole{0, 2, 1};

// First row of a gate's block in W, R or B of one direction. Gate is LstmGate, GruGate or Peephole.
template <class Gate>
constexpr std::size_t gate_row(Gate gate, std::size_t hidden_size) {
  return static_cast<std::size_t>(gate) * hidden_size;
}

}  // namespace rondo
