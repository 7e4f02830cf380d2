// Things timed side by side: in turns, in one process, so that what disturbs the machine disturbs both.
#pragma once

#include <functional>

namespace rondo::tool {

// Microseconds a call.
struct Timing {
  double median = 0, p99 = 0, minimum = 0;
  int calls = 0;
};

struct Pairing {
  Timing first, second;
  double ratio = 0, low = 0, high = 0;  // second / first: median over the rounds, 95 % interval of that median
};

// Each round times `calls` calls of the one, then of the other; every other round begins with the second.
Pairing time_in_turns(const std::function<void()>& first, const std::function<void()>& second, int rounds, int calls);
Timing time_alone(const std::function<void()>& f, int rounds, int calls);

// How many calls fill a block of about 25 ms, at least one; f has been warmed up by it.
int calls_in_a_block(const std::function<void()>& f);

}  // namespace rondo::tool
