// A RecurrentCase as an ONNX model with its input tensors, and as a folder of ONNX's own test layout; and such folders
// read back. For tests that run an engine from the file on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "oracle/recurrent_case.h"
#include "oracle/recurrent_oracle.h"
#include "rondo/tensor.h"

namespace rondo::oracle {

struct RecurrentModel {
  std::string bytes;                     // the serialized ModelProto, one node
  std::vector<std::string> input_names;  // what a run must be given, in graph order: inputs that are no initializers
  std::vector<Tensor> inputs;
  std::vector<std::string> output_names;  // the wanted outputs: "Y", "Y_h", "Y_c"
};
RecurrentModel to_model(const RecurrentCase& c);

// The wanted outputs in the order of output_names, rounded to the dtype of the case.
std::vector<Tensor> wanted_outputs(const RecurrentCase& c, const RecurrentResult& result);

// Writes folder/model.onnx and folder/test_data_set_0/{input_I,output_J}.pb. Throws std::filesystem::filesystem_error.
void write_folder(const RecurrentCase& c, const RecurrentResult& result, const std::filesystem::path& folder);

struct RecurrentFolder {
  RecurrentCase c;
  std::vector<Tensor> outputs;  // the wanted ones, as stored
};
// Reads a folder whose model has one recurrent node. Throws std::runtime_error when it is something else.
RecurrentFolder read_folder(const std::filesystem::path& folder);

}  // namespace rondo::oracle
