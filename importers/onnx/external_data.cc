#include "importers/onnx/external_data.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <charconv>
#include <cstring>
#include <optional>

#include "base/checked.h"
#include "importers/onnx/external_path.h"
#include "importers/onnx/sha1.h"

namespace rondo::importer {
namespace {

Error bad_reference(std::string what) {
  return Error(ErrorCode::model, "external data: " + std::move(what)).fix("save the model and its weights again");
}

Error unreadable(const std::string& path, std::string what) {
  return Error(ErrorCode::io, fmt::format("external data '{}' {}", path, what))
      .fix("put the file next to the model, readable");
}

// Decimal digits only.
std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size() || text[0] == '-') return std::nullopt;
  return value;
}

std::int64_t number_or_throw(const std::string& key, const std::string& text) {
  const auto value = number(text);
  if (!value) throw bad_reference(key + " is no valid number").got(text).expected("0 to 2^63 - 1");
  return *value;
}

}  // namespace

ExternalData::File& ExternalData::open(const std::string& location) {
  if (const auto it = files_.find(location); it != files_.end()) return it->second;
  if (const std::string fault = location_fault(location); !fault.empty())
    throw bad_reference("the location is refused: " + fault).got(location).expected("a path below the model's folder");
  if (options_.directory.empty())
    throw bad_reference("the model was given as bytes, so its folder is unknown").got(location).fix("give --data-dir");
  if (static_cast<std::int64_t>(files_.size()) >= options_.max_files)
    throw Error(ErrorCode::limit, "the model names too many external files")
        .expected(fmt::format("at most {}", options_.max_files))
        .fix("store the weights in fewer files");
  const std::string path = options_.directory + "/" + location;
  File file{open_beneath(options_.directory, location, {options_.allow_linked, options_.without_openat2}), 0, path, ""};
  if (!file.fd && (errno == ELOOP || errno == EXDEV))
    throw bad_reference(errno == ELOOP ? "the location is, or passes through, a symbolic link"
                                       : "the location leads outside the model's folder")
        .got(path)
        .fix("copy the file there, or allow linked data if you trust the link");
  if (!file.fd) throw unreadable(path, fmt::format("cannot be opened: {}", std::strerror(errno)));
  struct stat info {};
  if (::fstat(file.fd.get(), &info) != 0) throw unreadable(path, "cannot be examined");
  if (!S_ISREG(info.st_mode)) throw unreadable(path, "is no regular file");
  if (info.st_nlink > 1 && !options_.allow_linked)
    throw bad_reference("the file has several hard links")
        .got(path)
        .fix("copy the file there, or allow linked data if you trust the link");
  file.size = info.st_size;
  return files_.emplace(location, std::move(file)).first->second;
}

ExternalData::Range ExternalData::locate(const ExternalRef& ref, std::int64_t bytes) {
  const std::int64_t offset = ref.offset.empty() ? 0 : number_or_throw("offset", ref.offset);
  const std::int64_t length = ref.length.empty() ? bytes : number_or_throw("length", ref.length);
  if (length != bytes)
    throw bad_reference("length is not what the tensor needs")
        .got(std::to_string(length))
        .expected(std::to_string(bytes));
  File& file = open(ref.location);
  const auto end = checked_add(offset, length);
  if (!end || *end > file.size)
    throw bad_reference(fmt::format("the range lies outside '{}'", file.path))
        .got(fmt::format("offset {} and length {}", offset, length))
        .expected(fmt::format("an end within {} bytes", file.size));
  if (!ref.checksum.empty()) verify_checksum(file, ref.checksum);
  return {file.fd.get(), offset, file.path};
}

void ExternalData::verify_checksum(File& file, const std::string& expected) {
  if (file.sha1.empty()) {
    Sha1 hash;
    std::string piece(std::size_t{1} << 20, '\0');
    for (std::int64_t at = 0; at < file.size;) {
      const std::int64_t n = read_at(file.fd.get(), piece.data(), static_cast<std::int64_t>(piece.size()), at);
      if (n <= 0) throw unreadable(file.path, "cannot be read to its end");
      hash.update({piece.data(), static_cast<std::size_t>(n)});
      at += n;
    }
    file.sha1 = hash.hex();
  }
  if (file.sha1 != expected)
    throw bad_reference(fmt::format("'{}' has another checksum than the model states", file.path))
        .got(file.sha1)
        .expected(expected);
}

void ExternalData::read(const Range& range, void* out, std::int64_t bytes) {
  const std::int64_t got = read_at(range.fd, out, bytes, range.offset);
  if (got < 0) throw unreadable(range.path, fmt::format("cannot be read: {}", std::strerror(errno)));
  if (got != bytes) throw unreadable(range.path, "became shorter while it was read");
}

}  // namespace rondo::importer
