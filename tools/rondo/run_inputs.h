// What a model is run on: files, numbers, a data set folder, and made-up tensors for the rest. For run and bench.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/rondo/dims.h"
#include "tools/rondo/input_files.h"

namespace rondo::tool {

struct InputFlags {
  std::vector<std::string> inputs;  // NAME=FILE
  std::string data;
  DimOptions dims;
};
// --input --data --dim --shape
void add_input_options(CLI::App& verb, InputFlags& flags);
// --seed
void add_seed_option(CLI::App& verb, std::uint64_t& seed);

struct RunInputs {
  std::vector<GivenInput> inputs;    // of the model, each with a tensor and where it came from
  std::vector<std::string> assumed;  // about shapes
  std::vector<TensorView> views() const;
};
RunInputs inputs_of_run(const Session& session, const InputFlags& flags, std::uint64_t seed);

}  // namespace rondo::tool
