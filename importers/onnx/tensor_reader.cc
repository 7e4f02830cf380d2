// A TensorProto keeps its elements in one of eight places: raw_data (little-endian bytes, as this project's processors
// have them), one of six typed fields, or a file. Everything that could disagree is compared before the tensor is
// allocated.
#include "importers/onnx/tensor_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "importers/onnx/tensor_scan.h"
#include "importers/onnx/typed_data.h"

namespace rondo::importer {
namespace {

// By ONNX's numbers; those that Rondo runs have their place here too, so that the index is the number.
constexpr std::array<std::string_view, 27> kOnnxTypes{
    "undefined", "float",      "uint8",      "int8",         "uint16",         "int16",      "int32",
    "int64",     "string",     "bool",       "float16",      "double",         "uint32",     "uint64",
    "complex64", "complex128", "bfloat16",   "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
    "uint4",     "int4",       "float4e2m1", "float8e8m0",   "uint2",          "int2"};

Error about(const std::string& owner, const Error& e) {
  return Error(e.code(), owner + ": " + e.message()).got(e.got()).expected(e.expected()).fix(e.fix());
}

std::vector<std::int64_t> checked_dims(const onnx::TensorProto& p, const std::string& owner, std::int64_t max_rank) {
  if (p.dims_size() > max_rank)
    throw Error(ErrorCode::limit, owner + " has too many dims")
        .got(std::to_string(p.dims_size()))
        .expected(fmt::format("at most {}", max_rank));
  std::vector<std::int64_t> dims(p.dims().begin(), p.dims().end());
  for (std::size_t axis = 0; axis < dims.size(); ++axis)
    if (dims[axis] < 0)
      throw Error(ErrorCode::model, fmt::format("{} has a negative dim on axis {}", owner, axis))
          .got(std::to_string(dims[axis]));
  return dims;
}

void check_bools(const Tensor& t, const std::string& owner) {
  if (t.dtype() != DType::boolean) return;
  for (std::uint8_t v : t.values<std::uint8_t>())
    if (v > 1) throw Error(ErrorCode::model, owner + " is bool but holds another value than 0 and 1");
}

// Where the elements of a tensor without external data are; how many there are is compared with the shape.
TypedField checked_inline_data(const onnx::TensorProto& p, DType dtype, const std::vector<std::int64_t>& dims,
                               std::int64_t bytes, const std::string& owner) {
  const TypedData typed = typed_data(p, owner);
  const auto raw = static_cast<std::int64_t>(p.raw_data().size());
  if (typed.field == TypedField::none) {
    if (raw == bytes) return typed.field;
    throw Error(ErrorCode::model, fmt::format("{}: raw_data does not fit {}{}", owner, name_of(dtype), to_string(dims)))
        .got(fmt::format("{} bytes", raw))
        .expected(fmt::format("{} bytes", bytes))
        .fix("export the model again");
  }
  if (raw != 0) throw Error(ErrorCode::model, fmt::format("{} has both raw_data and {}", owner, name_of(typed.field)));
  if (typed.field != field_for(dtype))
    throw Error(ErrorCode::model,
                fmt::format("{} is {} but has its elements in the wrong field", owner, name_of(dtype)))
        .got(std::string(name_of(typed.field)))
        .expected(std::string(name_of(field_for(dtype))));
  const std::int64_t count = bytes / static_cast<std::int64_t>(size_of(dtype));
  if (typed.count != count)
    throw Error(ErrorCode::model,
                fmt::format("{}: {} does not fit {}{}", owner, name_of(typed.field), name_of(dtype), to_string(dims)))
        .got(fmt::format("{} elements", typed.count))
        .expected(fmt::format("{} elements", count))
        .fix("export the model again");
  return typed.field;
}

}  // namespace

DType checked_dtype(std::int32_t data_type, const std::string& owner) {
  const auto dtype = static_cast<DType>(data_type);
  if (size_of(dtype) != 0) return dtype;
  if (data_type <= 0 || static_cast<std::size_t>(data_type) >= kOnnxTypes.size())
    throw Error(ErrorCode::model, owner + (data_type == 0 ? " has no element type" : " has an unknown element type"))
        .got(std::to_string(data_type))
        .fix("export the model again");
  throw Error(ErrorCode::unsupported, fmt::format("{} has element type {}, which Rondo does not run", owner,
                                                  kOnnxTypes[static_cast<std::size_t>(data_type)]))
      .fix("export the model with float, integer or bool tensors");
}

TensorPtr TensorReader::read(const onnx::TensorProto& proto, const std::string& owner) {
  TensorPtr& tensor = read_[&proto];
  if (!tensor) tensor = read_new(proto, owner);
  return tensor;
}

TensorPtr TensorReader::read_new(const onnx::TensorProto& proto, const std::string& owner) {
  const DType dtype = checked_dtype(proto.data_type(), owner);
  if (proto.has_segment())
    throw Error(ErrorCode::unsupported, owner + " is stored in segments").fix("save it as one tensor");
  auto dims = checked_dims(proto, owner, options_.max_rank);
  TensorPtr tensor;
  try {
    const std::int64_t bytes = budget_.take(dtype, dims);
    tensor = proto.data_location() == onnx::TensorProto::EXTERNAL
                 ? read_external(proto, dtype, std::move(dims), bytes)
                 : read_inline(proto, dtype, std::move(dims), bytes, owner);
  } catch (const Error& e) {
    if (e.message().starts_with(owner)) throw;
    throw about(owner, e);
  }
  check_bools(*tensor, owner);
  report_odd_values(*tensor, owner);
  return options_.stored == nullptr ? tensor : options_.stored->same(&proto, std::move(tensor));
}

TensorPtr TensorReader::read_inline(const onnx::TensorProto& proto, DType dtype, std::vector<std::int64_t> dims,
                                    std::int64_t bytes, const std::string& owner) {
  const TypedField field = checked_inline_data(proto, dtype, dims, bytes, owner);
  auto tensor = std::make_shared<Tensor>(dtype, std::move(dims));
  if (field != TypedField::none) {
    copy_typed(proto, *tensor, owner);
  } else if (bytes != 0) {
    std::memcpy(tensor->data(), proto.raw_data().data(), static_cast<std::size_t>(bytes));
  }
  return tensor;
}

TensorPtr TensorReader::read_external(const onnx::TensorProto& proto, DType dtype, std::vector<std::int64_t> dims,
                                      std::int64_t bytes) {
  if (!proto.raw_data().empty() || typed_data(proto, "tensor").field != TypedField::none)
    throw Error(ErrorCode::model, "there is both external data and data in the model");
  const ExternalData::Range range = external_.locate(reference(proto), bytes);
  auto tensor = std::make_shared<Tensor>(dtype, std::move(dims));
  ExternalData::read(range, tensor->data(), bytes);
  return tensor;
}

ExternalRef TensorReader::reference(const onnx::TensorProto& proto) {
  ExternalRef ref;
  const std::array<std::pair<std::string_view, std::string*>, 4> keys{
      {{"location", &ref.location}, {"offset", &ref.offset}, {"length", &ref.length}, {"checksum", &ref.checksum}}};
  std::array<bool, 4> seen{};
  for (const auto& entry : proto.external_data()) {
    const auto key = std::ranges::find(keys, std::string_view(entry.key()), [](const auto& k) { return k.first; });
    if (key == keys.end()) {
      if (options_.warn) options_.warn("external data has the unknown key '" + entry.key() + "', which is ignored");
      continue;
    }
    if (std::exchange(seen[static_cast<std::size_t>(key - keys.begin())], true))
      throw Error(ErrorCode::model, "external data names its " + entry.key() + " twice");
    if (entry.value().empty() && entry.key() != "location")
      throw Error(ErrorCode::model, "external data has an empty " + entry.key());
    *key->second = entry.value();
  }
  return ref;
}

void TensorReader::report_odd_values(const Tensor& tensor, const std::string& owner) {
  const OddValues odd = count_odd_values(tensor.view());
  if (odd.nonfinite == 0 && odd.subnormal == 0) return;
  std::string what = owner + " holds";
  if (odd.nonfinite != 0) what += fmt::format(" {} NaN or infinite values", odd.nonfinite);
  if (odd.nonfinite != 0 && odd.subnormal != 0) what += " and";
  if (odd.subnormal != 0) what += fmt::format(" {} subnormal values", odd.subnormal);
  if (options_.strict && odd.nonfinite != 0)
    throw Error(ErrorCode::numeric, what).fix("train the model again, or load it without strict");
  if (options_.warn) options_.warn(std::move(what));
}

}  // namespace rondo::importer
