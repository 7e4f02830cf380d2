// Data sets from folders in the layout of ONNX's own tests: test_data_set_K/{input_I,output_J}.pb. Inputs are features,
// outputs are targets.
#pragma once

#include <cstdint>
#include <string>

#include "importers/data/dataset.h"

namespace rondo {

// path: one test_data_set_K, or a folder that holds some; they are read in the order of their numbers. Each tensor is
// cut into samples along batch_axis, or along axis 0 where it has no such axis. Fields are named as the tensors are, or
// "input_I" and "output_J" where those have no names, and have their types. Throws Error(data) that names the file,
// Error(io).
Dataset read_test_data_sets(const std::string& path, std::int64_t batch_axis = 0);

}  // namespace rondo
