// Makes a field out of samples that come one after the other, each with its own number of steps. For the readers of
// JSONL and of folders of tensors.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "importers/data/dataset.h"

namespace rondo {

class FieldBuilder {
 public:
  FieldBuilder(std::string name, DType dtype) : name_(std::move(name)), dtype_(dtype) {}

  const std::string& name() const noexcept { return name_; }
  DType dtype() const noexcept { return dtype_; }
  std::size_t size() const noexcept { return lengths_.size(); }

  // A sample of this shape, of the first sample's rank and of its dims from the second on; [0] fits any. elements:
  // dense, of dtype. line: of a text file, or 0. Empty, or why the shape does not fit: "[2,3], where others are [?,4]".
  std::string add(const std::vector<std::int64_t>& shape, const void* elements, std::int64_t line);

  Field finish() &&;

 private:
  std::string name_;
  DType dtype_;
  std::optional<std::vector<std::int64_t>> row_shape_;
  bool one_row_ = false;
  std::vector<std::byte> bytes_;
  std::vector<std::int64_t> begins_, lengths_, lines_;
  std::int64_t num_rows_ = 0;
};

}  // namespace rondo
