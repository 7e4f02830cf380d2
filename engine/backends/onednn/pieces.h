// Pieces of a oneDNN step over Rondo's pool. Each lane of the pool works through its share in a fixed order, with a
// slice of the step's scratch to itself.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "backends/onednn/adapter.h"
#include "backends/step/step.h"
#include "base/aligned.h"
#include "base/checked.h"
#include "rondo/error.h"

namespace rondo::onednn {

struct Lanes {
  std::int64_t pieces = 1;
  std::int64_t lanes = 1;
  std::size_t bytes = 0;  // of scratch for one lane, a multiple of kAlignment

  Lanes() = default;
  Lanes(std::int64_t piece_count, int threads, std::size_t lane_bytes)
      : pieces(piece_count),
        lanes(std::clamp<std::int64_t>(threads, 1, piece_count)),
        bytes(static_cast<std::size_t>(round_up(static_cast<std::int64_t>(lane_bytes), kAlignment))) {}

  std::size_t scratch_bytes() const { return static_cast<std::size_t>(lanes) * bytes; }

  // work(piece, scratch of its lane) for every piece. Throws Error(memory) when oneDNN could not run one.
  template <class Work>
  void run(const StepArgs& args, Work&& work) const {
    std::atomic<bool> failed{false};
    args.pool.for_each(static_cast<int>(lanes), [&](int lane) {
      const OneThread one_thread;
      std::byte* scratch = args.scratch + static_cast<std::size_t>(lane) * bytes;
      try {
        for (std::int64_t piece = lane; piece < pieces; piece += lanes) work(piece, scratch);
      } catch (const std::exception&) {
        failed = true;
      }
    });
    if (failed) throw Error(ErrorCode::memory, "oneDNN could not get memory to run a primitive");
  }
};

}  // namespace rondo::onednn
