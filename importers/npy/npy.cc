#include "importers/npy/npy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>

#include "base/half.h"
#include "base/way_out.h"
#include "importers/npy/header.h"
#include "rondo/error.h"

namespace rondo {
namespace {

void reverse_bytes(Tensor& tensor) {
  const std::size_t size = size_of(tensor.dtype());
  auto* p = static_cast<std::byte*>(tensor.data());
  for (std::byte* const end = p + tensor.bytes(); p != end; p += size) std::reverse(p, p + size);
}

// The first axis of a column-major array is the one whose neighbours are adjacent.
Tensor row_major(const Tensor& columns) {
  const std::vector<std::int64_t>& shape = columns.shape();
  const std::size_t size = size_of(columns.dtype()), rank = shape.size();
  std::vector<std::int64_t> stride(rank, 1), index(rank, 0);
  for (std::size_t a = 1; a < rank; ++a) stride[a] = stride[a - 1] * shape[a - 1];
  Tensor rows(columns.dtype(), shape);
  const auto* from = static_cast<const std::byte*>(columns.data());
  auto* to = static_cast<std::byte*>(rows.data());
  for (std::int64_t i = 0; i < rows.count(); ++i, to += size) {
    const std::int64_t at = std::inner_product(index.begin(), index.end(), stride.begin(), std::int64_t{0});
    std::memcpy(to, from + static_cast<std::size_t>(at) * size, size);
    for (std::size_t a = rank; a-- > 0;) {
      if (++index[a] < shape[a]) break;
      index[a] = 0;
    }
  }
  return rows;
}

void check_booleans(const Tensor& tensor) {
  if (tensor.dtype() != DType::boolean) return;
  const auto values = tensor.values<std::uint8_t>();
  const auto bad = std::find_if(values.begin(), values.end(), [](std::uint8_t v) { return v > 1; });
  if (bad != values.end())
    throw Error(ErrorCode::data, "element " + std::to_string(bad - values.begin()) + " of a bool array is no bool")
        .got(std::to_string(*bad))
        .expected("0 or 1")
        .fix("save the array again, as numpy.save does");
}

Tensor read_array(std::size_t file_bytes, const NpySource& read) {
  std::vector<std::byte> prefix(std::min(file_bytes, kMaxNpyPrefix));
  read(0, prefix.size(), prefix.data());
  NpyHeader header = parse_npy_header(prefix);
  const std::size_t rest = file_bytes - header.data_offset;
  if (rest != header.data_bytes) {
    Error e(ErrorCode::data, rest < header.data_bytes ? "the array's data is cut short" : "bytes follow the array");
    e.got(std::to_string(rest) + " bytes").at_file("", static_cast<std::int64_t>(header.data_offset));
    e.fix("copy or save the array again");
    throw e.expected(std::to_string(header.data_bytes) + " for " + std::string(name_of(header.dtype)) +
                     to_string(header.shape));
  }
  Tensor tensor(header.dtype, header.shape);
  read(header.data_offset, header.data_bytes, tensor.data());
  if (header.big_endian) reverse_bytes(tensor);
  check_booleans(tensor);
  return header.column_major && header.shape.size() > 1 ? row_major(tensor) : std::move(tensor);
}

class File {
 public:
  // O_NONBLOCK: a pipe nobody writes to must not hold us.
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    struct stat status {};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) throw io_error("the file cannot be opened");
    if (!S_ISREG(status.st_mode)) {
      ::close(fd_);
      throw Error(ErrorCode::io, "this is no regular file").fix("give the path of a .npy file");
    }
    bytes_ = static_cast<std::size_t>(status.st_size);
  }
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::size_t bytes() const { return bytes_; }

  void read(std::size_t offset, std::size_t count, void* to) const {
    auto* p = static_cast<std::byte*>(to);
    while (count > 0) {
      const ssize_t n = ::pread(fd_, p, count, static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw io_error("the file cannot be read");
      if (n == 0) throw Error(ErrorCode::io, "the file became shorter while it was read").fix("run again");
      p += n, offset += static_cast<std::size_t>(n), count -= static_cast<std::size_t>(n);
    }
  }

 private:
  static Error io_error(std::string what) {
    Error e(ErrorCode::io, std::move(what));
    e.got(std::strerror(errno)).fix(way_out_of(errno));
    return e;
  }
  int fd_;
  std::size_t bytes_ = 0;
};

std::string_view descr(DType dtype) {
  switch (dtype) {
    case DType::float32:
      return "<f4";
    case DType::float64:
      return "<f8";
    case DType::float16:
      return "<f2";
    case DType::boolean:
      return "|b1";
    case DType::int8:
      return "|i1";
    case DType::int16:
      return "<i2";
    case DType::int32:
      return "<i4";
    case DType::int64:
      return "<i8";
    case DType::uint8:
      return "|u1";
    case DType::uint16:
      return "<u2";
    case DType::uint32:
      return "<u4";
    case DType::uint64:
      return "<u8";
    default:
      throw Error(ErrorCode::data, "this element type has no place in a .npy file")
          .got(std::string(name_of(dtype)))
          .fix("cast it in the model");
  }
}

std::string header_text(const TensorView& tensor) {
  std::string text = "{'descr': '" + std::string(descr(tensor.dtype)) + "', 'fortran_order': False, 'shape': (";
  for (std::size_t a = 0; a < tensor.shape.size(); ++a)
    text += (a ? ", " : "") + std::to_string(tensor.shape[a]) + (tensor.shape.size() == 1 ? "," : "");
  text += "), }";
  constexpr std::size_t kBefore = 10, kAlign = 64;  // magic, version and length; data starts on a multiple of 64
  text.append(kAlign - 1 - (kBefore + text.size()) % kAlign, ' ');
  return text + '\n';
}

Tensor widened(const TensorView& tensor) {
  Tensor wide(DType::float32, {tensor.shape.begin(), tensor.shape.end()});
  const auto* from = tensor.as<BFloat16>();
  for (float& v : wide.values<float>()) v = to_float(*from++);
  return wide;
}

}  // namespace

Tensor read_npy(const std::string& path) try {
  const File file(path);
  return read_array(file.bytes(), [&](std::size_t at, std::size_t n, void* to) { file.read(at, n, to); });
} catch (Error& e) {
  throw e.at_file(path);
}

Tensor npy_from_source(std::size_t file_bytes, const NpySource& read, const std::string& name) try {
  return read_array(file_bytes, read);
} catch (Error& e) {
  throw e.at_file(name);
}

Tensor npy_from_bytes(std::span<const std::byte> bytes, const std::string& name) {
  const auto read = [&](std::size_t at, std::size_t n, void* to) {
    if (n > 0) std::memcpy(to, bytes.data() + at, n);
  };
  return npy_from_source(bytes.size(), read, name);
}

std::vector<std::byte> npy_bytes(const TensorView& tensor) {
  if (tensor.dtype == DType::bfloat16) return npy_bytes(widened(tensor).view());
  const std::string text = header_text(tensor);
  std::vector<std::byte> bytes;
  bytes.reserve(10 + text.size() + tensor.bytes());
  const auto append = [&](const void* data, std::size_t n) {
    const auto* p = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), p, p + n);
  };
  append("\x93NUMPY\x01\x00", 8);
  const unsigned char length[2] = {static_cast<unsigned char>(text.size() & 255),
                                   static_cast<unsigned char>(text.size() >> 8)};
  append(length, 2);
  append(text.data(), text.size());
  append(tensor.data, tensor.bytes());
  return bytes;
}

void write_npy(const std::string& path, const TensorView& tensor, Overwrite overwrite) {
  save_file(path, npy_bytes(tensor), overwrite);
}

}  // namespace rondo
