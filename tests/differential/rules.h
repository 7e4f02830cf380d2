// How nodes are drawn: a small rule for each operator whose inputs depend on each other. An operator without a rule is
// drawn by its declaration alone, as something elementwise.
#pragma once

#include <string>
#include <vector>

#include "differential/sketch.h"
#include "ops/op_list.h"

namespace rondo::differential {

struct Rule {
  std::string_view op;
  bool (*draw)(Sketch&, const OpDef&);  // false: nothing was added
  int weight = 1;                       // how often, beside others
};

// One table for each file of rules.
std::vector<Rule> move_rules();
std::vector<Rule> math_rules();
std::vector<Rule> index_rules();
std::vector<Rule> reduce_rules();
std::vector<Rule> product_rules();
std::vector<Rule> window_rules();
std::vector<Rule> recurrent_rules();
std::vector<Rule> quantize_rules();
std::vector<Rule> control_rules();

bool draw_elementwise(Sketch& s, const OpDef& op);

// How deep If, Loop and Scan stand inside each other at most.
inline constexpr int kMostDepth = 4;

// Adds one node (a few where a rule says so) of any operator.
bool draw_node(Sketch& s);

// A number in [-rank, rank), for attributes like axis; 0 where rank is 0.
std::int64_t some_axis(Sketch& s, std::int64_t rank);
// Different axes, in any order, some counted from the back.
Ints some_axes(Sketch& s, std::int64_t rank, std::int64_t least, std::int64_t most);
inline std::size_t from_front(std::int64_t axis, std::int64_t rank) {
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}
// A shape that broadcasts to this one.
Ints narrower(Sketch& s, const Ints& shape);
inline std::int64_t flag(Sketch& s, double chance = 0.5) { return s.random.chance(chance) ? 1 : 0; }
inline DTypeSet allowed(const OpDef& op, std::size_t input) { return op.type_of(*op.input_port(input)).allowed; }

}  // namespace rondo::differential
