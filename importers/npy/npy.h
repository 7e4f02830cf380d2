// NumPy's .npy files as tensors and back, for the command's inputs and outputs and for readers of training data. The
// header is a Python dictionary; it is parsed by hand and strictly, never evaluated. Format: numpy.lib.format, versions
// 1 to 3. Big-endian and column-major files are converted while reading.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/save_file.h"
#include "rondo/tensor.h"

namespace rondo {

// Throws Error(data) naming the byte when the file is no .npy file of a number type Rondo has, or holds more or less
// data than its header says; Error(limit) for more than 16 dims; Error(io) when it is not readable or no regular file.
// Sizes are checked against the file before memory is asked for.
Tensor read_npy(const std::string& path);

// The same from memory; name stands for the file in messages.
Tensor npy_from_bytes(std::span<const std::byte> bytes, const std::string& name);

// The same from wherever an array's file is: read(offset, bytes, to) gives that much of its file_bytes. It is asked for
// the beginning first, then once for the data.
using NpySource = std::function<void(std::size_t offset, std::size_t bytes, void* to)>;
Tensor npy_from_source(std::size_t file_bytes, const NpySource& read, const std::string& name);

// Version 1.0, little-endian, row-major. NumPy has no bfloat16: such tensors are written as float32.
std::vector<std::byte> npy_bytes(const TensorView& tensor);

// npy_bytes through save_file.
void write_npy(const std::string& path, const TensorView& tensor, Overwrite overwrite);

}  // namespace rondo
