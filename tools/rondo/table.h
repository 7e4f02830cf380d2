// Text in columns. For verbs that list things.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rondo::tool {

// Rows of cells under each other, every column as wide as its widest cell.
class Table {
 public:
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const;

 private:
  std::size_t width(std::size_t column) const;
  std::vector<std::vector<std::string>> rows_;
};

std::string with_commas(std::int64_t n);  // "1,234,567"

}  // namespace rondo::tool
