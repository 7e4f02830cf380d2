// Writes a fine-tuned model: a copy of the file it came from in which only the trained tensors differ, checked before
// it gets its name. For the trainer.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/save_file.h"
#include "exporters/onnx/patch.h"
#include "importers/onnx/import.h"
#include "train/trainer.h"

namespace rondo::train {

struct TunedOptions {
  // The model itself is replaced. The original stays beside it as NAME.bak, or NAME.bak.1 ... when that is taken.
  bool in_place = false;
  Overwrite overwrite = Overwrite::no;  // of another file at the output's name
  ImportOptions reading{};              // as the model was loaded; the output is read back with the same
  // Called with the written model, read back, before it gets its name, for a run on a batch. What it throws leaves
  // everything as it was.
  std::function<void(const ImportedModel& written)> check{};
};

struct TunedFiles {
  std::string model;
  std::string backup{};                  // empty without in_place
  std::vector<std::string> data{};       // external data written beside the model
  std::vector<std::string> reencoded{};  // tensors that could not be patched in place (PatchedModel)
};

// What would stop write_tuned, found out before a long computation. input: the file the model was loaded from, empty
// when it came from memory; output is not looked at with in_place. Throws Error(usage) when the output is the input or
// holds its data (by whatever name), exists and may not be overwritten; Error(io) when its folder cannot be written.
void check_tuned_output(const ImportedModel& original, const std::string& input, const std::string& output,
                        const TunedOptions& options = {});

// patches: by Candidate::place. External data is never overwritten: a file of which something changed is copied, under
// its own name when the output is in another folder and has none of that name, otherwise under a name made of the
// output's and its own; only then does the model's reference to it change. In another folder, the files that did not
// change are copied, too. Data comes first and the model last, so that at any moment there is a whole model at the name
// or none. Throws what check_tuned_output and patch_model throw; Error(state) when the file of an in-place run is no
// longer what was loaded; Error(io) when writing fails or what was written reads back different.
TunedFiles write_tuned(const ImportedModel& original, const std::string& input, const std::string& output,
                       std::span<const TensorPatch> patches, const TunedOptions& options = {});

// The trained tensors as they are now, for write_tuned.
std::vector<TensorPatch> patches_of(Trainer& trainer);

}  // namespace rondo::train
