#include "importers/onnx/foreign_format.h"

#include <algorithm>
#include <string>

#include "rondo/error.h"

namespace rondo::importer {
namespace {

using namespace std::string_view_literals;

struct Format {
  std::string_view magic;
  std::size_t offset;
  std::string_view what;
  std::string_view fix;
  ErrorCode code = ErrorCode::model;
};

constexpr std::string_view kExport = "export the model to ONNX first";
constexpr std::string_view kUnpack = "decompress it first";
constexpr Format kFormats[] = {
    {"version https://git-lfs"sv, 0, "a Git-LFS pointer, not the file itself", "run git lfs pull"},
    {"\x1F\x8B"sv, 0, "gzip data", kUnpack, ErrorCode::unsupported},
    {"BZh"sv, 0, "bzip2 data", kUnpack, ErrorCode::unsupported},
    {"\xFD"
     "7zXZ"sv,
     0, "xz data", kUnpack, ErrorCode::unsupported},
    {"\x28\xB5\x2F\xFD"sv, 0, "zstd data", kUnpack, ErrorCode::unsupported},
    {"7z\xBC\xAF"sv, 0, "a 7z archive", kUnpack, ErrorCode::unsupported},
    {"PK\x03\x04"sv, 0, "a zip archive, such as a PyTorch .pt checkpoint or an .npz", kExport},
    {"PK\x05\x06"sv, 0, "an empty zip archive", kExport},
    {"\x89PNG"sv, 0, "a PNG image", "name the model instead"},
    {"\xFF\xD8\xFF"sv, 0, "a JPEG image", "name the model instead"},
    {"GIF8"sv, 0, "a GIF image", "name the model instead"},
    {"%PDF"sv, 0, "a PDF document", "name the model instead"},
    {"\x7F"
     "ELF"sv,
     0, "a program or shared library", "name the model instead"},
    {"RIFF"sv, 0, "a RIFF file, such as WAV audio", "name the model instead"},
    {"\x93NUMPY"sv, 0, "a NumPy array", "name the model instead"},
    {"\x89HDF"sv, 0, "an HDF5 file, such as a Keras .h5 model", kExport},
    {"GGUF"sv, 0, "a GGUF model", kExport},
    {"TFL3"sv, 4, "a TensorFlow Lite model", kExport},
    {"ORTM"sv, 4, "ONNX Runtime's own .ort format", "use the .onnx file it was made from"},
    {"\0\0{\""sv, 6, "a safetensors file", kExport},  // its length prefix stays below 2^48
    {"\x80\x02"sv, 0, "a Python pickle, such as an old PyTorch checkpoint", kExport},
    {"\x80\x03"sv, 0, "a Python pickle", kExport},
    {"\x80\x04"sv, 0, "a Python pickle", kExport},
    {"\x80\x05"sv, 0, "a Python pickle", kExport},
    {"{"sv, 0, "JSON text", kExport},
    {"<"sv, 0, "an HTML or XML page, probably an error message saved by a download", "download the model again"},
};

constexpr std::string_view kBlank = " \t\r\n";

bool blank(std::string_view bytes) { return bytes.find_first_not_of(kBlank) == std::string_view::npos; }

// Text may begin with a byte order mark and blanks, with which no model begins.
std::string_view without_blanks(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  bytes.remove_prefix(std::min(bytes.find_first_not_of(kBlank), bytes.size()));
  return bytes;
}

// A model has control bytes from its first field on.
bool is_text(std::string_view bytes) {
  return std::ranges::all_of(bytes.substr(0, 4096),
                             [](char c) { return (c >= ' ' && c <= '~') || kBlank.find(c) != std::string_view::npos; });
}

}  // namespace

void reject_foreign(std::string_view bytes) {
  const auto again = "download or export the model again";
  if (bytes.empty()) throw Error(ErrorCode::model, "the file is empty (0 bytes)").at_file("", 0).fix(again);
  if (blank(bytes.substr(0, 4096)) && blank(bytes))
    throw Error(ErrorCode::model, "the file holds only whitespace").at_file("", 0).fix(again);
  const std::string_view text = without_blanks(bytes);
  const auto is = [](std::string_view held, const Format& f) {
    return held.size() >= f.offset && held.substr(f.offset).starts_with(f.magic);
  };
  for (const Format& f : kFormats)
    if (is(bytes, f) || (f.offset == 0 && is(text, f)))
      throw Error(f.code, "this is no ONNX model but " + std::string(f.what)).at_file("", 0).fix(std::string(f.fix));
  if (is_text(text)) throw Error(ErrorCode::model, "this is no ONNX model but text").at_file("", 0).fix(again);
}

}  // namespace rondo::importer
