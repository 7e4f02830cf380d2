// A data set in memory, as every reader of this folder makes it and training and evaluation use it: fields (features,
// targets, weights) and, for each sample, which rows of a field are its own. Samples may share rows, as overlapping
// windows of a series do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/error.h"
#include "rondo/tensor.h"

namespace rondo {

// Sample i is [length(i), row_shape...], or just [row_shape...] where `one_row` says that samples have no steps.
struct Field {
  std::string name;
  Tensor data;  // num_rows rows of row_shape, one after the other
  std::vector<std::int64_t> row_shape;
  std::int64_t num_rows = 0;
  bool one_row = false;
  std::vector<std::int64_t> begins;   // by sample: its first row
  std::vector<std::int64_t> lengths;  // by sample: how many rows; 1 where one_row
  // Where a text file has them, for messages: the line of each row, the column of each element in a row.
  std::vector<std::int64_t> lines, columns;

  std::int64_t row_elements() const noexcept { return num_rows == 0 ? 0 : data.count() / num_rows; }
  std::size_t row_bytes() const noexcept { return static_cast<std::size_t>(row_elements()) * size_of(data.dtype()); }
  const std::byte* row(std::int64_t r) const noexcept {
    return static_cast<const std::byte*>(data.data()) + static_cast<std::size_t>(r) * row_bytes();
  }
  std::int64_t longest() const noexcept;
  bool ragged() const noexcept;  // two samples differ in length
};

struct Dataset {
  std::string source;  // the file or folder, for messages
  std::vector<Field> fields;
  std::int64_t skipped = 0;  // samples that were left out because they hold NaN or Inf

  std::int64_t size() const noexcept {
    return fields.empty() ? 0 : static_cast<std::int64_t>(fields[0].lengths.size());
  }
  // Null when there is none of that name.
  const Field* find(std::string_view name) const noexcept;
  Field* find(std::string_view name) noexcept;
};

// An error about one element, `element` counting within its row: "data.csv:417:3: <what>", or the sample and step.
Error error_at(const Dataset& set, const Field& field, std::int64_t sample, std::int64_t row, std::int64_t element,
               const std::string& what);

// XXH3 over names, types, shapes, extents and elements of all fields: the same data gives the same number, whichever
// file it came from. Checkpoints hold it.
std::uint64_t fingerprint(const Dataset& set);

}  // namespace rondo
