// Models and test folders for the tests of the command, written where a test wants them.
#pragma once

#include <filesystem>
#include <string>

namespace rondo::test {

// A float LSTM with lengths and symbolic time and batch; inputs X [5,2,3] and sequence_lens, outputs Y, Y_h. The folder
// gets model.onnx and data sets 0 to data_sets - 1 with the answers of the oracle.
void write_lstm_folder(const std::filesystem::path& folder, int data_sets = 1);

// An RNN of one step and one unit that only multiplies: X = {3,4} by W = {2,-3}, with gradient_data_set_0, whose
// cotangent is 1/2.
void write_gradient_folder(const std::filesystem::path& folder);

// X [T,batch,3] -> two stacked bidirectional GRUs -> Gemm -> Y. The output's name is `output`.
void write_stack(const std::filesystem::path& file, const std::string& output = "Y");

// X [2] doubled by a Loop as often as an int64 can say, -> Y.
void write_endless_loop(const std::filesystem::path& file);

// Nodes 'one' (NoSuchOp) and 'two' (NorThisOp), X [2] -> Y.
void write_unsupported(const std::filesystem::path& file);

// The same, with 'one' holding a subgraph "body" of 'inner' (NoSuchOp) and a call 'call' of the function Call, whose
// body is 'within' (NorThatOp).
void write_unsupported_inside(const std::filesystem::path& file);

}  // namespace rondo::test
