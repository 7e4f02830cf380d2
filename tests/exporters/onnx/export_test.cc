// What the exporter writes, the importer reads back as an equal graph, weights bit for bit.
#include "exporters/onnx/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <random>

#include "exporters/onnx/tensor_file.h"
#include "importers/onnx/import.h"
#include "importers/onnx/tensor_file.h"
#include "ops/op_list.h"

namespace rondo::test {
namespace {

constexpr DType kTypes[] = {DType::float32, DType::float64, DType::float16, DType::bfloat16, DType::int8,
                            DType::int16,   DType::int32,   DType::int64,   DType::uint8,    DType::uint16,
                            DType::uint32,  DType::uint64,  DType::boolean};

TensorPtr random_tensor(std::mt19937& random, DType dtype, std::vector<std::int64_t> shape) {
  Tensor t(dtype, std::move(shape));
  auto* bytes = static_cast<unsigned char*>(t.data());
  for (std::size_t i = 0; i < t.bytes(); ++i)
    bytes[i] = static_cast<unsigned char>(dtype == DType::boolean ? random() % 2 : random() % 256);
  return std::make_shared<const Tensor>(std::move(t));
}

onnx::ModelProto parsed(const std::string& bytes) {
  onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(bytes));
  return model;
}

void expect_round_trip(const Graph& graph) {
  const ImportedModel once = import_bytes(export_model(graph));
  EXPECT_TRUE(equal(graph, once.graph)) << print(graph) << print(once.graph);
  EXPECT_EQ(export_model(once.graph), export_model(import_bytes(export_model(once.graph)).graph));
}

TEST(Export, WeightsOfEveryTypeKeepTheirBits) {
  std::mt19937 random(7);
  Graph g;
  g.name = "types";
  for (DType t : kTypes) {
    for (const auto& shape : {std::vector<std::int64_t>{}, {3}, {2, 0, 4}, {1, 2, 3}}) {
      const std::string name = std::string(name_of(t)) + to_string(shape);
      const ValueId w = g.add_constant(name, random_tensor(random, t, shape));
      g.outputs.push_back(w);
      const NodeId id = g.add_node(ops::identity(), "copy " + name, {}, {w}, {name + " copy"});
      g.outputs.push_back(g.node(id).outputs[0]);
    }
  }
  expect_round_trip(g);
}

// A random chain and tree of operators on float matrices, with symbols, constants and unnamed nodes.
Graph random_graph(unsigned seed) {
  std::mt19937 random(seed);
  Graph g;
  g.name = "random " + std::to_string(seed);
  std::vector<ValueId> values{g.add_input("x", {DType::float32, Shape{Dim("N"), Dim(4)}}),
                              g.add_constant("w", random_tensor(random, DType::float32, {4, 4}))};
  const auto pick = [&] { return values[random() % values.size()]; };
  for (int i = 0; i < 12; ++i) {
    const std::string out = "v" + std::to_string(i), name = random() % 3 == 0 ? "" : "node " + out;
    NodeId id{};
    switch (random() % 5) {
      case 0:
        id = g.add_node(ops::relu(), name, {}, {pick()}, {out});
        break;
      case 1:
        id = g.add_node(ops::mat_mul(), name, {}, {pick(), values[1]}, {out});
        break;
      case 2:
        id = g.add_node(ops::softmax(), name, {{"axis", std::int64_t{random() % 2 == 0 ? 0 : -1}}}, {pick()}, {out});
        break;
      case 3: {
        const ValueId c = g.add_constant("c" + out, random_tensor(random, DType::float32, {1, 4}));
        id = g.add_node(ops::add(), name, {}, {pick(), c}, {out});
        break;
      }
      default:
        id = g.add_node(ops::identity(), name, {}, {pick()}, {out});
    }
    values.push_back(g.node(id).outputs[0]);
  }
  g.outputs = {values.back(), values[values.size() / 2], values[0]};
  return g;
}

TEST(Export, RandomGraphsComeBackEqual) {
  for (unsigned seed = 0; seed < 50; ++seed) expect_round_trip(random_graph(seed));
}

Graph lstm_graph() {
  std::mt19937 random(3);
  Graph g;
  g.name = "tagger";
  const ValueId x = g.add_input("X", {DType::float32, Shape{Dim("T"), Dim("N"), Dim(3)}});
  const ValueId w = g.add_constant("W", random_tensor(random, DType::float32, {2, 16, 3}));
  const ValueId r = g.add_constant("R", random_tensor(random, DType::float32, {2, 16, 4}));
  const ValueId h = g.add_input("h0", {DType::float32, Shape{Dim(2), Dim("N"), Dim(4)}});
  const NodeId id =
      g.add_node(ops::lstm(), "lstm",
                 {{"direction", std::string("bidirectional")},
                  {"hidden_size", std::int64_t{4}},
                  {"clip", 2.5f},
                  {"activations", std::vector<std::string>{"Sigmoid", "Tanh", "Elu", "Sigmoid", "Tanh", "Elu"}},
                  {"activation_alpha", std::vector<float>{0.5f, 0.25f}}},
                 {x, w, r, kNone, kNone, h}, {"Y", "", "Y_c"});
  g.outputs = {g.node(id).outputs[0], g.node(id).outputs[2]};
  return g;
}

TEST(Export, AbsentPortsAndEveryKindOfAttribute) {
  expect_round_trip(lstm_graph());
  const onnx::ModelProto model = parsed(export_model(lstm_graph()));
  EXPECT_EQ(model.ir_version(), 10);
  ASSERT_EQ(model.opset_import_size(), 1);
  EXPECT_EQ(model.opset_import(0).version(), 22);
  const auto& node = model.graph().node(0);
  EXPECT_THAT(node.input(), testing::ElementsAre("X", "W", "R", "", "", "h0"));
  EXPECT_THAT(node.output(), testing::ElementsAre("Y", "", "Y_c"));
  for (const auto& a : node.attribute()) EXPECT_NE(a.name(), "input_forget") << "a default was written";
}

TEST(Export, HeaderAndMetadata) {
  ExportOptions options;
  options.producer_version = "1.2";
  options.doc_string = "doc";
  options.metadata = {{"a", "1"}, {"b", "2"}};
  const ImportedModel model = import_bytes(export_model(random_graph(1), options));
  EXPECT_EQ(model.producer_name, "rondo");
  EXPECT_EQ(model.producer_version, "1.2");
  EXPECT_EQ(model.doc_string, "doc");
  EXPECT_EQ(model.metadata, options.metadata);
}

TEST(Export, UnusedConstantsAreLeftOut) {
  std::mt19937 random(1);
  Graph g = random_graph(2);
  g.add_constant("unused", random_tensor(random, DType::float32, {100}));
  const onnx::ModelProto model = parsed(export_model(g));
  EXPECT_GT(model.graph().initializer_size(), 0);
  for (const auto& t : model.graph().initializer()) EXPECT_NE(t.name(), "unused");
}

// An operator of a later opset, one of another domain, one with an attribute that is Rondo's own, and one with a body.
const OpDef& special(std::string_view name) {
  const auto make = [](std::string op, std::string domain, std::vector<AttrDef> attributes) {
    return OpDef{.name = std::move(op),
                 .domain = std::move(domain),
                 .attributes = std::move(attributes),
                 .inputs = {{"X", "T"}},
                 .outputs = {{"Y", "T"}},
                 .types = {{"T", kAny}},
                 .infer = [](InferContext& ctx) { ctx.set(0, ctx.type(0)); }};
  };
  static const OpDef swish = make("Swish", "", {attr("alpha", 1.0f)});
  static const OpDef lstm = make("DynamicQuantizeLSTM", "com.microsoft", {});
  static const OpDef internal = make("Relu", "", {internal_attr("fused", AttrKind::integer)});
  static const OpDef body = make("If", "", {required_attr("then_branch", AttrKind::graph)});
  return name == "Swish" ? swish : name == "If" ? body : name == "Relu" ? internal : lstm;
}
const OpDef* with_special(std::string_view domain, std::string_view name) {
  return name == "Swish" || name == "If" || name == "DynamicQuantizeLSTM" ? &special(name) : find_op(domain, name);
}
Graph one_node(const OpDef& op, Attributes attributes) {
  Graph g;
  g.name = "one";
  const ValueId x = g.add_input("x", {DType::float32, Shape{Dim(2)}});
  g.outputs = {g.node(g.add_node(op, "n", std::move(attributes), {x}, {"y"})).outputs[0]};
  return g;
}

TEST(Export, TheOpsetRisesWithTheOperators) {
  ImportOptions options;
  options.find_operator = with_special;
  const std::string bytes = export_model(one_node(special("Swish"), {}));
  EXPECT_EQ(parsed(bytes).opset_import(0).version(), 24);
  EXPECT_EQ(parsed(bytes).ir_version(), 12);
  EXPECT_TRUE(equal(import_bytes(bytes, options).graph, one_node(special("Swish"), {})));
  const std::string microsoft = export_model(one_node(special("DynamicQuantizeLSTM"), {}));
  EXPECT_EQ(parsed(microsoft).opset_import(1).domain(), "com.microsoft");
  EXPECT_TRUE(equal(import_bytes(microsoft, options).graph, one_node(special("DynamicQuantizeLSTM"), {})));
}

std::int64_t exported_opset(const OpDef& op, const std::vector<TensorType>& inputs, std::vector<std::string> outputs) {
  Graph g;
  std::vector<ValueId> ids;
  for (const TensorType& type : inputs) ids.push_back(g.add_input("in" + std::to_string(ids.size()), type));
  g.outputs = {g.node(g.add_node(op, "n", {}, ids, std::move(outputs))).outputs[0]};
  return parsed(export_model(g)).opset_import(0).version();
}

TEST(Export, TheOpsetRisesWithTheTypes) {
  const TensorType f32{DType::float32, Shape{Dim(3)}}, bf16{DType::bfloat16, Shape{Dim(3)}};
  const TensorType k{DType::int64, Shape{Dim(1)}}, scale{DType::float32, Shape{}}, bf16_scale{DType::bfloat16, Shape{}};
  EXPECT_EQ(exported_opset(ops::top_k(), {f32, k}, {"v", "i"}), 22);
  EXPECT_EQ(exported_opset(ops::top_k(), {bf16, k}, {"v", "i"}), 24);
  EXPECT_EQ(exported_opset(ops::quantize_linear(), {f32, scale}, {"y"}), 22);
  EXPECT_EQ(exported_opset(ops::quantize_linear(), {f32, bf16_scale}, {"y"}), 23);
}

TEST(Export, AttributesOfRondosOwnAreRefused) {
  EXPECT_NO_THROW(export_model(one_node(special("Relu"), {})));
  try {
    export_model(one_node(special("Relu"), {{"fused", std::int64_t{1}}}));
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
    EXPECT_EQ(e.where().attribute, "fused");
  }
}

TEST(Export, AWorkspaceIsRefused) {
  Graph g;
  const ValueId x = g.add_input("x", {DType::float32, Shape{1, 1, 1}});
  g.outputs = {g.node(g.add_node(ops::rnn(), "n", {}, {x, x, x}, {"y", "", "kept"})).outputs[0]};
  try {
    export_model(g);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
    EXPECT_THAT(e.what(), ::testing::HasSubstr("workspace"));
  }
}

TEST(Export, SubgraphsGoByTheNamesAroundThem) {
  // Inside, the captured outer "x" is called "inner x", and another value has the name "x".
  const auto body = std::make_shared<Graph>();
  body->name = "body";
  const ValueId captured = body->add_value("inner x", {DType::float32, Shape{Dim(2)}});
  body->captures = {captured};
  const NodeId first = body->add_node(ops::relu(), "r", {}, {captured}, {"x"});
  const NodeId second = body->add_node(ops::relu(), "s", {}, {body->node(first).outputs[0]}, {"z"});
  body->outputs = {body->node(second).outputs[0]};
  Graph g;
  g.name = "outer";
  const ValueId x = g.add_input("x", {DType::float32, Shape{Dim(2)}});
  const NodeId id = g.add_node(special("If"), "n", {{"then_branch", GraphPtr(body)}}, {x, x}, {"y"}, 1);
  g.outputs = {g.node(id).outputs[0]};

  ImportOptions options;
  options.find_operator = with_special;
  const ImportedModel read = import_bytes(export_model(g), options);
  const Node& n = read.graph.node(read.graph.order()[0]);
  ASSERT_EQ(n.num_captures, 1u);
  EXPECT_EQ(read.graph.value(n.inputs[1]).name, "x");
  const Graph& inner = *std::get<GraphPtr>(*find_attribute(n.attributes, "then_branch"));
  ASSERT_EQ(inner.order().size(), 2u);
  EXPECT_EQ(inner.node(inner.order()[0]).inputs[0], inner.captures[0]);
  EXPECT_EQ(export_model(read.graph), export_model(import_bytes(export_model(read.graph), options).graph));
}

TEST(Export, FilesAppearWholeAndAreNotOverwrittenUnasked) {
  const auto folder = std::filesystem::temp_directory_path() / ("rondo_export_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "m.onnx").string();
  export_file(lstm_graph(), path, Overwrite::no);
  EXPECT_TRUE(equal(import_file(path).graph, lstm_graph()));
  EXPECT_THROW(export_file(random_graph(1), path, Overwrite::no), Error);
  EXPECT_TRUE(equal(import_file(path).graph, lstm_graph()));
  export_file(random_graph(1), path, Overwrite::yes);
  EXPECT_TRUE(equal(import_file(path).graph, random_graph(1)));

  std::mt19937 random(5);
  for (DType t : kTypes) {
    const TensorPtr tensor = random_tensor(random, t, {2, 3});
    const std::string file = (folder / (std::string(name_of(t)) + ".pb")).string();
    write_tensor_file(file, tensor->view(), "name", Overwrite::no);
    const NamedTensor read = read_tensor_file(file);
    EXPECT_EQ(read.name, "name");
    EXPECT_TRUE(identical(read.tensor.view(), tensor->view()));
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rondo::test
