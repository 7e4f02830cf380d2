// Text files of data in memory, checked for what no reader of text should meet. For the readers of this folder.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rondo/error.h"

namespace rondo {

inline constexpr std::size_t kMaxLine = std::size_t{16} << 20;

struct TextFile {
  std::shared_ptr<const std::string> bytes;
  std::string_view text;  // without a byte order mark
};

// Throws Error(io), Error(limit) when it is larger than the memory that may be used, Error(data) for an empty file,
// UTF-16 and NUL bytes.
TextFile read_text(const std::string& path);

// "data.csv:417:3: <what>"; a line or column of 0 is left out.
Error text_error(const std::string& path, std::int64_t line, std::int64_t column, std::string what);

}  // namespace rondo
