// A Scan or Loop that does nothing but run one recurrent cell over the elements of a sequence is that cell's operator
// over the whole sequence. The body is looked at after its own cell has been recovered: one recurrent node of one step,
// and views between it and the body's inputs and outputs.
#include <algorithm>
#include <array>
#include <optional>

#include "ir/real_tensor.h"
#include "ops/axes.h"
#include "ops/loop.h"
#include "ops/op_list.h"
#include "ops/recurrent.h"
#include "ops/scan.h"
#include "ops/subgraph.h"
#include "passes/passes.h"

namespace rondo {
namespace {

namespace in = ops::recurrent_input;
namespace out = ops::recurrent_output;

ValueId through_views(const Graph& g, ValueId v) {
  while (g.value(v).producer != kNoNode) {
    const Node& n = g.node(g.value(v).producer);
    if (!n.op->is_view || n.outputs.size() != 1) break;
    v = n.inputs[0];
  }
  return v;
}

std::optional<std::size_t> place_of(const std::vector<ValueId>& list, ValueId v) {
  const auto it = std::ranges::find(list, v);
  if (v == kNone || it == list.end()) return std::nullopt;
  return static_cast<std::size_t>(it - list.begin());
}

std::int64_t last_dim(const TensorType& type) {
  return type.ranked() && type.rank() > 0 && type.shape->back().known() ? type.shape->back().value : -1;
}

// A body of one step of one cell.
class Step {
 public:
  // nullopt when a node has another task.
  static std::optional<Step> of(Graph body) {
    Step step;
    for (NodeId id : body.order()) {
      const Node& n = body.node(id);
      if (n.op == &ops::lstm() || n.op == &ops::gru() || n.op == &ops::rnn()) {
        if (step.cell_ != kNoNode) return std::nullopt;
        step.cell_ = id;
      } else if (!n.op->is_view && n.op != &ops::gather()) {
        return std::nullopt;
      }
    }
    step.body_ = std::move(body);
    if (step.cell_ == kNoNode || !step.is_plain()) return std::nullopt;
    return step;
  }

  const Graph& body() const { return body_; }
  const Node& cell() const { return body_.node(cell_); }
  bool is_lstm() const { return cell().op == &ops::lstm(); }
  // What the cell reads there, behind views; kNone when the input is absent.
  ValueId origin(std::size_t input) const { return has(input) ? through_views(body_, cell().inputs[input]) : kNone; }
  bool has(std::size_t input) const { return input < cell().inputs.size() && cell().inputs[input] != kNone; }
  std::int64_t input_size() const { return last_dim(body_.value(cell().inputs[in::W]).type); }
  std::int64_t hidden_size() const { return last_dim(body_.value(cell().inputs[in::R]).type); }
  // Whether body output i is the new hidden state, or with `cell_state` the new c, of H columns.
  bool gives(std::size_t i, bool cell_state) const {
    const ValueId v = through_views(body_, body_.outputs[i]);
    if (body_.value(v).producer != cell_ || last_dim(ops::output_type(body_, i)) != hidden_size()) return false;
    return (place_of(cell().outputs, v) == out::Y_c) == cell_state;
  }

 private:
  // One forward step of rows of full length.
  bool is_plain() const {
    const ops::RecurrentForm form = ops::recurrent_form(cell());
    const TensorType& x = body_.value(cell().inputs[in::X]).type;
    if (form.D != 1 || form.reverse[0] || has(in::sequence_lens) || !has(in::initial_h)) return false;
    if ((is_lstm() && !has(in::initial_c)) || !x.ranked() || hidden_size() < 0 || input_size() < 0) return false;
    const auto time = std::ranges::find(form.x_perm, 0) - form.x_perm.begin();
    return (*x.shape)[static_cast<std::size_t>(time)] == Dim(1);
  }

  Graph body_;
  NodeId cell_ = kNoNode;
};

// What the whole loop is: the cell's operator over `sequence`, whose steps lie along `axis`.
struct Layer {
  enum class Gives { nothing, h, c, sequence };
  struct Result {
    Gives gives = Gives::nothing;
    std::int64_t axis = 0;  // of the steps in a sequence
  };
  ValueId sequence = kNone;
  std::int64_t axis = 0;
  bool reverse = false;
  bool swapped = false;  // the body's cell takes the state for X: W and R change places
  ValueId h = kNone, c = kNone;
  std::vector<Result> results;  // of the node's outputs
};

// Which states of the body are h and c, and that they are handed on. `first_in` and `first_out` are the places of the
// states in the body's inputs and outputs.
struct States {
  std::size_t h = 0, c = 0;
};
std::optional<States> states_of(const Step& step, bool swapped, std::size_t first_in, std::size_t first_out,
                                std::size_t count) {
  const auto state = [&](std::size_t input) -> std::optional<std::size_t> {
    const auto place = place_of(step.body().inputs, step.origin(input));
    if (!place || *place < first_in || *place >= first_in + count) return std::nullopt;
    return *place - first_in;
  };
  const auto h = state(swapped ? in::X : in::initial_h), c = step.is_lstm() ? state(in::initial_c) : h;
  if (!h || !c || count != (step.is_lstm() ? 2 : 1)) return std::nullopt;
  if (!step.gives(first_out + *h, false) || (step.is_lstm() && !step.gives(first_out + *c, true))) return std::nullopt;
  return States{*h, *c};
}

bool may_swap(const Step& step) {
  const auto constant = [&](std::size_t i) {
    return !step.has(i) || real_constant(step.body(), step.cell().inputs[i]) != nullptr;
  };
  return step.cell().op != &ops::gru() && step.input_size() == step.hidden_size() && constant(in::W) &&
         constant(in::R) && constant(in::B);
}

std::optional<Layer> with_states(const Graph& g, const Node& node, const Step& step, bool swapped, std::size_t first_in,
                                 std::size_t first_out, std::size_t count) {
  const auto states = states_of(step, swapped, first_in, first_out, count);
  if (!states) return std::nullopt;
  Layer layer;
  layer.swapped = swapped;
  layer.h = node.inputs[first_in + states->h];
  if (step.is_lstm()) layer.c = node.inputs[first_in + states->c];
  for (ValueId state : {layer.h, layer.c}) {
    if (state == kNone) continue;
    const TensorType& type = g.value(state).type;
    const bool is_state =
        last_dim(type) == step.hidden_size() && (type.rank() == 2 || (type.rank() == 3 && (*type.shape)[0] == Dim(1)));
    if (!is_state) return std::nullopt;
  }
  layer.results.resize(node.outputs.size());
  for (std::size_t i = 0; i < count && i < layer.results.size(); ++i)
    layer.results[i].gives = step.is_lstm() && i == states->c ? Layer::Gives::c : Layer::Gives::h;
  return layer;
}

// A sequence of matrices of as many columns as the cell reads.
bool is_sequence(const Graph& g, const Step& step, Layer& layer) {
  const TensorType& type = g.value(layer.sequence).type;
  if (!type.ranked() || type.rank() != 3 || type.dtype != g.value(layer.h).type.dtype) return false;
  layer.axis = ops::resolved_axis(layer.axis, 3);
  const Dim& columns = (*type.shape)[layer.axis == 2 ? 1 : 2];
  return columns == Dim(step.input_size());
}

// The sequence of what body output i gives, as output `result` of the node.
bool add_sequence(const Step& step, Layer& layer, std::size_t i, std::size_t result, std::int64_t axis) {
  if (result >= layer.results.size()) return true;
  const TensorType& type = ops::output_type(step.body(), i);
  if (!step.gives(i, false) || type.rank() != 2) return false;
  layer.results[result] = {Layer::Gives::sequence, ops::resolved_axis(axis, 3)};
  return true;
}

std::optional<Layer> layer_of_scan(const Graph& g, const Node& node, const Step& step, bool swapped) {
  const ops::ScanParts parts(node);
  auto layer = with_states(g, node, step, swapped, 0, 0, parts.states);
  const auto element = place_of(step.body().inputs, step.origin(swapped ? in::initial_h : in::X));
  if (!layer || !element || *element < parts.states) return std::nullopt;
  const ops::ScanSide& side = parts.inputs[*element - parts.states];
  layer->sequence = node.inputs[*element];
  layer->axis = side.axis;
  layer->reverse = side.reverse;
  if (!is_sequence(g, step, *layer)) return std::nullopt;
  for (std::size_t k = 0; k < parts.outputs.size(); ++k) {
    const std::size_t i = parts.states + k;
    // Y of a reverse layer stands where X stood: the first step last.
    if (parts.outputs[k].reverse != side.reverse || !add_sequence(step, *layer, i, i, parts.outputs[k].axis))
      return std::nullopt;
  }
  return layer;
}

// The captured sequence whose element number `iteration` the cell reads by a Gather; its length is the trip count.
std::optional<Layer> layer_of_loop(const Graph& g, const Node& node, const Step& step, bool swapped) {
  const ops::LoopParts parts(node);
  const Graph& body = step.body();
  const auto constant = [&](std::size_t i) {
    return node.inputs[i] == kNone ? nullptr : g.value(node.inputs[i]).constant;
  };
  const TensorPtr trips = constant(0), starts = constant(1);
  const bool runs = node.inputs[1] == kNone || (starts && starts->count() == 1 && *starts->view().as<bool>());
  if (!trips || trips->count() != 1 || !runs || !ops::body_never_stops(body)) return std::nullopt;
  auto layer = with_states(g, node, step, swapped, 2, 1, parts.states);
  const ValueId element = step.origin(swapped ? in::initial_h : in::X);
  if (!layer || body.value(element).producer == kNoNode) return std::nullopt;
  const Node& gather = body.node(body.value(element).producer);
  if (gather.op != &ops::gather() || through_views(body, gather.inputs[1]) != body.inputs[0]) return std::nullopt;
  const auto captured = place_of(body.captures, gather.inputs[0]);
  if (!captured) return std::nullopt;
  layer->sequence = node.inputs[ops::own_inputs(node) + *captured];
  layer->axis = std::get<std::int64_t>(*find_attribute(gather.attributes, "axis"));
  if (!is_sequence(g, step, *layer)) return std::nullopt;
  const auto axis = static_cast<std::size_t>(layer->axis);
  if (!((*g.value(layer->sequence).type.shape)[axis] == Dim(*trips->view().as<std::int64_t>()))) return std::nullopt;
  for (std::size_t k = 0; k < parts.scans; ++k)
    if (!add_sequence(step, *layer, 1 + parts.states + k, parts.states + k, 0)) return std::nullopt;
  return layer;
}

// The second half of each bias row before the first: Wb and Rb change places.
TensorPtr with_halves_swapped(const Tensor& bias) {
  const std::int64_t half = bias.count() / 2;
  return make_real(bias.dtype(), bias.shape(), [&](std::int64_t i) { return real_at(bias, (i + half) % (2 * half)); });
}

class Rewrite {
 public:
  Rewrite(Graph& graph, const Node& node, const Step& step, const Layer& layer)
      : g_(graph), node_(node), step_(step), layer_(layer) {}

  // Adds the layer under the names of the node, which is erased; gives what stands for its outputs.
  std::vector<ValueId> run(const std::vector<std::string>& names) {
    std::vector<ValueId> inputs(step_.cell().inputs.size(), kNone);
    inputs[in::X] = time_first(layer_.sequence);
    for (std::size_t i : {in::W, in::R, in::B, in::P})
      if (step_.has(i)) inputs[i] = weight(i);
    inputs[in::initial_h] = state(layer_.h);
    if (step_.is_lstm()) inputs[in::initial_c] = state(layer_.c);
    Attributes attributes = step_.cell().attributes;
    std::erase_if(attributes, [](const Attribute& a) {
      return a.name == "direction" || a.name == "layout" || a.name == "x_perm" || a.name == "y_perm";
    });
    if (layer_.reverse) attributes.push_back({"direction", std::string("reverse")});
    std::vector<std::string> ports{fresh(".Y"), fresh(".Y_h")};
    if (step_.is_lstm()) ports.push_back(fresh(".Y_c"));
    const NodeId made = g_.add_node(*step_.cell().op, node_.name, std::move(attributes), std::move(inputs), ports);
    std::vector<ValueId> results;
    for (std::size_t i = 0; i < names.size(); ++i)
      results.push_back(names[i].empty() ? kNone : result(g_.node(made).outputs, layer_.results[i], names[i]));
    return results;
  }

 private:
  std::string fresh(const std::string& port) const { return g_.fresh_name(node_.name + port); }

  ValueId add(const OpDef& op, Attributes attributes, std::vector<ValueId> inputs, const std::string& name) {
    return g_.node(g_.add_node(op, name, std::move(attributes), std::move(inputs), {name})).outputs[0];
  }
  ValueId view(const OpDef& op, ValueId v, std::int64_t axis, const std::string& name) {
    auto axes = std::make_shared<Tensor>(Tensor::of<std::int64_t>(DType::int64, {1}, {&axis, 1}));
    return add(op, {}, {v, g_.add_constant(g_.fresh_name(name + ".axes"), std::move(axes))}, name);
  }

  ValueId time_first(ValueId v) {
    if (layer_.axis == 0) return v;
    std::vector<std::int64_t> perm{layer_.axis, 0, layer_.axis == 1 ? 2 : 1};
    return add(ops::transpose(), {{"perm", std::move(perm)}}, {v}, fresh(".X"));
  }
  ValueId state(ValueId v) {
    const std::string name = fresh(v == layer_.h ? ".initial_h" : ".initial_c");
    return g_.value(v).type.rank() == 3 ? v : view(ops::unsqueeze(), v, 0, name);
  }

  // A constant of the body, or the outer value that the body captures.
  ValueId weight(std::size_t i) {
    std::size_t from = i;
    if (layer_.swapped && (i == in::W || i == in::R)) from = i == in::W ? in::R : in::W;
    const Value& inner = step_.body().value(step_.cell().inputs[from]);
    if (!inner.constant) {
      const auto captured = place_of(step_.body().captures, step_.cell().inputs[from]);
      return node_.inputs[ops::own_inputs(node_) + *captured];
    }
    const bool halves = layer_.swapped && i == in::B;
    return g_.add_constant(g_.fresh_name(inner.name), halves ? with_halves_swapped(*inner.constant) : inner.constant);
  }

  ValueId result(const std::vector<ValueId>& made, const Layer::Result& wanted, const std::string& name) {
    if (wanted.gives != Layer::Gives::sequence) {
      const bool c = wanted.gives == Layer::Gives::c;
      const ValueId state = made[c ? out::Y_c : out::Y_h];
      const bool is_matrix = g_.value(c ? layer_.c : layer_.h).type.rank() == 2;
      return is_matrix ? view(ops::squeeze(), state, 0, name) : add(ops::identity(), {}, {state}, name);
    }
    if (wanted.axis == 0) return view(ops::squeeze(), made[out::Y], 1, name);
    const ValueId y = view(ops::squeeze(), made[out::Y], 1, g_.fresh_name(name + ".steps"));
    std::vector<std::int64_t> perm{1, 0, 2};
    if (wanted.axis == 2) perm = {1, 2, 0};
    return add(ops::transpose(), {{"perm", std::move(perm)}}, {y}, name);
  }

  Graph& g_;
  const Node& node_;
  const Step& step_;
  const Layer& layer_;
};

// Weights must be known inside the body or come from outside.
bool has_outer_weights(const Step& step) {
  return std::ranges::all_of(std::array{in::W, in::R, in::B, in::P}, [&](std::size_t i) {
    if (!step.has(i)) return true;
    const ValueId v = step.cell().inputs[i];
    return step.body().value(v).constant || place_of(step.body().captures, v);
  });
}

// False when the node stays.
bool rewrite(Graph& g, NodeId id) {
  const Node node = g.node(id);
  const bool scan = node.op == &ops::scan();
  Graph body = *std::get<GraphPtr>(*find_attribute(node.attributes, "body"));
  remove_identities(body);
  cancel_pairs(body);
  recover_cells(body);
  remove_dead(body);
  const auto step = Step::of(std::move(body));
  if (!step || !has_outer_weights(*step)) return false;
  const auto layer_as = [&](bool swapped) {
    return scan ? layer_of_scan(g, node, *step, swapped) : layer_of_loop(g, node, *step, swapped);
  };
  auto layer = layer_as(false);
  if (!layer && may_swap(*step)) layer = layer_as(true);
  if (!layer) return false;

  std::vector<std::string> names(node.outputs.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    if (node.outputs[i] != kNone) names[i] = g.value(node.outputs[i]).name;
  g.erase(id);
  const std::vector<ValueId> results = Rewrite(g, node, *step, *layer).run(names);
  auto map = g.identity_map();
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i] != kNone) map[Graph::index(node.outputs[i])] = results[i];
  g.replace_uses(std::move(map));
  return true;
}

}  // namespace

void loops_to_layers(Graph& graph) {
  const auto order = graph.order();  // a copy: rewriting adds and removes nodes
  bool any = false;
  for (NodeId id : order) {
    const OpDef* op = graph.node(id).op;
    if (op == &ops::scan() || op == &ops::loop()) any = rewrite(graph, id) || any;
  }
  if (!any) return;
  graph.sort();
  remove_dead(graph);
}

}  // namespace rondo
