// Models made by others, where they are at hand: RONDO_CONFORMANCE_DIR names a folder with cases in ONNX's layout
// (recurrent/*/model.onnx, onnx-node/*/model.onnx). Every recurrent case must import and survive export; of the others,
// those that import must survive export, and those that do not must be unsupported and say why.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "exporters/onnx/export.h"
#include "importers/onnx/import.h"
#include "importers/onnx/tensor_file.h"

namespace rondo::test {
namespace {

namespace fs = std::filesystem;

// None when the variable is not set.
std::vector<fs::path> cases(const char* set) {
  std::vector<fs::path> out;
  const char* folder = std::getenv("RONDO_CONFORMANCE_DIR");
  if (folder == nullptr) return out;
  for (const auto& entry : fs::directory_iterator(fs::path(folder) / set))
    if (fs::exists(entry.path() / "model.onnx")) out.push_back(entry.path());
  EXPECT_FALSE(out.empty()) << set;
  return out;
}

void expect_round_trip(const fs::path& path) {
  const ImportedModel model = import_file((path / "model.onnx").string());
  EXPECT_TRUE(equal(model.graph, import_bytes(export_model(model.graph)).graph)) << path;
  verify(model.graph);
}

TEST(Conformance, RecurrentCasesImportAndSurviveExport) {
  for (const fs::path& path : cases("recurrent")) {
    try {
      expect_round_trip(path);
      for (const auto& file : fs::directory_iterator(path / "test_data_set_0")) read_tensor_file(file.path().string());
    } catch (const Error& e) {
      ADD_FAILURE() << e.what();
    }
  }
}

TEST(Conformance, NodeCasesImportOrAreUnsupported) {
  std::map<std::string, int> missing;
  std::size_t count = 0;
  for (const fs::path& path : cases("onnx-node")) {
    try {
      expect_round_trip(path);
      ++count;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::unsupported) << e.what();
      ++missing[e.message()];
    }
  }
  RecordProperty("imported", static_cast<int>(count));
  for (const auto& [what, times] : missing) RecordProperty(what, times);
}

}  // namespace
}  // namespace rondo::test
