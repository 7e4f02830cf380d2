// Reads ONNX models into the graph. The only way in: files and byte strings of any origin give a valid Graph or a typed
// Error, with IR versions 3 to 13 and opsets 1 to 25. For the runtime, the trainer and the command.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "importers/onnx/limits.h"
#include "ir/graph.h"

namespace rondo {

struct ImportOptions {
  ImportLimits limits;
  // Where external data lies. Empty: the folder of the file for import_file; for import_bytes external data is an
  // error.
  std::string data_dir;
  bool allow_linked_data = false;  // external data may be symlinks or hard links that stay below the folder
  bool strict = false;             // NaN or Inf in a weight is Error(numeric) instead of a warning
  std::function<void(const std::string&)> on_warning;  // called besides being kept in ImportedModel::warnings
  // How operators are found; null: find_op of the operator list.
  const OpDef* (*find_operator)(std::string_view domain, std::string_view name) = nullptr;
};

struct OpsetImport {
  std::string domain;  // "" is ONNX's own
  std::int64_t version = 0;
};

struct ImportedModel {
  Graph graph;
  std::shared_ptr<const std::string> bytes;  // the file as it was, for writing tensors back into it
  std::string data_dir;                      // where its external data was looked for
  // By constant of the graph, or of one inside it: where the file keeps it (ir/place.h). Floating tensors only, and
  // only those the graph holds as the file does. A constant that is not here was made while importing.
  std::unordered_map<TensorPtr, std::string> places;
  std::int64_t ir_version = 0;
  std::int64_t model_version = 0;
  std::vector<OpsetImport> opsets;
  std::string producer_name, producer_version, domain, doc_string;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::int64_t unknown_fields = 0;  // in the file, ignored here
  std::vector<std::string> warnings;
};

// The graph holds every operator in its newest ONNX form. Initializers and Constant nodes are constants of the graph
// under their own names, also those that the file lists as inputs; functions are inlined; nodes are sorted. A value
// that a subgraph captures is in Graph::captures under its outer name, and also carries the tensor when that is
// constant.
//
// Throws Error: model (malformed or invalid), unsupported (lists every operator Rondo lacks), limit, memory, io,
// numeric. Errors carry the path.
ImportedModel import_file(const std::string& path, const ImportOptions& options = {});
ImportedModel import_bytes(std::string_view bytes, const ImportOptions& options = {});
ImportedModel import_bytes(std::shared_ptr<const std::string> bytes, const ImportOptions& options = {});

}  // namespace rondo
