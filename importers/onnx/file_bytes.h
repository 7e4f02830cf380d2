// Reads a whole regular file into memory that nobody else can change. For models and tensor files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace rondo::importer {

// Throws Error(io) when the file is missing, unreadable, no regular file, or changes while it is read; Error(limit)
// when it is larger than max_bytes; Error(memory). Never waits on a pipe or device.
std::shared_ptr<const std::string> read_regular_file(const std::string& path, std::int64_t max_bytes);

}  // namespace rondo::importer
