// Which files a call reads and writes, so that it never writes over what it reads, nor twice into one place.
#pragma once

#include <string>
#include <vector>

namespace rondo::tool {

// Throws Error(usage) when two of the written paths name one file, or a written and a read one do, by whatever path.
void check_written(const std::vector<std::string>& written, const std::vector<std::string>& read);

}  // namespace rondo::tool
