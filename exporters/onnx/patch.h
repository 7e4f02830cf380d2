// Writes changed tensors back into the model file they came from. Only their elements differ afterwards; everything
// else, known to this version or not, is the file's byte for byte. For fine-tuning.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/onnx/stored_tensors.h"
#include "rondo/tensor.h"

namespace rondo {

// New elements for the tensor at a place: of its type, or float32 for a float16 or bfloat16 one, rounded to nearest
// even. As many as the tensor has; the shape is the tensor's.
struct TensorPatch {
  std::string place;
  TensorView values;
};

// The files that hold external data go by other names from now on: old location, new location.
struct Relocation {
  std::string from, to;
};

struct PatchedModel {
  std::string bytes;
  // Tensors whose elements take another number of bytes than before, which only int32_data can: their TensorProto was
  // encoded anew, and the lengths around it follow.
  std::vector<std::string> reencoded;
};

// Patches of tensors in external files are left to the caller (put_elements); only relocations concern the model then.
// Throws Error(usage) for a place that is not there, is given twice or does not fit its values; Error(unsupported) for
// a tensor that cannot be written back, with the reason; Error(limit) when the result would exceed 2 GiB.
PatchedModel patch_model(std::string_view model, const StoredTensors& stored, std::span<const TensorPatch> patches,
                         std::span<const Relocation> relocations = {});

// Puts the values over the stored elements. Elements whose value does not change keep their bits: no NaN loses its
// payload to a conversion, and no zero its sign. True when anything changed.
bool put_elements(const TensorView& values, DType stored, std::span<std::byte> elements);

// Throws as patch_model does; for finding out before a long computation.
void check_patch(const StoredTensors& stored, const TensorPatch& patch);

}  // namespace rondo
