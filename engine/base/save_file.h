// Files that appear whole or not at all, for everything Rondo writes. The bytes go to a temporary file of the same
// folder, are synced and read back, and only then take the name.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace rondo {

enum class Overwrite { no, yes };

// Throws Error(usage) when the file exists and may not be overwritten, Error(io) when its folder cannot be written or
// the path names something that is no regular file. For finding out before a long computation.
void check_can_save(const std::string& path, Overwrite overwrite);

// Throws what check_can_save throws, and Error(io) when the disk is full or fails; then an older file of that name is
// untouched and no temporary file is left.
void save_file(const std::string& path, std::span<const std::byte> bytes, Overwrite overwrite);

}  // namespace rondo
