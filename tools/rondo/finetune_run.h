// What `rondo finetune` leaves in its run directory while it runs: checkpoints to go on from, and metrics.jsonl.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "train/run_directory.h"
#include "train/snapshot.h"

namespace rondo::tool {

class RunRecord {
 public:
  // path empty: nothing is kept, and nothing can be resumed. every: steps between checkpoints; 0: one each epoch.
  // Throws Error(state) when the folder is in use or holds a run and `resume` is not asked for, or when what it holds
  // belongs to another model, data set or setting.
  RunRecord(const std::string& path, bool resume, std::int64_t every, std::string model, std::string config);

  // Restores the newest checkpoint; nothing when there is none. Gives the step it was made after.
  std::int64_t resume(train::Trainer& trainer, train::Fit& fit);

  void step(const train::StepEvent& event);
  void epoch(const train::EpochEvent& event, std::int64_t step);
  // After every step: writes a checkpoint when one is due. last: in any case.
  void save(train::Trainer& trainer, const train::Fit& fit, bool last = false);

 private:
  bool resume_;
  std::int64_t every_, saved_step_ = -1, saved_epoch_ = 0;
  std::string model_, config_;
  std::unique_ptr<train::RunDirectory> directory_;
  std::unique_ptr<train::MetricsLog> metrics_;
};

}  // namespace rondo::tool
