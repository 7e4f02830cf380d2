// The rows of a CSV file one after the other, with the line each begins at: libcsv behind a function. For csv.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rondo {

// each(line, cells) for every row that is not blank; its cells are valid during the call. Throws what `each` throws,
// Error(data) for malformed quotes, Error(limit) for a line above 16 MiB or 65,536 columns.
void for_csv_rows(const std::string& path, std::string_view text, char delimiter,
                  const std::function<void(std::int64_t line, const std::vector<std::string>& cells)>& each);

}  // namespace rondo
