// One function for all kinds of data sets, for the command.
#pragma once

#include <string>

#include "importers/data/checks.h"
#include "importers/data/csv.h"

namespace rondo {

struct DataOptions {
  CsvOptions csv{};
  NonFinite non_finite = NonFinite::refuse;
  std::int64_t batch_axis = 0;  // of the tensors in test_data_set folders
  std::int64_t max_memory = 0;  // bytes of the arrays of a .npz; 0: three quarters of the memory
};

// By what the path ends in: .npz, .npy (the field "x"), .csv, .tsv, .jsonl; a folder holds test data sets. The data is
// checked to be finite as the options say. Throws what the readers throw, and Error(data) for other names.
Dataset load_dataset(const std::string& path, const DataOptions& options = {});

}  // namespace rondo
