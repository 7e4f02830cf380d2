#include "train/parameters.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "exporters/onnx/stored_tensors.h"
#include "importers/onnx/suggestion.h"
#include "passes/layers.h"

namespace rondo::train {
namespace {

constexpr std::size_t kShownAliases = 8;

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

// "lstm.0.fw/R" -> "lstm.0/R"
std::string without_direction(std::string alias) {
  const std::size_t slash = alias.rfind('/');
  return slash == std::string::npos || slash < 3 ? alias : alias.erase(slash - 3, 3);
}

std::string why_frozen(const Candidate& c, const StoredTensors& stored) {
  if (c.place.empty()) return "made while loading: no tensor of the file has these elements";
  const StoredTensor* t = stored.find(c.place);
  return t == nullptr ? "not found in the file" : t->refusal;
}

Candidate candidate(const Parameter& p, const ImportedModel& model) {
  Candidate c;
  c.name = p.name();
  c.tensor = p.graph->value(p.value).constant;
  if (const auto place = model.places.find(c.tensor); place != model.places.end()) c.place = place->second;
  c.recurrent = p.recurrent;
  c.bias = p.bias;
  c.head = p.head;
  return c;
}

void add_use(Candidate& c, const Parameter& p) {
  for (const std::string& alias : p.aliases) {
    add_once(c.aliases, p.direction < 0 ? alias : without_direction(alias));
    if (p.direction >= 0) add_once(c.halves, alias);
  }
  if (c.frozen.empty()) c.frozen = p.frozen;
}

bool fits(const std::string& text, const std::string& pattern, int flags = FNM_CASEFOLD) {
  return ::fnmatch(pattern.c_str(), text.c_str(), flags) == 0;
}

struct Group {
  std::string_view name;
  bool (*has)(const Candidate&);
};
constexpr std::array<Group, 4> kGroups{{{"all", [](const Candidate&) { return true; }},
                                        {"head", [](const Candidate& c) { return c.head; }},
                                        {"recurrent", [](const Candidate& c) { return c.recurrent; }},
                                        {"bias", [](const Candidate& c) { return c.bias; }}}};

// Throws when the pattern names one direction of it and not the other.
bool fits(const Candidate& c, const std::string& pattern) {
  const auto group = std::ranges::find(kGroups, std::string_view(pattern), &Group::name);
  if (group != kGroups.end()) return group->has(c);
  if (fits(c.name, pattern, 0)) return true;
  if (std::ranges::any_of(c.aliases, [&](const std::string& a) { return fits(a, pattern); })) return true;
  const auto named = std::ranges::count_if(c.halves, [&](const std::string& a) { return fits(a, pattern); });
  if (named != 0 && static_cast<std::size_t>(named) < c.halves.size())
    throw Error(ErrorCode::usage,
                fmt::format("'{}' names one direction of {}, a tensor that is trained as one", pattern, c.alias()))
        .fix("name " + c.alias());
  return named != 0;
}

Error fits_nothing(const std::string& pattern, std::span<const Candidate> all) {
  importer::Suggestion near(pattern);
  std::string list;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const auto* names : {&all[i].aliases, &all[i].halves})
      for (const std::string& name : *names) near.offer(name);
    if (i < kShownAliases) list += (i == 0 ? "" : ", ") + all[i].alias();
  }
  for (const Group& group : kGroups) near.offer(group.name);
  if (all.size() > kShownAliases) list += fmt::format(" and {} more", all.size() - kShownAliases);
  Error e(ErrorCode::usage, fmt::format("no parameter fits '{}'", pattern));
  if (!list.empty()) e.expected(list);
  const bool wild = pattern.find_first_of("*?[") != std::string::npos;
  e.fix(wild || near.best().empty() ? "see 'rondo inspect MODEL' for their names"
                                    : "if it was meant, write " + near.best());
  return e;
}

void apply(std::vector<Candidate>& all, const Rule& rule) {
  std::size_t trainable = 0;
  const Candidate* refused = nullptr;
  for (Candidate& c : all) {
    if (!fits(c, rule.pattern)) continue;
    if (c.trainable()) {
      c.trained = rule.train;
      ++trainable;
    } else if (refused == nullptr) {
      refused = &c;
    }
  }
  if (trainable > 0 || (refused != nullptr && !rule.train)) return;
  if (refused == nullptr) throw fits_nothing(rule.pattern, all);
  throw Error(ErrorCode::usage, fmt::format("'{}' fits nothing that can be trained: {} is {}", rule.pattern,
                                            refused->alias(), refused->frozen));
}

}  // namespace

std::vector<Candidate> candidates(const ImportedModel& model) {
  const StoredTensors stored = stored_tensors(*model.bytes);
  std::vector<Candidate> all;
  std::unordered_map<const Tensor*, std::size_t> index;
  for (const Parameter& p : parameters(model.graph)) {
    const auto [it, fresh] = index.try_emplace(&p.tensor(), all.size());
    if (fresh) all.push_back(candidate(p, model));
    add_use(all[it->second], p);
  }
  for (Candidate& c : all) {
    if (c.frozen.empty()) c.frozen = why_frozen(c, stored);
    c.trained = c.trainable();
  }
  return all;
}

void choose(std::vector<Candidate>& all, std::span<const Rule> rules) {
  const bool everything = rules.empty() || !rules.front().train;
  for (Candidate& c : all) c.trained = everything && c.trainable();
  for (const Rule& rule : rules) apply(all, rule);
  if (std::ranges::none_of(all, &Candidate::trained))
    throw Error(ErrorCode::usage, all.empty() ? "the model has no parameters" : "nothing is left to train")
        .fix("see 'rondo inspect MODEL' for what can be trained");
}

std::int64_t trained_count(std::span<const Candidate> all) {
  std::int64_t count = 0;
  for (const Candidate& c : all) count += c.trained ? c.tensor->count() : 0;
  return count;
}

}  // namespace rondo::train
