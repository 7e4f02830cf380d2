// The graphs that If, Loop and Scan hold, seen alike: which of their values stands for which of the node's. For
// differentiation, which has to follow values into them.
#pragma once

#include <string_view>
#include <vector>

#include "ir/graph.h"
#include "ops/scan.h"

namespace rondo::autodiff {

// A value that one iteration hands to the next.
struct State {
  std::size_t input, output;  // of the node
  ValueId before, after;      // of the body, at the beginning and at the end of an iteration
};
// A value of which the body sees or gives one element in each iteration.
struct Sequence {
  std::size_t port;  // input or output of the node
  ValueId element;   // of the body
  ops::ScanSide side;
};
// A value around the node that the body reads, or one that it gives once.
struct Link {
  std::size_t port;
  ValueId value;
};

struct Body {
  std::string_view attribute;
  GraphPtr graph;
  std::vector<Link> captures;  // inputs of the node
  std::vector<Link> results;   // outputs of the node: those of an If
  std::vector<State> states;
  std::vector<Sequence> read, written;
  ValueId iteration = kNone, condition = kNone;  // inputs of a Loop's body
};

bool holds_bodies(const Node& node) noexcept;
std::vector<Body> bodies_of(const Node& node);

}  // namespace rondo::autodiff
