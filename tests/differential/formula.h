// Operators computed from ONNX's definitions, in double and for reading, by code that the engine does not share: what
// the interpreter takes before any scalar reference.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace rondo::differential {

using Ints = std::vector<std::int64_t>;

std::int64_t count_of(const Ints& shape);
// f(index) for every index of the shape, the last dim fastest.
void each_index(const Ints& shape, const std::function<void(const Ints&)>& f);

struct Array {
  Ints shape;
  std::vector<double> values;
  DType dtype = DType::float64;  // of the tensor that was read; results are rounded to what the graph says

  Array() = default;
  explicit Array(Ints dims, double fill = 0)
      : shape(std::move(dims)), values(static_cast<std::size_t>(count_of(shape)), fill) {}

  std::size_t rank() const { return shape.size(); }
  // Both throw Error(data) for an index out of range.
  double at(const Ints& index) const { return values[offset(index)]; }
  double& at(const Ints& index) { return values[offset(index)]; }
  // The element that broadcasting brings to that index of a larger shape.
  double broadcast(const Ints& index) const;
  Ints integers() const { return {values.begin(), values.end()}; }

 private:
  std::size_t offset(const Ints& index) const;
};

// A node with its inputs; null: absent.
struct Call {
  const Node& node;
  std::vector<const Array*> in;

  const Array& operator[](std::size_t i) const { return *in[i]; }
  bool has(std::size_t i) const { return i < in.size() && in[i] != nullptr; }
  const Array* find(std::size_t i) const { return has(i) ? in[i] : nullptr; }
  const AttrValue* attribute(std::string_view name) const { return find_attribute(node.attributes, name); }
  std::int64_t integer(std::string_view name) const { return std::get<std::int64_t>(*attribute(name)); }
  double real(std::string_view name) const { return static_cast<double>(std::get<float>(*attribute(name))); }
  std::optional<Ints> integers(std::string_view name) const;
  // The attribute axis, counted from the front.
  std::size_t axis(std::size_t rank) const;
};

// All outputs; none where the formula does not cover the call.
using Formula = std::function<std::vector<Array>(const Call&)>;
using Formulas = std::map<std::string_view, Formula>;

// One table for each file of formulas.
Formulas elementwise_formulas();
Formulas axis_formulas();
Formulas index_formulas();
Formulas move_formulas();
Formulas product_formulas();

// Empty where there is none.
Formula formula_of(const OpDef& op);

inline std::size_t from_front(std::int64_t axis, std::size_t rank) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
}

}  // namespace rondo::differential
