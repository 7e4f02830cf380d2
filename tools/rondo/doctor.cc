// rondo doctor: what this machine and this build can do.
#include <fmt/format.h>
#include <CLI/App.hpp>

#include <cstdlib>
#include <memory>
#include <thread>

#include "base/cpu.h"
#include "base/escape.h"
#include "rondo/version.h"
#include "tools/rondo/options.h"
#include "tools/rondo/reference_runtimes.h"
#include "tools/rondo/terminal.h"
#include "tools/rondo/verb.h"
#ifdef RONDO_HAVE_ONEDNN
#include "backends/onednn/onednn.h"
#endif

namespace rondo::tool {
namespace {

std::string onednn() {
#ifdef RONDO_HAVE_ONEDNN
  return onednn_version();
#else
  return "";
#endif
}

nlohmann::ordered_json findings() {
  const std::string sanitizers = RONDO_SANITIZERS;
  nlohmann::ordered_json build{{"type", RONDO_BUILD_TYPE}, {"compiler", RONDO_COMPILER}};
  if (!sanitizers.empty()) build["sanitizers"] = sanitizers;
  nlohmann::ordered_json j{{"version", version()}, {"build", build}};
  j["cpu"] = {{"features", cpu_features()},
              {"detected_isa", name_of(detected_isa())},
              {"allowed_isa", name_of(allowed_isa())},
              {"threads", std::max(std::thread::hardware_concurrency(), 1u)}};
  j["onednn"] = onednn().empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(onednn());
  j["protobuf"] = RONDO_PROTOBUF_VERSION;
  j["reference_runtimes"] = nlohmann::ordered_json::array();
  for (const ReferenceRuntime& r : reference_runtimes())
    j["reference_runtimes"].push_back({{"name", r.name}, {"version", r.version}, {"path", r.path}});
  return j;
}

std::string text_of(const nlohmann::ordered_json& j) {
  const auto text = [](const nlohmann::ordered_json& v) { return v.get<std::string>(); };
  std::string s;
  const auto line = [&](const char* what, const std::string& value) { s += fmt::format("{:<20}{}\n", what, value); };
  const auto& cpu = j["cpu"];
  line("rondo", text(j["version"]));
  line("build", text(j["build"]["type"]) + ", " + text(j["build"]["compiler"]) +
                    (j["build"].contains("sanitizers") ? ", sanitizers " + text(j["build"]["sanitizers"]) : ""));
  line("cpu", text(cpu["features"]).empty() ? "no vector features known" : text(cpu["features"]));
  const char* cap = std::getenv("RONDO_MAX_ISA");
  line("instruction set", text(cpu["allowed_isa"]) + " (the processor has " + text(cpu["detected_isa"]) +
                              (cap != nullptr && *cap != '\0' ? ", RONDO_MAX_ISA is " + std::string(cap) : "") + ")");
  line("threads", std::to_string(cpu["threads"].get<unsigned>()));
  line("oneDNN", j["onednn"].is_null() ? "not built in" : text(j["onednn"]));
  line("protobuf", text(j["protobuf"]));
  for (const auto& r : j["reference_runtimes"])
    line("reference runtime", text(r["name"]) + " " + text(r["version"]) + " " + escaped(text(r["path"])));
  if (j["reference_runtimes"].empty())
    line("reference runtime", "none found (only benchmarks want one; RONDO_ORT names one)");
  return s;
}

}  // namespace

Verb add_doctor(CLI::App& command) {
  auto options = std::make_shared<Options>();
  CLI::App* app = command.add_subcommand("doctor", "Say what this machine and this build can do");
  add_output_options(*app, *options);
  app->footer(
      "Examples:\n"
      "  rondo doctor\n"
      "  rondo doctor --json");
  return {app, [options] {
            apply(*options);
            const nlohmann::ordered_json j = findings();
            options->json ? print_document(j) : print(text_of(j));
            return 0;
          }};
}

}  // namespace rondo::tool
