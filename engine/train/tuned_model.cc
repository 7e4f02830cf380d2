#include "train/tuned_model.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <unordered_map>

#include "importers/onnx/file_bytes.h"
#include "rondo/error.h"
#include "train/external_copies.h"

namespace rondo::train {
namespace {

namespace fs = std::filesystem;

bool same_file(const std::string& a, const std::string& b) {
  struct stat first {
  }, second{};
  return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

void refuse_same(const std::string& existing, const std::string& output, const char* what, const char* fix) {
  if (!existing.empty() && same_file(existing, output))
    throw Error(ErrorCode::usage, fmt::format("the output is {}", what)).at_file(output).fix(fix);
}

// Where the model goes: for an in-place run the file behind all links.
std::string target(const std::string& input, const std::string& output, const TunedOptions& options) {
  if (!options.in_place) return output;
  if (input.empty()) throw Error(ErrorCode::usage, "a model that came from memory has no place").fix("name an output");
  std::error_code failed;
  const fs::path real = fs::canonical(input, failed);
  if (failed) throw Error(ErrorCode::io, "the model is gone").got(failed.message()).at_file(input);
  return real.string();
}

void check_target(const ImportedModel& original, const StoredTensors& stored, const std::string& input,
                  const std::string& path, const TunedOptions& options) {
  if (!options.in_place) {
    refuse_same(input, path, "the input", "choose another name, or add --in-place");
    std::set<std::string> locations;
    for (const StoredTensor& t : stored.all)
      if (t.form == StoredTensor::Form::external && locations.insert(t.location).second)
        refuse_same(original.data_dir + "/" + t.location, path, "a file of the input's data", "choose another name");
  }
  check_can_save(path, options.in_place ? Overwrite::yes : options.overwrite);
}

std::string save_backup(const ImportedModel& original, const std::string& path, std::int64_t max_bytes) {
  const auto now = importer::read_regular_file(path, max_bytes);
  if (*now != *original.bytes)
    throw Error(ErrorCode::state, "the model is no longer the one that was loaded")
        .at_file(path)
        .fix("name an output of its own");
  std::string backup = path + ".bak";
  for (int i = 1; fs::symlink_status(backup).type() != fs::file_type::not_found; ++i)
    backup = fmt::format("{}.bak.{}", path, i);
  save_file(backup, std::as_bytes(std::span(*original.bytes)), Overwrite::no);
  return backup;
}

Tensor patched(const Tensor& tensor, const TensorPatch& patch) {
  Tensor expected(tensor.view());
  put_elements(patch.values, tensor.dtype(), {static_cast<std::byte*>(expected.data()), expected.bytes()});
  return expected;
}

// Every floating tensor of the file, trained or not, is in the written one what it is in memory, bit for bit.
void compare(const ImportedModel& original, const ImportedModel& written, std::span<const TensorPatch> patches,
             const std::string& path) {
  std::unordered_map<std::string_view, const TensorPatch*> changed;
  for (const TensorPatch& patch : patches) changed.emplace(patch.place, &patch);
  std::unordered_map<std::string_view, const Tensor*> found;
  for (const auto& [tensor, place] : written.places) found.emplace(place, tensor.get());
  for (const auto& [tensor, place] : original.places) {
    const auto there = found.find(place);
    const auto patch = changed.find(place);
    const bool same =
        there != found.end() &&
        (patch == changed.end() ? identical(tensor->view(), there->second->view())
                                : identical(patched(*tensor, *patch->second).view(), there->second->view()));
    if (!same)
      throw Error(ErrorCode::io, fmt::format("the model just written reads back different at {}", place)).at_file(path);
  }
}

}  // namespace

void check_tuned_output(const ImportedModel& original, const std::string& input, const std::string& output,
                        const TunedOptions& options) {
  check_target(original, stored_tensors(*original.bytes), input, target(input, output, options), options);
}

TunedFiles write_tuned(const ImportedModel& original, const std::string& input, const std::string& output,
                       std::span<const TensorPatch> patches, const TunedOptions& options) {
  const StoredTensors stored = stored_tensors(*original.bytes);
  TunedFiles files{.model = target(input, output, options)};
  check_target(original, stored, input, files.model, options);
  const std::string folder = folder_of(files.model);
  ExternalCopies data(original.data_dir, options.in_place ? original.data_dir : folder,
                      fs::path(files.model).filename().string(), options.reading.allow_linked_data);
  data.write(stored, patches);
  PatchedModel model = patch_model(*original.bytes, stored, patches, data.relocations());
  PendingFile file(files.model, options.in_place ? Overwrite::yes : options.overwrite);
  file.append(std::as_bytes(std::span(model.bytes)));
  file.finish();

  ImportOptions reading = options.reading;
  reading.on_warning = nullptr;
  reading.data_dir = options.in_place ? original.data_dir : folder;
  const ImportedModel written = import_file(file.temporary(), reading);
  compare(original, written, patches, files.model);
  if (options.check) options.check(written);

  if (options.in_place) files.backup = save_backup(original, files.model, options.reading.limits.file_bytes);
  file.commit();
  data.keep();
  files.data = data.files();
  files.reencoded = std::move(model.reencoded);
  return files;
}

std::vector<TensorPatch> patches_of(Trainer& trainer) {
  std::vector<TensorPatch> patches;
  std::size_t i = 0;
  for (const Candidate& c : trainer.candidates())
    if (c.trained) patches.push_back({c.place, std::as_const(trainer.values()[i++]).view()});
  return patches;
}

}  // namespace rondo::train
