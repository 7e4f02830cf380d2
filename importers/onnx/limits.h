// What a model may ask of the loader before it is refused with E_LIMIT. For the importer and whoever sets its options.
#pragma once

#include <cstdint>

namespace rondo {

struct ImportLimits {
  std::int64_t file_bytes = (std::int64_t{1} << 31) - 1;  // protobuf's own cap
  std::int64_t nodes = 200'000;                           // in the file, and again after functions are inlined
  std::int64_t initializers = 200'000;
  std::int64_t attributes_per_node = 1'000;
  std::int64_t subgraph_depth = 16;
  std::int64_t function_depth = 64;
  std::int64_t name_bytes = 4096;
  std::int64_t rank = 16;
  std::int64_t metadata_entries = 65'536;
  std::int64_t external_files = 1'000;
  std::int64_t tensor_bytes = 0;  // all constants together; 0: three quarters of the memory of the machine or cgroup
};

}  // namespace rondo
