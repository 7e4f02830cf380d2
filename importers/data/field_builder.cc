#include "importers/data/field_builder.h"

#include <cstring>

namespace rondo {

std::string FieldBuilder::add(const std::vector<std::int64_t>& shape, const void* elements, std::int64_t line) {
  const bool one_row = shape.empty(), unknown = shape.size() == 1 && shape[0] == 0;
  const std::vector<std::int64_t> row(shape.begin() + (one_row ? 0 : 1), shape.end());
  if (lengths_.empty()) one_row_ = one_row;
  if (one_row != one_row_)
    return one_row ? "a single number, where others are lists" : "a list, where others are numbers";
  if (!row_shape_ && !unknown) row_shape_ = row;
  if (!unknown && row != *row_shape_) {
    std::string others = to_string(*row_shape_);
    return to_string(shape) + ", where others are [?" + (row_shape_->empty() ? "" : ",") + others.substr(1);
  }
  const std::int64_t rows = one_row ? 1 : shape[0];
  begins_.push_back(num_rows_);
  lengths_.push_back(rows);
  num_rows_ += rows;
  if (line > 0) lines_.insert(lines_.end(), static_cast<std::size_t>(rows), line);
  const auto* first = static_cast<const std::byte*>(elements);
  bytes_.insert(bytes_.end(), first, first + static_cast<std::size_t>(element_count(shape)) * size_of(dtype_));
  return "";
}

Field FieldBuilder::finish() && {
  Field f;
  f.name = std::move(name_);
  f.one_row = one_row_;
  f.row_shape = row_shape_.value_or(std::vector<std::int64_t>());
  f.num_rows = num_rows_;
  f.begins = std::move(begins_);
  f.lengths = std::move(lengths_);
  f.lines = std::move(lines_);
  std::vector<std::int64_t> shape = f.row_shape;
  shape.insert(shape.begin(), num_rows_);
  f.data = Tensor(dtype_, shape);
  if (!bytes_.empty()) std::memcpy(f.data.data(), bytes_.data(), bytes_.size());
  return f;
}

}  // namespace rondo
