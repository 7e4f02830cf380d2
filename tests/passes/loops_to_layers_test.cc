// Loops over one cell against the same cell written out step by step, which only scalar references compute.
#include "passes/passes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "written_cell.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT

constexpr std::int64_t T = 4, N = 3;
constexpr double kRounding = 2e-6;

enum class Cell { lstm, gru_node, rnn };

struct Form {
  Cell cell = Cell::lstm;
  std::int64_t inputs = I;
  std::int64_t axis = 0;     // of the sequences
  bool reverse = false;      // the sequences run backwards
  bool captured = false;     // weights come from the outer graph
  bool state_first = false;  // sums of products name the state before the input
};

// One step of the cell; gives the new states, h first.
Values step(WrittenCell& m, ValueId x, const Values& states, const Values& w, const Form& form, const std::string& n) {
  if (form.cell == Cell::lstm) return m.torch_lstm(x, states[0], states[1], w, n);
  if (form.cell == Cell::rnn) {
    Values sides{m.linear(x, w[0], w[2], n + "gx"), m.linear(states[0], w[1], w[3], n + "gh")};
    if (form.state_first) std::swap(sides[0], sides[1]);
    return {m.op(ops::tanh(), {m.op(ops::add(), sides, n + "sum")}, n + "h")};
  }
  const ValueId axes = m.ints(n + "axes", {0});
  const auto up = [&](ValueId v, const std::string& name) { return m.op(ops::unsqueeze(), {v, axes}, n + name); };
  const NodeId gru =
      m.g.add_node(ops::gru(), n + "gru", {{"clip", 0.5f}},
                   {up(x, "X"), up(w[0], "W"), up(w[1], "R"), kNone, kNone, up(states[0], "H")}, {"", n + "Y_h"});
  return {m.op(ops::squeeze(), {m.g.node(gru).outputs[1], axes}, n + "h")};
}

Values weights(WrittenCell& m, const Form& form) {
  m.inputs = form.inputs;
  return m.torch_weights(form.cell == Cell::lstm ? 4 : form.cell == Cell::rnn ? 1 : 3);
}

struct Sequence {
  WrittenCell m;
  ValueId x;
  Values states, w;

  explicit Sequence(const Form& form) {
    Shape shape{Dim(N), Dim(form.inputs)};
    shape.insert(shape.begin() + form.axis, Dim(T));
    w = weights(m, form);
    x = m.g.add_input("X", type_of(DType::float32, shape));
    states = {m.input("h0", H, Dim(N))};
    if (form.cell == Cell::lstm) states.push_back(m.input("c0", H, Dim(N)));
  }
};

// Outputs: h of every step along y_axis, then the last states.
Graph written_out(const Form& form, std::int64_t y_axis) {
  Sequence s(form);
  Values hs(T);
  for (std::int64_t i = 0; i < T; ++i) {
    const std::int64_t t = form.reverse ? T - 1 - i : i;
    const std::string n = "t" + std::to_string(t);
    const std::int64_t at[] = {t};
    const ValueId index = s.m.g.add_constant(n + "at_x", shared(Tensor::of<std::int64_t>(DType::int64, {}, at)));
    const ValueId x = s.m.op(ops::gather(), {s.x, index}, n + "element", {{"axis", form.axis}});
    s.states = step(s.m, x, s.states, s.w, form, n);
    hs[static_cast<std::size_t>(t)] = s.m.op(ops::unsqueeze(), {s.states[0], s.m.ints(n + "at_y", {y_axis})}, n + "up");
  }
  s.m.g.outputs = {s.m.op(ops::concat(), hs, "Y", {{"axis", y_axis}})};
  s.m.g.outputs.insert(s.m.g.outputs.end(), s.states.begin(), s.states.end());
  return std::move(s.m.g);
}

// The names of the body's weights are those of the outer ones.
Values body_weights(WrittenCell& body, const Sequence& s, const Form& form) {
  if (!form.captured) return weights(body, form);
  Values inner;
  for (ValueId v : s.w) inner.push_back(body.g.add_value(s.m.g.value(v).name, s.m.g.value(v).type));
  body.g.captures = inner;
  return inner;
}

Graph scanned(const Form& form) {
  Sequence s(form);
  WrittenCell body;
  const Values w = body_weights(body, s, form);
  Values states{body.input("h", H, Dim(N))};
  if (form.cell == Cell::lstm) states.push_back(body.input("c", H, Dim(N)));
  const ValueId x = body.input("x", form.inputs, Dim(N));
  body.g.outputs = step(body, x, states, w, form, "next.");
  body.g.outputs.push_back(body.op(ops::identity(), {body.g.outputs[0]}, "out"));
  Values inputs = s.states;
  inputs.push_back(s.x);
  if (form.captured) inputs.insert(inputs.end(), s.w.begin(), s.w.end());
  std::vector<std::string> outputs{"h_n"};
  if (form.cell == Cell::lstm) outputs.emplace_back("c_n");
  outputs.emplace_back("Y");
  const Ints direction{form.reverse ? 1 : 0};
  const NodeId scan =
      s.m.g.add_node(ops::scan(), "scan",
                     {{"body", std::make_shared<const Graph>(std::move(body.g))},
                      {"num_scan_inputs", std::int64_t{1}},
                      {"scan_input_axes", Ints{form.axis}},
                      {"scan_input_directions", direction},
                      {"scan_output_axes", Ints{form.axis - 3}},
                      {"scan_output_directions", direction}},
                     std::move(inputs), outputs, form.captured ? static_cast<std::uint32_t>(s.w.size()) : 0);
  s.m.g.outputs = s.m.g.node(scan).outputs;
  std::rotate(s.m.g.outputs.begin(), s.m.g.outputs.end() - 1, s.m.g.outputs.end());
  return std::move(s.m.g);
}

// trips: what the loop is told; the sequence has T steps.
Graph looped(const Form& form, std::int64_t trips = T, bool stops = false) {
  Sequence s(form);
  WrittenCell body;
  const ValueId i = body.g.add_input("i", type_of(DType::int64, {}));
  const ValueId go = body.g.add_input("go", type_of(DType::boolean, {}));
  Values w = weights(body, form);
  Values states{body.input("h", H, Dim(N))};
  if (form.cell == Cell::lstm) states.push_back(body.input("c", H, Dim(N)));
  const ValueId all = body.g.add_value("X", s.m.g.value(s.x).type);
  body.g.captures = {all};
  const ValueId x = body.op(ops::gather(), {all, i}, "x", {{"axis", form.axis}});
  states = step(body, x, states, w, form, "next.");
  body.g.outputs = {stops ? body.op(ops::logical_not(), {go}, "stop") : go};
  body.g.outputs.insert(body.g.outputs.end(), states.begin(), states.end());
  body.g.outputs.push_back(states[0]);
  Values inputs{s.m.g.add_constant("M", shared(Tensor::of<std::int64_t>(DType::int64, {}, {&trips, 1}))), kNone};
  inputs.insert(inputs.end(), s.states.begin(), s.states.end());
  inputs.push_back(s.x);
  std::vector<std::string> outputs{"h_n"};
  if (form.cell == Cell::lstm) outputs.emplace_back("c_n");
  outputs.emplace_back("Y");
  const NodeId loop = s.m.g.add_node(ops::loop(), "loop", {{"body", std::make_shared<const Graph>(std::move(body.g))}},
                                     std::move(inputs), outputs, 1);
  s.m.g.outputs = s.m.g.node(loop).outputs;
  std::rotate(s.m.g.outputs.begin(), s.m.g.outputs.end() - 1, s.m.g.outputs.end());
  return std::move(s.m.g);
}

void expect_same(Graph g, const Form& form, std::int64_t y_axis, const std::string& op) {
  fold_constants(g);  // bodies learn the constants they capture
  loops_to_layers(g);
  verify(g);
  EXPECT_THAT(op_names(g), testing::AllOf(testing::HasSubstr(op), testing::Not(testing::HasSubstr("Scan")),
                                          testing::Not(testing::HasSubstr("Loop"))));
  const Graph expected = written_out(form, y_axis);
  std::vector<Tensor> inputs;
  for (ValueId id : expected.inputs)
    inputs.push_back(random_tensor(DType::float32, *concrete_dims(expected.value(id).type), inputs.size() + 50));
  const auto want = interpret(expected, inputs), got = interpret(g, inputs);
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    EXPECT_LT(largest_difference(got[i].view(), want[i].view()), kRounding) << i << "\n" << print(g);
}

class ScanForms : public testing::TestWithParam<std::tuple<std::int64_t, bool, bool>> {};

TEST_P(ScanForms, OfLstmCells) {
  const auto& [axis, reverse, captured] = GetParam();
  const Form form{.axis = axis, .reverse = reverse, .captured = captured};
  expect_same(scanned(form), form, axis, "LSTM");
}

INSTANTIATE_TEST_SUITE_P(All, ScanForms, testing::Combine(testing::Values(0, 1, 2), testing::Bool(), testing::Bool()));

TEST(LoopsToLayers, ScanOfAGruNodeOfOneStep) {
  const Form form{.cell = Cell::gru_node};
  expect_same(scanned(form), form, 0, "GRU");
}

TEST(LoopsToLayers, InputAndStateOfOneWidth) {
  for (const bool state_first : {false, true})
    for (const Cell cell : {Cell::rnn, Cell::lstm}) {
      const Form form{.cell = cell, .inputs = H, .state_first = state_first};
      expect_same(scanned(form), form, 0, cell == Cell::rnn ? "RNN" : "LSTM");
      expect_same(looped(form), form, 0, cell == Cell::rnn ? "RNN" : "LSTM");
    }
}

TEST(LoopsToLayers, LoopThatGathersItsElements) {
  for (const std::int64_t axis : {0, 1, 2}) {
    expect_same(looped({.axis = axis}), {.axis = axis}, 0, "LSTM");
    const Form gru{.cell = Cell::gru_node, .axis = axis};
    expect_same(looped(gru), gru, 0, "GRU");
  }
}

TEST(LoopsToLayers, NamesStay) {
  Graph g = scanned({});
  loops_to_layers(g);
  EXPECT_EQ(op_names(g), "Unsqueeze Unsqueeze LSTM Squeeze Squeeze Squeeze");
  EXPECT_THAT(print(g),
              testing::HasSubstr("%scan.Y, %scan.Y_h, %scan.Y_c = LSTM(%X, %weight_ih.W, %weight_hh.R, %bias_ih.B, _, "
                                 "%scan.initial_h, %scan.initial_c) {hidden_size=7} \"scan\""));
  EXPECT_THAT(print(g), testing::HasSubstr("output %Y, %h_n, %c_n\n"));
}

void expect_untouched(Graph g) {
  fold_constants(g);
  const std::string before = print(g);
  loops_to_layers(g);
  EXPECT_EQ(print(g), before);
}

TEST(LoopsToLayers, LoopsThatMayEndEarlyOrLateStay) {
  expect_untouched(looped({}, T - 1));
  expect_untouched(looped({}, T + 1));
  expect_untouched(looped({}, T, true));
}

// The body of scanned(form), changed by f.
template <class F>
Graph scanned_but(const Form& form, F&& f) {
  Graph g = scanned(form);
  Node& scan = g.node(g.order().back());
  for (Attribute& a : scan.attributes) {
    if (a.name != "body") continue;
    auto body = std::make_shared<Graph>(*std::get<GraphPtr>(a.value));
    f(*body);
    a.value = GraphPtr(std::move(body));
  }
  return g;
}

TEST(LoopsToLayers, BodiesWithOtherWorkStay) {
  expect_untouched(scanned_but({}, [](Graph& b) { b.outputs[2] = add(b, ops::relu(), {}, {b.outputs[0]}, "more"); }));
  expect_untouched(scanned_but({}, [](Graph& b) { b.outputs[2] = b.outputs[1]; }));  // c of every step
  expect_untouched(scanned_but({}, [](Graph& b) { b.outputs[0] = b.outputs[1]; }));  // h takes c
  expect_untouched(scanned_but({}, [](Graph& b) { b.outputs[0] = b.inputs[0]; }));   // h never changes
}

TEST(LoopsToLayers, SequencesTurnedAroundStay) {
  Graph g = scanned({});
  for (Attribute& a : g.node(g.order().back()).attributes)
    if (a.name == "scan_output_directions") a.value = Ints{1};
  expect_untouched(std::move(g));
}

}  // namespace
}  // namespace rondo
