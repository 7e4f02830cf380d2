// A graph made ready to run: simplified, with the program of it and all that its plans share.
#pragma once

#include <memory>
#include <string>

#include "base/thread_pool.h"
#include "rondo/session.h"
#include "runtime/program.h"

namespace rondo {

class Compiled {
 public:
  // file: for messages; empty when the graph came from memory. The pool outlives it. Throws Error as simplify() does.
  Compiled(Graph graph, const SessionOptions& options, ThreadPool& pool, const std::string& file);

 private:
  const Graph graph_;
  WeightCache weights_;

 public:
  const Environment environment;
  const std::shared_ptr<Program> program;
};

}  // namespace rondo
