#include "tools/rondo/test_case.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>

#include "base/way_out.h"
#include "importers/onnx/tensor_file.h"
#include "rondo/error.h"

namespace rondo::tool {
namespace {

namespace fs = std::filesystem;

// The number between prefix and suffix; nullopt when the name is none of that kind.
std::optional<std::size_t> number_in(const std::string& name, const std::string& prefix, const std::string& suffix) {
  if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) || !name.ends_with(suffix))
    return std::nullopt;
  std::size_t n = 0;
  const char* const last = name.data() + name.size() - suffix.size();
  const auto [end, status] = std::from_chars(name.data() + prefix.size(), last, n);
  return status == std::errc() && end == last ? std::optional(n) : std::nullopt;
}

// Paths of the entries with such a name, by number.
std::map<std::size_t, std::string> numbered(const std::string& folder, const std::string& prefix,
                                            const std::string& suffix) {
  std::map<std::size_t, std::string> found;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (const auto n = number_in(name, prefix, suffix)) found.emplace(*n, at->path().string());
  }
  if (failure) {
    Error e(ErrorCode::io, "the folder cannot be read");
    throw e.got(failure.message()).fix(way_out_of(failure.value())).at_file(folder);
  }
  return found;
}

std::string inside(const std::string& folder, const std::string& name) { return (fs::path(folder) / name).string(); }

constexpr const char* kDataSet = "test_data_set_";
constexpr const char* kGradientSet = "gradient_data_set_";

TestCase find_case(const std::string& folder, const std::string& prefix) {
  TestCase found{.folder = folder, .model = inside(folder, "model.onnx"), .data_sets = {}};
  for (auto& [number, path] : numbered(folder, prefix, "")) found.data_sets.push_back(path);
  std::error_code failure;
  if (!fs::exists(found.model, failure)) {
    Error e(ErrorCode::io, "there is no model.onnx in this folder");
    throw e.at_file(folder).fix("give a folder that holds model.onnx and " + prefix + "0");
  }
  if (found.data_sets.empty()) {
    Error e(ErrorCode::data, "there is nothing to verify in this folder");
    throw e.at_file(folder).expected(prefix + "0 and so on").fix("record what the model answers there");
  }
  return found;
}

}  // namespace

TestCase find_test_case(const std::string& folder) { return find_case(folder, kDataSet); }
TestCase find_gradient_case(const std::string& folder) { return find_case(folder, kGradientSet); }

std::string inputs_of(const std::string& gradient_data_set) {
  const fs::path path(gradient_data_set);
  const std::string number = path.filename().string().substr(std::string_view(kGradientSet).size());
  return (path.parent_path() / (kDataSet + number)).string();
}

std::map<std::string, Tensor> read_gradients(const std::string& data_set) {
  const std::string prefix = "gradient_", suffix = ".pb";
  std::map<std::string, Tensor> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(data_set)) {
    const std::string name = entry.path().filename().string();
    if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) || !name.ends_with(suffix)) continue;
    found.emplace(name.substr(prefix.size(), name.size() - prefix.size() - suffix.size()),
                  read_tensor_file(entry.path().string()).tensor);
  }
  return found;
}

std::vector<Tensor> read_tensors(const std::string& data_set, const std::string& kind) {
  std::vector<Tensor> tensors;
  for (auto& [number, path] : numbered(data_set, kind + "_", ".pb")) {
    if (number != tensors.size()) {
      Error e(ErrorCode::data, "a tensor of the data set is missing");
      throw e.expected(kind + "_" + std::to_string(tensors.size()) + ".pb").at_file(data_set);
    }
    tensors.push_back(read_tensor_file(path).tensor);
  }
  return tensors;
}

}  // namespace rondo::tool
