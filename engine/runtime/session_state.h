// What contexts of one session share.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "base/thread_pool.h"
#include "importers/onnx/import.h"
#include "rondo/session.h"
#include "runtime/prepare.h"

namespace rondo {

struct Session::State {
  // file: for messages; empty when the model came from memory.
  State(ImportedModel model, const std::string& file, const SessionOptions& options);

  // The plan for these inputs, from the cache or newly made. Throws Error(data) naming the inputs the model has.
  std::shared_ptr<const Prepared> prepared(std::span<const TensorView> inputs);

  ImportedModel imported;  // as read; its graph is never rewritten
  Graph graph;             // simplified
  std::vector<TensorInfo> inputs, outputs;
  ModelInfo info;
  SessionOptions options;
  LoweringOptions lowering;
  ThreadPool pool;

 private:
  void check_inputs(std::span<const TensorView> views) const;

  std::mutex mutex_;  // guards what follows
  std::vector<bool> decides_shapes_;
  std::list<std::shared_ptr<const Prepared>> recent_;  // most recently used first
  WeightCache weights_;
};

}  // namespace rondo
