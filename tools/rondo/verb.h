// What a verb is to the command: a CLI11 subcommand with its options, and what to do once they are parsed.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace rondo::tool {

struct Verb {
  CLI::App* app = nullptr;
  std::function<int()> run;  // gives the exit code; throws Error
};

Verb add_inspect(CLI::App& command);
Verb add_run(CLI::App& command);
Verb add_verify(CLI::App& command);
Verb add_finetune(CLI::App& command);
Verb add_eval(CLI::App& command);
Verb add_bench(CLI::App& command);
Verb add_doctor(CLI::App& command);

}  // namespace rondo::tool
