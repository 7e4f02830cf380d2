// Headers are spelled out byte by byte as NumPy writes them, so reader and writer cannot agree on a shared mistake.
#include "importers/npy/npy.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "importers/npy/header.h"
#include "rondo/error.h"

namespace rondo {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(const std::string& text) {
  const auto* p = reinterpret_cast<const std::byte*>(text.data());
  return {p, p + text.size()};
}

std::string raw(const void* data, std::size_t n) { return {static_cast<const char*>(data), n}; }

template <class T>
std::string raw(std::initializer_list<T> values) {
  return raw(std::data(values), values.size() * sizeof(T));
}

std::string file(const std::string& header, const std::string& data, char major = 1) {
  const auto n = static_cast<std::uint32_t>(header.size());
  std::string s =
      std::string("\x93NUMPY") + major + '\0' + static_cast<char>(n & 255) + static_cast<char>(n >> 8 & 255);
  if (major > 1) s += {static_cast<char>(n >> 16 & 255), static_cast<char>(n >> 24)};
  return s + header + data;
}

std::string header(const std::string& descr, const std::string& shape, const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }   \n";
}

Tensor parse(const std::string& text) { return npy_from_bytes(bytes_of(text), "a.npy"); }

std::string failure(const std::string& text, ErrorCode code = ErrorCode::data) {
  try {
    parse(text);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_NE(std::string(e.what()).find("a.npy"), std::string::npos) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "accepted: " << text.substr(0, 200);
  return "";
}

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rondo-npy-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

TEST(Npy, ReadsRowMajorFloats) {
  const Tensor t = parse(file(header("<f4", "(2, 3)"), raw<float>({1, -2, 3.5f, 4, 5, 6})));
  EXPECT_EQ(t.dtype(), DType::float32);
  EXPECT_EQ(t.shape(), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(t.values<float>()[2], 3.5f);
  EXPECT_EQ(t.values<float>()[5], 6.f);
}

TEST(Npy, KeysComeInAnyOrderAndQuotesOfEitherKind) {
  const Tensor t =
      parse(file("{\"shape\":(2,),\"descr\":\"<i2\",\"fortran_order\":False}\n", raw<std::int16_t>({7, -8})));
  EXPECT_EQ(t.values<std::int16_t>()[1], -8);
}

TEST(Npy, AllThreeVersions) {
  for (const char major : {'\1', '\2', '\3'}) {
    const Tensor t = parse(file(header("<f8", "(1,)"), raw<double>({2.25}), major));
    EXPECT_EQ(t.values<double>()[0], 2.25);
  }
}

TEST(Npy, ScalarsAndEmptyArrays) {
  EXPECT_TRUE(parse(file(header("<i8", "()"), raw<std::int64_t>({-9}))).shape().empty());
  const Tensor empty = parse(file(header("<f4", "(3, 0, 2)"), ""));
  EXPECT_EQ(empty.count(), 0);
  EXPECT_EQ(empty.shape(), (std::vector<std::int64_t>{3, 0, 2}));
}

TEST(Npy, ColumnMajorIsTransposed) {
  // [[1,2,3],[4,5,6]] column by column; then the same with a third axis.
  const Tensor t = parse(file(header("<f4", "(2, 3)", "True"), raw<float>({1, 4, 2, 5, 3, 6})));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(t.values<float>()[static_cast<std::size_t>(i)], static_cast<float>(i + 1));
  const Tensor cube = parse(file(header("|u1", "(2, 2, 2)", "True"), std::string("\0\4\2\6\1\5\3\7", 8)));
  for (std::uint8_t i = 0; i < 8; ++i) EXPECT_EQ(cube.values<std::uint8_t>()[i], i);
}

TEST(Npy, BigEndianIsConverted) {
  EXPECT_EQ(parse(file(header(">f4", "(1,)"), std::string("\x3f\xc0\0\0", 4))).values<float>()[0], 1.5f);
  EXPECT_EQ(parse(file(header(">i8", "(1,)"), std::string("\0\0\0\0\0\0\1\2", 8))).values<std::int64_t>()[0], 258);
}

TEST(Npy, HalfIsKept) {
  const Tensor t = parse(file(header("<f2", "(2,)"), std::string("\0\x3c\0\xc0", 4)));
  EXPECT_EQ(t.dtype(), DType::float16);
  EXPECT_EQ(t.values<std::uint16_t>()[0], 0x3c00);
}

TEST(Npy, RefusesWhatIsNotNpy) {
  EXPECT_NE(failure("").find("empty (0 bytes)"), std::string::npos);
  EXPECT_NE(failure("PK\3\4 an archive").find("not a .npy file"), std::string::npos);
  EXPECT_NE(failure(file(header("<f4", "(1,)"), raw<float>({1}), '\4')).find("version"), std::string::npos);
}

TEST(Npy, RefusesEveryTruncation) {
  const std::string whole = file(header("<f4", "(2, 2)"), raw<float>({1, 2, 3, 4}));
  ASSERT_NO_THROW(parse(whole));
  for (std::size_t n = 0; n < whole.size(); ++n) failure(whole.substr(0, n));
  failure(whole + '\0');
}

TEST(Npy, EveryBitFlipIsReadOrRefused) {
  const std::string whole = file(header("<f4", "(2, 2)"), raw<float>({1, 2, 3, 4}));
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    try {
      EXPECT_EQ(parse(flipped).bytes(), 16u);
    } catch (const Error& e) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 4 * (whole.size() - 16)) << "most of the header matters";
}

TEST(Npy, LengthsAreCheckedBeforeAnythingIsRead) {
  failure(std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12));
  failure(std::string("\x93NUMPY\1\0\xff\xff", 10) + "{}");
  failure(file(std::string(kMaxNpyHeader + 1, ' '), "", '\2'));
  failure(file(header("<f8", "(1099511627776,)"), "12345678"));  // 8 TiB promised
}

TEST(Npy, RefusesMalformedHeaders) {
  for (const char* text : {"", "{", "{}", "{'descr': '<f4'}", "'descr'", "{'descr' '<f4'}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
                           "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
                           "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
                           "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
                           "{'descr': __import__('os').getcwd(), 'fortran_order': False, 'shape': (1,)}"})
    failure(file(text, raw<float>({1})));
}

TEST(Npy, RefusesBadDims) {
  for (const char* shape : {"(-1,)", "(18446744073709551616,)", "(9223372036854775808,)", "(4294967296, 4294967296)",
                            "(4611686018427387904, 4)", "(1.0,)", "(0x1,)", "(1L,)", "(None,)"})
    failure(file(header("<f4", shape), raw<float>({1})));
  failure(file(header("|i1", "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)"), "x"), ErrorCode::limit);
}

TEST(Npy, RefusesOtherElementTypes) {
  for (const char* descr : {"|O", "<c8", "|S4", "<U3", "<M8[ns]", "|V2", "<f16", "<f3", "f4", "|f4", "", "<", "<f"})
    EXPECT_NE(failure(file(header(descr, "(1,)"), raw<float>({1}))).find("element type"), std::string::npos) << descr;
  const std::string fields = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}";
  EXPECT_NE(failure(file(fields, raw<float>({1}))).find("structured"), std::string::npos);
  EXPECT_NE(failure(file(header("|b1", "(2,)"), "\1\2")).find("element 1"), std::string::npos);
}

TEST(Npy, MessagesAreOnePrintableLine) {
  const std::string line = failure(file(header("<f4\x1b[31m\n", "(1,)"), raw<float>({1})));
  for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << line;
}

TEST(Npy, WritesWhatNumpyWrites) {
  const std::vector<float> values{1, 2, 3};
  const Bytes bytes = npy_bytes(Tensor::of<float>(DType::float32, {3}, values).view());
  std::string expected = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
  expected += std::string(117 - expected.size(), ' ') + '\n';
  EXPECT_EQ(raw(bytes.data(), bytes.size()), file(expected, raw<float>({1, 2, 3})));
  EXPECT_EQ(parse_npy_header(bytes).data_offset, 128u);
}

TEST(Npy, EveryTypeComesBack) {
  for (const DType dtype : {DType::float32, DType::float64, DType::float16, DType::int8, DType::int16, DType::int32,
                            DType::int64, DType::uint8, DType::uint16, DType::uint32, DType::uint64, DType::boolean}) {
    for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{}, {5}, {2, 1, 3}, {0, 4}}) {
      Tensor t(dtype, shape);
      auto* p = static_cast<unsigned char*>(t.data());
      for (std::size_t i = 0; i < t.bytes(); ++i)
        p[i] = static_cast<unsigned char>(dtype == DType::boolean ? i % 2 : i);
      const Tensor back = npy_from_bytes(npy_bytes(t.view()), "a.npy");
      EXPECT_TRUE(identical(t.view(), back.view())) << name_of(dtype) << to_string(shape);
    }
  }
}

TEST(Npy, Bfloat16IsWrittenAsFloat) {
  const std::vector<std::uint16_t> bits{0x3fc0, 0xff80};
  const Tensor back = npy_from_bytes(npy_bytes(Tensor::of<std::uint16_t>(DType::bfloat16, {2}, bits).view()), "a");
  EXPECT_EQ(back.values<float>()[0], 1.5f);
  EXPECT_EQ(back.values<float>()[1], -std::numeric_limits<float>::infinity());
}

TEST(NpyFile, WritesReadsAndDoesNotClobber) {
  const Folder folder;
  const std::vector<double> one{1}, two{2};
  write_npy(folder / "a.npy", Tensor::of<double>(DType::float64, {1}, one).view(), Overwrite::no);
  try {
    write_npy(folder / "a.npy", Tensor::of<double>(DType::float64, {1}, two).view(), Overwrite::no);
    ADD_FAILURE() << "overwrote";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::usage);
  }
  EXPECT_EQ(read_npy(folder / "a.npy").values<double>()[0], 1);
  write_npy(folder / "a.npy", Tensor::of<double>(DType::float64, {1}, two).view(), Overwrite::yes);
  EXPECT_EQ(read_npy(folder / "a.npy").values<double>()[0], 2);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / ""), {}), 1) << "a temporary file is left";
}

TEST(NpyFile, OnlyRegularFiles) {
  const Folder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const std::string& path : {folder / "absent", folder / "pipe", folder / "", std::string("/dev/zero")}) {
    try {
      read_npy(path);
      ADD_FAILURE() << path;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::io) << e.what();
    }
    EXPECT_THROW(write_npy(folder / "absent/a.npy", Tensor(DType::int8, {0}).view(), Overwrite::yes), Error);
  }
  EXPECT_THROW(write_npy("/dev/null", Tensor(DType::int8, {0}).view(), Overwrite::yes), Error);
}

}  // namespace
}  // namespace rondo
