#include "importers/onnx/declared_type.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/onnx/tensor_reader.h"

namespace rondo::importer {
namespace {

Dim declared_dim(const onnx::TensorShapeProto::Dimension& proto, int axis, const std::string& owner) {
  if (proto.has_dim_param()) return proto.dim_param().empty() ? Dim() : Dim(proto.dim_param());
  if (!proto.has_dim_value()) return Dim();
  if (proto.dim_value() < 0)
    throw Error(ErrorCode::model, fmt::format("{} has a negative dim on axis {}", owner, axis))
        .got(std::to_string(proto.dim_value()))
        .fix("name the dim instead, such as 'batch'");
  return Dim(proto.dim_value());
}

}  // namespace

std::optional<TensorType> declared_type(const onnx::ValueInfoProto& info, const std::string& owner) {
  if (!info.has_type() || info.type().value_case() == onnx::TypeProto::VALUE_NOT_SET) return std::nullopt;
  if (!info.type().has_tensor_type())
    throw Error(ErrorCode::unsupported, owner + " is no tensor").fix("export the model with tensors only");
  const auto& proto = info.type().tensor_type();
  TensorType type{checked_dtype(proto.elem_type(), owner), std::nullopt};
  if (!proto.has_shape()) return type;
  type.shape.emplace();
  for (int axis = 0; axis < proto.shape().dim_size(); ++axis)
    type.shape->push_back(declared_dim(proto.shape().dim(axis), axis, owner));
  return type;
}

void check_initializer(const std::string& name, const TensorType& held, const TensorType& declared,
                       std::unordered_map<std::string, std::int64_t>& symbols) {
  const auto differ = [&](std::string_view in) {
    return Error(ErrorCode::model, fmt::format("input '{}' and its initializer differ in {}", name, in))
        .got(to_string(held))
        .expected(to_string(declared))
        .fix("export the model again");
  };
  if (held.dtype != declared.dtype) throw differ("type");
  if (!declared.ranked()) return;
  if (!std::ranges::equal(*held.shape, *declared.shape, may_equal)) throw differ("shape");
  for (std::size_t axis = 0; axis < declared.shape->size(); ++axis) {
    const std::string& symbol = (*declared.shape)[axis].symbol;
    const std::int64_t size = (*held.shape)[axis].value;
    if (symbol.empty() || symbols.emplace(symbol, size).first->second == size) continue;
    throw differ(fmt::format("shape: dim '{}' is {} elsewhere", symbol, symbols.at(symbol)));
  }
}

void fill_from_declaration(Graph& graph, ValueId id, const TensorType& declared,
                           const std::function<void(std::string)>& warn) {
  Value& value = graph.value(id);
  bool contradicts = declared.dtype != value.type.dtype;
  if (!contradicts && declared.ranked()) {
    if (!value.type.ranked()) {
      value.type.shape = declared.shape;
    } else if (value.type.rank() != declared.rank()) {
      contradicts = true;
    } else {
      for (std::size_t i = 0; i < declared.shape->size(); ++i) {
        Dim& known = (*value.type.shape)[i];
        const Dim& said = (*declared.shape)[i];
        if (!known.known() && known.symbol.empty()) known = said;
        contradicts |= !may_equal(known, said);
      }
    }
  }
  if (contradicts)
    warn(fmt::format("the model declares '{}' as {}, but it is {}", value.name, to_string(declared),
                     to_string(value.type)));
}

}  // namespace rondo::importer
