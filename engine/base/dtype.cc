#include "rondo/dtype.h"

#include <array>

namespace rondo {
namespace {

struct DTypeRow {
  DType dtype;
  std::string_view name;
  std::string_view onnx_name;
  std::size_t size;
};
constexpr std::array<DTypeRow, 13> kDTypes{{{DType::float32, "float32", "float", 4},
                                            {DType::uint8, "uint8", "uint8", 1},
                                            {DType::int8, "int8", "int8", 1},
                                            {DType::uint16, "uint16", "uint16", 2},
                                            {DType::int16, "int16", "int16", 2},
                                            {DType::int32, "int32", "int32", 4},
                                            {DType::int64, "int64", "int64", 8},
                                            {DType::boolean, "bool", "bool", 1},
                                            {DType::float16, "float16", "float16", 2},
                                            {DType::float64, "float64", "double", 8},
                                            {DType::uint32, "uint32", "uint32", 4},
                                            {DType::uint64, "uint64", "uint64", 8},
                                            {DType::bfloat16, "bfloat16", "bfloat16", 2}}};

const DTypeRow* find(DType t) noexcept {
  for (const DTypeRow& row : kDTypes)
    if (row.dtype == t) return &row;
  return nullptr;
}

}  // namespace

std::size_t size_of(DType dtype) noexcept {
  const DTypeRow* row = find(dtype);
  return row ? row->size : 0;
}

std::string_view name_of(DType dtype) noexcept {
  const DTypeRow* row = find(dtype);
  return row ? row->name : "undefined";
}

DType dtype_from_name(std::string_view name) noexcept {
  for (const DTypeRow& row : kDTypes)
    if (row.name == name || row.onnx_name == name) return row.dtype;
  return DType::undefined;
}

}  // namespace rondo
