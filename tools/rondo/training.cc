#include "tools/rondo/training.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include "base/escape.h"
#include "tools/rondo/element.h"
#include "tools/rondo/table.h"

namespace rondo::tool {
namespace {

using train::Candidate;

std::string state_text(const Candidate& c) {
  if (!c.trainable()) return "cannot be trained: " + c.frozen;
  return c.trained ? "trained" : "frozen";
}

// The place says more than the name only where several graphs could have the name.
std::string where_text(const Candidate& c) {
  std::string s = "'" + escaped(c.name) + "'";
  const bool elsewhere = c.place.starts_with("functions") || c.place.find("/g/") != std::string::npos;
  if (elsewhere) s += " at " + c.place;
  if (c.aliases.size() > 1) s += fmt::format(" also {}", fmt::join(c.aliases.begin() + 1, c.aliases.end(), ", "));
  return s;
}

}  // namespace

void add_training_options(CLI::App& verb, std::vector<train::Rule>& rules) {
  const auto add = [&](const char* flag, bool train, const char* help) {
    verb.add_option_function<std::string>(
            flag,
            [&rules, train](const std::string& pattern) {
              rules.push_back({train, pattern});
            },
            help)
        ->trigger_on_parse()
        ->type_name("GLOB");
  };
  add("--trainable", true, "Train the parameters that fit: an alias, or head, recurrent, bias, all");
  add("--freeze", false, "Do not train those that fit; of several rules, the last that fits wins");
}

std::string training_text(std::span<const Candidate> all) {
  Table table;
  std::int64_t total = 0;
  for (const Candidate& c : all) {
    total += c.tensor->count();
    table.add({c.alias(), type_text(c.tensor->dtype(), c.tensor->shape()), with_commas(c.tensor->count()),
               state_text(c), where_text(c)});
  }
  return fmt::format("\ntraining\n{}  {} of {} numbers are trained\n", table.text(),
                     with_commas(train::trained_count(all)), with_commas(total));
}

nlohmann::ordered_json training_document(std::span<const Candidate> all) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Candidate& c : all) {
    nlohmann::ordered_json j{{"alias", c.alias()}, {"tensor", c.name}, {"place", c.place}};
    if (c.aliases.size() > 1) j["also"] = std::vector<std::string>(c.aliases.begin() + 1, c.aliases.end());
    if (!c.halves.empty()) j["halves"] = c.halves;
    j.update({{"dtype", name_of(c.tensor->dtype())},
              {"shape", c.tensor->shape()},
              {"count", c.tensor->count()},
              {"trainable", c.trainable()},
              {"trained", c.trained}});
    if (!c.trainable()) j["reason"] = c.frozen;
    list.push_back(std::move(j));
  }
  return list;
}

}  // namespace rondo::tool
