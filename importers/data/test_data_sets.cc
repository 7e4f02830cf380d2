#include "importers/data/test_data_sets.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>

#include "importers/data/field_builder.h"
#include "importers/onnx/tensor_file.h"

namespace rondo {
namespace {

namespace fs = std::filesystem;

Error failure(ErrorCode code, std::string what, const std::string& path) {
  Error error(code, std::move(what));
  error.at_file(path);
  return error;
}

// "test_data_set_12" with the prefix "test_data_set_" is 12.
std::optional<int> number_after(const std::string& name, std::string_view prefix, std::string_view suffix = "") {
  if (!name.starts_with(prefix) || !name.ends_with(suffix) || name.size() <= prefix.size() + suffix.size()) return {};
  int n = 0;
  const char *first = name.data() + prefix.size(), *last = name.data() + name.size() - suffix.size();
  const auto [end, status] = std::from_chars(first, last, n);
  return status == std::errc() && end == last && n >= 0 ? std::optional(n) : std::nullopt;
}

struct Numbered {
  int number;
  std::string path, stem;
};

// What a folder holds of names with that prefix and suffix, in the order of the numbers between them.
std::vector<Numbered> listed(const std::string& folder, std::string_view prefix, std::string_view suffix) {
  std::vector<Numbered> found;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    if (const auto n = number_after(name, prefix, suffix))
      found.push_back({*n, at->path().string(), name.substr(0, name.size() - suffix.size())});
  }
  if (failed) throw failure(ErrorCode::io, "the folder cannot be read", folder).got(failed.message());
  std::ranges::sort(found, {}, &Numbered::number);
  return found;
}

// The n-th slice along an axis, without it.
void copy_slice(const Tensor& t, std::size_t axis, std::int64_t n, std::vector<std::byte>& out) {
  std::size_t outer = 1, inner = size_of(t.dtype());
  for (std::size_t a = 0; a < t.shape().size(); ++a) {
    if (a < axis) outer *= static_cast<std::size_t>(t.shape()[a]);
    if (a > axis) inner *= static_cast<std::size_t>(t.shape()[a]);
  }
  out.resize(outer * inner);
  const auto* from = static_cast<const std::byte*>(t.data());
  const auto size = static_cast<std::size_t>(t.shape()[axis]);
  for (std::size_t o = 0; o < outer && inner > 0; ++o)
    std::memcpy(out.data() + o * inner, from + (o * size + static_cast<std::size_t>(n)) * inner, inner);
}

void add_samples(const Numbered& file, std::int64_t batch_axis, std::vector<FieldBuilder>& fields) {
  const NamedTensor read = read_tensor_file(file.path);
  const Tensor& t = read.tensor;
  const std::string& name = read.name.empty() ? file.stem : read.name;
  if (t.shape().empty()) throw failure(ErrorCode::data, "one number is no batch of samples", file.path);
  auto field = std::ranges::find(fields, name, &FieldBuilder::name);
  if (field == fields.end()) field = fields.insert(fields.end(), FieldBuilder(name, t.dtype()));
  if (field->dtype() != t.dtype())
    throw failure(ErrorCode::data, "'" + name + "' has another type than in the data sets before", file.path)
        .got(std::string(name_of(t.dtype())))
        .expected(std::string(name_of(field->dtype())));
  const auto rank = static_cast<std::int64_t>(t.shape().size());
  const auto axis = static_cast<std::size_t>(batch_axis < rank ? batch_axis : 0);
  std::vector<std::int64_t> shape = t.shape();
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  std::vector<std::byte> sample;
  for (std::int64_t n = 0; n < t.shape()[axis]; ++n) {
    copy_slice(t, axis, n, sample);
    const std::string misfit = field->add(shape, sample.data(), 0);
    if (!misfit.empty()) throw failure(ErrorCode::data, "a sample of '" + name + "' is " + misfit, file.path);
  }
}

}  // namespace

Dataset read_test_data_sets(const std::string& path, std::int64_t batch_axis) {
  if (batch_axis < 0) throw Error(ErrorCode::usage, "the batch axis is below 0");
  std::vector<Numbered> folders = listed(path, "test_data_set_", "");
  if (folders.empty()) folders.push_back({0, path, ""});
  std::vector<FieldBuilder> fields;
  for (const Numbered& folder : folders) {
    const auto inputs = listed(folder.path, "input_", ".pb");
    if (inputs.empty()) throw failure(ErrorCode::data, "the folder holds no input_0.pb", folder.path);
    for (const Numbered& file : inputs) add_samples(file, batch_axis, fields);
    for (const Numbered& file : listed(folder.path, "output_", ".pb")) add_samples(file, batch_axis, fields);
    for (const FieldBuilder& f : fields)
      if (f.size() != fields[0].size())
        throw failure(ErrorCode::data, "the tensors hold different numbers of samples", folder.path)
            .got(std::to_string(f.size()) + " of '" + f.name() + "'")
            .expected(std::to_string(fields[0].size()));
  }
  Dataset set;
  set.source = path;
  for (FieldBuilder& f : fields) set.fields.push_back(std::move(f).finish());
  if (set.size() == 0) throw failure(ErrorCode::data, "there are no samples", path);
  return set;
}

}  // namespace rondo
