#include "passes/layers.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace rondo {
namespace {

// A graph on the way down from the outermost one; owner is the node whose subgraph it is.
struct Scope {
  const Graph* graph;
  const Node* owner = nullptr;
  const Scope* parent = nullptr;
};

struct Place {
  const Scope* scope;
  ValueId value;
};

// The place outside a subgraph that a captured value stands for; the place itself when it is not captured.
Place outermost(Place at) {
  while (at.scope->parent != nullptr) {
    const std::vector<ValueId>& captures = at.scope->graph->captures;
    const auto found = std::find(captures.begin(), captures.end(), at.value);
    if (found == captures.end()) break;
    const Node& owner = *at.scope->owner;
    const std::size_t first = owner.inputs.size() - owner.num_captures;
    at = {at.scope->parent, owner.inputs[first + static_cast<std::size_t>(found - captures.begin())]};
  }
  return at;
}

// visit(scope, id, node) for every node, a node before those of its subgraphs. Subgraphs nest a bounded number of
// times.
template <class Visit>
void walk(const Scope& scope, Visit&& visit) {
  for (const NodeId id : scope.graph->order()) {
    const Node& node = scope.graph->node(id);
    visit(scope, id, node);
    for (const Attribute& a : node.attributes)
      if (const auto* sub = std::get_if<GraphPtr>(&a.value)) walk(Scope{sub->get(), &node, &scope}, visit);
  }
}

bool any_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool hands_on_first_input(std::string_view op) {
  return any_of(op, {"Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "Slice", "Split",
                     "DequantizeLinear", "Dropout"});
}

bool is_recurrent(std::string_view op) { return any_of(op, {"RNN", "LSTM", "GRU"}); }

std::string lower(std::string_view text) {
  std::string s(text);
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return s;
}

// Counts layers by name: "lstm" -> "lstm.0", "lstm.1" ...
class Counter {
 public:
  std::string next(const std::string& prefix) { return prefix + "." + std::to_string(counts_[prefix]++); }

 private:
  std::map<std::string, int> counts_;
};

const Dim& dim_of(const Graph& graph, ValueId id, std::size_t axis) {
  static const Dim kUnknown;
  if (id == kNone) return kUnknown;
  const TensorType& type = graph.value(id).type;
  return type.ranked() && axis < type.shape->size() ? (*type.shape)[axis] : kUnknown;
}

const Dim& dim_of_x(const RecurrentLayer& layer, std::int64_t meaning) {
  const auto& perm = layer.form.x_perm;
  const auto axis = static_cast<std::size_t>(std::find(perm.begin(), perm.end(), meaning) - perm.begin());
  return dim_of(*layer.graph, layer.input(ops::recurrent_input::X), axis);
}

RecurrentLayer describe(const Graph& graph, NodeId id, std::string alias) {
  RecurrentLayer layer{
      .alias = std::move(alias), .graph = &graph, .node = id, .form = ops::recurrent_form(graph.node(id))};
  layer.time = dim_of_x(layer, 0);
  layer.batch = dim_of_x(layer, 1);
  layer.input_size = more_specific(dim_of_x(layer, 2), dim_of(graph, layer.input(ops::recurrent_input::W), 2));
  layer.hidden_size = dim_of(graph, layer.input(ops::recurrent_input::R), 2);
  if (layer.form.hidden_size) layer.hidden_size = Dim(*layer.form.hidden_size);
  return layer;
}

using NodeKey = std::pair<const Graph*, NodeId>;

// The recurrent node that `at` is made of without arithmetic; kNoNode when there is none.
NodeKey feeding_layer(Place at) {
  while (true) {
    at = outermost(at);
    if (at.value == kNone) return {nullptr, kNoNode};
    const NodeId producer = at.scope->graph->value(at.value).producer;
    if (producer == kNoNode) return {nullptr, kNoNode};
    const Node& node = at.scope->graph->node(producer);
    if (is_recurrent(node.op->name)) return {at.scope->graph, producer};
    if ((!hands_on_first_input(node.op->name) && node.op->name != "Concat") || node.inputs.empty())
      return {nullptr, kNoNode};
    at.value = node.inputs[0];
  }
}

// A tensor of the file that an input of a node is made of.
struct Source {
  const Graph* graph;
  ValueId value;
  int direction;
};

// Finds the tensors behind one input. `directions` is the size that dim 0 of the input means directions by, else 1.
class Tracer {
 public:
  Tracer(Place from, std::int64_t directions) : directions_(directions) { push(from, -1, true); }

  // Empty when anything but stored tensors has a part in the value.
  std::vector<Source> run() {
    while (!open_.empty() && !computed_) {
      const Step step = open_.back();
      open_.pop_back();
      follow(step);
    }
    return computed_ ? std::vector<Source>{} : std::move(found_);
  }

 private:
  struct Step {
    Place at;
    int direction;
    bool whole;  // dim 0 is still that of the input
  };

  void push(Place at, int direction, bool whole) {
    at = outermost(at);
    if (at.value == kNone || !seen_.insert({at.scope->graph, at.value, direction}).second) return;
    open_.push_back({at, direction, whole});
  }

  void follow(const Step& step) {
    const Graph& graph = *step.at.scope->graph;
    const Value& value = graph.value(step.at.value);
    if (value.constant != nullptr) return store(step, *value.constant);
    if (value.producer == kNoNode) return void(computed_ = true);
    const Node& node = graph.node(value.producer);
    if (node.op->name == "Concat") return follow_concat(step, node);
    if (!hands_on_first_input(node.op->name) || node.inputs.empty()) return void(computed_ = true);
    const bool same_dims = any_of(node.op->name, {"Identity", "Cast", "DequantizeLinear", "Dropout"});
    push({step.at.scope, node.inputs[0]}, step.direction, step.whole && same_dims);
  }

  void store(const Step& step, const Tensor& tensor) {
    const Source source{step.at.scope->graph, step.at.value, step.direction};
    const bool blocks = step.whole && directions_ > 1 && !tensor.shape().empty() && tensor.shape()[0] == directions_;
    if (!blocks) return found_.push_back(source);
    for (int d = 0; d < static_cast<int>(directions_); ++d) found_.push_back({source.graph, source.value, d + kBlock});
  }

  void follow_concat(const Step& step, const Node& node) {
    const AttrValue* axis = find_attribute(node.attributes, "axis");
    const bool by_direction = step.whole && directions_ > 1 && axis != nullptr && std::get<std::int64_t>(*axis) == 0 &&
                              static_cast<std::int64_t>(node.inputs.size()) == directions_;
    // The last input goes on the stack first, so tensors come out in the order of the Concat.
    for (std::size_t i = node.inputs.size(); i-- > 0;)
      push({step.at.scope, node.inputs[i]}, by_direction ? static_cast<int>(i) : step.direction, false);
  }

 public:
  static constexpr int kBlock = 2;  // added to a source's direction when the tensor holds the other direction too

 private:
  std::int64_t directions_;
  std::vector<Step> open_;
  std::set<std::tuple<const Graph*, ValueId, int>> seen_;
  std::vector<Source> found_;
  bool computed_ = false;
};

struct Port {
  std::size_t index;
  std::string_view role;
  bool bias = false;
  std::string_view frozen = {};
};

struct Family {
  std::string_view op;
  std::string_view prefix;
  std::vector<Port> ports;
};

const std::vector<Family>& families() {
  static constexpr std::string_view kStatistic = "a running statistic";
  static const std::vector<Family> kFamilies{
      {"Conv", "conv", {{1, "W"}, {2, "B", true}}},
      {"ConvTranspose", "conv_transpose", {{1, "W"}, {2, "B", true}}},
      {"Gather", "embed", {{0, ""}}},
      {"BatchNormalization",
       "norm",
       {{1, "scale"}, {2, "B", true}, {3, "mean", false, kStatistic}, {4, "var", false, kStatistic}}},
      {"LayerNormalization", "norm", {{1, "scale"}, {2, "B", true}}},
      {"InstanceNormalization", "norm", {{1, "scale"}, {2, "B", true}}},
      {"GroupNormalization", "norm", {{1, "scale"}, {2, "B", true}}},
      {"RMSNormalization", "norm", {{1, "scale"}}},
  };
  return kFamilies;
}

class Collector {
 public:
  void visit(const Scope& scope, NodeId id, const Node& node) {
    const std::string& op = node.op->name;
    if (is_recurrent(op)) return recurrent(scope, node);
    if (op == "Gemm" || op == "MatMul") return product(scope, id, node);
    if (op == "Add") return addition(scope, node);
    for (const Family& family : families())
      if (family.op == op) return layer(scope, id, node, family);
  }

  std::vector<Parameter> take() {
    for (std::size_t i = after_recurrent_; i < found_.size(); ++i) found_[i].head = !found_[i].recurrent;
    return std::move(found_);
  }

 private:
  std::vector<Source> sources(const Scope& scope, const Node& node, std::size_t input, std::int64_t directions = 1) {
    if (input >= node.inputs.size() || node.inputs[input] == kNone) return {};
    return Tracer({&scope, node.inputs[input]}, directions).run();
  }

  void recurrent(const Scope& scope, const Node& node) {
    const ops::RecurrentForm form = ops::recurrent_form(node);
    const std::string alias = counter_.next(lower(node.op->name));
    static constexpr std::array<Port, 4> kPorts{{{ops::recurrent_input::W, "W"},
                                                 {ops::recurrent_input::R, "R"},
                                                 {ops::recurrent_input::B, "B", true},
                                                 {ops::recurrent_input::P, "P"}}};
    for (const Port& port : kPorts) {
      const std::vector<Source> all = sources(scope, node, port.index, form.D);
      for (int d = -1; d < static_cast<int>(form.D); ++d) {
        std::vector<Source> part;
        for (const Source& s : all)
          if (direction_of(s, form) == d) part.push_back(s);
        const std::string_view way = d < 0 ? "" : form.reverse[static_cast<std::size_t>(d)] ? ".bw" : ".fw";
        add(alias + std::string(way) + "/" + std::string(port.role), part, port, true);
      }
    }
    after_recurrent_ = found_.size();
  }

  // -1: a tensor with a share in both directions that is not their concatenation.
  static int direction_of(const Source& s, const ops::RecurrentForm& form) {
    if (form.D == 1) return 0;
    return s.direction >= Tracer::kBlock ? s.direction - Tracer::kBlock : s.direction;
  }

  void product(const Scope& scope, NodeId id, const Node& node) {
    const std::vector<Source> left = sources(scope, node, 0), right = sources(scope, node, 1);
    if (left.empty() == right.empty()) return;  // two computed factors, or a product of constants
    const std::string alias = counter_.next("fc");
    layers_[{scope.graph, id}] = alias;
    add(alias + "/W", right.empty() ? left : right, {1, "W"});
    if (node.op->name == "Gemm") add(alias + "/B", sources(scope, node, 2), {2, "B", true});
  }

  void addition(const Scope& scope, const Node& node) {
    const std::vector<Source> left = sources(scope, node, 0), right = sources(scope, node, 1);
    if (left.empty() == right.empty()) return;
    const std::vector<Source>& bias = right.empty() ? left : right;
    const ValueId other = node.inputs[right.empty() ? 1 : 0];
    const auto fed_by = layers_.find({scope.graph, scope.graph->value(other).producer});
    if (fed_by != layers_.end()) return add(fed_by->second + "/B", bias, {1, "B", true});
    if (std::all_of(bias.begin(), bias.end(), [](const Source& s) {
          const Tensor& t = *s.graph->value(s.value).constant;
          return is_floating(t.dtype()) && t.count() > 1;
        }))
      add(counter_.next("bias"), bias, {1, "", true});
  }

  void layer(const Scope& scope, NodeId id, const Node& node, const Family& family) {
    const std::vector<Source> first = sources(scope, node, family.ports[0].index);
    if (first.empty()) return;
    const bool table = family.op == "Gather";
    if (table && !is_floating(first[0].graph->value(first[0].value).constant->dtype())) return;
    const std::string alias = counter_.next(std::string(family.prefix));
    if (!table) layers_[{scope.graph, id}] = alias;
    for (const Port& port : family.ports)
      add(alias + (port.role.empty() ? "" : "/") + std::string(port.role), sources(scope, node, port.index), port);
  }

  void add(const std::string& alias, const std::vector<Source>& parts, const Port& port, bool in_recurrent = false) {
    for (std::size_t i = 0; i < parts.size(); ++i)
      add_one(parts.size() == 1 ? alias : alias + "." + std::to_string(i), parts[i], port, in_recurrent);
  }

  void add_one(std::string alias, const Source& source, const Port& port, bool in_recurrent) {
    const Tensor& tensor = *source.graph->value(source.value).constant;
    const int block = source.direction >= Tracer::kBlock ? source.direction - Tracer::kBlock : -1;
    const auto [known, fresh] = index_.try_emplace({&tensor, block}, found_.size());
    if (!fresh) return found_[known->second].aliases.push_back(std::move(alias));
    Parameter p{.aliases = {std::move(alias)}, .graph = source.graph, .value = source.value, .direction = block};
    p.shape = tensor.shape();
    if (block >= 0) p.shape[0] = 1;
    p.recurrent = in_recurrent;
    p.bias = port.bias;
    p.frozen = port.frozen;
    if (!is_floating(tensor.dtype())) p.frozen = "of type " + std::string(name_of(tensor.dtype()));
    found_.push_back(std::move(p));
  }

  Counter counter_;
  std::map<NodeKey, std::string> layers_;                       // alias of a layer whose bias may be a later Add
  std::map<std::pair<const Tensor*, int>, std::size_t> index_;  // into found_
  std::vector<Parameter> found_;
  std::size_t after_recurrent_ = 0;
};

}  // namespace

std::vector<RecurrentLayer> recurrent_layers(const Graph& graph) {
  std::vector<RecurrentLayer> layers;
  std::map<NodeKey, std::size_t> index;
  std::vector<std::size_t> depth;
  Counter counter;
  walk(Scope{&graph}, [&](const Scope& scope, NodeId id, const Node& node) {
    if (!is_recurrent(node.op->name)) return;
    RecurrentLayer layer = describe(*scope.graph, id, counter.next(lower(node.op->name)));
    const auto below = index.find(feeding_layer({&scope, layer.input(ops::recurrent_input::X)}));
    layer.stack = below == index.end() ? depth.size() : layers[below->second].stack;
    layer.position = below == index.end() ? 0 : layers[below->second].position + 1;
    if (below == index.end()) depth.push_back(0);
    depth[layer.stack] = std::max(depth[layer.stack], layer.position + 1);
    index[{scope.graph, id}] = layers.size();
    layers.push_back(std::move(layer));
  });
  for (RecurrentLayer& layer : layers) layer.depth = depth[layer.stack];
  return layers;
}

std::vector<Parameter> parameters(const Graph& graph) {
  Collector collector;
  walk(Scope{&graph}, [&](const Scope& scope, NodeId id, const Node& node) { collector.visit(scope, id, node); });
  return collector.take();
}

}  // namespace rondo
