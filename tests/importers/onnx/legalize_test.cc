// Every older form of an operator against the newest form it must become. The operators are stand-ins that take
// anything, so these tests see what the legalizers emit and nothing else; that the real operators accept it is the last
// test.
#include <gtest/gtest.h>

#include <map>

#include "importers/onnx/op_table.h"
#include "model_text.h"
#include "ops/op_list.h"

namespace rondo::test {
namespace {

std::vector<AttrDef> any_attributes() {
  std::vector<AttrDef> defs;
  for (const char* name : {"axis", "to", "num_outputs", "keepdims", "noop_with_empty_axes", "allowzero", "transA",
                           "training_mode", "num_groups", "largest", "sorted", "inverse", "onesided", "hidden_size",
                           "linear_before_reset", "layout", "input_forget", "seed", "select_last_index"})
    defs.push_back(optional_attr(name, AttrKind::integer));
  for (const char* name : {"alpha", "beta", "gamma", "epsilon", "momentum", "clip"})
    defs.push_back(optional_attr(name, AttrKind::real));
  defs.push_back(optional_attr("perm", AttrKind::integers));
  for (const char* name : {"mode", "direction"}) defs.push_back(optional_attr(name, AttrKind::text));
  return defs;
}

// An operator of any name: any inputs, any outputs, all of the type of the first input.
const OpDef* stand_in(std::string_view domain, std::string_view name) {
  static std::map<std::string, OpDef, std::less<>> defs;
  if (!domain.empty()) return nullptr;
  auto [it, fresh] = defs.try_emplace(std::string(name));
  if (fresh)
    it->second = {.name = std::string(name),
                  .attributes = any_attributes(),
                  .inputs = {{"X", "T", Presence::optional},
                             {"A", "T", Presence::optional},
                             {"B", "T", Presence::optional},
                             {"C", "T", Presence::optional},
                             {"D", "T", Presence::optional}},
                  .outputs = {{"Y", "T", Presence::optional},
                              {"Z", "T", Presence::optional},
                              {"U", "T", Presence::optional},
                              {"V", "T", Presence::optional},
                              {"W", "T", Presence::optional}},
                  .types = {{"T", kAny, true}},
                  .infer = [](InferContext& ctx) {
                    for (std::size_t i = 0; i < ctx.num_outputs(); ++i) ctx.set(i, ctx.type(0));
                  }};
  return &it->second;
}

template <class T>
std::string list(const Tensor& t) {
  std::string s;
  for (T v : t.values<T>()) s += (s.empty() ? "" : ",") + fmt::format("{}", v);
  return t.shape().empty() ? s : "[" + s + "]";
}

std::string shown(const Graph& g, ValueId id) {
  if (id == kNone) return "_";
  const Value& v = g.value(id);
  if (!v.constant) return v.name;
  if (v.type.dtype == DType::int64) return list<std::int64_t>(*v.constant);
  if (v.type.dtype == DType::float64) return "double " + list<double>(*v.constant);
  return v.type.dtype == DType::float32 ? list<float>(*v.constant) : to_string(v.type);
}

// One "y = Op(x, [0,1]) {a=1}" for every node, constants by value.
std::string describe(const Graph& g) {
  std::string out;
  for (NodeId id : g.order()) {
    const Node& n = g.node(id);
    std::string outputs, inputs, attributes;
    for (ValueId o : n.outputs) outputs += (outputs.empty() ? "" : " ") + shown(g, o);
    for (ValueId i : n.inputs) inputs += (inputs.empty() ? "" : ", ") + shown(g, i);
    for (const Attribute& a : n.attributes)
      attributes += (attributes.empty() ? "" : ", ") + a.name + "=" + to_string(a.value);
    out += fmt::format("{}{} = {}({}){}", out.empty() ? "" : "; ", outputs, n.op->name, inputs,
                       attributes.empty() ? "" : " {" + attributes + "}");
  }
  return out;
}

const std::string kGraph = input("x", "2,3,4,5") + input("v", "3") + input("d", "2", 11) + input("k", "1", 7) +
                           "initializer { name: \"tiles\" data_type: 1 float_data: 3 } "
                           "initializer { name: \"axis\" data_type: 1 float_data: 1 } ";

std::string bytes_of(int opset, const std::string& n) {
  onnx::ModelProto model = parse_model(model_text(opset, kGraph + n));
  for (const std::string& name : model.graph().node(0).output())
    if (!name.empty()) model.mutable_graph()->add_output()->set_name(name);
  return model.SerializeAsString();
}

ImportOptions stand_ins() {
  ImportOptions options;
  options.find_operator = stand_in;
  return options;
}
std::string form(int opset, const std::string& n) {
  return describe(import_bytes(bytes_of(opset, n), stand_ins()).graph);
}
Error form_error(int opset, const std::string& n) { return import_error(bytes_of(opset, n), stand_ins()); }

TEST(Legalize, AxesBecomeAnInput) {
  EXPECT_EQ(form(12, node("Squeeze", "x", "y", ints("axes", "1, -1"))), "y = Squeeze(x, [1,-1])");
  EXPECT_EQ(form(1, node("Squeeze", "x", "y")), "y = Squeeze(x)");
  EXPECT_EQ(form(13, node("Squeeze", "x k", "y")), "y = Squeeze(x, k)");
  EXPECT_EQ(form(11, node("Unsqueeze", "x", "y", ints("axes", "0"))), "y = Unsqueeze(x, [0])");
  EXPECT_EQ(form(12, node("ReduceSum", "x", "y", ints("axes", "1") + integer("keepdims", 0))),
            "y = ReduceSum(x, [1]) {keepdims=0}");
  EXPECT_EQ(form(17, node("ReduceMean", "x", "y", ints("axes", "1"))), "y = ReduceMean(x, [1])");
  EXPECT_EQ(form(18, node("ReduceMean", "x k", "y")), "y = ReduceMean(x, k)");
  EXPECT_THAT(form_error(13, node("Squeeze", "x", "y", ints("axes", "1"))), Is(ErrorCode::model, "'axes'"));
  EXPECT_THAT(form_error(12, node("Squeeze", "x k", "y")), Is(ErrorCode::model, "too many inputs"));
  EXPECT_THAT(form_error(12, node("Unsqueeze", "x", "y")), Is(ErrorCode::model, "'axes'"));
  EXPECT_THAT(form_error(17, node("ReduceMax", "x k", "y")), Is(ErrorCode::model, "too many inputs"));
  EXPECT_THAT(form_error(17, node("ReduceMax", "x", "y", integer("noop_with_empty_axes", 1))),
              Is(ErrorCode::model, "opset 18"));
  EXPECT_THAT(form_error(12, node("Squeeze", "x", "y", integer("axes", 1))), Is(ErrorCode::model, "wrong kind"));
}

TEST(Legalize, Slice) {
  EXPECT_EQ(form(9, node("Slice", "x", "y", ints("starts", "1") + ints("ends", "9223372036854775807"))),
            "y = Slice(x, [1], [9223372036854775807])");
  EXPECT_EQ(form(1, node("Slice", "x", "y", ints("starts", "1") + ints("ends", "-1") + ints("axes", "2"))),
            "y = Slice(x, [1], [-1], [2])");
  EXPECT_EQ(form(10, node("Slice", "x k k", "y")), "y = Slice(x, k, k)");
  EXPECT_THAT(form_error(9, node("Slice", "x", "y", ints("starts", "1"))), Is(ErrorCode::model, "'ends'"));
}

TEST(Legalize, Split) {
  EXPECT_EQ(form(11, node("Split", "x", "a b", ints("split", "1, 1"))), "a b = Split(x, [1,1])");
  EXPECT_EQ(form(11, node("Split", "x", "a b c", integer("axis", 1))), "a b c = Split(x) {axis=1, num_outputs=3}");
  EXPECT_EQ(form(13, node("Split", "x", "a b")), "a b = Split(x) {num_outputs=2}");
  EXPECT_EQ(form(13, node("Split", "x k", "a b")), "a b = Split(x, k)");
  EXPECT_EQ(form(18, node("Split", "x", "a b", integer("num_outputs", 2))), "a b = Split(x) {num_outputs=2}");
  EXPECT_EQ(form(1, node("Split", "x k", "a b")), "a b = Split(x, k)");
  EXPECT_EQ(form(1, node("Split", "x", "a b", ints("split", "1, 1"))), "a b = Split(x, [1,1])");
  EXPECT_EQ(form(11, node("Split", "x", "a _")), "a _ = Split(x) {num_outputs=2}");
  EXPECT_THAT(form_error(11, node("Split", "x", "a b", integer("axis", 1))), Is(ErrorCode::model, "2 equal parts"));
  EXPECT_THAT(form_error(13, node("Split", "x", "a", integer("num_outputs", 1))), Is(ErrorCode::model, "opset 18"));
  EXPECT_THAT(form_error(2, node("Split", "x k", "a b")), Is(ErrorCode::model, "too many inputs"));
}

TEST(Legalize, SoftmaxOfAMatrix) {
  EXPECT_EQ(form(11, node("Softmax", "x", "y", integer("axis", 3))), "y = Softmax(x) {axis=-1}");
  EXPECT_EQ(form(11, node("LogSoftmax", "x", "y", integer("axis", -1))), "y = LogSoftmax(x) {axis=-1}");
  EXPECT_EQ(form(12, node("Softmax", "x", "y", "name: \"s\"")),
            "s/Flatten = Flatten(x) {axis=1}; s/Softmax = Softmax(s/Flatten) {axis=-1}; "
            "y = Reshape(s/Softmax, [2,3,4,5]) {allowzero=1}");
  EXPECT_EQ(form(13, node("Softmax", "x", "y")), "y = Softmax(x)");
  EXPECT_EQ(form(12, node("Hardmax", "x", "y", integer("axis", 2))),
            "Hardmax/Flatten = Flatten(x) {axis=2}; Hardmax/Hardmax = Hardmax(Hardmax/Flatten) {axis=-1}; "
            "y = Reshape(Hardmax/Hardmax, [2,3,4,5]) {allowzero=1}");
  EXPECT_EQ(form(12, input("u", "N,C,T") + node("Softmax", "u", "y")),
            "Softmax/Shape = Shape(u); Softmax/Flatten = Flatten(u) {axis=1}; "
            "Softmax/Softmax = Softmax(Softmax/Flatten) {axis=-1}; "
            "y = Reshape(Softmax/Softmax, Softmax/Shape) {allowzero=1}");
}

TEST(Legalize, BroadcastByAxis) {
  EXPECT_EQ(form(6, node("Add", "x v", "y", integer("broadcast", 1) + integer("axis", 1))),
            "Add/Unsqueeze = Unsqueeze(v, [1,2]); y = Add(x, Add/Unsqueeze)");
  EXPECT_EQ(form(6, node("Mul", "x x", "y")), "y = Mul(x, x)");
  EXPECT_EQ(form(6, node("Sub", "x k", "y", integer("broadcast", 1))), "y = Sub(x, k)");
  EXPECT_EQ(form(5, node("Div", "x x", "y", ints("consumed_inputs", "0"))), "y = Div(x, x)");
  EXPECT_EQ(form(7, node("Less", "x v", "y")), "y = Less(x, v)");
  EXPECT_THAT(form_error(6, node("Pow", "x v", "y")), Is(ErrorCode::model, "broadcast is not set"));
  EXPECT_THAT(form_error(6, node("Add", "x v", "y", integer("broadcast", 1) + integer("axis", 4))),
              Is(ErrorCode::model, "'axis'"));
  EXPECT_THAT(form_error(7, node("Add", "x v", "y", integer("broadcast", 1))), Is(ErrorCode::model, "'broadcast'"));
}

TEST(Legalize, ConsumedInputs) {
  EXPECT_EQ(form(5, node("Relu", "x", "y", ints("consumed_inputs", "0"))), "y = Relu(x)");
  EXPECT_THAT(form_error(6, node("Relu", "x", "y", ints("consumed_inputs", "0"))), Is(ErrorCode::model, "unknown"));
}

TEST(Legalize, DefaultsOfSelu) {
  EXPECT_EQ(form(5, node("Selu", "x", "y", ints("consumed_inputs", "0"))), "y = Selu(x) {alpha=1.6732, gamma=1.0507}");
  EXPECT_EQ(form(1, node("Selu", "x", "y", real("gamma", 2))), "y = Selu(x) {alpha=1.6732, gamma=2}");
  EXPECT_EQ(form(6, node("Selu", "x", "y")), "y = Selu(x)");
}

TEST(Legalize, AttributesThatAreInputsNow) {
  EXPECT_EQ(form(1, node("Reshape", "x", "y", ints("shape", "0, -1"))), "y = Reshape(x, [0,-1])");
  EXPECT_EQ(form(6, node("Clip", "x", "y", real("min", -1) + real("max", 2.5))), "y = Clip(x, -1, 2.5)");
  EXPECT_EQ(form(6, node("Clip", "d", "y", real("max", 2.5))), "y = Clip(d, _, double 2.5)");
  EXPECT_EQ(form(10, node("Clip", "x", "y")), "y = Clip(x)");
  EXPECT_EQ(form(10, node("Pad", "x", "y", ints("pads", "1, 0") + real("value", 2) + text("mode", "constant"))),
            "y = Pad(x, [1,0], 2) {mode=\"constant\"}");
  EXPECT_EQ(form(1, node("Pad", "x", "y", ints("paddings", "1, 0"))), "y = Pad(x, [1,0])");
  EXPECT_EQ(form(9, node("TopK", "x", "y z", integer("k", 3) + integer("axis", 1))), "y z = TopK(x, [3]) {axis=1}");
  EXPECT_EQ(form(17, node("DFT", "x", "y")), "y = DFT(x, _, 1)");
  EXPECT_EQ(form(19, node("DFT", "x k", "y", integer("axis", 2))), "y = DFT(x, k, 2)");
  EXPECT_EQ(form(5, node("Tile", "x tiles axis", "y")), "y = Tile(x, [1,3,1,1])");
  EXPECT_EQ(form(11, node("Dropout", "x", "y", real("ratio", 0.25))), "y = Dropout(x, 0.25)");
  EXPECT_EQ(form(6, node("Dropout", "x", "y", integer("is_test", 1))), "y = Dropout(x, 0.5)");
  EXPECT_THAT(form_error(9, node("Dropout", "x", "y z")), Is(ErrorCode::unsupported, "mask"));
  EXPECT_THAT(form_error(10, node("Pad", "x", "y")), Is(ErrorCode::model, "'pads'"));
  EXPECT_THAT(form_error(11, node("Clip", "x", "y", real("min", 1))), Is(ErrorCode::model, "unknown attribute"));
}

TEST(Legalize, CastConcatGemmScatter) {
  EXPECT_EQ(form(5, node("Cast", "x", "y", text("to", "INT64"))), "y = Cast(x) {to=7}");
  EXPECT_EQ(form(6, node("Cast", "x", "y", integer("to", 7))), "y = Cast(x) {to=7}");
  EXPECT_THAT(form_error(5, node("Cast", "x", "y", text("to", "STRING"))), Is(ErrorCode::unsupported, "STRING"));
  EXPECT_EQ(form(3, node("Concat", "x x", "y")), "y = Concat(x, x) {axis=1}");
  EXPECT_EQ(form(3, node("Concat", "x x", "y", integer("axis", 0))), "y = Concat(x, x) {axis=0}");
  EXPECT_EQ(form(6, node("Gemm", "x x v", "y", integer("broadcast", 1) + integer("transA", 1))),
            "y = Gemm(x, x, v) {transA=1}");
  EXPECT_THAT(form_error(6, node("Gemm", "x x", "y")), Is(ErrorCode::model, "'C'"));
  EXPECT_EQ(form(10, node("Scatter", "x k x", "y", integer("axis", 1))), "y = ScatterElements(x, k, x) {axis=1}");
}

TEST(Legalize, Normalizations) {
  EXPECT_EQ(form(6, node("BatchNormalization", "x v v v v", "y",
                         integer("is_test", 1) + integer("spatial", 1) + real("epsilon", 0.5))),
            "y = BatchNormalization(x, v, v, v, v) {epsilon=0.5}");
  EXPECT_THAT(form_error(8, node("BatchNormalization", "x v v v v", "y", integer("spatial", 0))),
              Is(ErrorCode::unsupported, "'spatial'"));
  EXPECT_THAT(form_error(9, node("BatchNormalization", "x v v v v", "y z")), Is(ErrorCode::unsupported, "statistics"));
  EXPECT_EQ(form(18, input("s", "1") + node("GroupNormalization", "x s s", "y", integer("num_groups", 1))),
            "GroupNormalization/Reshape = Reshape(s, [1,1]); "
            "GroupNormalization/Expand = Expand(GroupNormalization/Reshape, [1,3]); "
            "GroupNormalization/Reshape_1 = Reshape(GroupNormalization/Expand, [3]); "
            "GroupNormalization/Reshape_2 = Reshape(s, [1,1]); "
            "GroupNormalization/Expand_1 = Expand(GroupNormalization/Reshape_2, [1,3]); "
            "GroupNormalization/Reshape_3 = Reshape(GroupNormalization/Expand_1, [3]); "
            "y = GroupNormalization(x, GroupNormalization/Reshape_1, GroupNormalization/Reshape_3) {num_groups=1}");
  EXPECT_EQ(form(6, node("PRelu", "x v", "y")), "PRelu/Unsqueeze = Unsqueeze(v, [1,2]); y = PRelu(x, PRelu/Unsqueeze)");
  EXPECT_EQ(form(7, node("PRelu", "x v", "y")), "y = PRelu(x, v)");
}

TEST(Legalize, RecurrentByVersion) {
  const std::string size = integer("hidden_size", 3);
  EXPECT_EQ(form(1, node("LSTM", "x x x", "y", size + integer("output_sequence", 1))),
            "y = LSTM(x, x, x) {hidden_size=3}");
  EXPECT_EQ(form(6, node("RNN", "x x x", "y", integer("output_sequence", 0))), "y = RNN(x, x, x)");
  EXPECT_EQ(form(1, node("GRU", "x x x", "_ h", text("direction", "foward"))),
            "_ h = GRU(x, x, x) {direction=\"forward\"}");
  EXPECT_EQ(form(3, node("GRU", "x x x", "y", integer("linear_before_reset", 1))),
            "y = GRU(x, x, x) {linear_before_reset=1}");
  EXPECT_EQ(form(7, node("LSTM", "x x x", "y")), "y = LSTM(x, x, x)");
  EXPECT_EQ(form(14, node("GRU", "x x x", "y", integer("layout", 1))), "y = GRU(x, x, x) {layout=1}");
  EXPECT_THAT(form_error(1, node("GRU", "x x x", "y")), Is(ErrorCode::model, "Y_h"));
  EXPECT_THAT(form_error(2, node("GRU", "x x x", "y h", integer("linear_before_reset", 1))),
              Is(ErrorCode::model, "opset 3"));
  EXPECT_THAT(form_error(13, node("LSTM", "x x x", "y", integer("layout", 0))), Is(ErrorCode::model, "opset 14"));
  for (const char* op : {"RNN", "LSTM", "GRU"})
    EXPECT_THAT(form_error(7, node(op, "x x x", "y", integer("output_sequence", 1))), Is(ErrorCode::model, "unknown"));
}

TEST(Legalize, SequencesAreTensorsThatCountAlongAxis0) {
  const std::string one = "initializer { name: \"one\" data_type: 7 int64_data: 1 } ";
  EXPECT_EQ(form(11, node("SequenceAt", "x k", "y")), "y = Gather(x, k) {axis=0}");
  EXPECT_EQ(form(11, node("SequenceLength", "x", "y", "name: \"n\"")),
            "n/Shape = Shape(x); y = Gather(n/Shape, 0) {axis=0}");
  EXPECT_EQ(form(11, node("SequenceInsert", "x x", "y", "name: \"n\"")),
            "n/Unsqueeze = Unsqueeze(x, [0]); y = Concat(x, n/Unsqueeze) {axis=0}");
  EXPECT_EQ(form(11, node("SequenceConstruct", "x x", "y", "name: \"n\"")),
            "n/Unsqueeze = Unsqueeze(x, [0]); n/Unsqueeze_1 = Unsqueeze(x, [0]); "
            "y = Concat(n/Unsqueeze, n/Unsqueeze_1) {axis=0}");
  EXPECT_EQ(form(11, node("SplitToSequence", "x", "y", integer("axis", -2) + integer("keepdims", 0))),
            "y = Transpose(x) {perm=[2,0,1,3]}");
  EXPECT_EQ(form(11, one + node("SplitToSequence", "x one", "y", integer("axis", 1) + integer("keepdims", 0))),
            "y = Transpose(x) {perm=[1,0,2,3]}");
  EXPECT_EQ(form(11, node("SplitToSequence", "x", "y", integer("axis", 1) + "name: \"n\"")),
            "n/Transpose = Transpose(x) {perm=[1,0,2,3]}; y = Unsqueeze(n/Transpose, [2])");
  EXPECT_EQ(form(13, node("ConcatFromSequence", "x", "y", integer("axis", -1) + integer("new_axis", 1))),
            "y = Transpose(x) {perm=[1,2,3,0]}");
}

TEST(Legalize, SequencesThatAreNoTensorAreRefused) {
  const auto unsupported = [](const char* part) { return Is(ErrorCode::unsupported, part); };
  EXPECT_THAT(form_error(11, node("SequenceConstruct", "x v", "y")), unsupported("differ in shape"));
  EXPECT_THAT(form_error(11, node("SequenceInsert", "x v", "y")), unsupported("differ in shape"));
  EXPECT_THAT(form_error(11, node("SequenceInsert", "x x k", "y")), unsupported("position"));
  EXPECT_THAT(form_error(11, node("SplitToSequence", "x k", "y")), unsupported("split"));
  const std::string two = "initializer { name: \"two\" data_type: 7 int64_data: 2 } ";
  EXPECT_THAT(form_error(11, two + node("SplitToSequence", "x two", "y")), unsupported("split"));
  EXPECT_THAT(form_error(11, node("SplitToSequence", "x axis", "y")), unsupported("split"));
  EXPECT_THAT(form_error(11, node("SplitToSequence", "x", "y", integer("axis", 4))), Is(ErrorCode::model, "-4 to 3"));
  EXPECT_THAT(form_error(11, node("SplitToSequence", "", "y")), Is(ErrorCode::model, "input 0"));
  EXPECT_THAT(form_error(11, node("ConcatFromSequence", "x", "y")), Is(ErrorCode::model, "'axis'"));
  EXPECT_THAT(form_error(11, node("ConcatFromSequence", "x", "y", integer("axis", -4))),
              Is(ErrorCode::model, "-3 to 2"));
  EXPECT_THAT(form_error(11, node("SequenceConstruct", "", "y")), Is(ErrorCode::model, "input 0"));
  EXPECT_THAT(form_error(11, node("SequenceInsert", "x", "y")), Is(ErrorCode::model, "absent"));
}

TEST(Legalize, AttributesOfLaterOpsetsAreRefused) {
  EXPECT_THAT(form_error(13, node("Reshape", "x k", "y", integer("allowzero", 1))), Is(ErrorCode::model, "opset 14"));
  EXPECT_THAT(form_error(11, node("ArgMax", "x", "y", integer("select_last_index", 1))),
              Is(ErrorCode::model, "opset 12"));
  EXPECT_EQ(form(12, node("ArgMax", "x", "y", integer("select_last_index", 1))), "y = ArgMax(x) {select_last_index=1}");
}

TEST(Legalize, HelpersAreOperatorsThatTheRealListHas) {
  for (const char* op : {"Unsqueeze", "Flatten", "Shape", "Reshape", "Expand", "Identity"})
    EXPECT_NE(find_op("", op), nullptr) << op;
  const auto real = [](int opset, const std::string& n) {
    const auto model = import_bytes(bytes_of(opset, n));
    verify(model.graph);
    return to_string(model.graph.value(model.graph.outputs[0]).type);
  };
  EXPECT_EQ(real(12, node("Softmax", "x", "y", integer("axis", 2))), "float32[2,3,4,5]");
  EXPECT_EQ(real(6, node("Add", "x v", "y", integer("broadcast", 1) + integer("axis", 1))), "float32[2,3,4,5]");
  EXPECT_EQ(real(9, node("Slice", "x", "y", ints("starts", "1") + ints("ends", "3") + ints("axes", "3"))),
            "float32[2,3,4,2]");
  EXPECT_EQ(real(11, node("SplitToSequence", "x", "y", integer("axis", -2) + integer("keepdims", 1))),
            "float32[4,2,3,1,5]");
  EXPECT_EQ(real(11, node("SplitToSequence", "x", "y", integer("axis", 3) + integer("keepdims", 0))),
            "float32[5,2,3,4]");
  EXPECT_EQ(real(11, node("SequenceConstruct", "x x x", "y")), "float32[3,2,3,4,5]");
  EXPECT_EQ(real(11, node("SequenceLength", "x", "y")), "int64[]");
  EXPECT_EQ(real(11, node("ConcatFromSequence", "x", "y", integer("axis", 2) + integer("new_axis", 1))),
            "float32[3,4,2,5]");
  EXPECT_EQ(real(11, node("ConcatFromSequence", "x", "y", integer("axis", 1))), "float32[?,?,?]");
  EXPECT_EQ(real(11, node("ConcatFromSequence", "x", "y", integer("axis", -1))), "float32[?,?,?]");
  EXPECT_EQ(real(11, node("Split", "x", "a b", integer("axis", 0))), "float32[1,3,4,5]");
}

// What only gradients use is no operator of a file.
TEST(OpTable, EveryOperatorOfTheListCanBeReadButThoseOfGradients) {
  for (const OpDef* op : all_ops())
    EXPECT_EQ(importer::find_row(op->domain, op->name) != nullptr, op->domain != "rondo") << op->name;
}

}  // namespace
}  // namespace rondo::test
