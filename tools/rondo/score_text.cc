#include "tools/rondo/score_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/rondo/table.h"

namespace rondo::tool {

std::string text_of(const std::vector<NamedScore>& scores) {
  Table table;
  std::vector<std::string> names{"", "loss"};
  for (const auto& [name, value] : scores[0].score.metrics) names.push_back(name);
  table.add(names);
  for (const NamedScore& s : scores) {
    std::vector<std::string> row{s.name, std::isfinite(s.score.loss) ? fmt::format("{:.6g}", s.score.loss) : ""};
    for (std::size_t i = 2; i < names.size(); ++i) {
      const auto at = std::ranges::find(s.score.metrics, names[i], &std::pair<std::string, double>::first);
      row.push_back(at == s.score.metrics.end() || std::isnan(at->second) ? "" : fmt::format("{:.4g}", at->second));
    }
    table.add(std::move(row));
  }
  return table.text();
}

nlohmann::ordered_json document_of(const train::Metrics& metrics) {
  auto j = nlohmann::ordered_json::object();
  for (const auto& [name, value] : metrics) j[name] = value;
  return j;
}

std::string text_of(const std::vector<train::GradientCheck>& checks) {
  Table table;
  table.add({"parameter", "gradient", "difference", ""});
  for (const train::GradientCheck& c : checks)
    table.add(
        {c.alias, fmt::format("{:.6g}", c.gradient), fmt::format("{:.6g}", c.difference), c.ok() ? "ok" : "differs"});
  return table.text();
}

}  // namespace rondo::tool
