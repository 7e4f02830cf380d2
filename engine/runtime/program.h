// A graph and the plans made of it, one for each set of input shapes that came. The main graph of a session is one; so
// is every graph held by an If, Loop or Scan, and what is left of a graph behind a shape that only a run can tell.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <span>

#include "backends/step/step.h"
#include "ir/graph.h"

namespace rondo {

struct Prepared;

// What all programs of a session share; lives as long as the session.
struct Environment {
  LoweringOptions lowering;
  WeightCache& weights;
  ThreadPool& pool;
  std::size_t max_prepared = 32;  // plans kept by one program
  std::int64_t memory = 0;        // bytes that the tensors of one run may take
};

class Program {
 public:
  Program(Graph graph, const Environment& environment) : graph_(std::move(graph)), environment_(environment) {}

  // The plan for inputs of these types and shapes, from the cache or newly made. Safe to call from several threads.
  // Throws Error(data) for shapes that break a rule.
  std::shared_ptr<const Prepared> prepared(std::span<const TensorView> inputs);

  const Graph& graph() const noexcept { return graph_; }
  const Environment& environment() const noexcept { return environment_; }

 private:
  Graph graph_;
  const Environment& environment_;
  std::mutex mutex_;                                   // guards recent_
  std::list<std::shared_ptr<const Prepared>> recent_;  // most recently used first
};

}  // namespace rondo
