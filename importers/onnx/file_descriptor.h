// A file descriptor that closes itself, and reads that survive interruption. For readers and writers of files.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace rondo::importer {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) noexcept : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

// Bytes read: fewer than asked at the end of the file; -1 with errno on failure.
inline std::int64_t read_at(int fd, void* out, std::int64_t size, std::int64_t offset) noexcept {
  std::int64_t done = 0;
  while (done < size) {
    constexpr std::int64_t kPiece = std::int64_t{1} << 30;
    const std::int64_t want = size - done < kPiece ? size - done : kPiece;
    const ssize_t n = ::pread(fd, static_cast<char*>(out) + done, static_cast<std::size_t>(want), offset + done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (n == 0) break;
    done += n;
  }
  return done;
}

}  // namespace rondo::importer
