#include "tools/rondo/options.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include "backends/select.h"

namespace rondo::tool {
namespace {

// Empty where holds(number), else what is wrong with the text.
template <class Holds>
std::string checked_number(const std::string& text, const char* wanted, Holds&& holds) {
  double number = 0;
  return CLI::detail::lexical_cast(text, number) && holds(number) ? "" : text + " is no number " + wanted;
}

}  // namespace

std::string not_negative(const std::string& text) {
  return checked_number(text, "of 0 or more", [](double x) { return x >= 0; });
}

std::string positive(const std::string& text) {
  return checked_number(text, "above 0", [](double x) { return x > 0; });
}

void add_output_options(CLI::App& verb, Options& options) {
  verb.add_flag("--json", options.json, "Print one JSON document on stdout, errors included");
  verb.add_flag("-q,--quiet", options.quiet, "No warnings and no progress");
  verb.add_flag("-v,--verbose", options.verbose, "Say more on stderr");
}

void add_session_options(CLI::App& verb, Options& options) {
  const auto names = backend_names();
  SessionOptions& session = options.session;
  verb.add_option("--threads", session.threads, "Threads to use; 0, the default: one per core")->type_name("N");
  verb.add_option("--isa", session.isa, "Widest instruction set the kernels may use")
      ->check(CLI::IsMember({"auto", "scalar", "avx2", "avx512"}).description(""))
      ->type_name("auto|scalar|avx2|avx512");
  verb.add_option("--backend", session.backend, "What runs the nodes; reference runs those that it cannot")
      ->check(CLI::IsMember(std::vector<std::string>(names.begin(), names.end())).description(""))
      ->type_name(fmt::format("{}", fmt::join(names, "|")));
  verb.add_option("--max-memory", session.max_memory, "For weights, and for a run; default: 75 % of what there is")
      ->transform(CLI::AsSizeValue(false).description(""))
      ->type_name("SIZE");
  verb.add_option("--max-loop-iterations", session.max_loop_iterations, "Of all loops inside the model, in one run")
      ->check(positive)
      ->type_name("N");
  verb.add_option("--max-seconds", session.max_seconds, "End a run that takes longer; 0, the default: no limit")
      ->check(not_negative)
      ->type_name("S");
  verb.add_flag("--strict", session.strict, "Refuse weights that are NaN or infinite");
  verb.add_option("--data-dir", session.data_dir, "Where external weights are; default: beside the model")
      ->type_name("DIR");
  verb.add_flag("--allow-linked-data", session.allow_linked_data,
                "Follow links to external weights inside that folder");
}

void add_file_options(CLI::App& verb, Options& options) {
  verb.add_option("--trace", options.trace, "Write a timeline: Chrome trace events, opens in Perfetto")
      ->type_name("FILE.json");
  verb.add_flag("--force", options.force, "Overwrite files that exist");
}

void apply(const Options& options) {
  if (options.quiet && options.verbose)
    throw Error(ErrorCode::usage, "-q and -v exclude each other").fix("leave one out");
  spdlog::set_level(options.quiet ? spdlog::level::err : options.verbose ? spdlog::level::debug : spdlog::level::warn);
}

}  // namespace rondo::tool
