#include "sample_models.h"

#include <onnx/onnx_pb.h>

#include <fstream>
#include <limits>

#include "exporters/onnx/export.h"
#include "exporters/onnx/tensor_file.h"
#include "ops/op_list.h"
#include "oracle/recurrent_model.h"
#include "oracle/recurrent_oracle.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

oracle::Values values(std::size_t count, std::uint64_t seed) {
  const Tensor t = random_tensor(DType::float32, {static_cast<std::int64_t>(count)}, seed);
  const auto floats = t.values<float>();
  return {floats.begin(), floats.end()};
}

oracle::RecurrentCase lstm_case(std::uint64_t seed) {
  oracle::RecurrentCase c;
  c.op = oracle::RecurrentOp::lstm;
  c.T = 5, c.N = 2, c.I = 3, c.H = 4;
  c.X = values(30, seed);
  c.W = values(48, 1), c.R = values(64, 2), c.B = values(32, 3);
  c.sequence_lens = {5, 3};
  c.form.symbolic_dims = true;
  return c;
}

template <class Graph>
onnx::NodeProto& add_node(Graph& graph, const char* op, const char* name, const char* in, const char* out) {
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type(op);
  node.set_name(name);
  node.add_input(in);
  node.add_output(out);
  return node;
}

void declare(onnx::ValueInfoProto& value, const char* name, onnx::TensorProto::DataType dtype) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(dtype);
  type.mutable_shape();
}

void declare(onnx::ValueInfoProto& value, const char* name) {
  declare(value, name, onnx::TensorProto::FLOAT);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.mutable_shape()->add_dim()->set_dim_value(2);
}

}  // namespace

void write_lstm_folder(const std::filesystem::path& folder, int data_sets) {
  for (int k = data_sets; k-- > 0;) {
    const oracle::RecurrentCase c = lstm_case(10 + static_cast<std::uint64_t>(k));
    oracle::write_folder(c, oracle::run_oracle(c), folder);
    if (k > 0) std::filesystem::rename(folder / "test_data_set_0", folder / ("test_data_set_" + std::to_string(k)));
  }
}

void write_gradient_folder(const std::filesystem::path& folder) {
  const auto floats = [](std::vector<std::int64_t> shape, std::vector<float> values) {
    return Tensor::of<float>(DType::float32, std::move(shape), values);
  };
  Graph g;
  g.name = "linear";
  const ValueId x = g.add_input("X", type_of(DType::float32, {1, 1, 2}));
  const ValueId w = g.add_constant("W", shared(floats({1, 1, 2}, {2, -3})));
  const ValueId r = g.add_constant("R", shared(floats({1, 1, 1}, {1})));
  g.outputs = {add(g, ops::rnn(), {{"activations", std::vector<std::string>{"Affine"}}}, {x, w, r}, "Y")};
  const auto data = folder / "test_data_set_0", gradients = folder / "gradient_data_set_0";
  std::filesystem::create_directories(data);
  std::filesystem::create_directories(gradients);
  export_file(g, (folder / "model.onnx").string(), Overwrite::yes);
  const auto save = [](const std::filesystem::path& file, const Tensor& tensor) {
    write_tensor_file(file.string(), tensor.view(), "", Overwrite::yes);
  };
  save(data / "input_0.pb", floats({1, 1, 2}, {3, 4}));
  save(gradients / "cotangent_0.pb", floats({1, 1, 1, 1}, {0.5f}));
  save(gradients / "gradient_X.pb", floats({1, 1, 2}, {1, -1.5f}));
  save(gradients / "gradient_W.pb", floats({1, 1, 2}, {1.5f, 2}));
  save(gradients / "gradient_R.pb", floats({1, 1, 1}, {0}));
}

void write_stack(const std::filesystem::path& file, const std::string& output) {
  constexpr std::int64_t I = 3, H = 4;
  Graph g;
  g.name = "stack";
  std::uint64_t seed = 0;
  const auto constant = [&](const std::string& name, std::vector<std::int64_t> shape) {
    return g.add_constant(name, shared(random_tensor(DType::float32, std::move(shape), ++seed)));
  };
  ValueId x = g.add_input("X", type_of(DType::float32, {Dim("T"), Dim("batch"), Dim(I)}));
  for (const std::string n : {"0", "1"}) {
    const std::int64_t inputs = n == "0" ? I : 2 * H;
    x = add(g, ops::gru(), {{"direction", std::string("bidirectional")}},
            {x, constant("w" + n, {2, 3 * H, inputs}), constant("r" + n, {2, 3 * H, H})}, "y" + n);
    x = add(g, ops::transpose(), {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}}, {x}, "t" + n);
    x = add(g, ops::reshape(), {}, {x, g.add_constant("s" + n, shared(int64_tensor({0, 0, -1})))}, "x" + n);
  }
  g.outputs = {add(g, ops::mat_mul(), {}, {x, constant("v", {2 * H, 2})}, output)};
  export_file(g, file.string(), Overwrite::yes);
}

namespace {

onnx::ModelProto unsupported_model() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(14);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("g");
  declare(*graph.add_input(), "X");
  declare(*graph.add_output(), "Y");
  add_node(graph, "NoSuchOp", "one", "X", "m");
  add_node(graph, "NorThisOp", "two", "m", "Y");
  return model;
}

void save(const onnx::ModelProto& model, const std::filesystem::path& file) {
  std::ofstream(file, std::ios::binary) << model.SerializeAsString();
}

}  // namespace

void write_endless_loop(const std::filesystem::path& file) {
  onnx::ModelProto model = unsupported_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.clear_node();
  onnx::TensorProto& most = *graph.add_initializer();
  most.set_name("most");
  most.set_data_type(onnx::TensorProto::INT64);
  most.add_int64_data(std::numeric_limits<std::int64_t>::max());
  onnx::NodeProto& loop = add_node(graph, "Loop", "loop", "most", "Y");
  loop.add_input("");
  loop.add_input("X");
  onnx::AttributeProto& attribute = *loop.add_attribute();
  attribute.set_name("body");
  attribute.set_type(onnx::AttributeProto::GRAPH);
  onnx::GraphProto& body = *attribute.mutable_g();
  declare(*body.add_input(), "trip", onnx::TensorProto::INT64);
  declare(*body.add_input(), "goes_on", onnx::TensorProto::BOOL);
  declare(*body.add_input(), "s");
  add_node(body, "Identity", "still", "goes_on", "still");
  add_node(body, "Add", "twice", "s", "next").add_input("s");
  for (const char* name : {"still", "next"}) body.add_output()->set_name(name);
  save(model, file);
}

void write_unsupported(const std::filesystem::path& file) { save(unsupported_model(), file); }

void write_unsupported_inside(const std::filesystem::path& file) {
  onnx::ModelProto model = unsupported_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  onnx::AttributeProto& body = *graph.mutable_node(0)->add_attribute();
  body.set_name("then_branch");
  body.set_type(onnx::AttributeProto::GRAPH);
  body.mutable_g()->set_name("body");
  declare(*body.mutable_g()->add_output(), "Z");
  add_node(*body.mutable_g(), "NoSuchOp", "inner", "X", "Z");
  add_node(graph, "Call", "call", "X", "unused").set_domain("f");
  onnx::OperatorSetIdProto& import = *model.add_opset_import();
  import.set_domain("f");
  import.set_version(1);
  onnx::FunctionProto& function = *model.add_functions();
  function.set_name("Call");
  function.set_domain("f");
  function.add_opset_import()->set_version(14);
  function.add_input("i");
  function.add_output("o");
  add_node(function, "NorThatOp", "within", "i", "o");
  save(model, file);
}

}  // namespace rondo::test
