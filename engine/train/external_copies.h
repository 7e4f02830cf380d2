// Copies of the external data of a model in which the trained tensors are the new ones. Used by write_tuned only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "exporters/onnx/patch.h"

namespace rondo::train {

class ExternalCopies {
 public:
  // from: the folder the model's data lies in; to: the folder of the output, whose name begins the names that are made
  // up. allow_linked: as the model was loaded.
  ExternalCopies(std::string from, std::string to, std::string output_name, bool allow_linked);
  // Files that were not kept go again.
  ~ExternalCopies();
  ExternalCopies(const ExternalCopies&) = delete;
  ExternalCopies& operator=(const ExternalCopies&) = delete;

  // Writes what write_tuned promises. Throws Error(io).
  void write(const StoredTensors& stored, std::span<const TensorPatch> patches);
  void keep() noexcept { kept_ = true; }

  const std::vector<Relocation>& relocations() const noexcept { return relocations_; }
  const std::vector<std::string>& files() const noexcept { return files_; }

 private:
  struct Edit {
    std::int64_t offset;
    std::vector<std::byte> elements;
  };
  std::vector<Edit> edits(int fd, const std::string& location, const StoredTensors& stored,
                          std::span<const TensorPatch> patches) const;
  std::string free_location(const std::string& location) const;
  void copy(int fd, const std::string& location, const std::vector<Edit>& edits);

  std::string from_, to_, output_name_;
  bool allow_linked_, same_folder_;
  bool kept_ = false;
  std::vector<Relocation> relocations_;
  std::vector<std::string> files_;
};

}  // namespace rondo::train
