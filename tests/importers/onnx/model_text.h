// Models for the importer's tests, written as protobuf text and turned into the bytes of a file.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <onnx/onnx_pb.h>

#include <string>

#include "importers/onnx/import.h"
#include "rondo/error.h"

namespace rondo::test {

inline onnx::ModelProto parse_model(const std::string& text) {
  onnx::ModelProto model;
  if (!google::protobuf::TextFormat::ParseFromString(text, &model)) throw std::logic_error("bad test model: " + text);
  return model;
}

// A float value: dims are numbers or symbols, separated by commas.
inline std::string value(const std::string& name, const std::string& dims, int elem_type = 1) {
  std::string shape;
  std::size_t at = 0;
  while (at < dims.size()) {
    const std::size_t comma = std::min(dims.find(',', at), dims.size());
    const std::string dim = dims.substr(at, comma - at);
    const bool number = dim.find_first_not_of("-0123456789") == std::string::npos;
    shape += number ? "dim { dim_value: " + dim + " } " : "dim { dim_param: \"" + dim + "\" } ";
    at = comma + 1;
  }
  return fmt::format("name: \"{}\" type {{ tensor_type {{ elem_type: {} shape {{ {} }} }} }}", name, elem_type, shape);
}
inline std::string input(const std::string& name, const std::string& dims, int elem_type = 1) {
  return "input { " + value(name, dims, elem_type) + " } ";
}
inline std::string output(const std::string& name) { return "output { name: \"" + name + "\" } "; }

// node("Relu", "x", "y", "attribute { ... }"); inputs and outputs are separated by spaces, "_" is an absent one.
inline std::string node(const std::string& op, const std::string& inputs, const std::string& outputs,
                        const std::string& more = "") {
  std::string text = "node { op_type: \"" + op + "\" ";
  const auto list = [&](const char* field, const std::string& names) {
    std::size_t at = 0;
    while (at < names.size()) {
      const std::size_t space = std::min(names.find(' ', at), names.size());
      const std::string name = names.substr(at, space - at);
      text += fmt::format("{}: \"{}\" ", field, name == "_" ? "" : name);
      at = space + 1;
    }
  };
  list("input", inputs);
  list("output", outputs);
  return text + more + " } ";
}
inline std::string ints(const std::string& name, const std::string& values) {
  return fmt::format("attribute {{ name: \"{}\" type: INTS ints: [{}] }} ", name, values);
}
inline std::string integer(const std::string& name, std::int64_t v) {
  return fmt::format("attribute {{ name: \"{}\" type: INT i: {} }} ", name, v);
}
inline std::string real(const std::string& name, float v) {
  return fmt::format("attribute {{ name: \"{}\" type: FLOAT f: {} }} ", name, v);
}
inline std::string text(const std::string& name, const std::string& v) {
  return fmt::format("attribute {{ name: \"{}\" type: STRING s: \"{}\" }} ", name, v);
}

inline std::string model_text(int opset, const std::string& graph, const std::string& more = "") {
  return fmt::format("ir_version: 8 opset_import {{ version: {} }} graph {{ name: \"g\" {} }} {}", opset, graph, more);
}
inline std::string model_bytes(int opset, const std::string& graph, const std::string& more = "") {
  return parse_model(model_text(opset, graph, more)).SerializeAsString();
}
inline ImportedModel import_text(int opset, const std::string& graph, const std::string& more = "",
                                 const ImportOptions& options = {}) {
  return import_bytes(model_bytes(opset, graph, more), options);
}

// The error that importing these bytes throws; fails the test when there is none, or it names no way out.
inline Error import_error(const std::string& bytes, const ImportOptions& options = {}) {
  try {
    import_bytes(bytes, options);
  } catch (const Error& e) {
    EXPECT_NE(e.fix(), "") << e.what();
    return e;
  }
  ADD_FAILURE() << "the model was accepted";
  return Error(ErrorCode::usage, "no error");
}

// EXPECT_THAT(error, Is(ErrorCode::model, "part of the line"))
MATCHER_P2(Is, code, part, "an error of another kind or text") {
  *result_listener << arg.what();
  return arg.code() == code && std::string(arg.what()).find(part) != std::string::npos;
}

}  // namespace rondo::test
