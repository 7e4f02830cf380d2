// Remembers which tensor of the file each constant came from, so that changed values can be written back to exactly
// that place. Used by the import; what it found is ImportedModel::places.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <unordered_map>

#include "ir/attribute.h"

namespace rondo::importer {

class StoredConstants {
 public:
  // Notes where every floating tensor of the model stands. Messages are known by their address from now on, so the
  // model may lose and swap some of them, but must not copy them.
  explicit StoredConstants(const onnx::ModelProto& model);

  // To be asked for every tensor read from a TensorProto, or from the AttributeProto of a Constant. The tensor that
  // this message gave before, when a function is called twice; otherwise `made`, which is remembered.
  TensorPtr same(const void* message, TensorPtr made);

  // By tensor, of those that were read. Holding them keeps another tensor from taking the address of one that is gone.
  std::unordered_map<TensorPtr, std::string> places() const;

 private:
  struct Entry {
    std::string place;
    TensorPtr tensor;
  };
  using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

  void add_graph(const onnx::GraphProto& graph, const std::string& at);
  void add_nodes(const Nodes& nodes, const std::string& at);
  void add_attribute(const onnx::AttributeProto& attribute, const std::string& at);
  void add_tensor(const onnx::TensorProto& tensor, std::string at);

  std::unordered_map<const void*, Entry> entries_;
};

}  // namespace rondo::importer
