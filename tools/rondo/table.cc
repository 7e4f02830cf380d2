#include "tools/rondo/table.h"

#include <algorithm>

#include "tools/rondo/terminal.h"

namespace rondo::tool {

std::string Table::text() const {
  std::string s;
  for (const auto& row : rows_) {
    std::string line = " ";
    for (std::size_t c = 0; c < row.size(); ++c)
      line += " " + (c + 1 < row.size() ? padded(row[c], width(c) + 1) : row[c]);
    line.erase(line.find_last_not_of(' ') + 1);
    s += line + "\n";
  }
  return s;
}

std::size_t Table::width(std::size_t column) const {
  std::size_t w = 0;
  for (const auto& row : rows_)
    if (column < row.size()) w = std::max(w, row[column].size());
  return w;
}

std::string with_commas(std::int64_t n) {
  std::string s = std::to_string(n);
  for (std::size_t at = s.size(); at > 3;) s.insert(at -= 3, ",");
  return s;
}

}  // namespace rondo::tool
