#include "importers/onnx/cycle.h"

#include <algorithm>

namespace rondo::importer {
namespace {

constexpr std::size_t kNobody = ~std::size_t{0};
constexpr std::size_t kMaxSteps = 5'000'000;  // edges looked at, all searches together

// The shortest way from start back to itself, by breadth first search; empty when there is none shorter than `limit`.
std::vector<std::size_t> cycle_through(std::size_t start, const std::vector<std::vector<std::size_t>>& edges,
                                       std::vector<std::size_t>& from, std::size_t limit, std::size_t& steps) {
  std::vector<std::size_t> level{start}, touched{start}, next, cycle;
  for (std::size_t length = 1; !level.empty() && cycle.empty() && length < limit; ++length, level.swap(next)) {
    next.clear();
    for (std::size_t node : level) {
      steps += edges[node].size() + 1;
      for (std::size_t to : edges[node]) {
        if (to == start) {
          for (std::size_t at = node; at != start; at = from[at]) cycle.push_back(at);
          cycle.push_back(start);
          break;
        }
        if (from[to] != kNobody) continue;
        from[to] = node;
        touched.push_back(to);
        next.push_back(to);
      }
      if (!cycle.empty()) break;
    }
  }
  for (std::size_t node : touched) from[node] = kNobody;
  std::ranges::reverse(cycle);
  return cycle;
}

// Some cycle: nodes that lead nowhere are peeled off, and in what is left every walk must come back to itself.
std::vector<std::size_t> any_cycle(const std::vector<std::vector<std::size_t>>& edges) {
  std::vector<std::vector<std::size_t>> back(edges.size());
  std::vector<std::size_t> leaving(edges.size()), dead;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    leaving[i] = edges[i].size();
    for (std::size_t to : edges[i]) back[to].push_back(i);
    if (leaving[i] == 0) dead.push_back(i);
  }
  while (!dead.empty()) {
    const std::size_t node = dead.back();
    dead.pop_back();
    for (std::size_t before : back[node])
      if (--leaving[before] == 0) dead.push_back(before);
  }
  const auto alive = [&](std::size_t i) { return leaving[i] != 0; };
  std::vector<std::size_t> place(edges.size(), kNobody), walk;
  std::size_t at = 0;
  while (at < edges.size() && !alive(at)) ++at;
  if (at == edges.size()) return {};
  for (; place[at] == kNobody; at = *std::ranges::find_if(edges[at], alive)) {
    place[at] = walk.size();
    walk.push_back(at);
  }
  return {walk.begin() + static_cast<std::ptrdiff_t>(place[at]), walk.end()};
}

}  // namespace

std::vector<std::size_t> short_cycle(const std::vector<std::vector<std::size_t>>& edges) {
  std::vector<std::size_t> best = any_cycle(edges), from(edges.size(), kNobody);
  std::size_t steps = 0;
  for (std::size_t start = 0; start < edges.size() && steps < kMaxSteps && best.size() > 1; ++start) {
    auto shorter = cycle_through(start, edges, from, best.size(), steps);
    if (!shorter.empty()) best = std::move(shorter);
  }
  return best;
}

}  // namespace rondo::importer
