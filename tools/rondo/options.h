// The flags that verbs share.
#pragma once

#include <cstdint>
#include <string>

#include "rondo/session.h"

namespace CLI {
class App;
}

namespace rondo::tool {

struct Options {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  SessionOptions session;
  std::uint64_t seed = 0;
  std::string trace;  // empty: none
  bool force = false;
};

// --json -q -v
void add_output_options(CLI::App& verb, Options& options);
// --threads --isa --backend --max-memory --max-loop-iterations --max-seconds --strict --data-dir --allow-linked-data
void add_session_options(CLI::App& verb, Options& options);
// --trace --force
void add_file_options(CLI::App& verb, Options& options);

// Checks of options, empty where the number is right. CLI11's own let NaN through and print the range of a double.
std::string not_negative(const std::string& text);
std::string positive(const std::string& text);

// -q and -v take effect. Throws Error(usage) when both are given.
void apply(const Options& options);

}  // namespace rondo::tool
