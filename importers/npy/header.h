// The header of a .npy file: for npy.cc, and for readers that find .npy members inside an archive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rondo/dtype.h"

namespace rondo {

struct NpyHeader {
  DType dtype = DType::undefined;
  bool big_endian = false;
  bool column_major = false;
  std::vector<std::int64_t> shape;
  std::size_t data_offset = 0;
  std::size_t data_bytes = 0;
};

inline constexpr std::size_t kMaxNpyHeader = std::size_t{64} << 10;
inline constexpr std::size_t kMaxNpyPrefix = 12 + kMaxNpyHeader;  // no header reaches further into a file

// prefix: the first kMaxNpyPrefix bytes of the file, or all of it. Throws Error(data), Error(limit) for too many dims;
// both name the byte but not the file.
NpyHeader parse_npy_header(std::span<const std::byte> prefix);

}  // namespace rondo
