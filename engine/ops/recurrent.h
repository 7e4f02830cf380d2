// RNN, LSTM and GRU: what their attributes mean, their sizes and strides, and the check of lengths, for the scalar
// reference and every backend. The order in which steps run is ops/recurrent_walk.h. Dims: T time, N batch, I input,
// H hidden, G gates, D directions. Source: the operators' text in ONNX opset 22; edges it leaves open are decided here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ir/gates.h"
#include "ir/graph.h"
#include "ops/recurrent_activation.h"

namespace rondo::ops {

enum class Cell { rnn, lstm, gru };

inline constexpr std::size_t kMaxDirections = 2;
inline constexpr std::size_t kMaxFunctions = 3;  // activation functions of one direction
inline constexpr std::int64_t kMaxHiddenSize = 65536;
inline constexpr std::int64_t kMaxSteps = INT32_MAX;  // T: what sequence_lens can say

struct CellDef {
  std::string_view name;  // the operator's
  Cell cell;
  std::size_t gates;      // G: blocks of H rows in W and R
  std::size_t functions;  // RNN f; GRU f, g; LSTM f, g, h
  std::array<ActivationKind, kMaxFunctions> defaults;
};
const CellDef& def_of(Cell cell) noexcept;
bool is_recurrent(const Node& node) noexcept;  // RNN, LSTM, GRU

// Inputs and outputs of the three operators; RNN and GRU end at initial_h and Y_h.
namespace recurrent_input {
enum : std::size_t { X, W, R, B, sequence_lens, initial_h, initial_c, P, count };
}
namespace recurrent_output {
enum : std::size_t { Y, Y_h, Y_c };
}

// The last output of the three operators, which only a gradient rule asks for: what each step keeps for its gradient,
// [D,T,N,kept()*H] whatever the layout. Vectors of H:
//   the arguments of the gates' functions before the clip, gates as ir/gates.h orders them;
//   LSTM: Ct; GRU: Ht-1*Rh^T + Rbh with linear_before_reset, otherwise rt(.)Ht-1;
//   Ht.
// 0 past a row's end; the forget gate's is undefined with input_forget.
constexpr std::size_t workspace_output(Cell cell) noexcept {
  return cell == Cell::lstm ? recurrent_output::Y_c + 1 : recurrent_output::Y_h + 1;
}
// Whether an output is the workspace, which ONNX does not have: importers and exporters refuse it.
bool is_workspace(const OpDef& op, std::size_t output) noexcept;

// What a node's attributes say, defaults resolved.
struct RecurrentForm {
  Cell cell = Cell::rnn;
  std::int64_t D = 1;
  std::array<bool, kMaxDirections> reverse{};  // direction d walks from a row's last step to its first
  std::array<std::array<Activation, kMaxFunctions>, kMaxDirections> activations{};  // [d][function]
  std::optional<float> clip;  // above 0, may be infinite: bounds the argument of every gate's function
  bool linear_before_reset = false;
  bool input_forget = false;
  bool batch_first_states = false;  // states are [N,D,H], otherwise [D,N,H]
  // W is [D,I,G*H] and R [D,H,G*H], as DynamicQuantizeLSTM has them, otherwise [D,G*H,I] and [D,G*H,H].
  bool gates_last = false;
  std::optional<std::int64_t> hidden_size;
  // Axis i of the stored X is axis x_perm[i] of (T,N,I), of the stored Y axis y_perm[i] of (T,D,N,H). Features are
  // last.
  std::array<std::int64_t, 3> x_perm{0, 1, 2};
  std::array<std::int64_t, 4> y_perm{0, 1, 2, 3};

  std::int64_t G() const noexcept { return static_cast<std::int64_t>(def_of(cell).gates); }
  // Vectors of a step in the workspace, and which of them are Ht and Ct, or what GRU has in Ct's place.
  std::int64_t kept() const noexcept { return kept_h() + 1; }
  std::int64_t kept_h() const noexcept { return cell == Cell::rnn ? G() : G() + 1; }
  std::int64_t kept_c() const noexcept { return G(); }
};

// Throws Error(model), or Error(limit) for a hidden_size above kMaxHiddenSize, naming node and attribute.
// Does not allocate otherwise.
RecurrentForm recurrent_form(const Node& node);

// A layer with all its sizes known. Strides count elements; features of X, Y and states are contiguous.
struct RecurrentSpec : RecurrentForm {
  std::int64_t T = 0, N = 0, I = 0, H = 0;
  std::int64_t x_stride_t = 0, x_stride_n = 0;
  std::int64_t y_stride_t = 0, y_stride_d = 0, y_stride_n = 0;
  std::int64_t state_stride_d = 0, state_stride_n = 0;
  bool has_B = false, has_sequence_lens = false, has_initial_h = false, has_initial_c = false, has_P = false;

  // Offsets of the first feature.
  std::int64_t x_at(std::int64_t t, std::int64_t n) const noexcept { return t * x_stride_t + n * x_stride_n; }
  std::int64_t y_at(std::int64_t t, std::int64_t d, std::int64_t n) const noexcept {
    return t * y_stride_t + d * y_stride_d + n * y_stride_n;
  }
  std::int64_t state_at(std::int64_t d, std::int64_t n) const noexcept {
    return d * state_stride_d + n * state_stride_n;
  }
  // Offset of a step in the workspace.
  std::int64_t kept_at(std::int64_t t, std::int64_t d, std::int64_t n) const noexcept {
    return ((d * T + t) * N + n) * kept() * H;
  }
  // Steps of row n; lens is empty when the layer has no sequence_lens.
  std::int64_t length(std::span<const std::int32_t> lens, std::int64_t n) const noexcept {
    return lens.empty() ? T : lens[static_cast<std::size_t>(n)];
  }
};

// The shapes must have passed the operator's shape rule: all other sizes follow from X and R. Which optional inputs are
// there is read from the node. Does not allocate unless it throws what recurrent_form throws.
RecurrentSpec recurrent_spec(const Node& node, std::span<const std::int64_t> x_shape,
                             std::span<const std::int64_t> r_shape);

// Throws Error(data) "sequence_lens[3]=17 > T=10" naming the node at the first length below 0 or above T; else does not
// allocate.
void check_sequence_lens(const Node& node, std::span<const std::int32_t> lens, std::int64_t T);

// The weights of one direction in ONNX's layout, row-major, gates as ir/gates.h orders them.
template <class Real>
struct DirectionWeights {
  const Real* W;   // [G*H,I], null with gates_last, whose weights are not Real
  const Real* R;   // [G*H,H], likewise
  const Real* Wb;  // [G*H], null without B
  const Real* Rb;  // [G*H], null without B
  const Real* P;   // [3*H], null without P
};

template <class Real>
DirectionWeights<Real> direction_weights(const RecurrentSpec& spec, std::int64_t d,
                                         std::span<const TensorView> inputs) {
  const std::int64_t rows = spec.G() * spec.H;
  const auto block = [&](bool present, std::size_t input, std::int64_t elements) {
    return present ? inputs[input].as<Real>() + d * elements : nullptr;
  };
  const Real* bias = block(spec.has_B, recurrent_input::B, static_cast<std::int64_t>(kBiases) * rows);
  return {block(!spec.gates_last, recurrent_input::W, rows * spec.I),
          block(!spec.gates_last, recurrent_input::R, rows * spec.H), bias, bias == nullptr ? nullptr : bias + rows,
          block(spec.has_P, recurrent_input::P, static_cast<std::int64_t>(kPeepholes) * spec.H)};
}

// What the shapes of a layer's inputs say about its outputs.
struct RecurrentShapes {
  Shape Y, state, workspace;
};
// The validator of the inputs X to P, for a layer and its gradient. Throws Error that names the node.
RecurrentShapes recurrent_shapes(const InferContext& ctx);

// The shape rule of all three operators, and of what DynamicQuantizeLSTM shares with LSTM.
void infer_recurrent(InferContext& ctx);

}  // namespace rondo::ops
