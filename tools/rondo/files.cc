#include "tools/rondo/files.h"

#include <filesystem>

#include "rondo/error.h"

namespace rondo::tool {
namespace {

namespace fs = std::filesystem;

// Files that exist are compared as the system knows them, so links are seen through; others by where they would lie.
bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::exists(a, error) && fs::exists(b, error)) return fs::equivalent(a, b, error);
  return fs::weakly_canonical(a, error) == fs::weakly_canonical(b, error);
}

}  // namespace

void check_written(const std::vector<std::string>& written, const std::vector<std::string>& read) {
  for (std::size_t i = 0; i < written.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      if (same_file(written[i], written[j]))
        throw Error(ErrorCode::usage, "two outputs go to one file").got(written[i]).fix("give each a name of its own");
    for (const std::string& other : read)
      if (same_file(written[i], other))
        throw Error(ErrorCode::usage, "an output would replace a file that this run reads")
            .got(written[i])
            .fix("write to another name");
  }
}

}  // namespace rondo::tool
