#include "base/run_meter.h"

#include <string>

#include "rondo/error.h"

namespace rondo {

void RunMeter::start() noexcept {
  iterations_left_ = limits_.loop_iterations;
  stopped_.store(false, std::memory_order_relaxed);
  if (limits_.seconds > 0)
    deadline_ = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                       std::chrono::duration<double>(limits_.seconds));
}

void RunMeter::iterate() {
  if (iterations_left_ <= 0)
    throw Error(ErrorCode::limit, "the loops of the model run too often")
        .expected("at most " + std::to_string(limits_.loop_iterations) + " iterations in one run")
        .fix("raise the limit of loop iterations if the model is meant to run this long");
  --iterations_left_;
  check();
}

void RunMeter::check_slowly() const {
  if (stopped_.load(std::memory_order_relaxed))
    throw Error(ErrorCode::limit, "the run was asked to stop").fix("start it again");
  if (std::chrono::steady_clock::now() > deadline_)
    throw Error(ErrorCode::limit, "the run takes too long")
        .expected("at most " + std::to_string(limits_.seconds) + " seconds")
        .fix("raise the time limit");
}

}  // namespace rondo
