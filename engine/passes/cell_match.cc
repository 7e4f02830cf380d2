#include "passes/cell_match.h"

#include <algorithm>
#include <utility>

#include "ir/real_tensor.h"
#include "ops/op_list.h"

namespace rondo {
namespace {

using Product = LinearSum::Product;

bool has_two_sources(const LinearSum& s) {
  return s.products.size() == 2 && s.products[0].source != s.products[1].source && s.others.empty();
}

bool has_sources(const LinearSum& s, ValueId a, ValueId b) {
  const auto reads = [&s](ValueId v) { return std::ranges::find(s.products, v, &Product::source) != s.products.end(); };
  return has_two_sources(s) && reads(a) && reads(b);
}

bool has_one_source(const LinearSum& s, ValueId source) {
  return s.products.size() == 1 && s.products[0].source == source;
}

void append(std::vector<NodeId>& to, const std::vector<NodeId>& from) { to.insert(to.end(), from.begin(), from.end()); }

float parameter(const Node& n, std::string_view name) {
  const AttrValue* value = find_attribute(n.attributes, name);
  return value == nullptr ? 0.0f : std::get<float>(*value);
}

}  // namespace

const Product& CellMatch::product(std::size_t gate, ValueId source) const {
  return *std::ranges::find(gates[gate].products, source, &Product::source);
}

std::optional<CellMatcher::Applied> CellMatcher::applied(ValueId v) const {
  const NodeId id = g_.value(v).producer;
  if (id == kNoNode) return std::nullopt;
  const Node& n = g_.node(id);
  const ops::ActivationDef* def = ops::find_activation(n.op->name);
  if (def == nullptr || n.inputs.size() != 1) return std::nullopt;
  return Applied{{def->kind, parameter(n, "alpha"), parameter(n, "beta")}, n.inputs[0], id};
}

std::optional<CellMatcher::Gate> CellMatcher::gate(ValueId v) const {
  const auto function = applied(v);
  auto sum = function ? linear_sum(g_, function->input) : std::nullopt;
  if (!sum || sum->products.empty()) return std::nullopt;
  sum->nodes.push_back(function->node);
  return Gate{function->function, std::move(*sum)};
}

std::optional<CellMatcher::Gate> CellMatcher::gate_of_two(ValueId v) const {
  auto g = gate(v);
  if (g && g->sum.products.size() == 1) {
    auto parts = through_concat(g_, g->sum, g->sum.products[0].source);
    if (!parts) return std::nullopt;
    g->sum = std::move(*parts);
  }
  return g && has_two_sources(g->sum) ? std::move(g) : std::nullopt;
}

std::optional<CellMatcher::Pair> CellMatcher::operands(ValueId v, const OpDef& op) const {
  const NodeId id = g_.value(v).producer;
  if (id == kNoNode || g_.node(id).op != &op) return std::nullopt;
  return Pair{g_.node(id).inputs[0], g_.node(id).inputs[1], id};
}

std::optional<ValueId> CellMatcher::complement(ValueId v, std::vector<NodeId>& nodes) const {
  const auto difference = operands(v, ops::sub());
  const Tensor* one = difference ? real_constant(g_, difference->a) : nullptr;
  if (one == nullptr) return std::nullopt;
  for (std::int64_t i = 0; i < one->count(); ++i)
    if (real_at(*one, i) != 1) return std::nullopt;
  nodes.push_back(difference->node);
  return difference->b;
}

// (1 - z) * a + z * b, or a + z * (b - a), operands of sums and products either way round.
std::optional<CellMatcher::Blend> CellMatcher::blend(ValueId v) const {
  const auto sum = operands(v, ops::add());
  if (!sum) return std::nullopt;
  for (const auto& [p, q] : {std::pair{sum->a, sum->b}, std::pair{sum->b, sum->a}}) {
    const auto left = operands(p, ops::mul());
    if (!left) continue;
    for (const auto& [first, second] : {std::pair{left->a, left->b}, std::pair{left->b, left->a}}) {
      std::vector<NodeId> nodes{sum->node, left->node};
      if (const auto step = operands(first, ops::sub()); step && step->b == q) {
        nodes.push_back(step->node);
        return Blend{second, q, step->a, std::move(nodes)};
      }
      const auto z = complement(first, nodes);
      const auto right = operands(q, ops::mul());
      if (!z || !right || (right->a != *z && right->b != *z)) continue;
      nodes.push_back(right->node);
      return Blend{*z, second, right->a == *z ? right->b : right->a, std::move(nodes)};
    }
  }
  return std::nullopt;
}

// h_out = o * squash(c_out), c_out = f * c + i * g.
std::optional<CellMatch> CellMatcher::lstm(ValueId h_out) {
  const auto product = operands(h_out, ops::mul());
  if (!product) return std::nullopt;
  auto m = lstm_of(*product, product->a, product->b);
  if (!m) m = lstm_of(*product, product->b, product->a);
  if (m && multiplies_again(*m)) recurrent_matrices_.insert(m->product(0, m->h).matrix.constant);
  return m;
}

std::optional<CellMatch> CellMatcher::lstm_of(const Pair& product, ValueId output, ValueId squashed) const {
  const auto squash = applied(squashed);
  const auto sum = squash ? operands(squash->input, ops::add()) : std::nullopt;
  const auto o = sum ? gate_of_two(output) : std::nullopt;
  if (!o) return std::nullopt;
  CellMatch m;
  m.cell = ops::Cell::lstm;
  m.h_out = g_.node(product.node).outputs[0];
  m.c_out = squash->input;
  m.nodes = {product.node, squash->node, sum->node};
  if (!take_cell_state(m, *o, *sum, false) && !take_cell_state(m, *o, *sum, true)) return std::nullopt;
  m.functions.push_back(squash->function);
  return choose_state(m) && is_complete(m) && is_closed(m) ? std::optional(std::move(m)) : std::nullopt;
}

// The gates i and g from one addend, f and c from the other.
bool CellMatcher::take_cell_state(CellMatch& m, const Gate& output, const Pair& sum, bool swapped) const {
  const auto written = operands(swapped ? sum.a : sum.b, ops::mul()),
             kept = operands(swapped ? sum.b : sum.a, ops::mul());
  if (!written || !kept) return false;
  const ValueId first = output.sum.products[0].source, second = output.sum.products[1].source;
  const auto sibling = [&](ValueId v) {
    auto g = gate_of_two(v);
    return g && has_sources(g->sum, first, second) ? std::move(g) : std::nullopt;
  };
  auto i = sibling(written->a), g = sibling(written->b), f = sibling(kept->a);
  m.c = kept->b;
  if (!f) {
    f = sibling(kept->b);
    m.c = kept->a;
  }
  if (!i || !g || !f) return false;
  if (i->function != output.function) std::swap(i, g);
  if (i->function != output.function || f->function != output.function) return false;
  append(m.nodes, {written->node, kept->node});
  m.functions = {output.function, g->function};
  m.gates = {i->sum, output.sum, f->sum, g->sum};
  return true;
}

// h_out = (1 - z) * n + z * h; where z weighs n instead, 1 - z is the gate: sigmoid(-a) = 1 - sigmoid(a).
std::optional<CellMatch> CellMatcher::gru(ValueId h_out) const {
  const auto b = blend(h_out);
  if (!b) return std::nullopt;
  auto m = gru_of(*b, b->one, b->other, 1);
  if (!m) m = gru_of(*b, b->other, b->one, -1);
  if (!m) return std::nullopt;
  m->h_out = h_out;
  return is_complete(*m) && is_closed(*m) ? std::move(m) : std::nullopt;
}

std::optional<CellMatch> CellMatcher::gru_of(const Blend& b, ValueId candidate, ValueId state, double sign) const {
  auto update = gate_of_two(b.z), hidden = gate(candidate);
  if (!update || !hidden || (sign < 0 && update->function.kind != ops::ActivationKind::sigmoid)) return std::nullopt;
  auto& products = update->sum.products;
  if (products[0].source != state) std::swap(products[0], products[1]);
  if (products[0].source != state) return std::nullopt;
  for (Product& p : products) p.matrix.factor *= sign;
  for (LinearSum::Bias& bias : update->sum.biases) bias.row.factor *= sign;
  CellMatch m;
  m.cell = ops::Cell::gru;
  m.h = state;
  m.x = products[1].source;
  m.functions = {update->function, hidden->function};
  m.gates = {update->sum};
  m.nodes = b.nodes;
  if (!take_reset_product(m, *hidden) && !take_reset_state(m, *hidden)) return std::nullopt;
  return m;
}

bool CellMatcher::take_reset_gate(CellMatch& m, ValueId v) const {
  const auto reset = gate_of_two(v);
  if (!reset || reset->function != m.functions[0] || !has_sources(reset->sum, m.x, m.h)) return false;
  m.gates.push_back(reset->sum);
  return true;
}

// linear_before_reset: n = g(x * W + r * (h * R + Rb) + Wb).
bool CellMatcher::take_reset_product(CellMatch& m, Gate& hidden) const {
  LinearSum& sum = hidden.sum;
  if (!has_one_source(sum, m.x) || sum.others.size() != 1) return false;
  const auto product = operands(sum.others[0], ops::mul());
  if (!product) return false;
  for (const auto& [r, linear] : {std::pair{product->a, product->b}, std::pair{product->b, product->a}}) {
    auto recurrent = linear_sum(g_, linear);
    if (!recurrent || !has_one_source(*recurrent, m.h) || !recurrent->others.empty()) continue;
    if (!take_reset_gate(m, r)) continue;
    sum.others.clear();
    for (LinearSum::Bias& bias : sum.biases) bias.beside = m.x;
    for (LinearSum::Bias& bias : recurrent->biases) bias.beside = m.h;
    sum.biases.insert(sum.biases.end(), recurrent->biases.begin(), recurrent->biases.end());
    sum.products.push_back(recurrent->products[0]);
    append(sum.nodes, recurrent->nodes);
    sum.nodes.push_back(product->node);
    m.gates.push_back(sum);
    m.linear_before_reset = true;
    return true;
  }
  return false;
}

// Otherwise: n = g(x * W + (r * h) * R + Rb + Wb).
bool CellMatcher::take_reset_state(CellMatch& m, Gate& hidden) const {
  if (hidden.sum.products.size() == 1) {
    auto parts = through_concat(g_, hidden.sum, hidden.sum.products[0].source);
    if (parts) hidden.sum = std::move(*parts);
  }
  if (!has_two_sources(hidden.sum)) return false;
  auto& products = hidden.sum.products;
  if (products[0].source != m.x) std::swap(products[0], products[1]);
  const auto product = operands(products[1].source, ops::mul());
  if (products[0].source != m.x || !product || (product->a != m.h && product->b != m.h)) return false;
  if (!take_reset_gate(m, product->a == m.h ? product->b : product->a)) return false;
  for (LinearSum::Bias& bias : hidden.sum.biases)
    if (bias.beside == products[1].source) bias.beside = m.h;
  products[1].source = m.h;
  hidden.sum.nodes.push_back(product->node);
  m.gates.push_back(hidden.sum);
  return true;
}

std::optional<CellMatch> CellMatcher::rnn(ValueId h_out) {
  const auto g = gate_of_two(h_out);
  if (!g) return std::nullopt;
  CellMatch m;
  m.functions = {g->function};
  m.h_out = h_out;
  m.gates = {g->sum};
  if (!choose_state(m) || !is_complete(m) || !is_closed(m)) return std::nullopt;
  if (evidence(m) == 0) return std::nullopt;
  recurrent_matrices_.insert(m.product(0, m.h).matrix.constant);
  return m;
}

// Which of the two sources is h: one whose matrix is square; of two, the one with the better evidence.
bool CellMatcher::choose_state(CellMatch& m) const {
  int best = -1;
  CellMatch tried = m;
  for (std::size_t k = 0; k < 2; ++k) {
    const auto& products = m.gates[0].products;
    if (products[k].rows != m.gates[0].columns) continue;
    tried.h = products[k].source;
    if (const int now = evidence(tried); now > best) {
      best = now;
      m.h = products[k].source;
      m.x = products[1 - k].source;
    }
  }
  return best >= 0;
}

// That m.h is the state: 2 when the step before or after multiplies it by the same matrix, 1 when the caller of the
// graph may feed it back.
int CellMatcher::evidence(const CellMatch& m) const {
  if (multiplies_again(m) || recurrent_matrices_.contains(m.product(0, m.h).matrix.constant)) return 2;
  return is_fed_back(m) ? 1 : 0;
}

bool CellMatcher::multiplies_again(const CellMatch& m) const {
  const ValueId matrix = m.product(0, m.h).matrix.constant;
  return std::ranges::any_of(readers_[Graph::index(m.h_out)], [&](NodeId id) {
    const Node& n = g_.node(id);
    return (n.op == &ops::gemm() || n.op == &ops::mat_mul()) && n.inputs[0] == m.h_out && n.inputs[1] == matrix;
  });
}

// Views may stand between the state and the ends of the graph.
bool CellMatcher::is_fed_back(const CellMatch& m) const {
  ValueId in = m.h;
  while (g_.value(in).producer != kNoNode && g_.node(g_.value(in).producer).op->is_view)
    in = g_.node(g_.value(in).producer).inputs[0];
  if (std::ranges::find(g_.inputs, in) == g_.inputs.end()) return false;
  if (g_.is_output(m.h_out)) return true;
  return std::ranges::any_of(readers_[Graph::index(m.h_out)], [&](NodeId id) {
    return g_.node(id).op->is_view && g_.is_output(g_.node(id).outputs[0]);
  });
}

bool CellMatcher::is_complete(const CellMatch& m) const {
  const std::int64_t hidden = columns_of(g_, m.h_out);
  const auto is_state = [&](ValueId v) { return has_same_rows(g_, v, m.h_out) && columns_of(g_, v) == hidden; };
  if (hidden < 1 || hidden > ops::kMaxHiddenSize || !has_same_rows(g_, m.x, m.h_out) || !is_state(m.h)) return false;
  if (m.cell == ops::Cell::lstm && (!is_state(m.c) || !is_state(m.c_out))) return false;
  return std::ranges::all_of(
      m.gates, [&](const LinearSum& s) { return s.columns == hidden && s.others.empty() && has_sources(s, m.x, m.h); });
}

// Nothing outside reads a value inside, and the cell reads none of its own.
bool CellMatcher::is_closed(const CellMatch& m) const {
  std::set<NodeId> inside(m.nodes.begin(), m.nodes.end());
  for (const LinearSum& s : m.gates) inside.insert(s.nodes.begin(), s.nodes.end());
  const auto is_inside = [&](NodeId id) { return inside.contains(id); };
  for (ValueId v : {m.x, m.h, m.c})
    if (v != kNone && g_.value(v).producer != kNoNode && is_inside(g_.value(v).producer)) return false;
  for (NodeId id : inside)
    for (ValueId out : g_.node(id).outputs) {
      if (out == kNone || out == m.h_out || out == m.c_out) continue;
      if (g_.is_output(out) || !std::ranges::all_of(readers_[Graph::index(out)], is_inside)) return false;
    }
  return true;
}

}  // namespace rondo
