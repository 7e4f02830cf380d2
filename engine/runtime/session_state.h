// What contexts of one session share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "importers/onnx/import.h"
#include "rondo/session.h"
#include "runtime/compiled.h"

namespace rondo {

struct Session::State {
  // file: for messages; empty when the model came from memory.
  State(ImportedModel model, const std::string& file, const SessionOptions& options);

  // The inputs are those the model asks for. Throws Error(data) naming the inputs the model has.
  void check_inputs(std::span<const TensorView> views) const;
  // What the model takes: "X: float32[T,N,8], lengths: int32[N]".
  std::string signature() const;

  ImportedModel imported;  // as read; its graph is never rewritten
  std::vector<TensorInfo> inputs, outputs;
  ModelInfo info;
  SessionOptions options;
  ThreadPool pool;

 private:
  const Compiled compiled_;

 public:
  const Environment& environment;
  const std::shared_ptr<Program> program;  // of the simplified graph
};

}  // namespace rondo
