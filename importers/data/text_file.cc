#include "importers/data/text_file.h"

#include <algorithm>

#include "base/memory_budget.h"
#include "importers/onnx/file_bytes.h"

namespace rondo {

Error text_error(const std::string& path, std::int64_t line, std::int64_t column, std::string what) {
  std::string place = path;
  if (line > 0) place += ':' + std::to_string(line);
  if (column > 0) place += ':' + std::to_string(column);
  Error error(ErrorCode::data, std::move(what));
  error.at_file(std::move(place));
  return error;
}

TextFile read_text(const std::string& path) {
  TextFile file;
  try {
    file.bytes = importer::read_regular_file(path, default_memory_budget());
  } catch (Error& e) {
    if (e.code() == ErrorCode::limit) e.fix("use a machine with more memory, or less of the data");
    throw;
  }
  file.text = *file.bytes;
  if (file.text.empty()) throw text_error(path, 0, 0, "file is empty (0 bytes)");
  if (file.text.starts_with("\xff\xfe") || file.text.starts_with("\xfe\xff"))
    throw text_error(path, 1, 0, "this is UTF-16 text").fix("save it as UTF-8");
  if (file.text.starts_with("\xef\xbb\xbf")) file.text.remove_prefix(3);
  const std::size_t nul = file.text.find('\0');
  if (nul != std::string_view::npos) {
    const auto line = 1 + std::ranges::count(file.text.substr(0, nul), '\n');
    throw text_error(path, line, 0, "the text holds a NUL byte").fix("save it as UTF-8 text");
  }
  return file;
}

}  // namespace rondo
