// The reading half of recurrent_model.h.
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "oracle/recurrent_model.h"
#include "oracle/tensor_proto.h"
#include "oracle/tensor_values.h"

namespace rondo::oracle {
namespace {

template <class Message>
Message read_message(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  Message message;
  if (!file || !message.ParseFromString(bytes)) throw std::runtime_error("cannot read " + path.string());
  return message;
}

using Tensors = std::map<std::string, Tensor>;

// Initializers, and the graph's other inputs from input_0.pb, input_1.pb, ...
Tensors read_inputs(const onnx::GraphProto& graph, const std::filesystem::path& data) {
  Tensors tensors;
  for (const auto& initializer : graph.initializer()) tensors[initializer.name()] = from_proto(initializer);
  int next = 0;
  for (const auto& input : graph.input()) {
    if (tensors.contains(input.name())) continue;
    const auto file = data / ("input_" + std::to_string(next++) + ".pb");
    tensors[input.name()] = from_proto(read_message<onnx::TensorProto>(file));
  }
  return tensors;
}

template <class Enum>
Enum from_name(const std::string& name, int count) {
  for (int k = 0; k < count; ++k) {
    if (name_of(static_cast<Enum>(k)) == name) return static_cast<Enum>(k);
  }
  throw std::runtime_error("unknown name " + name);
}

using ReadAttribute = void (*)(const onnx::AttributeProto&, RecurrentCase&);

const std::map<std::string, ReadAttribute>& attribute_readers() {
  using Attribute = onnx::AttributeProto;
  static const std::map<std::string, ReadAttribute> kReaders = {
      {"direction", [](const Attribute& a, RecurrentCase& c) { c.direction = from_name<Direction>(a.s(), 3); }},
      {"activations",
       [](const Attribute& a, RecurrentCase& c) { c.activations.assign(a.strings().begin(), a.strings().end()); }},
      {"activation_alpha",
       [](const Attribute& a, RecurrentCase& c) { c.activation_alpha.assign(a.floats().begin(), a.floats().end()); }},
      {"activation_beta",
       [](const Attribute& a, RecurrentCase& c) { c.activation_beta.assign(a.floats().begin(), a.floats().end()); }},
      {"clip", [](const Attribute& a, RecurrentCase& c) { c.clip = a.f(); }},
      {"input_forget", [](const Attribute& a, RecurrentCase& c) { c.input_forget = a.i() != 0; }},
      {"linear_before_reset", [](const Attribute& a, RecurrentCase& c) { c.linear_before_reset = a.i() != 0; }},
      {"layout", [](const Attribute& a, RecurrentCase& c) { c.layout = a.i(); }},
      {"hidden_size", [](const Attribute&, RecurrentCase&) {}},
      {"output_sequence", [](const Attribute&, RecurrentCase&) {}},
  };
  return kReaders;
}

void read_attribute(const onnx::AttributeProto& attribute, RecurrentCase& c) {
  const auto reader = attribute_readers().find(attribute.name());
  if (reader == attribute_readers().end()) throw std::runtime_error("unknown attribute " + attribute.name());
  reader->second(attribute, c);
}

class Inputs {
 public:
  Inputs(const onnx::NodeProto& node, const Tensors& tensors) : node_(node), tensors_(tensors) {}

  const Tensor* find(int slot) const {
    if (slot >= node_.input_size() || node_.input(slot).empty()) return nullptr;
    return &tensors_.at(node_.input(slot));
  }
  const Tensor& get(int slot) const {
    const Tensor* tensor = find(slot);
    if (tensor == nullptr || tensor->shape().size() != 3) throw std::runtime_error("X, W or R is missing");
    return *tensor;
  }
  std::optional<Values> values(int slot) const {
    const Tensor* tensor = find(slot);
    return tensor == nullptr ? std::nullopt : std::optional<Values>(to_values(tensor->view()));
  }

 private:
  const onnx::NodeProto& node_;
  const Tensors& tensors_;
};

void read_tensors(const Inputs& inputs, RecurrentCase& c) {
  const Tensor& x = inputs.get(0);
  c.dtype = x.dtype();
  c.T = x.shape()[c.layout == 1 ? 1 : 0];
  c.N = x.shape()[c.layout == 1 ? 0 : 1];
  c.I = x.shape()[2];
  c.H = inputs.get(2).shape()[2];
  c.X = to_values(x.view());
  c.W = to_values(inputs.get(1).view());
  c.R = to_values(inputs.get(2).view());
  c.B = inputs.values(3);
  if (const Tensor* lengths = inputs.find(4)) {
    const auto values = lengths->values<std::int32_t>();
    c.sequence_lens.emplace(values.begin(), values.end());
  }
  c.initial_h = inputs.values(5);
  c.initial_c = inputs.values(6);
  c.P = inputs.values(7);
}

bool wants(const onnx::NodeProto& node, int slot) { return slot < node.output_size() && !node.output(slot).empty(); }

}  // namespace

RecurrentFolder read_folder(const std::filesystem::path& folder) {
  const auto model = read_message<onnx::ModelProto>(folder / "model.onnx");
  const auto& graph = model.graph();
  if (graph.node_size() != 1) throw std::runtime_error("not a model of one node");
  const auto& node = graph.node(0);
  RecurrentFolder result;
  RecurrentCase& c = result.c;
  c.opset = static_cast<int>(model.opset_import(0).version());
  c.op = from_name<RecurrentOp>(node.op_type(), 3);
  for (const auto& attribute : node.attribute()) read_attribute(attribute, c);
  const std::filesystem::path data = folder / "test_data_set_0";
  const Tensors tensors = read_inputs(graph, data);
  read_tensors(Inputs(node, tensors), c);
  c.wants_y = wants(node, 0);
  c.wants_y_h = wants(node, 1);
  c.wants_y_c = wants(node, 2);
  for (int k = 0; k < graph.output_size(); ++k) {
    const auto file = data / ("output_" + std::to_string(k) + ".pb");
    result.outputs.push_back(from_proto(read_message<onnx::TensorProto>(file)));
  }
  return result;
}

}  // namespace rondo::oracle
