// A case made from another one: one direction of it, a span of its steps, the same in the other layout. For the
// properties every implementation must have, and for judging chaotic cases one step at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "oracle/recurrent_case.h"

namespace rondo::oracle {

// Direction d as a case of its own; its activations are spelled out with their parameters.
RecurrentCase one_direction(const RecurrentCase& c, std::int64_t d);

// The steps begin <= t < end. The initial states stay; a chain of spans replaces them by the states before it.
RecurrentCase time_span(const RecurrentCase& c, std::int64_t begin, std::int64_t end);

// The same numbers in the other layout.
RecurrentCase with_layout(const RecurrentCase& c, std::int64_t layout);

// The case taken apart into T=1 cases of one direction each, in the order they are walked. Each starts from the
// oracle's own state, rounded to the dtype, and wants every output. A direction ends early where the state overflows
// its dtype.
std::vector<RecurrentCase> single_steps(const RecurrentCase& c);

}  // namespace rondo::oracle
