#include "oracle/recurrent_model.h"

#include <fstream>
#include <utility>

#include "oracle/activation.h"
#include "oracle/tensor_proto.h"
#include "oracle/tensor_values.h"

namespace rondo::oracle {
namespace {

void set_attribute(onnx::NodeProto& node, const char* name, const std::string& value) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}

void set_attribute(onnx::NodeProto& node, const char* name, std::int64_t value) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void set_attribute(onnx::NodeProto& node, const char* name, float value) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

void set_attribute(onnx::NodeProto& node, const char* name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRINGS);
  for (const std::string& value : values) attribute.add_strings(value);
}

void set_attribute(onnx::NodeProto& node, const char* name, const std::vector<float>& values) {
  if (values.empty()) return;
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOATS);
  for (float value : values) attribute.add_floats(value);
}

void set_attributes(onnx::NodeProto& node, const RecurrentCase& c) {
  const bool all = c.form.write_defaults;
  if (all || c.direction != Direction::forward) set_attribute(node, "direction", name_of(c.direction));
  if (c.form.write_hidden_size) set_attribute(node, "hidden_size", c.H);
  set_attribute(node, "activations", all && c.activations.empty() ? default_activations(c) : c.activations);
  set_attribute(node, "activation_alpha", c.activation_alpha);
  set_attribute(node, "activation_beta", c.activation_beta);
  if (c.clip) set_attribute(node, "clip", *c.clip);
  const bool has_input_forget = c.op == RecurrentOp::lstm;
  if (has_input_forget && (all || c.input_forget)) set_attribute(node, "input_forget", std::int64_t{c.input_forget});
  const bool has_linear = c.op == RecurrentOp::gru && c.opset >= 3;
  if (has_linear && (all || c.linear_before_reset)) {
    set_attribute(node, "linear_before_reset", std::int64_t{c.linear_before_reset});
  }
  if (c.opset >= 14 && (all || c.layout != 0)) set_attribute(node, "layout", c.layout);
  // 0 once meant that nobody wants Y; it suppresses nothing that is named.
  if (c.form.write_output_sequence) set_attribute(node, "output_sequence", std::int64_t{0});
}

struct InputSlot {
  const char* name;
  std::optional<Tensor> tensor;  // none: absent
  bool at_run_time;
  std::vector<int> batch_axes = {}, time_axes = {};
};

// The node's inputs in ONNX's order.
std::vector<InputSlot> input_slots(const RecurrentCase& c) {
  const std::int64_t D = c.D(), GH = c.G() * c.H;
  const auto floating = [&](std::vector<std::int64_t> shape, const std::optional<Values>& values) {
    return values ? std::optional<Tensor>(to_tensor(c.dtype, std::move(shape), *values)) : std::nullopt;
  };
  const int batch_of_x = c.layout == 1 ? 0 : 1;
  const int batch_of_state = c.layout == 1 ? 0 : 1;
  std::vector<InputSlot> slots;
  slots.push_back({"X", to_tensor(c.dtype, c.x_shape(), c.X), true, {batch_of_x}, {1 - batch_of_x}});
  slots.push_back({"W", to_tensor(c.dtype, {D, GH, c.I}, c.W), c.form.w_is_input});
  slots.push_back({"R", to_tensor(c.dtype, {D, GH, c.H}, c.R), c.form.r_is_input});
  slots.push_back({"B", floating({D, 2 * GH}, c.B), c.form.b_is_input});
  slots.push_back({"sequence_lens", {}, !c.form.lengths_are_constant, {0}});
  if (c.sequence_lens) slots.back().tensor = to_tensor(*c.sequence_lens);
  slots.push_back({"initial_h", floating(c.state_shape(), c.initial_h), !c.form.states_are_constant, {batch_of_state}});
  if (c.op != RecurrentOp::lstm) return slots;
  slots.push_back({"initial_c", floating(c.state_shape(), c.initial_c), !c.form.states_are_constant, {batch_of_state}});
  slots.push_back({"P", floating({D, 3 * c.H}, c.P), c.form.p_is_input});
  return slots;
}

void declare(onnx::ValueInfoProto& info, const std::string& name, DType dtype, const std::vector<std::int64_t>& shape) {
  info.set_name(name);
  auto& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(static_cast<std::int32_t>(dtype));
  auto& dims = *type.mutable_shape();
  for (std::int64_t dim : shape) dims.add_dim()->set_dim_value(dim);
}

void make_symbolic(onnx::ValueInfoProto& info, const std::vector<int>& axes, const char* symbol) {
  auto& dims = *info.mutable_type()->mutable_tensor_type()->mutable_shape();
  for (int axis : axes) dims.mutable_dim(axis)->set_dim_param(symbol);
}

void make_symbolic(onnx::ValueInfoProto& info, const RecurrentCase& c, const InputSlot& slot) {
  if (!c.form.symbolic_dims) return;
  make_symbolic(info, slot.batch_axes, "batch");
  make_symbolic(info, slot.time_axes, "time");
}

void add_inputs(onnx::GraphProto& graph, const RecurrentCase& c, int ir_version, RecurrentModel& model) {
  for (InputSlot& slot : input_slots(c)) {
    graph.mutable_node(0)->add_input(slot.tensor ? slot.name : "");
    if (!slot.tensor) continue;
    if (slot.at_run_time || ir_version < 4) {  // before IR 4 an initializer had to be an input too
      declare(*graph.add_input(), slot.name, slot.tensor->dtype(), slot.tensor->shape());
    }
    if (slot.at_run_time) {
      make_symbolic(*graph.mutable_input(graph.input_size() - 1), c, slot);
      model.input_names.emplace_back(slot.name);
      model.inputs.push_back(std::move(*slot.tensor));
    } else {
      *graph.add_initializer() = to_proto(slot.name, *slot.tensor);
    }
  }
}

void add_outputs(onnx::GraphProto& graph, const RecurrentCase& c, RecurrentModel& model) {
  struct Slot {
    const char* name;
    bool wanted;
    std::vector<std::int64_t> shape;
    std::vector<int> batch_axes, time_axes;
  };
  const bool batch_first = c.layout == 1;
  std::vector<Slot> slots = {
      {"Y", c.wants_y, c.y_shape(), {batch_first ? 0 : 2}, {batch_first ? 1 : 0}},
      {"Y_h", c.wants_y_h, c.state_shape(), {batch_first ? 0 : 1}, {}},
  };
  if (c.op == RecurrentOp::lstm) slots.push_back({"Y_c", c.wants_y_c, c.state_shape(), {batch_first ? 0 : 1}, {}});
  for (const Slot& slot : slots) {
    graph.mutable_node(0)->add_output(slot.wanted ? slot.name : "");
    if (!slot.wanted) continue;
    auto& info = *graph.add_output();
    declare(info, slot.name, c.dtype, slot.shape);
    if (c.form.symbolic_dims) make_symbolic(info, slot.batch_axes, "batch");
    if (c.form.symbolic_dims) make_symbolic(info, slot.time_axes, "time");
    model.output_names.emplace_back(slot.name);
  }
}

// Absent trailing inputs and outputs are left out.
void trim(google::protobuf::RepeatedPtrField<std::string>& names) {
  while (!names.empty() && names[names.size() - 1].empty()) names.RemoveLast();
}

int ir_version_of(int opset) { return opset < 9 ? 3 : opset < 15 ? 7 : 10; }

void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    throw std::filesystem::filesystem_error("cannot write", path, std::make_error_code(std::errc::io_error));
  }
}

void write_tensors(const std::filesystem::path& folder, const char* kind, const std::vector<std::string>& names,
                   const std::vector<Tensor>& tensors) {
  for (std::size_t k = 0; k < tensors.size(); ++k) {
    const std::string name = std::string(kind) + "_" + std::to_string(k) + ".pb";
    write_file(folder / name, to_proto(names[k], tensors[k]).SerializeAsString());
  }
}

}  // namespace

RecurrentModel to_model(const RecurrentCase& c) {
  onnx::ModelProto proto;
  const int ir_version = ir_version_of(c.opset);
  proto.set_ir_version(ir_version);
  proto.set_producer_name("rondo-recurrent-cases");
  proto.add_opset_import()->set_version(c.opset);
  auto& graph = *proto.mutable_graph();
  graph.set_name("case_" + std::to_string(c.seed));
  auto& node = *graph.add_node();
  node.set_name("recurrent");
  node.set_op_type(name_of(c.op));
  set_attributes(node, c);
  RecurrentModel model;
  add_inputs(graph, c, ir_version, model);
  add_outputs(graph, c, model);
  if (!c.form.trailing_empty_names) {
    trim(*node.mutable_input());
    trim(*node.mutable_output());
  }
  model.bytes = proto.SerializeAsString();
  return model;
}

std::vector<Tensor> wanted_outputs(const RecurrentCase& c, const RecurrentResult& result) {
  std::vector<Tensor> outputs;
  if (c.wants_y) outputs.push_back(to_tensor(c.dtype, c.y_shape(), result.Y));
  if (c.wants_y_h) outputs.push_back(to_tensor(c.dtype, c.state_shape(), result.Y_h));
  if (c.wants_y_c) outputs.push_back(to_tensor(c.dtype, c.state_shape(), result.Y_c));
  return outputs;
}

void write_folder(const RecurrentCase& c, const RecurrentResult& result, const std::filesystem::path& folder) {
  const RecurrentModel model = to_model(c);
  const std::filesystem::path data = folder / "test_data_set_0";
  std::filesystem::create_directories(data);
  write_file(folder / "model.onnx", model.bytes);
  write_tensors(data, "input", model.input_names, model.inputs);
  write_tensors(data, "output", model.output_names, wanted_outputs(c, result));
}

}  // namespace rondo::oracle
