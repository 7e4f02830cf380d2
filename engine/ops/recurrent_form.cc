// Attributes of RNN, LSTM and GRU: read, checked and resolved.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "ops/recurrent.h"

namespace rondo::ops {
namespace {

constexpr std::array<CellDef, 3> kCells{{
    {"RNN", Cell::rnn, kRnnGates, 1, {ActivationKind::tanh}},
    {"LSTM", Cell::lstm, kLstmGates, 3, {ActivationKind::sigmoid, ActivationKind::tanh, ActivationKind::tanh}},
    {"GRU", Cell::gru, kGruGates, 2, {ActivationKind::sigmoid, ActivationKind::tanh}},
}};
constexpr std::string_view kQuantizedLstm = "DynamicQuantizeLSTM";
constexpr std::string_view kGradient = "Gradient";  // ends the name of a layer's gradient
// ONNX's schema default of RNN's activations has two entries, whatever the direction, and some writers spell it out.
constexpr std::size_t kRnnSchemaActivations = 2;
constexpr std::size_t kMaxListed = kMaxDirections * kMaxFunctions;

using Functions = std::span<Activation>;  // direction-major

// Null when the node has no such attribute.
template <class T>
const T* given(const Node& node, std::string_view name) {
  const AttrValue* value = find_attribute(node.attributes, name);
  return value == nullptr ? nullptr : std::get_if<T>(value);
}

Error bad(const Node& node, std::string_view attribute, std::string what, ErrorCode code = ErrorCode::model) {
  return Error(code, std::move(what)).at_node(node.name, node.op->name, -1, "").at_attribute(std::string(attribute));
}

void read_direction(const Node& node, RecurrentForm& form) {
  const std::string* direction = given<std::string>(node, "direction");
  if (direction == nullptr || *direction == "forward") return;
  if (*direction != "reverse" && *direction != "bidirectional")
    throw bad(node, "direction", "unknown direction").got(*direction).expected("forward, reverse or bidirectional");
  form.D = *direction == "bidirectional" ? 2 : 1;
  form.reverse[static_cast<std::size_t>(form.D - 1)] = true;
}

bool read_flag(const Node& node, std::string_view name) {
  const std::int64_t* value = given<std::int64_t>(node, name);
  if (value != nullptr && *value != 0 && *value != 1)
    throw bad(node, name, "value out of range").got(std::to_string(*value)).expected("0 or 1");
  return value != nullptr && *value == 1;
}

void read_hidden_size(const Node& node, RecurrentForm& form) {
  const std::int64_t* h = given<std::int64_t>(node, "hidden_size");
  if (h == nullptr) return;
  if (*h < 1) throw bad(node, "hidden_size", "value out of range").got(std::to_string(*h)).expected("at least 1");
  if (*h > kMaxHiddenSize)
    throw bad(node, "hidden_size", "hidden_size is above the limit", ErrorCode::limit)
        .got(std::to_string(*h))
        .expected(fmt::format("at most {}", kMaxHiddenSize));
  form.hidden_size = *h;
}

void read_clip(const Node& node, RecurrentForm& form) {
  const float* clip = given<float>(node, "clip");
  if (clip == nullptr) return;
  if (!(*clip > 0))
    throw bad(node, "clip", "clip bounds to [-clip, clip]").got(fmt::format("{}", *clip)).expected("a number above 0");
  form.clip = *clip;
}

// Functions whose default parameter is there use it.
using ParameterDefault = std::optional<double> ActivationDef::*;

// Fills one parameter of every function. `listed` is how many activations are written down: RNN's two of one direction
// count as two here.
void read_parameters(const Node& node, std::string_view name, Functions functions, std::size_t listed,
                     ParameterDefault default_of, double Activation::*parameter) {
  std::size_t users = 0;
  for (const Activation& f : functions) users += (def_of(f.kind).*default_of).has_value();
  const auto* list = given<std::vector<float>>(node, name);
  const std::size_t size = list == nullptr ? 0 : list->size();
  const bool one_to_one = size == functions.size() || size == listed;
  if (size != 0 && size != users && !one_to_one)
    throw bad(node, name, "wrong number of values")
        .got(std::to_string(size))
        .expected(fmt::format("{}, one for each activation that uses it, or {}, one for each", users, listed));
  for (std::size_t k = 0; k < size; ++k)
    if (std::isnan((*list)[k])) throw bad(node, name, fmt::format("value {} is NaN", k)).expected("a number");
  for (std::size_t k = 0, packed = 0; k < functions.size(); ++k) {
    const std::optional<double> fallback = def_of(functions[k].kind).*default_of;
    if (!fallback) continue;
    functions[k].*parameter = size == 0 ? *fallback : double{(*list)[one_to_one ? k : packed]};
    ++packed;
  }
}

bool is_rnn_schema_default(const std::vector<std::string>& names) {
  const ActivationDef* tanh = &def_of(ActivationKind::tanh);
  return names.size() == kRnnSchemaActivations &&
         std::ranges::all_of(names, [tanh](const std::string& name) { return find_activation(name) == tanh; });
}

void read_activations(const Node& node, RecurrentForm& form) {
  const CellDef& cell = def_of(form.cell);
  const std::size_t count = cell.functions * static_cast<std::size_t>(form.D);
  std::array<Activation, kMaxListed> storage;
  const Functions functions(storage.data(), count);
  for (std::size_t k = 0; k < count; ++k) functions[k].kind = cell.defaults[k % cell.functions];

  const auto* names = given<std::vector<std::string>>(node, "activations");
  const bool written = names != nullptr && !names->empty();
  const bool schema_default = form.cell == Cell::rnn && (!written || is_rnn_schema_default(*names));
  if (written && names->size() != count && !schema_default)
    throw bad(node, "activations", "wrong number of activations")
        .got(std::to_string(names->size()))
        .expected(fmt::format("{}: {} for each direction", count, cell.functions));
  for (std::size_t k = 0; written && k < count; ++k) {
    const ActivationDef* def = find_activation((*names)[k]);
    if (def == nullptr)
      throw bad(node, "activations", "unknown activation").got((*names)[k]).fix("use one of ONNX's eleven functions");
    functions[k].kind = def->kind;
  }
  const std::size_t listed = schema_default ? kRnnSchemaActivations : count;
  read_parameters(node, "activation_alpha", functions, listed, &ActivationDef::alpha, &Activation::alpha);
  read_parameters(node, "activation_beta", functions, listed, &ActivationDef::beta, &Activation::beta);
  for (std::size_t k = 0; k < count; ++k) form.activations[k / cell.functions][k % cell.functions] = functions[k];
}

// A stored order of axes; the last axis stays, so that features are contiguous.
template <std::size_t Rank>
void read_perm(const Node& node, std::string_view name, std::array<std::int64_t, Rank>& perm) {
  const auto* written = given<std::vector<std::int64_t>>(node, name);
  if (written == nullptr) return;
  std::array<std::int64_t, Rank> identity;
  for (std::size_t i = 0; i < Rank; ++i) identity[i] = static_cast<std::int64_t>(i);
  if (written->size() != Rank || !std::ranges::is_permutation(*written, identity) || written->back() != identity.back())
    throw bad(node, name, "not an order of axes that keeps the last one last")
        .got(to_string(AttrValue(*written)))
        .expected(fmt::format("a permutation of 0 to {}", Rank - 1));
  std::ranges::copy(*written, perm.begin());
}

Cell cell_of(const Node& node) {
  if (node.op->name == kQuantizedLstm) return Cell::lstm;
  std::string_view name = node.op->name;
  if (name.ends_with(kGradient)) name.remove_suffix(kGradient.size());
  const auto it = std::ranges::find(kCells, name, &CellDef::name);
  if (it == kCells.end()) throw bad(node, "", "not a recurrent operator");
  return it->cell;
}

}  // namespace

const CellDef& def_of(Cell cell) noexcept { return kCells[static_cast<std::size_t>(cell)]; }

bool is_recurrent(const Node& node) noexcept {
  return std::ranges::find(kCells, node.op->name, &CellDef::name) != std::end(kCells);
}

bool is_workspace(const OpDef& op, std::size_t output) noexcept {
  const auto it = std::ranges::find(kCells, op.name, &CellDef::name);
  return it != kCells.end() && output == workspace_output(it->cell);
}

RecurrentForm recurrent_form(const Node& node) {
  RecurrentForm form;
  form.cell = cell_of(node);
  form.gates_last = node.op->name == kQuantizedLstm;
  read_direction(node, form);
  read_hidden_size(node, form);
  read_activations(node, form);
  read_clip(node, form);
  form.linear_before_reset = read_flag(node, "linear_before_reset");
  form.input_forget = read_flag(node, "input_forget");
  form.batch_first_states = read_flag(node, "layout");
  if (form.batch_first_states) {
    form.x_perm = {1, 0, 2};
    form.y_perm = {2, 0, 1, 3};
  }
  read_perm(node, "x_perm", form.x_perm);
  read_perm(node, "y_perm", form.y_perm);
  return form;
}

}  // namespace rondo::ops
