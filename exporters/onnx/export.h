// Writes a whole graph as an ONNX model. Since the graph holds every operator in its newest ONNX form, a node is
// written as it stands. For saving graphs that Rondo made or changed; a model of which only weights changed is patched
// instead.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/save_file.h"
#include "ir/graph.h"

namespace rondo {

// Written unless an operator or attribute in the graph is newer; then the smallest opset that has it.
inline constexpr std::int64_t kExportOpset = 22;

struct ExportOptions {
  std::string producer_name = "rondo";
  std::string producer_version, domain, doc_string;
  std::int64_t model_version = 0;
  std::vector<std::pair<std::string, std::string>> metadata;
};

// The bytes of the model. Constants that something reads become initializers; the types of all values are stated, so
// that what a declaration told the importer is not lost. Reading it back gives an equal graph. Throws
// Error(unsupported) for a node with an attribute that only Rondo knows, Error(limit) past 2 GiB.
std::string export_model(const Graph& graph, const ExportOptions& options = {});

// The same into a file: written beside it, checked and renamed into place. Throws what export_model and save_file
// throw.
void export_file(const Graph& graph, const std::string& path, Overwrite overwrite, const ExportOptions& options = {});

}  // namespace rondo
