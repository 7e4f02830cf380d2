// The folder of a training run: a lock, its checkpoints, and metrics.jsonl. One process at a time. For the trainer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "importers/onnx/file_descriptor.h"
#include "train/checkpoint.h"
#include "train/metrics_log.h"

namespace rondo::train {

class RunDirectory {
 public:
  // Makes the folder when it is missing, locks it (file "lock", flock: the lock goes with the process, however it ends)
  // and removes temporary files of a process that died. keep: how many checkpoints stay, at least 1. Throws
  // Error(state) naming the process that holds the folder, Error(io).
  explicit RunDirectory(std::string path, std::size_t keep = 3);

  const std::string& path() const noexcept { return path_; }
  // "checkpoint-000000000120.npz", the newest last.
  std::vector<std::string> checkpoints() const;

  // As checkpoint-<step>.npz. Then all but the newest `keep` up to this step go, and those of later steps, which a
  // resumed run has passed over. Throws Error(io); then what was there stays.
  void save(const Checkpoint& checkpoint);

  // The newest checkpoint that can be read; one that is damaged is passed over with a warning. nullopt when there is
  // none at all. Throws Error(state) when it belongs to another model or configuration (check_belongs) or a newer
  // format, Error(data) when all are damaged, Error(io).
  std::optional<Checkpoint> load_latest(std::string_view model, std::string_view config,
                                        const std::function<void(std::string)>& warn = {}) const;

  // metrics.jsonl of this folder, opened for appending. The lines after `step` go: a resumed run writes them again.
  MetricsLog open_metrics(std::int64_t step) const;

 private:
  std::string path_;
  std::size_t keep_;
  importer::FileDescriptor lock_;
};

}  // namespace rondo::train
