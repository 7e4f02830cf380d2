// Data sets from NumPy's .npz archives and single .npy files. The names inside an archive name fields and are never
// used as paths.
#pragma once

#include <cstdint>
#include <string>

#include "importers/data/arrays.h"

namespace rondo {

// The arrays of an archive in its order, named without ".npy". max_memory: bytes of all arrays; 0: three quarters of
// the memory. Sizes that an archive claims are checked before memory is asked for. Throws Error(data) for what is no
// sound archive of arrays, also an encrypted one, Error(limit), Error(io) when the file is not readable or no regular
// file.
std::vector<NamedArray> read_npz(const std::string& path, std::int64_t max_memory = 0);

// dataset_of those arrays.
Dataset read_npz_dataset(const std::string& path, std::int64_t max_memory = 0);
// One array, as the field `name`.
Dataset read_npy_dataset(const std::string& path, const std::string& name);

}  // namespace rondo
