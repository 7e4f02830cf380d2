// A cell that an exporter wrote out, one step at a time, becomes a recurrent node of one step between views. Weights
// are laid out anew as ONNX has them; steps that share weights share the new ones.
#include <algorithm>
#include <map>

#include "ir/real_tensor.h"
#include "ops/op_list.h"
#include "passes/cell_match.h"
#include "passes/passes.h"

namespace rondo {
namespace {

using Blocks = std::vector<ConstantBlock>;

// W, R and B of recovered cells as new constants, each made once.
class CellWeights {
 public:
  explicit CellWeights(Graph& graph) : g_(graph) {}

  // [1,G*H,rows of source]
  ValueId matrix(const CellMatch& m, ValueId source, const std::string& port) {
    const std::int64_t hidden = m.gates[0].columns, rows = m.product(0, source).rows;
    const auto gates = static_cast<std::int64_t>(m.gates.size());
    Blocks blocks;
    for (std::size_t i = 0; i < m.gates.size(); ++i) blocks.push_back(m.product(i, source).matrix);
    return made({1, gates * hidden, rows}, blocks, port, [&](std::int64_t i) {
      const ConstantBlock& b = blocks[static_cast<std::size_t>(i / (hidden * rows))];
      return at(b, i % rows, i / rows % hidden);
    });
  }

  // [1,2*G*H]: what stands beside the product of h in the second half. kNone when no gate has a bias.
  ValueId bias(const CellMatch& m) {
    const std::int64_t hidden = m.gates[0].columns;
    std::vector<Blocks> slots(kBiases * m.gates.size());
    Blocks key;
    bool any = false;
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      const bool recurrent = slot >= m.gates.size();
      for (const LinearSum::Bias& b : m.gates[slot % m.gates.size()].biases)
        if ((b.beside == m.h) == recurrent) slots[slot].push_back(b.row);
      any = any || !slots[slot].empty();
      key.insert(key.end(), slots[slot].begin(), slots[slot].end());
      key.push_back({});  // ends a slot
    }
    if (!any) return kNone;
    return made({1, static_cast<std::int64_t>(slots.size()) * hidden}, key, ".B", [&](std::int64_t i) {
      double sum = 0;
      for (const ConstantBlock& b : slots[static_cast<std::size_t>(i / hidden)]) sum += at(b, 0, i % hidden);
      return sum;
    });
  }

 private:
  double at(const ConstantBlock& b, std::int64_t row, std::int64_t column) const {
    return b.factor * real_at(*g_.value(b.constant).constant, b.offset + row * b.row_stride + column * b.column_stride);
  }

  // Named after the first constant it is made of.
  template <class F>
  ValueId made(std::vector<std::int64_t> shape, const Blocks& key, const std::string& port, F&& element) {
    const auto [known, fresh] = made_.try_emplace({shape, key}, kNone);
    if (!fresh) return known->second;
    const auto first = std::ranges::find_if(key, [](const ConstantBlock& b) { return b.constant != kNone; });
    const Value& origin = g_.value(first->constant);
    TensorPtr tensor = make_real(origin.constant->dtype(), std::move(shape), element);
    return known->second = g_.add_constant(g_.fresh_name(origin.name + port), std::move(tensor));
  }

  Graph& g_;
  std::map<std::pair<std::vector<std::int64_t>, Blocks>, ValueId> made_;
};

const OpDef& op_of(ops::Cell cell) {
  return cell == ops::Cell::lstm ? ops::lstm() : cell == ops::Cell::gru ? ops::gru() : ops::rnn();
}

Attributes attributes_of(const CellMatch& m) {
  Attributes attributes{{"hidden_size", m.gates[0].columns}};
  if (m.linear_before_reset) attributes.push_back({"linear_before_reset", std::int64_t{1}});
  std::vector<std::string> names;
  std::vector<float> alpha, beta;
  bool is_default = true, has_parameters = false;
  for (std::size_t i = 0; i < m.functions.size(); ++i) {
    const ops::Activation& f = m.functions[i];
    names.emplace_back(ops::def_of(f.kind).name);
    alpha.push_back(static_cast<float>(f.alpha));
    beta.push_back(static_cast<float>(f.beta));
    is_default = is_default && f.kind == ops::def_of(m.cell).defaults[i];
    has_parameters = has_parameters || ops::def_of(f.kind).alpha || ops::def_of(f.kind).beta;
  }
  if (!is_default) attributes.push_back({"activations", names});
  if (has_parameters) {
    attributes.push_back({"activation_alpha", alpha});
    attributes.push_back({"activation_beta", beta});
  }
  return attributes;
}

class Rewrite {
 public:
  explicit Rewrite(Graph& graph) : g_(graph), weights_(graph), map_(graph.identity_map()) {}

  void run(const std::vector<CellMatch>& all, const std::vector<bool>& gone) {
    std::vector<Names> names;
    for (const CellMatch& m : all) names.push_back(names_of(m));
    g_.erase(gone);
    const TensorPtr zero = std::make_shared<Tensor>(Tensor::of<std::int64_t>(DType::int64, {1}, std::vector{kAxis}));
    axes_ = g_.add_constant(g_.fresh_name("cell.axes"), zero);
    for (std::size_t i = 0; i < all.size(); ++i) add(all[i], names[i]);
    for (std::size_t i = map_.size(); i < g_.num_values(); ++i) map_.push_back(ValueId{static_cast<std::uint32_t>(i)});
    g_.replace_uses(std::move(map_));
    g_.sort();
  }

 private:
  static constexpr std::int64_t kAxis = 0;  // of the one step in X, of the one direction in states

  struct Names {
    std::string node, h, c_node, c;
  };
  Names names_of(const CellMatch& m) const {
    const auto node = [&](ValueId v) { return g_.node(g_.value(v).producer).name; };
    Names names{node(m.h_out), g_.value(m.h_out).name, {}, {}};
    if (m.c_out == kNone) return names;
    names.c_node = node(m.c_out);
    names.c = g_.value(m.c_out).name;
    return names;
  }

  ValueId view(const OpDef& op, ValueId from, const std::string& node, const std::string& output) {
    return g_.node(g_.add_node(op, node, {}, {from, axes_}, {output})).outputs[0];
  }
  ValueId unsqueezed(ValueId from, const std::string& wanted) {
    const std::string name = g_.fresh_name(wanted);
    return view(ops::unsqueeze(), map_[Graph::index(from)], name, name);
  }

  void add(const CellMatch& m, const Names& names) {
    const bool lstm = m.cell == ops::Cell::lstm;
    const ValueId w = weights_.matrix(m, m.x, ".W"), r = weights_.matrix(m, m.h, ".R"), b = weights_.bias(m);
    std::vector<ValueId> inputs{unsqueezed(m.x, names.h + ".X"),        w, r, b, kNone,
                                unsqueezed(m.h, names.h + ".initial_h")};
    std::vector<std::string> outputs{"", g_.fresh_name(names.h + ".Y_h")};
    if (lstm) inputs.push_back(unsqueezed(m.c, names.h + ".initial_c"));
    if (lstm) outputs.push_back(g_.fresh_name(names.c + ".Y_c"));
    const NodeId id = g_.add_node(op_of(m.cell), names.node, attributes_of(m), std::move(inputs), std::move(outputs));
    const std::vector<ValueId> made = g_.node(id).outputs;
    map_[Graph::index(m.h_out)] = view(ops::squeeze(), made[ops::recurrent_output::Y_h], names.h, names.h);
    if (lstm)
      map_[Graph::index(m.c_out)] = view(ops::squeeze(), made[ops::recurrent_output::Y_c], names.c_node, names.c);
  }

  Graph& g_;
  CellWeights weights_;
  std::vector<ValueId> map_;
  ValueId axes_ = kNone;
};

}  // namespace

void recover_cells(Graph& graph) {
  CellMatcher matcher(graph);
  std::vector<bool> gone(graph.node_capacity());
  std::map<std::size_t, CellMatch> found;  // by the place of the node that makes h_out
  const auto claim = [&](std::size_t place, std::optional<CellMatch> m) {
    if (!m) return;
    for (const LinearSum& s : m->gates) m->nodes.insert(m->nodes.end(), s.nodes.begin(), s.nodes.end());
    if (std::ranges::any_of(m->nodes, [&](NodeId id) { return gone[Graph::index(id)]; })) return;
    for (NodeId id : m->nodes) gone[Graph::index(id)] = true;
    found.emplace(place, std::move(*m));
  };
  const auto& order = graph.order();
  const auto sweep = [&](auto&& match) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::vector<ValueId>& outputs = graph.node(order[i]).outputs;
      if (outputs.size() == 1 && outputs[0] != kNone && !gone[Graph::index(order[i])]) claim(i, match(outputs[0]));
    }
  };
  sweep([&](ValueId v) { return matcher.lstm(v); });
  sweep([&](ValueId v) { return matcher.gru(v); });
  sweep([&](ValueId v) { return matcher.rnn(v); });  // last: every gate of the others looks like one
  if (found.empty()) return;
  std::vector<CellMatch> all;
  for (auto& [place, m] : found) all.push_back(std::move(m));
  Rewrite(graph).run(all, gone);
  remove_dead(graph);
}

}  // namespace rondo
