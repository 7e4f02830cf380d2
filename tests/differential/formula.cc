#include "differential/formula.h"

#include <functional>
#include <numeric>

#include "rondo/error.h"

namespace rondo::differential {

std::int64_t count_of(const Ints& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

void each_index(const Ints& shape, const std::function<void(const Ints&)>& f) {
  Ints index(shape.size(), 0);
  for (std::int64_t left = count_of(shape); left > 0; --left) {
    f(index);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
}

std::size_t Array::offset(const Ints& index) const {
  std::int64_t at = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (index[d] < 0 || index[d] >= shape[d]) throw Error(ErrorCode::data, "an index is out of range");
    at = at * shape[d] + index[d];
  }
  return static_cast<std::size_t>(at);
}

double Array::broadcast(const Ints& index) const {
  Ints own(index.end() - static_cast<std::ptrdiff_t>(rank()), index.end());
  for (std::size_t d = 0; d < own.size(); ++d)
    if (shape[d] == 1) own[d] = 0;
  return at(own);
}

std::optional<Ints> Call::integers(std::string_view name) const {
  const AttrValue* value = attribute(name);
  return value == nullptr ? std::nullopt : std::optional(std::get<Ints>(*value));
}

std::size_t Call::axis(std::size_t rank) const { return from_front(integer("axis"), rank); }

Formula formula_of(const OpDef& op) {
  static const Formulas all = [] {
    Formulas merged;
    for (const Formulas& table :
         {elementwise_formulas(), axis_formulas(), index_formulas(), move_formulas(), product_formulas()})
      merged.insert(table.begin(), table.end());
    return merged;
  }();
  const auto found = all.find(op.name);
  return found == all.end() || !op.domain.empty() ? nullptr : found->second;
}

}  // namespace rondo::differential
