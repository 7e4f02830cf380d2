#include "train/external_copies.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "base/save_file.h"
#include "importers/onnx/external_path.h"
#include "rondo/error.h"

namespace rondo::train {
namespace {

namespace fs = std::filesystem;

Error unreadable(const std::string& path, const char* why) {
  return Error(ErrorCode::io, "the model's external data cannot be read").got(why).at_file(path);
}

void read_exactly(int fd, std::int64_t offset, std::span<std::byte> into, const std::string& path) {
  const auto size = static_cast<std::int64_t>(into.size());
  const std::int64_t got = importer::read_at(fd, into.data(), size, offset);
  if (got < 0) throw unreadable(path, std::strerror(errno));
  if (got != size) throw unreadable(path, "it became shorter");
}

}  // namespace

ExternalCopies::ExternalCopies(std::string from, std::string to, std::string output_name, bool allow_linked)
    : from_(std::move(from)), to_(std::move(to)), output_name_(std::move(output_name)), allow_linked_(allow_linked) {
  std::error_code ignored;
  same_folder_ = fs::equivalent(from_, to_, ignored);
}

ExternalCopies::~ExternalCopies() {
  if (kept_) return;
  for (const std::string& file : files_) ::unlink(file.c_str());
}

void ExternalCopies::write(const StoredTensors& stored, std::span<const TensorPatch> patches) {
  std::set<std::string> locations;
  for (const StoredTensor& t : stored.all)
    if (t.form == StoredTensor::Form::external) locations.insert(t.location);
  for (const std::string& location : locations) {
    const importer::FileDescriptor file = importer::open_beneath(from_, location, {allow_linked_, false});
    if (!file) throw unreadable(from_ + "/" + location, std::strerror(errno));
    const std::vector<Edit> changes = edits(file.get(), location, stored, patches);
    if (!same_folder_ || !changes.empty()) copy(file.get(), location, changes);
  }
}

std::vector<ExternalCopies::Edit> ExternalCopies::edits(int fd, const std::string& location,
                                                        const StoredTensors& stored,
                                                        std::span<const TensorPatch> patches) const {
  std::vector<Edit> edits;
  for (const TensorPatch& patch : patches) {
    const StoredTensor* t = stored.find(patch.place);
    if (t == nullptr || t->form != StoredTensor::Form::external || t->location != location) continue;
    check_patch(stored, patch);
    Edit edit{t->offset, std::vector<std::byte>(static_cast<std::size_t>(t->length))};
    read_exactly(fd, t->offset, edit.elements, from_ + "/" + location);
    if (put_elements(patch.values, t->dtype, edit.elements)) edits.push_back(std::move(edit));
  }
  return edits;
}

// Its own when that is free, otherwise "tuned.weights.bin", "tuned.weights.bin.1", ... beside the output.
std::string ExternalCopies::free_location(const std::string& location) const {
  const auto taken = [&](const std::string& name) {
    return fs::symlink_status(fs::path(to_) / name).type() != fs::file_type::not_found;
  };
  if (!taken(location)) return location;
  const std::string wanted = fs::path(output_name_).stem().string() + "." + fs::path(location).filename().string();
  std::string name = wanted;
  for (int i = 1; taken(name); ++i) name = wanted + "." + std::to_string(i);
  return name;
}

void ExternalCopies::copy(int fd, const std::string& location, const std::vector<Edit>& edits) {
  const std::string name = free_location(location);
  const std::string path = (fs::path(to_) / name).string();
  std::error_code failed;
  fs::create_directories(fs::path(path).parent_path(), failed);
  PendingFile file(path, Overwrite::no);
  std::vector<std::byte> block(std::size_t{1} << 20);
  for (std::int64_t at = 0;;) {
    const std::int64_t n = importer::read_at(fd, block.data(), static_cast<std::int64_t>(block.size()), at);
    if (n < 0) throw unreadable(from_ + "/" + location, std::strerror(errno));
    if (n == 0) break;
    file.append(std::span(block).first(static_cast<std::size_t>(n)));
    at += n;
  }
  for (const Edit& edit : edits) file.write_at(edit.offset, edit.elements);
  file.finish();
  file.commit();
  files_.push_back(path);
  if (name != location) relocations_.push_back({location, name});
}

}  // namespace rondo::train
