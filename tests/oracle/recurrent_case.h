// One RNN, LSTM or GRU with its attributes, sizes, inputs and the way its model is written: what the oracle answers,
// the generator draws, the model writer saves and tests of the engine run. Values are doubles, already rounded to
// dtype.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rondo/dtype.h"

namespace rondo::oracle {

enum class RecurrentOp { rnn, lstm, gru };
enum class Direction { forward, reverse, bidirectional };

// "RNN", "LSTM", "GRU" and "forward", "reverse", "bidirectional".
std::string name_of(RecurrentOp op);
std::string name_of(Direction direction);
// Gates of a cell, that is dim 1 of W over hidden_size: 1, 4 (i o f c), 3 (z r h).
std::int64_t gates_of(RecurrentOp op);
// Activation functions per direction: RNN 1, LSTM 3, GRU 2.
std::int64_t functions_of(RecurrentOp op);

// How the model is written. Nothing here may change an answer.
struct ModelForm {
  bool w_is_input = false, r_is_input = false, b_is_input = false, p_is_input = false;  // otherwise initializers
  bool lengths_are_constant = false, states_are_constant = false;                       // otherwise graph inputs
  bool write_hidden_size = true;       // otherwise to be inferred from R
  bool write_defaults = false;         // attributes are written although they have their default value
  bool write_output_sequence = false;  // the attribute of opsets before 7
  bool trailing_empty_names = false;   // absent trailing inputs and outputs are "" instead of being left out
  bool symbolic_dims = false;          // time and batch are symbols in the graph's signature
};

using Values = std::vector<double>;

struct RecurrentCase {
  std::uint64_t seed = 0;
  RecurrentOp op = RecurrentOp::rnn;
  int opset = 14;
  DType dtype = DType::float32;

  Direction direction = Direction::forward;
  std::int64_t layout = 0;
  std::vector<std::string> activations;  // empty: the attribute is absent
  std::vector<float> activation_alpha, activation_beta;
  std::optional<float> clip;
  bool input_forget = false;
  bool linear_before_reset = false;

  std::int64_t T = 1, N = 1, I = 1, H = 1;
  Values X;                                                // [T,N,I], layout 1: [N,T,I]
  Values W, R;                                             // [D,G*H,I], [D,G*H,H]
  std::optional<Values> B;                                 // [D,2*G*H]
  std::optional<Values> P;                                 // [D,3*H]
  std::optional<std::vector<std::int32_t>> sequence_lens;  // [N]
  std::optional<Values> initial_h, initial_c;              // [D,N,H], layout 1: [N,D,H]

  bool wants_y = true, wants_y_h = true, wants_y_c = false;
  ModelForm form;

  std::int64_t D() const { return direction == Direction::bidirectional ? 2 : 1; }
  std::int64_t G() const { return gates_of(op); }
  std::int64_t length(std::int64_t n) const;  // valid steps of row n
  bool walks_backwards(std::int64_t d) const { return direction == Direction::reverse || d == 1; }

  std::vector<std::int64_t> x_shape() const;
  std::vector<std::int64_t> y_shape() const;      // [T,D,N,H], layout 1: [N,T,D,H]
  std::vector<std::int64_t> state_shape() const;  // [D,N,H], layout 1: [N,D,H]
  std::size_t x_index(std::int64_t t, std::int64_t n, std::int64_t i) const;
  std::size_t y_index(std::int64_t t, std::int64_t d, std::int64_t n, std::int64_t h) const;
  std::size_t state_index(std::int64_t d, std::int64_t n, std::int64_t h) const;
};

// One line for failure reports: seed, attributes, sizes, inputs and outputs.
std::string describe(const RecurrentCase& c);

}  // namespace rondo::oracle
