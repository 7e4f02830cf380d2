#include "base/save_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/way_out.h"

namespace rondo {
namespace {

Error io_error(std::string what, const std::string& path, int error = errno) {
  Error e(ErrorCode::io, std::move(what));
  e.got(std::strerror(error)).at_file(path).fix(way_out_of(error));
  return e;
}

Error exists_error(const std::string& path) {
  Error e(ErrorCode::usage, "the file exists and is not overwritten without being told to");
  e.at_file(path).fix("choose another name, or add --force");
  return e;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// A new file of a name nobody else has, in the folder of `path`.
int create_temporary(const std::string& path, std::string& name) {
  static std::atomic<unsigned> counter{0};
  const std::string folder = folder_of(path);
  int fd = -1;
  do {
    name = (folder == "." ? "./" : folder) + ".rondo-" + std::to_string(::getpid()) + "-" + std::to_string(counter++) +
           ".tmp";
    fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EEXIST);
  if (fd < 0) throw io_error("no file can be created in this folder", folder);
  return fd;
}

Error write_error(const std::string& path, int error = errno) {
  Error e = io_error("writing failed", path, error);
  e.fix("free space and run again");
  return e;
}

void read_back(const std::string& name, std::span<const std::byte> bytes, const std::string& path) {
  const Descriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw io_error("the file just written cannot be opened", path);
  std::array<std::byte, 65536> block;
  while (true) {
    const ssize_t n = ::read(file.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw io_error("the file just written cannot be read", path);
    if (n == 0) break;
    const auto got = static_cast<std::size_t>(n);
    if (got > bytes.size() || !std::equal(block.begin(), block.begin() + n, bytes.begin()))
      throw io_error("the file just written reads back different", path, EIO);
    bytes = bytes.subspan(got);
  }
  if (!bytes.empty()) throw io_error("the file just written reads back short", path, EIO);
}

void give_name(const std::string& from, const std::string& path, Overwrite overwrite) {
  if (overwrite == Overwrite::yes) {
    if (::rename(from.c_str(), path.c_str()) != 0) throw io_error("the file cannot be renamed into place", path);
    return;
  }
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno == EEXIST) throw exists_error(path);
  if (errno != EINVAL && errno != ENOSYS) throw io_error("the file cannot be renamed into place", path);
  // A file system without that flag: a hard link never replaces either.
  if (::link(from.c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) throw exists_error(path);
    throw io_error("the file cannot be linked into place", path);
  }
  ::unlink(from.c_str());
}

}  // namespace

void check_can_save(const std::string& path, Overwrite overwrite) {
  struct stat status {};
  if (path.empty() || path.back() == '/') throw io_error("this names no file", path, EISDIR);
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) throw io_error("this is no regular file", path, EEXIST);
    if (overwrite == Overwrite::no) throw exists_error(path);
  } else if (errno != ENOENT) {
    throw io_error("the file cannot be written", path);
  }
  const std::string folder = folder_of(path);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) throw io_error("no file can be created in this folder", folder);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

PendingFile::PendingFile(std::string path, Overwrite overwrite) : path_(std::move(path)), overwrite_(overwrite) {
  check_can_save(path_, overwrite);
  fd_ = create_temporary(path_, temporary_);
}

PendingFile::~PendingFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void PendingFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw write_error(path_, n == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void PendingFile::write_at(std::int64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw write_error(path_, n == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += n;
  }
}

void PendingFile::finish() {
  if (::fsync(fd_) != 0) throw write_error(path_);
  if (::close(std::exchange(fd_, -1)) != 0) throw write_error(path_);  // can report a write that failed late
}

void PendingFile::commit() {
  give_name(temporary_, path_, overwrite_);
  temporary_.clear();
  const Descriptor folder(::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
}

void save_file(const std::string& path, std::span<const std::byte> bytes, Overwrite overwrite) {
  PendingFile file(path, overwrite);
  file.append(bytes);
  file.finish();
  read_back(file.temporary(), bytes, path);
  file.commit();
}

}  // namespace rondo
