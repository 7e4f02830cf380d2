// A checkpoint: everything a run needs to go on as if it had never stopped, in one file that is whole or not there. It
// is an .npz archive (numpy.load opens it): an array for each tensor, and "state.npy" with the rest as JSON in bytes.
// The archive carries a CRC-32 of every array. For the trainer; run_directory.h keeps several.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/tensor.h"

namespace rondo::train {

// What a checkpoint says that belongs to another model or another run: 128 bits of XXH3 in hex.
std::string fingerprint(std::span<const std::byte> bytes);
std::string fingerprint(std::string_view text);

struct SavedTensor {
  std::string name;  // any UTF-8 text but an empty one
  Tensor tensor;
};

struct Checkpoint {
  std::string model;       // fingerprint of the model's bytes
  std::string config;      // fingerprint of everything that must be the same for a resumed run to be the same run
  std::int64_t step = 0;   // optimizer steps done
  std::int64_t epoch = 0;  // epochs done
  // What else the trainer keeps: data cursor, schedule, random counter. Integers and finite doubles come back exactly;
  // JSON has no NaN and no infinity, so those belong into tensors.
  nlohmann::ordered_json state = nlohmann::ordered_json::object();
  // Weights, moments, carried states, in any order and of any type; names are unique.
  std::vector<SavedTensor> tensors{};

  // Throws Error(state) when there is none, or it has another type or shape.
  const Tensor& tensor(std::string_view name, DType dtype, std::span<const std::int64_t> shape) const;
};

// The bytes are a function of the checkpoint alone. Throws Error(usage) for names that are empty, stand
// twice or are no UTF-8.
std::vector<std::byte> checkpoint_bytes(const Checkpoint& checkpoint);
// Throws Error(data) for bytes that are no checkpoint or a damaged one, Error(state) for one of a newer format.
Checkpoint checkpoint_from_bytes(std::span<const std::byte> bytes);

// Replaces an older file of that name only once the new one is on the disk. Throws Error(io).
void save_checkpoint(const std::string& path, const Checkpoint& checkpoint);
// Throws Error(io) when the file cannot be read, and what checkpoint_from_bytes throws.
Checkpoint load_checkpoint(const std::string& path);

// Throws Error(state) unless the checkpoint is of that model and configuration.
void check_belongs(const Checkpoint& checkpoint, std::string_view model, std::string_view config);

}  // namespace rondo::train
