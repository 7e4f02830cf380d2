// The one gate to files that a model names: nothing outside the model's folder is ever opened. Used by the tensor
// reader only.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "importers/onnx/file_descriptor.h"
#include "importers/onnx/limits.h"
#include "rondo/error.h"

namespace rondo::importer {

// The entries of TensorProto.external_data as text.
struct ExternalRef {
  std::string location, offset, length, checksum;
};

class ExternalData {
 public:
  struct Options {
    std::string directory;  // empty: the model has no place of its own, and any reference is an error
    bool allow_linked =
        false;  // symlinks and hard links that stay inside the folder (or the model hub's cache) are fine
    bool without_openat2 = false;  // walk the path step by step, as on kernels before 5.6
    std::int64_t max_files = 1'000;
  };
  explicit ExternalData(Options options) : options_(std::move(options)) {}

  // A checked range of an open file.
  struct Range {
    int fd;
    std::int64_t offset;
    std::string path;
  };
  // Checks everything before the caller allocates: `bytes` is what the tensor's type and shape need. Throws
  // Error(model) for references that leave the folder, are malformed or do not fit the file, Error(io) naming the full
  // path.
  Range locate(const ExternalRef& ref, std::int64_t bytes);
  // Throws Error(io).
  static void read(const Range& range, void* out, std::int64_t bytes);

 private:
  struct File {
    FileDescriptor fd;
    std::int64_t size = 0;
    std::string path;
    std::string sha1;  // of the whole file, once somebody asked
  };
  File& open(const std::string& location);
  void verify_checksum(File& file, const std::string& expected);

  Options options_;
  std::unordered_map<std::string, File> files_;
};

}  // namespace rondo::importer
