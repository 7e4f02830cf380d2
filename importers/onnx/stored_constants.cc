#include "importers/onnx/stored_constants.h"

#include "ir/place.h"

namespace rondo::importer {
namespace {

bool leads_to_tensors(const onnx::AttributeProto& a) {
  return a.has_t() || a.has_g() || a.name() == "value_float" || a.name() == "value_floats";
}

}  // namespace

StoredConstants::StoredConstants(const onnx::ModelProto& model) {
  add_graph(model.graph(), "graph");
  for (int i = 0; i < model.functions_size(); ++i)
    add_nodes(model.functions(i).node(), place_of("", "functions", static_cast<std::size_t>(i)));
}

void StoredConstants::add_graph(const onnx::GraphProto& graph, const std::string& at) {
  for (int i = 0; i < graph.initializer_size(); ++i)
    add_tensor(graph.initializer(i), place_of(at, "initializer", static_cast<std::size_t>(i)));
  add_nodes(graph.node(), at);
}

void StoredConstants::add_nodes(const Nodes& nodes, const std::string& at) {
  for (int i = 0; i < nodes.size(); ++i)
    for (int k = 0; k < nodes[i].attribute_size(); ++k)
      if (leads_to_tensors(nodes[i].attribute(k)))
        add_attribute(nodes[i].attribute(k), place_of(place_of(at, "node", static_cast<std::size_t>(i)), "attribute",
                                                      static_cast<std::size_t>(k)));
}

void StoredConstants::add_attribute(const onnx::AttributeProto& attribute, const std::string& at) {
  if (attribute.has_g()) return add_graph(attribute.g(), place_of(at, "g"));
  if (attribute.has_t()) return add_tensor(attribute.t(), place_of(at, "t"));
  if (attribute.has_f()) entries_[&attribute].place = place_of(at, "f");
  if (attribute.floats_size() > 0) entries_[&attribute].place = place_of(at, "floats");
}

void StoredConstants::add_tensor(const onnx::TensorProto& tensor, std::string at) {
  if (is_floating(static_cast<DType>(tensor.data_type()))) entries_[&tensor].place = std::move(at);
}

TensorPtr StoredConstants::same(const void* message, TensorPtr made) {
  const auto it = entries_.find(message);
  if (it == entries_.end()) return made;
  if (it->second.tensor == nullptr) it->second.tensor = std::move(made);
  return it->second.tensor;
}

std::unordered_map<TensorPtr, std::string> StoredConstants::places() const {
  std::unordered_map<TensorPtr, std::string> places;
  for (const auto& [message, entry] : entries_)
    if (entry.tensor != nullptr) places.emplace(entry.tensor, entry.place);
  return places;
}

}  // namespace rondo::importer
