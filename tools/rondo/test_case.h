// The folder layout of ONNX's own tests: DIR/model.onnx and DIR/test_data_set_K/{input_I,output_J}.pb.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rondo/tensor.h"

namespace rondo::tool {

struct TestCase {
  std::string folder, model;
  std::vector<std::string> data_sets;  // folder names, in the order of their numbers
};

// Throws Error(io) when there is no such folder or no model.onnx in it, Error(data) when it holds no data set.
TestCase find_test_case(const std::string& folder);

// The same with gradient_data_set_K for data sets.
TestCase find_gradient_case(const std::string& folder);

// The data set with the inputs of a gradient data set: gradient_data_set_K -> test_data_set_K.
std::string inputs_of(const std::string& gradient_data_set);

// gradient_NAME.pb of a gradient data set, by NAME. Throws as read_tensor_file does.
std::map<std::string, Tensor> read_gradients(const std::string& data_set);

// input_0.pb, input_1.pb, ... of a data set, kind "input", "output" or "cotangent". Throws as read_tensor_file does,
// and Error(data) when a number is left out.
std::vector<Tensor> read_tensors(const std::string& data_set, const std::string& kind);

}  // namespace rondo::tool
