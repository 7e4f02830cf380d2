#include "importers/onnx/import.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <climits>
#include <filesystem>
#include <new>
#include <unordered_set>

#include "base/way_out.h"
#include "importers/onnx/collecting_loops.h"
#include "importers/onnx/file_bytes.h"
#include "importers/onnx/foreign_format.h"
#include "importers/onnx/functions.h"
#include "importers/onnx/graph_builder.h"
#include "importers/onnx/newer_fields.h"
#include "importers/onnx/op_table.h"
#include "importers/onnx/stored_constants.h"
#include "importers/onnx/unsupported.h"
#include "importers/onnx/wire_scan.h"
#include "ops/op_list.h"

namespace rondo {
namespace {

constexpr std::size_t kMaxWarnings = 1'000;  // kept; a hostile file could cause millions

class Import {
 public:
  Import(std::shared_ptr<const std::string> bytes, const ImportOptions& options, std::string data_dir)
      : options_(options) {
    model_.bytes = std::move(bytes);
    model_.data_dir = std::move(data_dir);
  }

  ImportedModel run() {
    const std::string& bytes = *model_.bytes;
    if (static_cast<std::int64_t>(bytes.size()) > std::min<std::int64_t>(options_.limits.file_bytes, INT_MAX))
      throw Error(ErrorCode::limit, "the model is too large").fix("keep the weights as external data");
    importer::reject_foreign(bytes);
    model_.unknown_fields = importer::scan_wire(bytes, importer::WireRoot::model, options_.limits).unknown_fields;
    onnx::ModelProto proto;
    if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      throw Error(ErrorCode::model, "the file is damaged").fix("download or export the model again");
    read_header(proto);
    const importer::Opsets opsets(proto.opset_import(), "the model");
    model_.opsets = opsets.all();
    const importer::FunctionLibrary functions(proto);
    const auto lookup = options_.find_operator == nullptr ? &find_op : options_.find_operator;
    importer::StoredConstants stored(proto);
    importer::collect_by_scan_outputs(*proto.mutable_graph());
    importer::reject_unsupported(proto, opsets, functions, lookup);
    build(proto, opsets, functions, stored, lookup);
    model_.places = stored.places();
    return std::move(model_);
  }

 private:
  void warn(std::string text) {
    if (model_.warnings.size() >= kMaxWarnings) return;
    if (options_.on_warning) options_.on_warning(text);
    model_.warnings.push_back(std::move(text));
  }

  Error incomplete(std::string what) const {
    return Error(ErrorCode::model, std::move(what))
        .at_file("", static_cast<std::int64_t>(model_.bytes->size()))
        .fix("download or export the model again");
  }

  void read_header(const onnx::ModelProto& proto) {
    if (!proto.has_ir_version() || proto.ir_version() == 0)
      throw incomplete("the file states no ir_version, so it is no ONNX model or cut off");
    if (proto.ir_version() < 0) throw incomplete("the ir_version cannot be").got(std::to_string(proto.ir_version()));
    if (proto.ir_version() < importer::kOldestIrVersion || proto.ir_version() > importer::kNewestIrVersion)
      throw Error(ErrorCode::unsupported, "the model is of an IR version that is not read")
          .got(std::to_string(proto.ir_version()))
          .expected(fmt::format("{} to {}", importer::kOldestIrVersion, importer::kNewestIrVersion))
          .fix("export the model again with another version of onnx");
    if (!proto.has_graph()) throw incomplete("the model has no graph");
    if (proto.opset_import_size() == 0) throw incomplete("the model imports no opset");
    model_.ir_version = proto.ir_version();
    model_.model_version = proto.model_version();
    model_.producer_name = proto.producer_name();
    model_.producer_version = proto.producer_version();
    model_.domain = proto.domain();
    model_.doc_string = proto.doc_string();
    std::unordered_set<std::string> keys;
    for (const auto& entry : proto.metadata_props()) {
      if (!keys.insert(entry.key()).second)
        throw Error(ErrorCode::model, fmt::format("the metadata has the key '{}' twice", entry.key()))
            .fix("keep one of the two");
      model_.metadata.emplace_back(entry.key(), entry.value());
    }
    if (proto.training_info_size() > 0) warn("the model's training_info is ignored");
    if (importer::configures_devices(proto)) warn("the model's device configurations are ignored");
    if (model_.unknown_fields > 0)
      warn(fmt::format("the file has {} fields that this version of Rondo does not know; they are ignored",
                       model_.unknown_fields));
  }

  void build(const onnx::ModelProto& proto, const importer::Opsets& opsets, const importer::FunctionLibrary& functions,
             importer::StoredConstants& stored, importer::OpLookup lookup) {
    const auto to_warn = [this](std::string text) { warn(std::move(text)); };
    importer::TensorReader::Options reading;
    reading.memory_bytes = options_.limits.tensor_bytes;
    reading.max_rank = options_.limits.rank;
    reading.strict = options_.strict;
    reading.external.directory = model_.data_dir;
    reading.external.allow_linked = options_.allow_linked_data;
    reading.external.max_files = options_.limits.external_files;
    reading.warn = to_warn;
    reading.stored = &stored;
    importer::TensorReader tensors(std::move(reading));
    importer::BuildContext context{
        options_.limits, functions, tensors, stored, lookup, to_warn, proto.producer_name() == "pytorch"};
    model_.graph = importer::GraphBuilder(std::move(context)).build(proto.graph(), opsets);
  }

  const ImportOptions& options_;
  ImportedModel model_;
};

ImportedModel import_located(std::shared_ptr<const std::string> bytes, const ImportOptions& options,
                             std::string data_dir) {
  try {
    return Import(std::move(bytes), options, std::move(data_dir)).run();
  } catch (Error& e) {
    add_way_out(e);
    throw;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::memory, "no memory to load the model").fix("free memory, or load a smaller model");
  }
}

}  // namespace

ImportedModel import_file(const std::string& path, const ImportOptions& options) {
  auto bytes = importer::read_regular_file(path, std::min<std::int64_t>(options.limits.file_bytes, INT_MAX));
  std::filesystem::path data_dir = options.data_dir;
  if (data_dir.empty()) data_dir = std::filesystem::path(path).parent_path();
  try {
    return import_located(std::move(bytes), options, data_dir.empty() ? "." : data_dir.string());
  } catch (Error& e) {
    throw e.at_file(path, e.where().byte);
  }
}

ImportedModel import_bytes(std::shared_ptr<const std::string> bytes, const ImportOptions& options) {
  return import_located(std::move(bytes), options, options.data_dir);
}

ImportedModel import_bytes(std::string_view bytes, const ImportOptions& options) {
  return import_bytes(std::make_shared<const std::string>(bytes), options);
}

}  // namespace rondo
