#include "train/archive.h"

#include <zip.h>

#include <memory>

#include "rondo/error.h"

namespace rondo::train {
namespace {

struct Close {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* member) const { zip_fclose(member); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, Close>;
using Source = std::unique_ptr<zip_source_t, Close>;
using OpenMember = std::unique_ptr<zip_file_t, Close>;

Error damaged(std::string how) { return Error(ErrorCode::data, "this is no whole archive").got(std::move(how)); }

Error no_memory() { return Error(ErrorCode::memory, "no memory to write an archive"); }

// The archive, which shares `source` with the caller.
Archive open(const Source& source, int flags) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_keep(source.get());
  Archive archive(zip_open_from_source(source.get(), flags, &error));
  const std::string how = archive ? "" : zip_error_strerror(&error);
  zip_error_fini(&error);
  if (archive) return archive;
  zip_source_free(source.get());
  throw damaged(how);
}

void add(zip_t* archive, const Member& member) {
  zip_source_t* source = zip_source_buffer(archive, member.bytes.data(), member.bytes.size(), 0);
  if (source == nullptr) throw no_memory();
  const zip_int64_t index = zip_file_add(archive, member.name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    throw Error(ErrorCode::usage, "this name cannot stand in an archive").got(zip_strerror(archive));
  }
  constexpr zip_uint16_t kMidnight = 0, kFirstOf1980 = 1 << 5 | 1;  // the oldest date of the format
  const auto at = static_cast<zip_uint64_t>(index);
  if (zip_set_file_compression(archive, at, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, at, kMidnight, kFirstOf1980, 0) != 0)
    throw no_memory();
}

std::vector<std::byte> contents(zip_source_t* source) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) throw no_memory();
  std::vector<std::byte> bytes(static_cast<std::size_t>(stat.size));
  const zip_int64_t n = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (n != static_cast<zip_int64_t>(bytes.size())) throw no_memory();
  return bytes;
}

Member read_member(zip_t* archive, zip_uint64_t index, std::size_t limit) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(archive, index, 0, &stat) != 0 || (stat.valid & kNeeded) != kNeeded)
    throw damaged(zip_strerror(archive));
  if (stat.comp_method != ZIP_CM_STORE || stat.encryption_method != ZIP_EM_NONE) throw damaged("a packed member");
  if (stat.size > limit) throw damaged("a member larger than the file");
  Member member{stat.name, std::vector<std::byte>(static_cast<std::size_t>(stat.size))};
  const OpenMember file(zip_fopen_index(archive, index, 0));
  if (!file) throw damaged(zip_strerror(archive));
  std::byte more;
  if (zip_fread(file.get(), member.bytes.data(), member.bytes.size()) != static_cast<zip_int64_t>(stat.size) ||
      zip_fread(file.get(), &more, 1) != 0)  // at the end the checksum is compared
    throw damaged(zip_file_strerror(file.get()));
  return member;
}

}  // namespace

std::vector<std::byte> write_archive(std::span<const Member> members) {
  zip_error_t error;
  zip_error_init(&error);
  const Source buffer(zip_source_buffer_create(nullptr, 0, 0, &error));
  zip_error_fini(&error);
  if (!buffer) throw no_memory();
  Archive archive = open(buffer, ZIP_TRUNCATE);
  for (const Member& member : members) add(archive.get(), member);
  if (zip_close(archive.get()) != 0) throw no_memory().got(zip_strerror(archive.get()));
  archive.release();
  return contents(buffer.get());
}

std::vector<Member> read_archive(std::span<const std::byte> bytes) {
  zip_error_t error;
  zip_error_init(&error);
  const Source buffer(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error));
  zip_error_fini(&error);
  if (!buffer) throw Error(ErrorCode::memory, "no memory to read an archive");
  const Archive archive = open(buffer, ZIP_RDONLY | ZIP_CHECKCONS);
  std::vector<Member> members;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i)
    members.push_back(read_member(archive.get(), static_cast<zip_uint64_t>(i), bytes.size()));
  return members;
}

}  // namespace rondo::train
