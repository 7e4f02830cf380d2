// One random graph run by the engine, in several ways, and judged by the interpreter.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "conformance/engine.h"

namespace rondo::differential {

// What a graph is made of, those that it holds included.
struct Contents {
  std::map<std::string, std::int64_t> operators, types;  // nodes, and values by element type
  int depth = 0;                                         // of graphs inside each other
  bool open_dims = false;                                // an input has dims that only a run knows

  void add(const Contents& other);
};

struct GraphReport {
  std::uint64_t seed = 0;
  std::vector<std::string> failures;
  std::string text;  // of the graph, when something failed
  Contents contents;
  std::int64_t elements = 0, open = 0;  // of outputs: compared, and not comparable
  std::int64_t runs = 0;                // of sets of inputs; refused: those that neither side takes
  std::int64_t refused = 0;
};

GraphReport check_graph(std::uint64_t seed, std::span<const conformance::Choice> choices);

// Writes the model, and its inputs and expected outputs as a data set, into a folder that is made.
void save_graph(std::uint64_t seed, const std::string& folder);

}  // namespace rondo::differential
