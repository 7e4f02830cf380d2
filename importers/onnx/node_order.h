// The order in which the nodes of a graph or function can be built: producers before readers. Used by the graph
// builder.
#pragma once

#include <onnx/onnx_pb.h>

#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

namespace rondo::importer {

using NodeList = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

struct NodeOrder {
  std::vector<int> order;  // indices into the list
  bool sorted = false;     // the file had another order
};

// given: names the nodes cannot produce, because they are inputs or initializers. known: says of any other name whether
// it comes from outside (an enclosing graph). Throws Error(model) for a name that two nodes produce, for one that
// nothing makes (with the nearest name there is), and for a cycle (with a shortest one). Ties keep the file's order.
NodeOrder order_nodes(const NodeList& nodes, const std::string& graph_name,
                      const std::unordered_set<std::string>& given,
                      const std::function<bool(const std::string&)>& known);

// Names that a subgraph reads and does not make itself.
void collect_free_names(const onnx::GraphProto& graph, std::unordered_set<std::string>& out);

}  // namespace rondo::importer
