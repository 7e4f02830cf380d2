// Zip archives in memory, stored without compression. Used by checkpoints only.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace rondo::train {

struct Member {
  std::string name;
  std::vector<std::byte> bytes;
};

// The same members give the same bytes. Throws Error(memory).
std::vector<std::byte> write_archive(std::span<const Member> members);

// In the archive's order. Throws Error(data) for what is no archive, is cut off, is packed or encrypted, or does not
// have the checksums it says.
std::vector<Member> read_archive(std::span<const std::byte> bytes);

}  // namespace rondo::train
