#include "importers/onnx/typed_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "rondo/error.h"

namespace rondo::importer {
namespace {

constexpr std::array<std::string_view, 7> kNames{"nothing",    "float_data",  "int32_data", "string_data",
                                                 "int64_data", "double_data", "uint64_data"};

template <class To, class Source>
void narrow(const Source& source, Tensor& out, const std::string& owner) {
  To* to = static_cast<To*>(out.data());
  for (int i = 0; i < source.size(); ++i) {
    if (!std::in_range<To>(source[i]))
      throw Error(ErrorCode::model, fmt::format("{}: element {} does not fit {}", owner, i, name_of(out.dtype())))
          .got(std::to_string(source[i]));
    to[i] = static_cast<To>(source[i]);
  }
}

template <class To, class Source>
void copy(const Source& source, Tensor& out) {
  std::copy(source.begin(), source.end(), static_cast<To*>(out.data()));
}

}  // namespace

std::string_view name_of(TypedField field) noexcept { return kNames[static_cast<std::size_t>(field)]; }

TypedField field_for(DType t) noexcept {
  switch (t) {
    case DType::float32:
      return TypedField::floats;
    case DType::float64:
      return TypedField::doubles;
    case DType::int64:
      return TypedField::int64s;
    case DType::uint32:
    case DType::uint64:
      return TypedField::uint64s;
    default:
      return TypedField::int32s;
  }
}

TypedData typed_data(const onnx::TensorProto& p, const std::string& owner) {
  TypedData found;
  const auto look = [&](TypedField field, int count) {
    if (count == 0) return;
    if (found.field != TypedField::none)
      throw Error(ErrorCode::model, fmt::format("{} has both {} and {}", owner, name_of(found.field), name_of(field)));
    found = {field, count};
  };
  look(TypedField::floats, p.float_data_size());
  look(TypedField::int32s, p.int32_data_size());
  look(TypedField::strings, p.string_data_size());
  look(TypedField::int64s, p.int64_data_size());
  look(TypedField::doubles, p.double_data_size());
  look(TypedField::uint64s, p.uint64_data_size());
  return found;
}

void copy_typed(const onnx::TensorProto& p, Tensor& out, const std::string& owner) {
  switch (out.dtype()) {
    case DType::float32:
      return copy<float>(p.float_data(), out);
    case DType::float64:
      return copy<double>(p.double_data(), out);
    case DType::int64:
      return copy<std::int64_t>(p.int64_data(), out);
    case DType::uint64:
      return copy<std::uint64_t>(p.uint64_data(), out);
    case DType::uint32:
      return narrow<std::uint32_t>(p.uint64_data(), out, owner);
    case DType::int32:
      return copy<std::int32_t>(p.int32_data(), out);
    case DType::int16:
      return narrow<std::int16_t>(p.int32_data(), out, owner);
    case DType::int8:
      return narrow<std::int8_t>(p.int32_data(), out, owner);
    case DType::uint8:
    case DType::boolean:
      return narrow<std::uint8_t>(p.int32_data(), out, owner);
    default:  // uint16, and the bits of float16 and bfloat16
      return narrow<std::uint16_t>(p.int32_data(), out, owner);
  }
}

}  // namespace rondo::importer
