#include "tools/rondo/command.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <new>
#include <string_view>

#include "rondo/error.h"
#include "rondo/version.h"
#include "tools/rondo/fault.h"
#include "tools/rondo/interrupt.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/verb.h"

namespace rondo::tool {
namespace {

// Known before the command line is parsed, so that an error in it is a document too.
bool wants_document(int argc, char** argv) {
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i)
    if (std::string_view(argv[i]) == "--json") return true;
  return false;
}

Error usage_error(const CLI::ParseError& e, const CLI::App& command, int argc, char** argv) {
  const auto chosen = command.get_subcommands();
  if (chosen.empty()) {
    std::string verbs;
    for (const CLI::App* verb : command.get_subcommands({})) verbs += (verbs.empty() ? "" : ", ") + verb->get_name();
    Error error(ErrorCode::usage, argc < 2 ? "no verb is given" : "'" + std::string(argv[1]) + "' is no verb of rondo");
    return error.expected(verbs).fix("see 'rondo --help'");
  }
  std::string what = e.what();
  while (!what.empty() && (what.back() == '.' || what.back() == '\n')) what.pop_back();
  Error error(ErrorCode::usage, std::move(what));
  return error.fix("see 'rondo " + chosen[0]->get_name() + " --help'");
}

int run(const Verb& verb) try { return verb.run(); } catch (Error& e) {
  if (e.code() == ErrorCode::usage && e.fix().empty()) e.fix("see 'rondo " + verb.app->get_name() + " --help'");
  throw;
}

int parse_and_run(int argc, char** argv) {
  CLI::App command{"Runs, fine-tunes and checks recurrent ONNX models.", "rondo"};
  command.set_version_flag("--version", std::string("rondo ") + version(), "Print the version");
  command.require_subcommand(1);
  command.get_formatter()->column_width(34);
  command.get_formatter()->label("SUBCOMMAND", "VERB");
  command.footer(
      "'rondo VERB --help' says more. Exit codes: 0 ok, 2 usage, 3 invalid model, 4 unsupported model, 5 bad data,\n"
      "6 limit or memory, 7 input or output, 8 numeric, 9 state, 10 verification found a difference, 130 "
      "interrupted.\n\n"
      "Examples:\n"
      "  rondo inspect examples/tagger/model.onnx\n"
      "  rondo run examples/tagger/model.onnx --seed 1");
  const std::array verbs{add_inspect(command), add_run(command),   add_verify(command), add_finetune(command),
                         add_eval(command),    add_bench(command), add_doctor(command)};
  for (const Verb& verb : verbs) verb.app->group("Verbs");
  try {
    command.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    print(command.help());
    return 0;
  } catch (const CLI::CallForVersion& e) {
    print(std::string(e.what()) + "\n");
    return 0;
  } catch (const CLI::ParseError& e) {
    throw usage_error(e, command, argc, argv);
  }
  for (const Verb& verb : verbs)
    if (verb.app->parsed()) return run(verb);
  return 0;
}

}  // namespace

int run_command(int argc, char** argv) noexcept {
  const bool document = wants_document(argc, argv);
  try {
    set_up_streams();
    watch_interrupts();
    return parse_and_run(argc, argv);
  } catch (const Error& e) {
    return report(e, document);
  } catch (const std::bad_alloc&) {
    return report(Error(ErrorCode::memory, "out of memory").fix("free memory, or give smaller inputs"), document);
  } catch (const std::exception& e) {
    print_error_line(std::string("error[E_INTERNAL]: ") + e.what() + ". Fix: report this, it is a defect of rondo.");
    return 1;
  }
}

}  // namespace rondo::tool
