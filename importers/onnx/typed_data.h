// The typed fields of TensorProto (float_data, int32_data, ...): which one is in use, which one an element type wants,
// and how its elements become a tensor. Used by the tensor reader only.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "rondo/tensor.h"

namespace rondo::importer {

enum class TypedField { none, floats, int32s, strings, int64s, doubles, uint64s };

std::string_view name_of(TypedField field) noexcept;  // "float_data"
TypedField field_for(DType dtype) noexcept;

struct TypedData {
  TypedField field = TypedField::none;
  std::int64_t count = 0;
};
// Throws Error(model) when two fields hold elements.
TypedData typed_data(const onnx::TensorProto& proto, const std::string& owner);

// The field must be the one for the tensor's type and hold as many elements. Throws Error(model) for an element that
// does not fit the type.
void copy_typed(const onnx::TensorProto& proto, Tensor& out, const std::string& owner);

}  // namespace rondo::importer
