#include "importers/onnx/file_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstring>
#include <new>

#include "base/way_out.h"
#include "importers/onnx/file_descriptor.h"

namespace rondo::importer {
namespace {

Error io_error(const std::string& path, std::string what, int error = 0) {
  if (error != 0) what += fmt::format(": {}", std::strerror(error));
  return Error(ErrorCode::io, std::move(what)).at_file(path).fix(way_out_of(error));
}

bool same_content(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

std::shared_ptr<const std::string> read_regular_file(const std::string& path, std::int64_t max_bytes) {
  if (path.find('\0') != std::string::npos) throw io_error(path, "a path cannot hold a NUL byte").fix("check the path");
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) throw io_error(path, "the file cannot be opened", errno);
  struct stat before {};
  if (::fstat(fd.get(), &before) != 0) throw io_error(path, "the file cannot be examined", errno);
  if (S_ISDIR(before.st_mode)) throw io_error(path, "this is a directory").fix("name the model file inside it");
  if (!S_ISREG(before.st_mode)) throw io_error(path, "this is no regular file").fix("copy the data to a file first");
  if (before.st_size > max_bytes)
    throw Error(ErrorCode::limit, "the file is too large")
        .at_file(path)
        .got(fmt::format("{} bytes", before.st_size))
        .expected(fmt::format("at most {}", max_bytes))
        .fix("keep the weights as external data");
  std::shared_ptr<std::string> bytes;
  try {
    bytes = std::make_shared<std::string>(static_cast<std::size_t>(before.st_size), '\0');
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::memory, fmt::format("no memory for the file's {} bytes", before.st_size))
        .at_file(path)
        .fix("free memory, or keep the weights as external data");
  }
  const std::int64_t got = read_at(fd.get(), bytes->data(), before.st_size, 0);
  if (got < 0) throw io_error(path, "the file cannot be read", errno);
  struct stat after {};
  if (::fstat(fd.get(), &after) != 0) throw io_error(path, "the file cannot be examined", errno);
  if (got != before.st_size || !same_content(before, after))
    throw io_error(path, "the file changed while it was read").fix("load it again once it is written");
  return bytes;
}

}  // namespace rondo::importer
