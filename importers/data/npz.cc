#include "importers/data/npz.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/memory_budget.h"
#include "importers/npy/npy.h"

namespace rondo {
namespace {

constexpr zip_int64_t kMaxMembers = 1024;
constexpr std::size_t kMaxName = 4096;
constexpr std::string_view kSuffix = ".npy";

Error failure(ErrorCode code, std::string what, const std::string& path) {
  Error error(code, std::move(what));
  error.at_file(path);
  return error;
}

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using Member = std::unique_ptr<zip_file_t, Discard>;

std::string text_of(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

// O_NONBLOCK: a pipe nobody writes to must not hold us. The archive owns the descriptor.
Archive open_archive(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) throw failure(ErrorCode::io, "the file cannot be opened", path).got(std::strerror(errno));
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(fd);
    throw failure(ErrorCode::io, "this is no regular file", path).fix("give the path of a .npz file");
  }
  if (status.st_size == 0) {
    ::close(fd);
    throw failure(ErrorCode::data, "file is empty (0 bytes)", path);
  }
  int code = 0;
  Archive archive(zip_fdopen(fd, ZIP_CHECKCONS, &code));
  if (archive) return archive;
  ::close(fd);
  throw failure(ErrorCode::data, "this is no sound .npz archive", path)
      .got(text_of(code))
      .fix("save it with numpy.savez");
}

// One member read from its beginning on; its first bytes are kept, since they are asked for twice.
class MemberReader {
 public:
  MemberReader(Member member, std::string name) : member_(std::move(member)), name_(std::move(name)) {}

  void read(std::size_t offset, std::size_t bytes, void* to) {
    auto* out = static_cast<std::byte*>(to);
    if (offset == 0) {
      head_.resize(bytes);
      pull(bytes, head_.data());
    }
    const std::size_t kept = offset < head_.size() ? std::min(bytes, head_.size() - offset) : 0;
    if (kept > 0) std::memcpy(out, head_.data() + offset, kept);
    if (offset > 0) pull(bytes - kept, out + kept);
  }

  // The checksum is compared where a member ends.
  void finish() {
    std::byte more;
    const zip_int64_t n = zip_fread(member_.get(), &more, 1);
    if (n != 0) throw damaged(n > 0 ? "more data than it says" : zip_file_strerror(member_.get()));
  }

 private:
  void pull(std::size_t bytes, std::byte* to) {
    while (bytes > 0) {
      const zip_int64_t n = zip_fread(member_.get(), to, bytes);
      if (n <= 0) throw damaged(n == 0 ? "less data than it says" : zip_file_strerror(member_.get()));
      to += n;
      bytes -= static_cast<std::size_t>(n);
    }
  }
  Error damaged(const char* how) const {
    return failure(ErrorCode::data, "the archive is damaged", name_).got(how).fix("save or copy it again");
  }

  Member member_;
  std::string name_;
  std::vector<std::byte> head_;
};

struct Listed {
  std::string name;  // of the member
  std::size_t bytes = 0;
};

Listed listed(zip_t* archive, zip_uint64_t index, const std::string& path) {
  zip_stat_t entry;
  zip_stat_init(&entry);
  const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE;
  if (zip_stat_index(archive, index, ZIP_FL_ENC_RAW, &entry) != 0 || (entry.valid & needed) != needed)
    throw failure(ErrorCode::data, "the archive is damaged", path).got(zip_strerror(archive));
  const std::string name = entry.name;
  if (name.size() > kMaxName || name.size() <= kSuffix.size() || !name.ends_with(kSuffix))
    throw failure(ErrorCode::data, "the archive holds something other than arrays", path)
        .got(name.substr(0, kMaxName))
        .expected("names that end in .npy");
  if ((entry.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && entry.encryption_method != ZIP_EM_NONE)
    throw failure(ErrorCode::data, "'" + name + "' is encrypted", path).fix("save the arrays without a password");
  return {name, static_cast<std::size_t>(entry.size)};
}

}  // namespace

std::vector<NamedArray> read_npz(const std::string& path, std::int64_t max_memory) {
  const Archive archive = open_archive(path);
  const zip_int64_t members = zip_get_num_entries(archive.get(), 0);
  if (members > kMaxMembers)
    throw failure(ErrorCode::limit, "the archive has too many members", path)
        .got(std::to_string(members))
        .expected("at most " + std::to_string(kMaxMembers));
  MemoryBudget budget(max_memory);
  std::vector<NamedArray> arrays;
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(members); ++i) try {
      const Listed entry = listed(archive.get(), i, path);
      const std::int64_t size[] = {static_cast<std::int64_t>(entry.bytes)};
      budget.take(DType::uint8, size);
      Member member(zip_fopen_index(archive.get(), i, 0));
      const std::string place = path + ": " + entry.name;
      if (!member)
        throw failure(ErrorCode::data, "the array cannot be unpacked", place).got(zip_strerror(archive.get()));
      MemberReader reader(std::move(member), place);
      const auto read = [&](std::size_t at, std::size_t bytes, void* to) { reader.read(at, bytes, to); };
      Tensor tensor = npy_from_source(entry.bytes, read, place);
      reader.finish();
      arrays.push_back({entry.name.substr(0, entry.name.size() - kSuffix.size()), std::move(tensor)});
    } catch (Error& e) {
      if (e.where().file.empty()) e.at_file(path);
      throw;
    }
  return arrays;
}

Dataset read_npz_dataset(const std::string& path, std::int64_t max_memory) {
  return dataset_of(path, read_npz(path, max_memory));
}

Dataset read_npy_dataset(const std::string& path, const std::string& name) {
  std::vector<NamedArray> arrays;
  arrays.push_back({name, read_npy(path)});
  return dataset_of(path, std::move(arrays));
}

}  // namespace rondo
