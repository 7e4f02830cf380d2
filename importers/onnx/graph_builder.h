// Builds the IR graph from the messages of a model that passed the wire scan. Used by import only.
#pragma once

#include <onnx/onnx_pb.h>

#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

#include "importers/onnx/attribute_reader.h"
#include "importers/onnx/functions.h"
#include "importers/onnx/op_table.h"
#include "importers/onnx/scope.h"

namespace rondo::importer {

struct BuildContext {
  const ImportLimits& limits;
  const FunctionLibrary& functions;
  TensorReader& tensors;
  StoredConstants& stored;
  OpLookup lookup;
  std::function<void(std::string)> warn;
  bool from_pytorch = false;
};

class GraphBuilder {
 public:
  explicit GraphBuilder(BuildContext context) : context_(std::move(context)) {}

  // Throws as import_file says, without the path.
  Graph build(const onnx::GraphProto& proto, const Opsets& opsets);

 private:
  using Names = std::unordered_set<std::string>;
  struct Subgraph {
    std::shared_ptr<Graph> graph;
    std::vector<std::pair<ValueId, ValueId>> captured;
  };

  // The body of the main graph or of a subgraph. input_types: what inputs that declare no type have.
  void fill(const onnx::GraphProto& proto, Scope& scope, const std::vector<TensorType>& input_types);
  Names claim_names(const onnx::GraphProto& proto, Scope& scope) const;
  void add_inputs(const onnx::GraphProto& proto, Scope& scope, const std::vector<TensorType>& input_types) const;
  void add_initializers(const onnx::GraphProto& proto, Scope& scope);
  void add_outputs(const onnx::GraphProto& proto, Scope& scope) const;
  void add_nodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes, Scope& scope, const Names& given);

  void add_node(const onnx::NodeProto& proto, std::int64_t index, Scope& scope);
  // Books what a node in a function body repeats of the file. Throws Error(limit).
  void spend(const SourceNode& node, std::size_t bytes);
  void add_operator(const onnx::NodeProto& proto, SourceNode node, Scope& scope);
  SourceNode start(const onnx::NodeProto& proto, std::int64_t index, Scope& scope);
  // op: what says which attributes may hold subgraphs; null for calls, where none may.
  void read_attributes(const onnx::NodeProto& proto, SourceNode& node, Scope& scope, const OpDef* op);
  Subgraph build_subgraph(const onnx::AttributeProto& attribute, const SourceNode& node, Scope& scope);
  void bind_outputs(const onnx::NodeProto& proto, const std::vector<std::string>& graph_names, const SourceNode& where,
                    Scope& scope);

  void call(const Function& function, const onnx::NodeProto& proto, SourceNode node, Scope& scope);
  void enter(const Function& function, const SourceNode& node) const;
  void name_results(const Function& function, const onnx::NodeProto& proto, SourceNode& node, Scope& body) const;
  void add_aliases(const Function& function, const SourceNode& node, Scope& body);

  BuildContext context_;
  std::vector<const Function*> active_;  // the calls being inlined, outermost first
  std::int64_t nodes_built_ = 0, bytes_unfolded_ = 0, open_subgraphs_ = 0;
};

}  // namespace rondo::importer
