// Turns a TensorProto into a Tensor, checking that its type, dims and data agree before anything is allocated. Used by
// the graph import and the tensor files.
#pragma once

#include <onnx/onnx_pb.h>

#include <functional>
#include <string>
#include <vector>

#include "base/memory_budget.h"
#include "importers/onnx/external_data.h"
#include "importers/onnx/stored_constants.h"
#include "ir/attribute.h"

namespace rondo::importer {

// The element type of a number from a file. Throws Error(unsupported) for ONNX types that Rondo lacks and Error(model)
// for numbers that are none; `owner` starts the message ("tensor 'W'").
DType checked_dtype(std::int32_t data_type, const std::string& owner);

class TensorReader {
 public:
  struct Options {
    std::int64_t memory_bytes = 0;  // see MemoryBudget
    std::int64_t max_rank = 16;
    bool strict = false;  // NaN or Inf is Error(numeric) instead of a warning
    ExternalData::Options external;
    std::function<void(std::string)> warn;
    StoredConstants* stored = nullptr;  // asked for every tensor when it is there
  };
  explicit TensorReader(Options options)
      : options_(std::move(options)), budget_(options_.memory_bytes), external_(options_.external) {}

  // owner names the tensor in messages. Throws Error(model), (unsupported), (limit), (io), (numeric). A message that is
  // read again, as in a function that is called twice, gives the same tensor.
  TensorPtr read(const onnx::TensorProto& proto, const std::string& owner);

 private:
  TensorPtr read_new(const onnx::TensorProto& proto, const std::string& owner);
  TensorPtr read_inline(const onnx::TensorProto& proto, DType dtype, std::vector<std::int64_t> dims, std::int64_t bytes,
                        const std::string& owner);
  TensorPtr read_external(const onnx::TensorProto& proto, DType dtype, std::vector<std::int64_t> dims,
                          std::int64_t bytes);
  ExternalRef reference(const onnx::TensorProto& proto);
  void report_odd_values(const Tensor& tensor, const std::string& owner);

  Options options_;
  MemoryBudget budget_;
  ExternalData external_;
  std::unordered_map<const onnx::TensorProto*, TensorPtr> read_;
};

}  // namespace rondo::importer
