// The shape rule of RNN, LSTM and GRU. Bad inputs are generated: every dim, element type and presence is bent, alone
// and in pairs, and the rule must accept exactly what a small statement of the specification over plain numbers
// accepts.
#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "ir/graph.h"
#include "recurrent_layer.h"

namespace rondo::test {
namespace {

namespace in = ops::recurrent_input;
using testing::HasSubstr;

const std::vector<std::string> kPorts{"X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"};

struct Signature {
  std::string op = "LSTM";
  std::string direction = "forward";
  std::int64_t layout = 0;
  std::optional<std::int64_t> hidden_size;
  std::vector<std::optional<Shape64>> shapes;  // by input
  std::vector<DType> dtypes;

  std::int64_t D() const { return direction == "bidirectional" ? 2 : 1; }
  std::int64_t G() const { return op == "LSTM" ? 4 : op == "GRU" ? 3 : 1; }
};

Signature good(const std::string& op, const std::string& direction, std::int64_t layout, bool with_hidden_size) {
  const std::int64_t T = 5, N = 3, I = 7, H = 4;
  Signature s{op, direction, layout, {}, {}, {}};
  const std::int64_t D = s.D(), G = s.G();
  const Shape64 state = layout == 1 ? Shape64{N, D, H} : Shape64{D, N, H};
  s.shapes = {layout == 1 ? Shape64{N, T, I} : Shape64{T, N, I},
              Shape64{D, G * H, I},
              Shape64{D, G * H, H},
              Shape64{D, 2 * G * H},
              Shape64{N},
              state};
  if (op == "LSTM") s.shapes.insert(s.shapes.end(), {state, Shape64{D, 3 * H}});
  s.dtypes.assign(s.shapes.size(), DType::float32);
  s.dtypes[in::sequence_lens] = DType::int32;
  if (with_hidden_size) s.hidden_size = H;
  return s;
}

// The specification over plain numbers.
bool is_valid(const Signature& s) {
  const auto is = [&](std::size_t i, const Shape64& want) {
    return i >= s.shapes.size() || !s.shapes[i] || *s.shapes[i] == want;
  };
  for (std::size_t i : {in::X, in::W, in::R})
    if (!s.shapes[i] || s.shapes[i]->size() != 3) return false;
  const Shape64 &x = *s.shapes[in::X], &r = *s.shapes[in::R];
  const std::int64_t D = s.D(), G = s.G(), H = r[2], N = s.layout == 1 ? x[0] : x[1];
  const Shape64 state = s.layout == 1 ? Shape64{N, D, H} : Shape64{D, N, H};
  return H >= 1 && H <= 65536 && (!s.hidden_size || *s.hidden_size == H) && is(in::W, {D, G * H, x[2]}) &&
         is(in::R, {D, G * H, H}) && is(in::B, {D, 2 * G * H}) && is(in::sequence_lens, {N}) &&
         is(in::initial_h, state) && is(in::initial_c, state) && is(in::P, {D, 3 * H});
}

using Types = std::vector<TensorType>;

// Types of Y, Y_h, Y_c. `known` says of each dim whether the graph knows it.
Types infer(
    const Signature& s, const std::function<bool()>& known = [] { return true; }) {
  const OpDef& def = *find_op("", s.op);
  Graph graph;
  graph.name = "g";
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < s.shapes.size(); ++i) {
    if (!s.shapes[i]) {
      ids.push_back(kNone);
      continue;
    }
    Shape shape;
    for (std::int64_t d : *s.shapes[i]) shape.push_back(known() ? Dim(d) : Dim());
    ids.push_back(graph.add_input("in" + std::to_string(i), {s.dtypes[i], shape}));
  }
  Attributes attributes{{"direction", s.direction}, {"layout", s.layout}};
  if (s.hidden_size) attributes.push_back({"hidden_size", *s.hidden_size});
  std::vector<std::string> names{"Y", "Y_h"};
  if (s.op == "LSTM") names.push_back("Y_c");
  const NodeId id = graph.add_node(def, "layer", attributes, ids, names);
  verify(graph);
  Types types;
  for (ValueId out : graph.node(id).outputs) types.push_back(graph.value(out).type);
  return types;
}

std::string text(const Signature& s) {
  std::string t = s.op + " " + s.direction + " layout " + std::to_string(s.layout) + (s.hidden_size ? " hs" : "");
  for (std::size_t i = 0; i < s.shapes.size(); ++i)
    t += " " + (i < kPorts.size() ? kPorts[i] : "extra") +
         (s.shapes[i] ? std::string(name_of(s.dtypes[i])) + rondo::to_string(*s.shapes[i]) : "-");
  return t;
}

// input: whose name the message must hold, empty: any.
void expect_refused(const Signature& s, const std::string& input = "") {
  try {
    infer(s);
    ADD_FAILURE() << "accepted: " << text(s);
  } catch (const Error& e) {
    EXPECT_TRUE(e.code() == ErrorCode::model || e.code() == ErrorCode::limit) << e.what();
    EXPECT_EQ(e.where().node, "layer");
    EXPECT_EQ(e.where().graph, "g");
    EXPECT_EQ(e.where().node_index, 0);
    const std::string& message = e.message();
    const auto names = [&](const std::string& port) {
      return message.rfind(port + " ", 0) == 0 || message.find("'" + port + "'") != std::string::npos ||
             message.find(" " + port + " ") != std::string::npos;
    };
    const bool any = std::ranges::any_of(kPorts, names);
    EXPECT_TRUE(input.empty() ? any : names(input)) << text(s) << "\n" << e.what();
  }
}

void expect_accepted(const Signature& s) {
  try {
    const Types types = infer(s);
    const Shape64& x = *s.shapes[in::X];
    const std::int64_t T = x[s.layout == 1 ? 1 : 0], N = x[s.layout == 1 ? 0 : 1], D = s.D(), H = (*s.shapes[in::R])[2];
    const Shape64 y = s.layout == 1 ? Shape64{N, T, D, H} : Shape64{T, D, N, H};
    const Shape64 state = s.layout == 1 ? Shape64{N, D, H} : Shape64{D, N, H};
    EXPECT_EQ(concrete_dims(types[0]), y) << text(s);
    for (std::size_t i = 1; i < types.size(); ++i) EXPECT_EQ(concrete_dims(types[i]), state) << text(s);
    EXPECT_EQ(types[0].dtype, s.dtypes[in::X]);
  } catch (const Error& e) {
    ADD_FAILURE() << "refused: " << text(s) << "\n" << e.what();
  }
}

std::vector<Shape64> bent(const Shape64& shape) {
  std::vector<Shape64> all;
  for (std::size_t a = 0; a < shape.size(); ++a) {
    for (std::int64_t d : {std::int64_t{0}, shape[a] - 1, shape[a] + 1, shape[a] * 2}) {
      all.push_back(shape);
      all.back()[a] = d;
    }
    for (std::size_t b = a + 1; b < shape.size(); ++b) {
      all.push_back(shape);
      std::swap(all.back()[a], all.back()[b]);
    }
  }
  all.push_back({});
  all.emplace_back(shape.begin() + 1, shape.end());
  all.push_back(shape);
  all.back().push_back(1);
  all.push_back(shape);
  all.back().insert(all.back().begin(), 1);
  return all;
}

template <class F>
void for_each_good(F&& f) {
  for (const char* op : {"RNN", "LSTM", "GRU"})
    for (const char* direction : {"forward", "reverse", "bidirectional"})
      for (std::int64_t layout : {0, 1})
        for (bool hidden_size : {false, true}) f(good(op, direction, layout, hidden_size));
}

TEST(RecurrentShape, GoodSignaturesPass) { for_each_good(expect_accepted); }

TEST(RecurrentShape, EveryBentShapeIsRefusedUnlessItIsValid) {
  int refused = 0, accepted = 0;
  for_each_good([&](const Signature& base) {
    for (std::size_t i = 0; i < base.shapes.size(); ++i) {
      for (const Shape64& shape : bent(*base.shapes[i])) {
        Signature s = base;
        s.shapes[i] = shape;
        if (is_valid(s)) {
          expect_accepted(s), ++accepted;
        } else {
          // What X says of batch and input_size is only wrong together with another input, which is then the one named.
          const bool named = i != in::X || shape.size() != 3;
          expect_refused(s, named ? kPorts[i] : ""), ++refused;
        }
      }
    }
  });
  EXPECT_GT(refused, 3000);
  EXPECT_GT(accepted, 100);  // other numbers of steps; equal dims swapped
}

TEST(RecurrentShape, PairsOfBentShapesAreJudgedAsTheSpecificationDoes) {
  Numbers numbers(1);
  const auto pick = [&](const auto& list) { return list[static_cast<std::size_t>(numbers.below(std::ssize(list)))]; };
  int accepted = 0;
  for_each_good([&](const Signature& base) {
    for (int k = 0; k < 100; ++k) {
      Signature s = base;
      for (int twice = 0; twice < 2; ++twice) {
        const auto i = static_cast<std::size_t>(numbers.below(std::ssize(s.shapes)));
        s.shapes[i] = pick(bent(*base.shapes[i]));
      }
      if (is_valid(s)) {
        expect_accepted(s), ++accepted;
      } else {
        expect_refused(s);
      }
    }
  });
  EXPECT_GT(accepted, 10);
}

TEST(RecurrentShape, WhatIsValidStaysValidWhenDimsAreNotKnown) {
  Numbers numbers(2);
  for_each_good([&](const Signature& s) {
    for (int k = 0; k < 100; ++k) EXPECT_NO_THROW(infer(s, [&] { return numbers() < 0.2; })) << text(s);
    EXPECT_NO_THROW(infer(s, [] { return false; }));
  });
}

TEST(RecurrentShape, OtherElementTypesAreRefused) {
  for_each_good([&](const Signature& base) {
    for (std::size_t i = 0; i < base.shapes.size(); ++i) {
      for (DType t : {DType::float32, DType::float64, DType::float16, DType::bfloat16, DType::int32, DType::int64,
                      DType::uint8, DType::boolean}) {
        if (t == base.dtypes[i]) continue;
        Signature s = base;
        s.dtypes[i] = t;
        // Of two floats that differ, the later one is named.
        expect_refused(s, i == in::X && is_floating(t) ? "W" : kPorts[i]);
      }
    }
  });
}

TEST(RecurrentShape, AllFloatsPass) {
  for_each_good([&](Signature s) {
    for (DType t : {DType::float64, DType::float16, DType::bfloat16}) {
      for (std::size_t i = 0; i < s.dtypes.size(); ++i)
        if (i != in::sequence_lens) s.dtypes[i] = t;
      expect_accepted(s);
    }
  });
}

TEST(RecurrentShape, MissingInputsAreRefusedWhereTheyAreRequired) {
  for_each_good([&](const Signature& base) {
    for (std::size_t i = 0; i < base.shapes.size(); ++i) {
      Signature s = base;
      s.shapes[i].reset();
      i <= in::R ? expect_refused(s, kPorts[i]) : expect_accepted(s);
    }
    Signature s = base;
    s.shapes.resize(2);
    expect_refused(s, "R");
  });
}

TEST(RecurrentShape, ExtraInputsAreRefused) {
  for_each_good([&](const Signature& base) {
    Signature s = base;
    s.shapes.push_back(Shape64{s.D(), 12});
    s.dtypes.push_back(DType::float32);
    EXPECT_THROW(infer(s), Error) << text(s);
  });
}

std::string message_of(const std::function<void()>& f, ErrorCode code = ErrorCode::model) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}
std::string refusal(const Signature& s, ErrorCode code = ErrorCode::model) {
  return message_of([&] { infer(s); }, code);
}

TEST(RecurrentShape, MessagesSayWhatToDo) {
  Signature s = good("LSTM", "forward", 0, true);
  s.shapes[in::W] = Shape64{1, 12, 7};
  EXPECT_THAT(refusal(s),
              HasSubstr("error[E_MODEL]: node 'layer' (LSTM #0, graph 'g'): W has the wrong shape, it looks "
                        "like the weights of another recurrent operator (got [1,12,7], expected [1,16,7])"));
  s = good("LSTM", "forward", 0, true);
  s.shapes[in::R] = Shape64{1, 4, 16};
  EXPECT_THAT(refusal(s), HasSubstr("R has the wrong shape, it looks transposed (got [1,4,16], expected [1,16,4])"));
  s.hidden_size.reset();
  EXPECT_THAT(refusal(s), HasSubstr("looks transposed"));
  s = good("GRU", "forward", 0, true);
  s.shapes[in::W] = Shape64{1, 7, 12};
  EXPECT_THAT(refusal(s), HasSubstr("looks transposed"));
  s = good("GRU", "forward", 0, true);
  s.shapes[in::B] = Shape64{1, 12};
  EXPECT_THAT(refusal(s),
              HasSubstr("B has the wrong shape (got [1,12], expected [1,24]). Fix: ONNX wants Wb and Rb conc"));
  s = good("RNN", "forward", 0, false);
  s.direction = "bidirectional";
  EXPECT_THAT(refusal(s), HasSubstr("num_directions: 2 when direction is bidirectional"));
  s = good("LSTM", "forward", 0, true);
  s.shapes[in::initial_c] = Shape64{3, 1, 4};
  EXPECT_THAT(refusal(s), HasSubstr("looks like the other layout"));
  s = good("LSTM", "forward", 0, true);
  s.shapes[in::W] = Shape64{1, 16, 5};
  EXPECT_THAT(refusal(s), HasSubstr("input_size, the last dim of X"));
  s = good("GRU", "forward", 0, true);
  s.shapes.push_back(std::nullopt), s.dtypes.push_back({});
  s.shapes.push_back(Shape64{1, 12}), s.dtypes.push_back(DType::float32);
  EXPECT_THAT(refusal(s), HasSubstr("too many inputs"));
  s = good("RNN", "forward", 0, true);
  s.shapes[in::X] = Shape64{3, 7};
  EXPECT_THAT(refusal(s),
              HasSubstr("X has the wrong rank (got [3,7], expected rank 3, [seq_length,batch_size,input_size])"));
}

TEST(RecurrentShape, HiddenSize) {
  Signature s = good("LSTM", "forward", 0, false);
  for (std::int64_t h : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
    s.hidden_size = h;
    EXPECT_THAT(refusal(s), HasSubstr("attribute 'hidden_size'"));
  }
  s.hidden_size = 5;
  EXPECT_THAT(refusal(s), HasSubstr("hidden_size does not agree with R [1,16,4] (got 5, expected 4)"));
  for (std::int64_t h : {std::int64_t{65537}, std::int64_t{1} << 31, std::numeric_limits<std::int64_t>::max()}) {
    s.hidden_size = h;
    EXPECT_THAT(refusal(s, ErrorCode::limit), HasSubstr("expected at most 65536"));
  }
  s.hidden_size.reset();
  s.shapes[in::R] = Shape64{1, 4 * 65537, 65537};
  EXPECT_THAT(refusal(s, ErrorCode::limit), HasSubstr("R [1,262148,65537]"));
  s.shapes[in::R] = Shape64{1, 1, std::numeric_limits<std::int64_t>::max()};
  refusal(s, ErrorCode::limit);
}

TEST(RecurrentShape, SymbolsOfXReachTheOutputs) {
  Graph graph;
  const ValueId x = graph.add_input("X", {DType::float32, Shape{Dim("seq"), Dim("batch"), Dim(7)}});
  const ValueId w = graph.add_input("W", {DType::float32, Shape{2, 16, 7}});
  const ValueId r = graph.add_input("R", {DType::float32, Shape{2, 16, 4}});
  const ValueId lens = graph.add_input("lens", {DType::int32, Shape{Dim("other")}});
  const NodeId id = graph.add_node(*find_op("", "LSTM"), "layer", {{"direction", std::string("bidirectional")}},
                                   {x, w, r, kNone, lens}, {"Y", "", "Y_c"});
  EXPECT_EQ(to_string(graph.value(graph.node(id).outputs[0]).type), "float32[seq,2,batch,4]");
  EXPECT_EQ(to_string(graph.value(graph.node(id).outputs[2]).type), "float32[2,batch,4]");
  verify(graph);
}

TEST(RecurrentShape, UnrankedInputsPassAsFarAsTheyCan) {
  Graph graph;
  const ValueId x = graph.add_input("X", {DType::float32, std::nullopt});
  const ValueId w = graph.add_input("W", {DType::float32, std::nullopt});
  const ValueId r = graph.add_input("R", {DType::float32, std::nullopt});
  const ValueId h = graph.add_input("h", {DType::float32, Shape{1, 3, 4}});
  const NodeId id = graph.add_node(*find_op("", "GRU"), "layer", {}, {x, w, r, kNone, kNone, h}, {"Y", "Y_h"});
  EXPECT_EQ(to_string(graph.value(graph.node(id).outputs[0]).type), "float32[?,1,3,4]");
  const ValueId lens = graph.add_input("lens", {DType::int32, Shape{5}});
  EXPECT_THAT(message_of([&] {
                graph.add_node(*find_op("", "GRU"), "layer2", {}, {x, w, r, kNone, lens, h}, {"", "Y_h2"});
              }),
              HasSubstr("initial_h has the wrong shape (got [1,3,4], expected [1,5,4])"));
}

TEST(RecurrentShape, InternalPermsMoveTheAxes) {
  Graph graph;
  const ValueId x = graph.add_input("X", {DType::float32, Shape{3, Dim("T"), 7}});
  const ValueId w = graph.add_input("W", {DType::float32, Shape{1, 12, 7}});
  const ValueId r = graph.add_input("R", {DType::float32, Shape{1, 12, 4}});
  using Perm = std::vector<std::int64_t>;
  const NodeId id = graph.add_node(*find_op("", "GRU"), "layer",
                                   {{"x_perm", Perm{1, 0, 2}}, {"y_perm", Perm{1, 2, 0, 3}}}, {x, w, r}, {"Y", "Y_h"});
  EXPECT_EQ(to_string(graph.value(graph.node(id).outputs[0]).type), "float32[1,3,T,4]");
  EXPECT_EQ(to_string(graph.value(graph.node(id).outputs[1]).type), "float32[1,3,4]");
}

TEST(RecurrentShape, ConstantLengthsAreChecked) {
  const auto add = [](std::vector<std::int32_t> values, Dim T) {
    Graph graph;
    const ValueId x = graph.add_input("X", {DType::float32, Shape{T, Dim("batch"), 7}});
    const ValueId w = graph.add_input("W", {DType::float32, Shape{1, 4, 7}});
    const ValueId r = graph.add_input("R", {DType::float32, Shape{1, 4, 4}});
    const ValueId lens = graph.add_constant("lens", std::make_shared<Tensor>(int32s(values)));
    graph.add_node(*find_op("", "RNN"), "layer", {}, {x, w, r, kNone, lens}, {"Y"});
  };
  EXPECT_NO_THROW(add({0, 10, 3}, 10));
  EXPECT_NO_THROW(add({0, 1000, 3}, Dim("T")));
  EXPECT_THAT(message_of(
                  [&] {
                    add({0, 10, 3, 17}, 10);
                  },
                  ErrorCode::data),
              HasSubstr("(RNN #0): sequence_lens[3]=17 > T=10"));
  EXPECT_THAT(message_of([&] { add({0, -2}, Dim("T")); }, ErrorCode::data), HasSubstr("sequence_lens[1]=-2 < 0"));
}

}  // namespace
}  // namespace rondo::test
