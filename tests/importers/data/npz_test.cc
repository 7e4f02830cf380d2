// One archive as numpy.savez_compressed wrote it, byte for byte; the others are made here with libzip.
#include "importers/data/npz.h"

#include <sys/stat.h>
#include <zip.h>

#include <fstream>
#include <iterator>

#include "importers/npy/npy.h"
#include "sample_data.h"

namespace rondo::test {
namespace {

// x = arange(6) as float32 [1,3,2]; y = [2] as int64.
const unsigned char kByNumpy[] = {
    0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x00, 0x31, 0xe8, 0xc9, 0x77, 0x58,
    0x00, 0x00, 0x00, 0x98, 0x00, 0x00, 0x00, 0x05, 0x00, 0x14, 0x00, 0x78, 0x2e, 0x6e, 0x70, 0x79, 0x01, 0x00, 0x10,
    0x00, 0x98, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x58, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x9b, 0xec,
    0x17, 0xea, 0x1b, 0x10, 0xc9, 0xc8, 0x50, 0xc6, 0x50, 0xad, 0x9e, 0x92, 0x5a, 0x9c, 0x5c, 0xa4, 0x6e, 0xa5, 0xa0,
    0x6e, 0x93, 0x66, 0xa2, 0xae, 0xa3, 0xa0, 0x9e, 0x96, 0x5f, 0x54, 0x52, 0x94, 0x98, 0x17, 0x9f, 0x5f, 0x94, 0x92,
    0x0a, 0x12, 0x77, 0x4b, 0xcc, 0x29, 0x4e, 0x05, 0x8a, 0x17, 0x67, 0x24, 0x16, 0xa4, 0x02, 0xf9, 0x1a, 0x86, 0x3a,
    0x0a, 0xc6, 0x3a, 0x0a, 0x46, 0x9a, 0x3a, 0x0a, 0xb5, 0x0a, 0xe4, 0x01, 0x2e, 0x06, 0x30, 0x68, 0xb0, 0x07, 0x12,
    0x0e, 0x40, 0x04, 0xc4, 0x0d, 0x40, 0xbc, 0xc0, 0x01, 0x00, 0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00, 0x08,
    0x00, 0x00, 0x00, 0x21, 0x00, 0xdd, 0x9d, 0x9b, 0xd0, 0x48, 0x00, 0x00, 0x00, 0x88, 0x00, 0x00, 0x00, 0x05, 0x00,
    0x14, 0x00, 0x79, 0x2e, 0x6e, 0x70, 0x79, 0x01, 0x00, 0x10, 0x00, 0x88, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x48, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x9b, 0xec, 0x17, 0xea, 0x1b, 0x10, 0xc9, 0xc8, 0x50, 0xc6, 0x50,
    0xad, 0x9e, 0x92, 0x5a, 0x9c, 0x5c, 0xa4, 0x6e, 0xa5, 0xa0, 0x6e, 0x93, 0x69, 0xa1, 0xae, 0xa3, 0xa0, 0x9e, 0x96,
    0x5f, 0x54, 0x52, 0x94, 0x98, 0x17, 0x9f, 0x5f, 0x94, 0x92, 0x0a, 0x12, 0x77, 0x4b, 0xcc, 0x29, 0x4e, 0x05, 0x8a,
    0x17, 0x67, 0x24, 0x16, 0xa4, 0x02, 0xf9, 0x1a, 0x86, 0x3a, 0x9a, 0x3a, 0x0a, 0xb5, 0x0a, 0x14, 0x00, 0x2e, 0x26,
    0x06, 0x08, 0x00, 0x00, 0x50, 0x4b, 0x01, 0x02, 0x14, 0x03, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21,
    0x00, 0x31, 0xe8, 0xc9, 0x77, 0x58, 0x00, 0x00, 0x00, 0x98, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x78, 0x2e, 0x6e, 0x70, 0x79, 0x50, 0x4b,
    0x01, 0x02, 0x14, 0x03, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x00, 0xdd, 0x9d, 0x9b, 0xd0, 0x48,
    0x00, 0x00, 0x00, 0x88, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x80, 0x01, 0x8f, 0x00, 0x00, 0x00, 0x79, 0x2e, 0x6e, 0x70, 0x79, 0x50, 0x4b, 0x05, 0x06, 0x00, 0x00, 0x00, 0x00,
    0x02, 0x00, 0x02, 0x00, 0x66, 0x00, 0x00, 0x00, 0x0e, 0x01, 0x00, 0x00, 0x00, 0x00};

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::string npy(const Tensor& t) { return text_of(npy_bytes(t.view())); }

struct Entry {
  std::string name, bytes;
  zip_int32_t method = ZIP_CM_DEFLATE;
  bool encrypted = false;
};

std::string make_archive(const std::string& path, const std::vector<Entry>& entries) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  for (const Entry& e : entries) {
    zip_source_t* source = zip_source_buffer(archive, e.bytes.data(), e.bytes.size(), 0);
    const zip_int64_t at = zip_file_add(archive, e.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    EXPECT_GE(at, 0) << zip_strerror(archive);
    const auto index = static_cast<zip_uint64_t>(at);
    EXPECT_EQ(zip_set_file_compression(archive, index, e.method, 0), 0);
    if (e.encrypted) {
      EXPECT_EQ(zip_file_set_encryption(archive, index, ZIP_EM_AES_256, "secret"), 0);
    }
  }
  EXPECT_EQ(zip_close(archive), 0) << zip_strerror(archive);
  return path;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string refused(const std::string& path, ErrorCode code = ErrorCode::data, std::int64_t memory = 0) {
  const std::string says = failure_of([&] { read_npz(path, memory); }, code);
  EXPECT_NE(says.find(path), std::string::npos) << says;
  return says;
}

TEST(Npz, ReadsWhatNumpyWrote) {
  const Folder folder;
  const std::string bytes(reinterpret_cast<const char*>(kByNumpy), sizeof kByNumpy);
  const Dataset set = read_npz_dataset(folder.write("d.npz", bytes));
  ASSERT_EQ(set.fields.size(), 2u);
  EXPECT_EQ(set.size(), 1);
  const Field& x = set.fields[0];
  EXPECT_EQ(x.name, "x");
  EXPECT_EQ(x.lengths, (std::vector<std::int64_t>{3}));
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(x.data.values<float>()[i], static_cast<float>(i));
  EXPECT_EQ(set.find("y")->data.values<std::int64_t>()[0], 2);
}

TEST(Npz, StoredAndDeflatedMembersOfEverySize) {
  const Folder folder;
  // The header alone is asked for up to 64 KiB: arrays below and above that.
  for (const std::int64_t n : {0, 1, 5000, 20000, 100001})
    for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
      const Tensor x = counting({n, 1});
      const std::string path = make_archive(folder / "d.npz", {{"a b/x.npy", npy(x), method}});
      const auto arrays = read_npz(path);
      ASSERT_EQ(arrays.size(), 1u);
      EXPECT_EQ(arrays[0].name, "a b/x");
      EXPECT_TRUE(identical(arrays[0].tensor.view(), x.view())) << n;
    }
}

TEST(Npz, NamesAreNoPaths) {
  const Folder folder;
  const std::string path = make_archive(folder / "d.npz", {{"../../evil.npy", npy(counting({2}))}});
  EXPECT_EQ(read_npz(path)[0].name, "../../evil");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / ""), {}), 1) << "something was written";
}

TEST(Npz, RefusesWhatIsNoArchive) {
  const Folder folder;
  EXPECT_NE(refused(folder.write("a.npz", "")).find("empty (0 bytes)"), std::string::npos);
  EXPECT_NE(refused(folder.write("b.npz", "hello, world")).find("no sound .npz archive"), std::string::npos);
  refused(folder.write("c.npz", npy(counting({2}))));
  EXPECT_NE(refused(make_archive(folder / "d.npz", {{"readme.txt", "hi"}})).find("other than arrays"),
            std::string::npos);
  EXPECT_NE(refused(make_archive(folder / "e.npz", {{"x.npy", "hi"}})).find("x.npy"), std::string::npos);
  refused(make_archive(folder / "f.npz", {{".npy", npy(counting({2}))}}));
  refused(make_archive(folder / "g.npz", {{"x.npy", npy(counting({2})) + "more"}}));
  refused(make_archive(folder / "h.npz", {{"x.npy", npy(counting({200})).substr(0, 500)}}));
}

TEST(Npz, RefusesEncryptedMembers) {
  const Folder folder;
  const std::string path = make_archive(folder / "d.npz", {{"x.npy", npy(counting({2})), ZIP_CM_STORE, true}});
  EXPECT_NE(refused(path).find("'x.npy' is encrypted"), std::string::npos);
}

TEST(Npz, BombsMeetTheLimitBeforeTheyUnfold) {
  const Folder folder;
  const std::string zeros = npy(Tensor::of<float>(DType::float32, {1 << 22}, std::vector<float>(1 << 22, 0)));
  const std::string path = make_archive(folder / "d.npz", {{"x.npy", zeros}, {"y.npy", zeros}});
  EXPECT_LT(std::filesystem::file_size(path), 100000u);
  refused(path, ErrorCode::limit, 20 << 20);
  EXPECT_EQ(read_npz(path, 40 << 20).size(), 2u);
}

TEST(Npz, TooManyMembers) {
  const Folder folder;
  std::vector<Entry> entries;
  for (int i = 0; i < 1025; ++i) entries.push_back({"x" + std::to_string(i) + ".npy", "", ZIP_CM_STORE});
  refused(make_archive(folder / "d.npz", entries), ErrorCode::limit);
}

TEST(Npz, EveryTruncationIsRefused) {
  const Folder folder;
  const std::string whole = bytes_of(make_archive(folder / "d.npz", {{"x.npy", npy(counting({3, 2}))}}));
  for (std::size_t n = 0; n < whole.size(); ++n) refused(folder.write("t.npz", whole.substr(0, n)));
}

// A flip in a field that does not matter, such as a date, is read; data is never silently different.
TEST(Npz, AFlipInEveryByteIsReadOrRefused) {
  const Folder folder;
  const Tensor x = counting({3, 2});
  const std::string whole = bytes_of(make_archive(folder / "d.npz", {{"x.npy", npy(x)}}));
  std::size_t accepted = 0;
  for (std::size_t byte = 0; byte < whole.size(); ++byte) {
    std::string flipped = whole;
    flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << byte * 5 % 8));
    try {
      const auto arrays = read_npz(folder.write("t.npz", flipped));
      for (const NamedArray& a : arrays) EXPECT_TRUE(identical(a.tensor.view(), x.view())) << "byte " << byte;
      ++accepted;
    } catch (const Error& e) {
      EXPECT_TRUE(e.code() == ErrorCode::data || e.code() == ErrorCode::limit) << e.what();
    }
  }
  EXPECT_LT(accepted, whole.size() / 2);
}

TEST(Npz, OnlyRegularFiles) {
  const Folder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const std::string& path : {folder / "absent", folder / "pipe", folder / "", std::string("/dev/zero")})
    failure_of([&] { read_npz(path); }, ErrorCode::io);
}

TEST(Npz, OneArrayIsADataSetToo) {
  const Folder folder;
  const Dataset set = read_npy_dataset(folder.write("x.npy", npy(counting({2, 3, 1}))), "x");
  EXPECT_EQ(set.size(), 2);
  EXPECT_EQ(set.find("x")->lengths[0], 3);
}

}  // namespace
}  // namespace rondo::test
