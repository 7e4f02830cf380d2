// metrics.jsonl: one JSON object a line, each with the number of its "step". Whoever reads it while a run writes sees
// whole lines only. For the trainer; readers are `rondo report` and whatever a user has.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "importers/onnx/file_descriptor.h"

namespace rondo::train {

class MetricsLog {
 public:
  // Opens or makes the file. Lines whose step is greater than `last_step` go, and so does everything from the first
  // line on that is cut off or no such object. last_step -1: all of it. Throws Error(io).
  MetricsLog(std::string path, std::int64_t last_step);

  // The object needs an integer "step" and no number that is not finite: JSON has none, they become null. Throws
  // Error(io) when the disk is full; then the file ends with the line before.
  void append(const nlohmann::ordered_json& line);
  // Everything appended is on the disk; to be called before a checkpoint of the same step.
  void sync();

 private:
  std::string path_;
  importer::FileDescriptor fd_;
  std::int64_t size_ = 0;  // of the whole lines
};

}  // namespace rondo::train
