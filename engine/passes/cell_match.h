// One step of an LSTM, GRU or RNN written out as products, sums and functions, as exporters leave nn.LSTMCell and its
// like. For recover_cells, which makes it a recurrent node again.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "ops/recurrent.h"
#include "passes/linear_sum.h"

namespace rondo {

struct CellMatch {
  ops::Cell cell = ops::Cell::rnn;
  bool linear_before_reset = false;
  std::vector<ops::Activation> functions;   // in the order of the attribute activations
  ValueId x = kNone, h = kNone, c = kNone;  // [N,I], [N,H], [N,H]; c of an LSTM only
  ValueId h_out = kNone, c_out = kNone;     // [N,H]
  std::vector<LinearSum> gates;             // in ONNX's order; each has one product of x and one of h
  std::vector<NodeId> nodes;                // that compute h_out and c_out from x, h and c; one may stand twice

  const LinearSum::Product& product(std::size_t gate, ValueId source) const;
};

class CellMatcher {
 public:
  explicit CellMatcher(const Graph& graph) : g_(graph), readers_(graph.readers()) {}

  // The cell whose new hidden state is `h_out`; nullopt when there is none, or when a value inside it is read outside.
  // Steps are asked for in the order of the graph.
  std::optional<CellMatch> lstm(ValueId h_out);
  std::optional<CellMatch> gru(ValueId h_out) const;
  // Only where the state shows to be one: it is an input of the graph and h_out an output, or several steps share a
  // matrix.
  std::optional<CellMatch> rnn(ValueId h_out);

 private:
  struct Applied {  // function(input)
    ops::Activation function;
    ValueId input;
    NodeId node;
  };
  struct Gate {  // function(sum)
    ops::Activation function;
    LinearSum sum;
  };
  struct Pair {  // the operands of an Add, Mul or Sub
    ValueId a, b;
    NodeId node;
  };
  struct Blend {  // (1 - z) * one + z * other
    ValueId z, one, other;
    std::vector<NodeId> nodes;
  };

  std::optional<Applied> applied(ValueId v) const;
  std::optional<Gate> gate(ValueId v) const;
  std::optional<Gate> gate_of_two(ValueId v) const;  // of two sources, if need be the inputs of a Concat
  std::optional<Pair> operands(ValueId v, const OpDef& op) const;
  std::optional<ValueId> complement(ValueId v, std::vector<NodeId>& nodes) const;  // z of 1 - z
  std::optional<Blend> blend(ValueId v) const;

  std::optional<CellMatch> lstm_of(const Pair& product, ValueId output, ValueId squashed) const;
  bool take_cell_state(CellMatch& m, const Gate& output, const Pair& sum, bool swapped) const;
  std::optional<CellMatch> gru_of(const Blend& blend, ValueId candidate, ValueId state, double sign) const;
  bool take_reset_state(CellMatch& m, Gate& hidden) const;
  bool take_reset_product(CellMatch& m, Gate& hidden) const;
  bool take_reset_gate(CellMatch& m, ValueId v) const;

  bool choose_state(CellMatch& m) const;
  int evidence(const CellMatch& m) const;
  bool multiplies_again(const CellMatch& m) const;
  bool is_fed_back(const CellMatch& m) const;
  bool is_complete(const CellMatch& m) const;
  bool is_closed(const CellMatch& m) const;

  const Graph& g_;
  std::vector<std::vector<NodeId>> readers_;
  std::set<ValueId> recurrent_matrices_;  // of the steps found that share them
};

}  // namespace rondo
