#include "differential/layer_oracle.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "differential/element.h"
#include "oracle/recurrent_oracle.h"
#include "rondo/error.h"

namespace rondo::differential {
namespace {

// Places of inputs, as ONNX lists them.
enum Input : std::size_t { kX, kW, kR, kB, kLengths, kFirstH, kFirstC, kP };

constexpr std::array kOps{oracle::RecurrentOp::rnn, oracle::RecurrentOp::lstm, oracle::RecurrentOp::gru};
constexpr std::array kDirections{oracle::Direction::forward, oracle::Direction::reverse,
                                 oracle::Direction::bidirectional};

template <class Kind, std::size_t count>
Kind kind_named(const std::array<Kind, count>& kinds, std::string_view name) {
  return *std::ranges::find_if(kinds, [&](Kind kind) { return oracle::name_of(kind) == name; });
}

template <class T>
T attribute(const Node& node, std::string_view name, T otherwise) {
  const AttrValue* value = find_attribute(node.attributes, name);
  return value == nullptr ? otherwise : std::get<T>(*value);
}

std::optional<oracle::Values> elements_of(const Values& inputs, std::size_t i) {
  if (i >= inputs.size() || !inputs[i]) return {};
  oracle::Values values;
  for (std::int64_t k = 0; k < inputs[i]->count(); ++k) values.push_back(element(inputs[i]->view(), k));
  return values;
}

void take_attributes(const Node& node, oracle::RecurrentCase& c) {
  c.op = kind_named(kOps, node.op->name);
  c.direction = kind_named(kDirections, attribute<std::string>(node, "direction", "forward"));
  c.layout = attribute<std::int64_t>(node, "layout", 0);
  c.activations = attribute<std::vector<std::string>>(node, "activations", {});
  c.activation_alpha = attribute<std::vector<float>>(node, "activation_alpha", {});
  c.activation_beta = attribute<std::vector<float>>(node, "activation_beta", {});
  if (const AttrValue* clip = find_attribute(node.attributes, "clip")) c.clip = std::get<float>(*clip);
  c.input_forget = attribute<std::int64_t>(node, "input_forget", 0) != 0;
  c.linear_before_reset = attribute<std::int64_t>(node, "linear_before_reset", 0) != 0;
}

void take_inputs(const Values& inputs, oracle::RecurrentCase& c) {
  const auto& x = inputs[kX]->shape();
  c.T = x[c.layout == 1 ? 1 : 0];
  c.N = x[c.layout == 1 ? 0 : 1];
  c.I = x[2];
  c.H = inputs[kR]->shape()[2];
  c.X = *elements_of(inputs, kX);
  c.W = *elements_of(inputs, kW);
  c.R = *elements_of(inputs, kR);
  c.B = elements_of(inputs, kB);
  c.P = elements_of(inputs, kP);
  c.initial_h = elements_of(inputs, kFirstH);
  c.initial_c = elements_of(inputs, kFirstC);
  if (const auto lengths = elements_of(inputs, kLengths)) c.sequence_lens.emplace(lengths->begin(), lengths->end());
}

std::shared_ptr<Tensor> tensor_of(std::vector<std::int64_t> shape, const oracle::Values& values) {
  return std::make_shared<Tensor>(Tensor::of<double>(DType::float64, std::move(shape), values));
}

oracle::RecurrentResult run(const oracle::RecurrentCase& c, Precision in) {
  try {
    return in == Precision::float64 ? oracle::run_oracle(c) : oracle::run_oracle_in<float>(c);
  } catch (const std::invalid_argument& e) {
    throw Error(ErrorCode::data, e.what());
  }
}

}  // namespace

bool is_layer(const OpDef& op) noexcept {
  return op.domain.empty() && (op.name == "RNN" || op.name == "LSTM" || op.name == "GRU");
}

std::vector<std::shared_ptr<Tensor>> oracle_results(const Node& node, const Values& inputs, Precision in) {
  oracle::RecurrentCase c;
  take_attributes(node, c);
  take_inputs(inputs, c);
  const oracle::RecurrentResult result = run(c, in);
  const std::array<std::pair<std::vector<std::int64_t>, const oracle::Values*>, 3> outputs{
      {{c.y_shape(), &result.Y}, {c.state_shape(), &result.Y_h}, {c.state_shape(), &result.Y_c}}};
  std::vector<std::shared_ptr<Tensor>> made(node.outputs.size());
  for (std::size_t k = 0; k < made.size(); ++k)
    if (node.outputs[k] != kNone) made[k] = tensor_of(outputs[k].first, *outputs[k].second);
  return made;
}

}  // namespace rondo::differential
