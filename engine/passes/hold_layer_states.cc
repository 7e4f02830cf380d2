#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ops/recurrent.h"
#include "passes/states.h"
#include "passes/subgraphs.h"

namespace rondo {
namespace {

namespace port = ops::recurrent_input;

using ops::is_recurrent;

bool holds_recurrent(const Graph& g) {
  return std::ranges::any_of(g.order(), [&](NodeId id) {
    const Node& n = g.node(id);
    return is_recurrent(n) || std::ranges::any_of(n.attributes, [](const Attribute& a) {
             const auto* held = std::get_if<GraphPtr>(&a.value);
             return held != nullptr && holds_recurrent(**held);
           });
  });
}

bool all_zero(const Tensor& t) {
  const auto* bytes = static_cast<const std::byte*>(t.data());
  return std::all_of(bytes, bytes + t.bytes(), [](std::byte b) { return b == std::byte{0}; });
}

// Whether the value is made of nothing but zeros, whatever the inputs are: what exporters write for an absent state.
bool is_zero(const Graph& g, ValueId v) {
  static constexpr std::array kKeepZeros{"Cast",  "Expand", "Gather",  "Identity",  "Reshape",
                                         "Slice", "Split",  "Squeeze", "Transpose", "Unsqueeze"};
  for (;;) {
    const Value& value = g.value(v);
    if (value.constant) return all_zero(*value.constant);
    if (value.producer == kNoNode) return false;
    const Node& n = g.node(value.producer);
    if (n.op->name == "ConstantOfShape") {
      const AttrValue* filler = find_attribute(n.attributes, "value");
      return filler == nullptr || all_zero(*std::get<TensorPtr>(*filler));
    }
    if (std::ranges::find(kKeepZeros, n.op->name) == kKeepZeros.end()) return false;
    v = n.inputs[0];
  }
}

class Holder {
 public:
  explicit Holder(Graph& g) : g_(g) {}

  std::vector<HeldState> run() {
    auto map = g_.identity_map();
    const std::vector<NodeId> order = g_.order();
    std::vector<bool> gone(g_.node_capacity());
    std::vector<Node> layers;
    for (NodeId id : order) {
      const Node& n = g_.node(id);
      if (has_subgraphs(n)) check_held(n, id);
      if (!is_recurrent(n)) continue;
      check(n, id);
      layers.push_back(n);
      gone[Graph::index(id)] = true;
    }
    g_.erase(gone);
    for (const Node& n : layers) rebuild(n, map);
    g_.replace_uses(std::move(map));
    g_.sort();
    g_.outputs.insert(g_.outputs.end(), last_.begin(), last_.end());
    return std::move(states_);
  }

 private:
  Error refusal(const Node& n, NodeId id, const std::string& why) const {
    return Error(ErrorCode::unsupported, "the state of this layer cannot be held between steps: " + why)
        .at_node(n.name, n.op->name, static_cast<std::int64_t>(Graph::index(id)), g_.name)
        .fix("run whole sequences, or export the model with its states as inputs and outputs");
  }

  void check_held(const Node& n, NodeId id) const {
    for (const Attribute& a : n.attributes)
      if (const auto* held = std::get_if<GraphPtr>(&a.value); held != nullptr && holds_recurrent(**held))
        throw refusal(n, id, "a graph inside this node has recurrent layers");
  }

  void check(const Node& n, NodeId id) const {
    const ops::RecurrentForm form = ops::recurrent_form(n);
    if (form.D != 1 || form.reverse[0]) throw refusal(n, id, "it reads the sequence backwards");
    if (has(n, port::sequence_lens)) throw refusal(n, id, "it has sequence_lens");
    for (const std::size_t state : {port::initial_h + 0, port::initial_c + 0})
      if (has(n, state) && !g_.value(n.inputs[state]).constant && !is_zero(g_, n.inputs[state]))
        throw refusal(n, id, "the model computes the state it starts from");
  }

  static bool has(const Node& n, std::size_t i) { return i < n.inputs.size() && n.inputs[i] != kNone; }

  TensorType state_type(const Node& n) const {
    const ops::RecurrentForm form = ops::recurrent_form(n);
    const TensorType &x = g_.value(n.inputs[port::X]).type, &r = g_.value(n.inputs[port::R]).type;
    const std::size_t batch_axis = form.x_perm[0] == 1 ? 0 : 1;
    const Dim batch = x.ranked() ? (*x.shape)[batch_axis] : Dim();
    const Dim hidden = r.ranked() ? (*r.shape)[2] : Dim();
    return {x.dtype, form.batch_first_states ? Shape{batch, Dim(1), hidden} : Shape{Dim(1), batch, hidden}};
  }

  void rebuild(Node n, std::vector<ValueId>& map) {
    const bool lstm = n.op->name == "LSTM";
    const std::string layer = n.name.empty() ? n.op->name : n.name;
    const TensorType type = state_type(n);
    n.inputs.resize(std::max(n.inputs.size(), (lstm ? port::initial_c : port::initial_h) + std::size_t{1}), kNone);
    n.outputs.resize(lstm ? 3 : 2, kNone);
    std::vector<std::string> names;
    for (ValueId made : n.outputs) names.push_back(made == kNone ? "" : g_.value(made).name);
    const auto hold = [&](std::size_t input, std::size_t output, const std::string& what) {
      HeldState state{g_.inputs.size(), g_.outputs.size() + states_.size(), nullptr};
      if (has(n, input)) state.initial = g_.value(n.inputs[input]).constant;
      n.inputs[input] = g_.add_input(g_.fresh_name(layer + ".initial_" + what), type);
      if (names[output].empty()) names[output] = g_.fresh_name(layer + ".Y_" + what);
      states_.push_back(state);
    };
    hold(port::initial_h, ops::recurrent_output::Y_h, "h");
    if (lstm) hold(port::initial_c, ops::recurrent_output::Y_c, "c");
    const NodeId made = g_.add_node(*n.op, n.name, n.attributes, n.inputs, names);
    for (std::size_t k = 0; k < n.outputs.size(); ++k)
      if (n.outputs[k] != kNone) map[Graph::index(n.outputs[k])] = g_.node(made).outputs[k];
    for (std::size_t i = map.size(); i < g_.num_values(); ++i) map.push_back(ValueId{static_cast<std::uint32_t>(i)});
    last_.push_back(g_.node(made).outputs[ops::recurrent_output::Y_h]);
    if (lstm) last_.push_back(g_.node(made).outputs[ops::recurrent_output::Y_c]);
  }

  Graph& g_;
  std::vector<HeldState> states_;
  std::vector<ValueId> last_;  // values that the new outputs show, by state
};

}  // namespace

std::vector<HeldState> hold_layer_states(Graph& graph) { return Holder(graph).run(); }

}  // namespace rondo
