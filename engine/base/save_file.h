// Files that appear whole or not at all, for everything Rondo writes. The bytes go to a temporary file of the same
// folder, are synced and read back, and only then take the name.
#pragma once

#include <cstddef>
#include <cstdint>
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

// The folder a path lies in: "." or with a slash at its end.
std::string folder_of(const std::string& path);

// The same in steps, for a file that is written in pieces or looked at before it gets its name. Without commit() it is
// gone when the object goes.
class PendingFile {
 public:
  // Creates the temporary file. Throws what check_can_save throws.
  PendingFile(std::string path, Overwrite overwrite);
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  void append(std::span<const std::byte> bytes);
  void write_at(std::int64_t offset, std::span<const std::byte> bytes);
  // The bytes are on the disk, and nothing is written any more.
  void finish();
  const std::string& temporary() const noexcept { return temporary_; }
  // Gives the name and syncs the folder.
  void commit();

 private:
  std::string path_, temporary_;
  Overwrite overwrite_;
  int fd_ = -1;
};

}  // namespace rondo
