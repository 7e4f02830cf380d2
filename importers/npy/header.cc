// The dictionary's grammar, as NumPy writes it: { 'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } with the
// three keys in any order, each once, then spaces up to a final newline.
#include "importers/npy/header.h"

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "base/checked.h"
#include "base/escape.h"
#include "rondo/error.h"

namespace rondo {
namespace {

constexpr std::size_t kMaxRank = 16;
constexpr std::string_view kMagic = "\x93NUMPY";

Error data_error(std::string what, std::size_t byte) {
  Error e(ErrorCode::data, std::move(what));
  e.at_file("", static_cast<std::int64_t>(byte)).fix("save the array again, as numpy.save does");
  return e;
}

struct TypeRow {
  std::string_view code;
  DType dtype;
};
constexpr std::array<TypeRow, 12> kTypes{{{"f4", DType::float32},
                                          {"f8", DType::float64},
                                          {"f2", DType::float16},
                                          {"b1", DType::boolean},
                                          {"i1", DType::int8},
                                          {"i2", DType::int16},
                                          {"i4", DType::int32},
                                          {"i8", DType::int64},
                                          {"u1", DType::uint8},
                                          {"u2", DType::uint16},
                                          {"u4", DType::uint32},
                                          {"u8", DType::uint64}}};

class Parser {
 public:
  // text: the dictionary; offset: its first byte in the file.
  Parser(std::string_view text, std::size_t offset, NpyHeader& header) : text_(text), offset_(offset), out_(header) {}

  void parse() {
    expect('{', "a dictionary");
    while (!take('}')) {
      entry();
      if (take('}')) break;
      expect(',', "',' or '}' after a dictionary entry");
    }
    skip_spaces();
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    if (at_ != text_.size()) throw fail("text follows the dictionary");
    for (std::size_t i = 0; i < kKeys.size(); ++i)
      if (!seen_[i]) throw fail("the dictionary has no '" + std::string(kKeys[i]) + "'");
  }

 private:
  static constexpr std::array<std::string_view, 3> kKeys{"descr", "fortran_order", "shape"};

  Error fail(std::string what) const { return data_error("the .npy header is malformed: " + what, offset_ + at_); }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c, std::string_view wanted) {
    if (!take(c)) throw fail(std::string(wanted) + " is missing");
  }
  bool take_word(std::string_view word) {
    skip_spaces();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  std::string_view quoted() {
    skip_spaces();
    if (at_ == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) throw fail("a quoted text is missing");
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) throw fail("a quoted text does not end");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return inside;
  }

  void entry() {
    const std::string_view key = quoted();
    expect(':', "':' after a key");
    std::size_t i = 0;
    while (i < kKeys.size() && kKeys[i] != key) ++i;
    if (i == kKeys.size()) throw fail("unknown key").got(std::string(key)).expected("descr, fortran_order, shape");
    if (seen_[i]) throw fail("the key '" + std::string(key) + "' stands twice");
    seen_[i] = true;
    if (i == 0) return descr();
    if (i == 1) return order();
    shape();
  }

  void descr() {
    skip_spaces();
    if (at_ < text_.size() && (text_[at_] == '[' || text_[at_] == '('))
      throw fail("structured element types are not read").fix("save each field as an array of its own");
    const std::string_view code = quoted();
    const char mark = code.empty() ? '\0' : code[0];
    for (const TypeRow& row : kTypes) {
      if (code.size() != 3 || code.substr(1) != row.code) continue;
      const bool known_mark = mark == '<' || mark == '>' || mark == '=' || (mark == '|' && size_of(row.dtype) == 1);
      if (!known_mark) break;
      out_.dtype = row.dtype;
      out_.big_endian = mark == '>';
      return;
    }
    throw fail("this element type is not read")
        .got(std::string(code))
        .expected("f2, f4, f8, i1 to i8, u1 to u8 or b1, with < or > before it")
        .fix("convert the array, for instance with .astype('float32'), and save it again");
  }

  void order() {
    out_.column_major = take_word("True");
    if (!out_.column_major && !take_word("False")) throw fail("fortran_order is neither True nor False");
  }

  void shape() {
    expect('(', "the shape's '('");
    bool comma = true;
    while (!take(')')) {
      if (!comma) throw fail("',' is missing in the shape");
      out_.shape.push_back(dim());
      if (out_.shape.size() > kMaxRank) {
        Error e(ErrorCode::limit, "the array has too many dims");
        throw e.expected("at most " + std::to_string(kMaxRank)).at_file("", static_cast<std::int64_t>(offset_ + at_));
      }
      comma = take(',');
    }
    if (out_.shape.size() == 1 && !comma) throw fail("the shape is a number, not a tuple");
  }

  std::int64_t dim() {
    skip_spaces();
    std::uint64_t n = 0;
    const char* first = text_.data() + at_;
    const auto [end, status] = std::from_chars(first, text_.data() + text_.size(), n);
    if (status == std::errc::result_out_of_range || n > INT64_MAX) throw fail("a dim is too large");
    if (status != std::errc()) throw fail("a dim is no number of 0 or more");
    at_ += static_cast<std::size_t>(end - first);
    return static_cast<std::int64_t>(n);
  }

  std::string_view text_;
  std::size_t offset_;
  NpyHeader& out_;
  std::size_t at_ = 0;
  std::array<bool, kKeys.size()> seen_{};
};

std::size_t little_endian(std::span<const std::byte> bytes) {
  std::size_t n = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) n = n << 8 | std::to_integer<std::size_t>(bytes[i]);
  return n;
}

std::size_t data_bytes(const NpyHeader& header) {
  bool empty = false;
  for (const std::int64_t d : header.shape) empty |= d == 0;
  if (empty) return 0;
  std::optional<std::int64_t> bytes = static_cast<std::int64_t>(size_of(header.dtype));
  for (const std::int64_t d : header.shape)
    if (bytes) bytes = checked_mul(*bytes, d);
  if (!bytes) throw data_error("the dims of the array multiply to more bytes than can be counted", header.data_offset);
  return static_cast<std::size_t>(*bytes);
}

}  // namespace

NpyHeader parse_npy_header(std::span<const std::byte> prefix) {
  if (prefix.empty())
    throw Error(ErrorCode::data, "file is empty (0 bytes)").fix("save the array again, as numpy.save does");
  if (prefix.size() < kMagic.size() || std::memcmp(prefix.data(), kMagic.data(), kMagic.size()) != 0)
    throw data_error("this is not a .npy file", 0).expected("the bytes \\x93NUMPY").fix("save it with numpy.save");
  if (prefix.size() < kMagic.size() + 2) throw data_error("the .npy file ends inside its header", prefix.size());
  const int major = std::to_integer<int>(prefix[kMagic.size()]);
  const int minor = std::to_integer<int>(prefix[kMagic.size() + 1]);
  if (major < 1 || major > 3 || minor != 0)
    throw data_error("this version of the .npy format is not known", kMagic.size())
        .got(std::to_string(major) + "." + std::to_string(minor))
        .expected("1.0, 2.0 or 3.0");

  const std::size_t length_at = kMagic.size() + 2, length_bytes = major == 1 ? 2 : 4,
                    text_at = length_at + length_bytes;
  if (prefix.size() < text_at) throw data_error("the .npy file ends inside its header", prefix.size());
  const std::size_t length = little_endian(prefix.subspan(length_at, length_bytes));
  if (length > kMaxNpyHeader)
    throw data_error("the .npy header is longer than any array needs", length_at)
        .got(std::to_string(length) + " bytes")
        .expected("at most " + std::to_string(kMaxNpyHeader));
  if (length > prefix.size() - text_at)
    throw data_error("the .npy file ends inside its header", prefix.size())
        .expected(std::to_string(length) + " bytes of header");

  NpyHeader header;
  header.data_offset = text_at + length;
  Parser({reinterpret_cast<const char*>(prefix.data()) + text_at, length}, text_at, header).parse();
  header.data_bytes = data_bytes(header);
  return header;
}

}  // namespace rondo
