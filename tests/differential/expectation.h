// What the outputs of a graph are, and how far from that correct results may be: as far as results are moved by
// disturbing every node within the tolerance of its operator. Elements that such a disturbance decides (an index of the
// largest of nearly equal values, a NaN) are left open.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "differential/interpreter.h"

namespace rondo::differential {

struct Element {
  double value = 0, gate = 0;  // gate: the largest difference allowed
  bool open = false;
};

struct Expectation {
  DType dtype = DType::undefined;
  std::vector<std::int64_t> shape;
  bool shape_is_open = false;  // decided by disturbances
  std::vector<Element> elements;
  std::int64_t open = 0;  // elements that are, or whose gate says nothing
};

// One for each output, from so many disturbances. Throws Error(data) for inputs the graph does not take.
std::vector<Expectation> expect(const Graph& graph, const Values& inputs, std::uint64_t seed, int disturbances = 5);

// Empty when the tensor is as expected.
std::string mismatch(const Expectation& expected, const TensorView& got);

}  // namespace rondo::differential
