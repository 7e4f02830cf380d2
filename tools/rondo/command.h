// The command `rondo`: finds the verb, runs it, and turns whatever goes wrong into one line and an exit code.
#pragma once

namespace rondo::tool {

// 0, or the exit code that the error contract gives. 1 is a bug by definition.
int run_command(int argc, char** argv) noexcept;

}  // namespace rondo::tool
