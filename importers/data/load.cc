#include "importers/data/load.h"

#include <filesystem>

#include "importers/data/jsonl.h"
#include "importers/data/npz.h"
#include "importers/data/test_data_sets.h"

namespace rondo {
namespace {

Dataset read(const std::string& path, const DataOptions& options) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return read_test_data_sets(path, options.batch_axis);
  if (path.ends_with(".npz")) return read_npz_dataset(path, options.max_memory);
  if (path.ends_with(".npy")) return read_npy_dataset(path, "x");
  if (path.ends_with(".csv")) return read_csv(path, options.csv);
  if (path.ends_with(".jsonl")) return read_jsonl(path);
  if (path.ends_with(".tsv")) {
    CsvOptions tabs = options.csv;
    tabs.delimiter = '\t';
    return read_csv(path, tabs);
  }
  Error error(ErrorCode::data, "the kind of data cannot be told from the name");
  throw error.at_file(path).expected(
      "a name that ends in .npz, .npy, .csv, .tsv or .jsonl, or a folder of test data sets");
}

}  // namespace

Dataset load_dataset(const std::string& path, const DataOptions& options) {
  Dataset set = read(path, options);
  check_finite(set, options.non_finite);
  return set;
}

}  // namespace rondo
