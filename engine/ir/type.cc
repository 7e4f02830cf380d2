#include "ir/type.h"

namespace rondo {

TensorType concrete_type(DType dtype, std::span<const std::int64_t> dims) {
  return {dtype, Shape(dims.begin(), dims.end())};
}

std::optional<std::vector<std::int64_t>> concrete_dims(const TensorType& type) {
  if (!type.ranked()) return std::nullopt;
  std::vector<std::int64_t> dims;
  dims.reserve(type.shape->size());
  for (const Dim& d : *type.shape) {
    if (!d.known()) return std::nullopt;
    dims.push_back(d.value);
  }
  return dims;
}

bool may_equal(const Dim& a, const Dim& b) noexcept { return !a.known() || !b.known() || a.value == b.value; }

const Dim& more_specific(const Dim& a, const Dim& b) noexcept {
  if (a.known()) return a;
  if (b.known()) return b;
  return a.symbol.empty() ? b : a;
}

TensorType joined(const TensorType& a, const TensorType& b) {
  if (!a.ranked() || !b.ranked() || a.rank() != b.rank()) return {a.dtype, std::nullopt};
  TensorType out = a;
  for (std::size_t i = 0; i < out.shape->size(); ++i)
    if (!((*a.shape)[i] == (*b.shape)[i])) (*out.shape)[i] = Dim();
  return out;
}

std::string to_string(const Shape& shape) {
  std::string s = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i) s += ",";
    s += shape[i].known() ? std::to_string(shape[i].value) : shape[i].symbol.empty() ? "?" : shape[i].symbol;
  }
  return s + "]";
}

std::string to_string(const TensorType& type) {
  return std::string(name_of(type.dtype)) + (type.ranked() ? to_string(*type.shape) : "[*]");
}

}  // namespace rondo
