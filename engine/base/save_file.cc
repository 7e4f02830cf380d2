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

#include "rondo/error.h"

namespace rondo {
namespace {

Error io_error(std::string what, const std::string& path, int error = errno) {
  Error e(ErrorCode::io, std::move(what));
  e.got(std::strerror(error)).at_file(path);
  return e;
}

Error exists_error(const std::string& path) {
  Error e(ErrorCode::usage, "the file exists and is not overwritten without being told to");
  e.at_file(path).fix("choose another name, or add --force");
  return e;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
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
  // Closing can report a write that failed late.
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

// A name nobody else has, removed on destruction unless it was given its final name.
class Temporary {
 public:
  explicit Temporary(const std::string& path) {
    static std::atomic<unsigned> counter{0};
    do {
      name_ = folder_of(path);
      name_ += (name_ == "." ? "/" : "") + std::string(".rondo-") + std::to_string(::getpid()) + "-" +
               std::to_string(counter++) + ".tmp";
      fd_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (fd_ < 0 && errno == EEXIST);
    if (fd_ < 0) throw io_error("no file can be created in this folder", folder_of(path));
  }
  ~Temporary() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  int fd() const { return fd_; }
  const std::string& name() const { return name_; }
  void keep() { name_.clear(); }

 private:
  std::string name_;
  int fd_ = -1;
};

void write_all(int fd, std::span<const std::byte> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw io_error("writing failed", path, n == 0 ? ENOSPC : errno).fix("free space and run again");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
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

void save_file(const std::string& path, std::span<const std::byte> bytes, Overwrite overwrite) {
  check_can_save(path, overwrite);
  Temporary temporary(path);
  Descriptor file(temporary.fd());
  write_all(file.get(), bytes, path);
  if (::fsync(file.get()) != 0 || !file.close()) throw io_error("writing failed", path);
  read_back(temporary.name(), bytes, path);
  give_name(temporary.name(), path, overwrite);
  temporary.keep();
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
}

}  // namespace rondo
