// The messages of ONNX as the wire sees them: field numbers, wire forms and which fields hold further messages. Written
// from onnx.proto of ONNX 1.20, so it also knows fields that are newer than the installed protobuf classes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace rondo::importer {

enum class Message : std::uint8_t {
  model,
  opset,
  entry,  // StringStringEntryProto
  graph,
  node,
  attribute,
  tensor,
  segment,
  sparse_tensor,
  value_info,
  type,
  type_tensor,   // also TypeProto.SparseTensor
  type_element,  // TypeProto.Sequence and .Optional
  type_map,
  type_opaque,
  shape,
  dim,
  annotation,
  training,
  function,
  opaque,  // known to exist, not looked into
};
inline constexpr std::size_t kMessages = static_cast<std::size_t>(Message::opaque) + 1;

enum class WireForm : std::uint8_t {
  unknown,
  varint,
  varints,  // repeated, packed or not
  fixed32,
  fixed32s,  // repeated, packed or not
  fixed64s,
  bytes,
  name,  // bytes that are limited in length
  names,
  blobs,  // repeated bytes
  message,
  messages,
};

struct WireField {
  Message in;
  std::uint8_t number;
  WireForm form;
  const char* name;
  Message child = Message::opaque;
};

using enum WireForm;
inline constexpr WireField kWireFields[] = {
    {Message::model, 1, varint, "ir_version"},
    {Message::model, 2, bytes, "producer_name"},
    {Message::model, 3, bytes, "producer_version"},
    {Message::model, 4, bytes, "domain"},
    {Message::model, 5, varint, "model_version"},
    {Message::model, 6, bytes, "doc_string"},
    {Message::model, 7, message, "graph", Message::graph},
    {Message::model, 8, messages, "opset_import", Message::opset},
    {Message::model, 14, messages, "metadata_props", Message::entry},
    {Message::model, 20, messages, "training_info", Message::training},
    {Message::model, 25, messages, "functions", Message::function},
    {Message::model, 26, blobs, "configuration"},
    {Message::opset, 1, name, "domain"},
    {Message::opset, 2, varint, "version"},
    {Message::entry, 1, name, "key"},
    {Message::entry, 2, bytes, "value"},
    {Message::graph, 1, messages, "node", Message::node},
    {Message::graph, 2, name, "name"},
    {Message::graph, 5, messages, "initializer", Message::tensor},
    {Message::graph, 10, bytes, "doc_string"},
    {Message::graph, 11, messages, "input", Message::value_info},
    {Message::graph, 12, messages, "output", Message::value_info},
    {Message::graph, 13, messages, "value_info", Message::value_info},
    {Message::graph, 14, messages, "quantization_annotation", Message::annotation},
    {Message::graph, 15, messages, "sparse_initializer", Message::sparse_tensor},
    {Message::graph, 16, messages, "metadata_props", Message::entry},
    {Message::node, 1, names, "input"},
    {Message::node, 2, names, "output"},
    {Message::node, 3, name, "name"},
    {Message::node, 4, name, "op_type"},
    {Message::node, 5, messages, "attribute", Message::attribute},
    {Message::node, 6, bytes, "doc_string"},
    {Message::node, 7, name, "domain"},
    {Message::node, 8, name, "overload"},
    {Message::node, 9, messages, "metadata_props", Message::entry},
    {Message::node, 10, blobs, "device_configurations"},
    {Message::attribute, 1, name, "name"},
    {Message::attribute, 2, fixed32, "f"},
    {Message::attribute, 3, varint, "i"},
    {Message::attribute, 4, bytes, "s"},
    {Message::attribute, 5, message, "t", Message::tensor},
    {Message::attribute, 6, message, "g", Message::graph},
    {Message::attribute, 7, fixed32s, "floats"},
    {Message::attribute, 8, varints, "ints"},
    {Message::attribute, 9, blobs, "strings"},
    {Message::attribute, 10, messages, "tensors", Message::tensor},
    {Message::attribute, 11, messages, "graphs", Message::graph},
    {Message::attribute, 13, bytes, "doc_string"},
    {Message::attribute, 14, message, "tp", Message::type},
    {Message::attribute, 15, messages, "type_protos", Message::type},
    {Message::attribute, 20, varint, "type"},
    {Message::attribute, 21, name, "ref_attr_name"},
    {Message::attribute, 22, message, "sparse_tensor", Message::sparse_tensor},
    {Message::attribute, 23, messages, "sparse_tensors", Message::sparse_tensor},
    {Message::tensor, 1, varints, "dims"},
    {Message::tensor, 2, varint, "data_type"},
    {Message::tensor, 3, message, "segment", Message::segment},
    {Message::tensor, 4, fixed32s, "float_data"},
    {Message::tensor, 5, varints, "int32_data"},
    {Message::tensor, 6, blobs, "string_data"},
    {Message::tensor, 7, varints, "int64_data"},
    {Message::tensor, 8, name, "name"},
    {Message::tensor, 9, bytes, "raw_data"},
    {Message::tensor, 10, fixed64s, "double_data"},
    {Message::tensor, 11, varints, "uint64_data"},
    {Message::tensor, 12, bytes, "doc_string"},
    {Message::tensor, 13, messages, "external_data", Message::entry},
    {Message::tensor, 14, varint, "data_location"},
    {Message::tensor, 16, messages, "metadata_props", Message::entry},
    {Message::segment, 1, varint, "begin"},
    {Message::segment, 2, varint, "end"},
    {Message::sparse_tensor, 1, message, "values", Message::tensor},
    {Message::sparse_tensor, 2, message, "indices", Message::tensor},
    {Message::sparse_tensor, 3, varints, "dims"},
    {Message::value_info, 1, name, "name"},
    {Message::value_info, 2, message, "type", Message::type},
    {Message::value_info, 3, bytes, "doc_string"},
    {Message::value_info, 4, messages, "metadata_props", Message::entry},
    {Message::type, 1, message, "tensor_type", Message::type_tensor},
    {Message::type, 4, message, "sequence_type", Message::type_element},
    {Message::type, 5, message, "map_type", Message::type_map},
    {Message::type, 6, name, "denotation"},
    {Message::type, 7, message, "opaque_type", Message::type_opaque},
    {Message::type, 8, message, "sparse_tensor_type", Message::type_tensor},
    {Message::type, 9, message, "optional_type", Message::type_element},
    {Message::type_tensor, 1, varint, "elem_type"},
    {Message::type_tensor, 2, message, "shape", Message::shape},
    {Message::type_element, 1, message, "elem_type", Message::type},
    {Message::type_map, 1, varint, "key_type"},
    {Message::type_map, 2, message, "value_type", Message::type},
    {Message::type_opaque, 1, name, "domain"},
    {Message::type_opaque, 2, name, "name"},
    {Message::shape, 1, messages, "dim", Message::dim},
    {Message::dim, 1, varint, "dim_value"},
    {Message::dim, 2, name, "dim_param"},
    {Message::dim, 3, name, "denotation"},
    {Message::annotation, 1, name, "tensor_name"},
    {Message::annotation, 2, messages, "quant_parameter_tensor_names", Message::entry},
    {Message::training, 1, message, "initialization", Message::graph},
    {Message::training, 2, message, "algorithm", Message::graph},
    {Message::training, 3, messages, "initialization_binding", Message::entry},
    {Message::training, 4, messages, "update_binding", Message::entry},
    {Message::function, 1, name, "name"},
    {Message::function, 4, names, "input"},
    {Message::function, 5, names, "output"},
    {Message::function, 6, names, "attribute"},
    {Message::function, 7, messages, "node", Message::node},
    {Message::function, 8, bytes, "doc_string"},
    {Message::function, 9, messages, "opset_import", Message::opset},
    {Message::function, 10, name, "domain"},
    {Message::function, 11, messages, "attribute_proto", Message::attribute},
    {Message::function, 12, messages, "value_info", Message::value_info},
    {Message::function, 13, name, "overload"},
    {Message::function, 14, messages, "metadata_props", Message::entry},
};

inline constexpr std::uint32_t kFieldNumbers = 32;  // one past the largest

// Row of kWireFields for a message and field number, plus one; 0 when ONNX declares no such field.
inline constexpr auto kFieldIndex = [] {
  std::array<std::array<std::uint8_t, kFieldNumbers>, kMessages> index{};
  static_assert(std::size(kWireFields) < 255);
  for (std::size_t i = 0; i < std::size(kWireFields); ++i)
    index[static_cast<std::size_t>(kWireFields[i].in)][kWireFields[i].number] = static_cast<std::uint8_t>(i + 1);
  return index;
}();

inline constexpr const WireField* find_wire_field(Message in, std::uint64_t number) noexcept {
  if (number >= kFieldNumbers) return nullptr;
  const std::uint8_t row = kFieldIndex[static_cast<std::size_t>(in)][number];
  return row == 0 ? nullptr : &kWireFields[row - 1];
}

}  // namespace rondo::importer
