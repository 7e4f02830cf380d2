// rondo run --stream: a sequence fed piece by piece, the model's state held between the pieces.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/rondo/input_files.h"
#include "tools/rondo/options.h"
#include "tools/rondo/trace.h"

namespace CLI {
class App;
}

namespace rondo::tool {

struct StreamFlags {
  bool wanted = false;
  std::int64_t frame = 1, context = 0;
  std::vector<std::string> states;  // IN=OUT
};
// --stream --frame --context --state
void add_stream_options(CLI::App& verb, StreamFlags& flags);

// inputs: NAME=FILE; files: outputs of the model to be written. Gives the exit code.
int run_stream(const Session& session, const Options& options, const StreamFlags& flags,
               const std::vector<std::string>& inputs, const std::vector<Assignment>& files, Trace& trace);

}  // namespace rondo::tool
