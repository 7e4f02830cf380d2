// Two things timed side by side: in turns, in one process, so that what disturbs the machine disturbs both.
#pragma once

#include <functional>

namespace rondo::bench {

struct Side {
  double median = 0, minimum = 0;  // microseconds a call
};

struct Comparison {
  Side first, second;
  double ratio = 0, low = 0, high = 0;  // second / first: median over the rounds, 95 % interval of that median
};

// Each round times `calls` calls of the one, then of the other; every other round begins with the second.
Comparison compare(const std::function<void()>& first, const std::function<void()>& second, int rounds, int calls);

}  // namespace rondo::bench
