// Runs the built command in a folder of its own, for the tests of what a user sees.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rondo::test {

inline constexpr int kKilled = 1000;

struct Outcome {
  int code = -1;  // exit code; kKilled + the signal when one ended it
  std::string out, err;
  std::int64_t peak_bytes = 0;  // of memory
  double seconds_after = 0;     // from the signal to the end

  nlohmann::json document() const { return nlohmann::json::parse(out); }  // throws when stdout is no one document
};

// A new folder, removed with everything in it at the end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// How a run differs from the plain one: an empty path is a fresh file; "-" closes the stream.
struct Surroundings {
  std::string in = "/dev/null", out{};
  std::vector<std::string> environment{};  // "RONDO_MAX_ISA=scalar"
  std::filesystem::path folder{};          // empty: where the tests run
  int signal = 0;                          // sent once stderr has text
  double patience = 0;                     // seconds between that text and the signal
};
Outcome rondo(const std::vector<std::string>& arguments, const Surroundings& around = {});

std::string contents(const std::filesystem::path& file);

}  // namespace rondo::test
