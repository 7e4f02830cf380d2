#include "runtime/compiled.h"

#include <algorithm>

#include "base/memory_budget.h"
#include "base/way_out.h"
#include "runtime/options.h"
#include "runtime/prepare.h"

namespace rondo {
namespace {

std::int64_t memory_of(const SessionOptions& options) {
  return options.max_memory > 0 ? options.max_memory : default_memory_budget();
}

Graph simplified(Graph graph, const std::string& file, const SessionOptions& options) {
  try {
    simplify(graph, memory_of(options));
  } catch (Error& e) {
    add_way_out(e);
    throw e.at_file(file);
  }
  return graph;
}

LoweringOptions lowering_on(const ThreadPool& pool, const SessionOptions& options) {
  LoweringOptions lowering = lowering_options(options);
  lowering.threads = std::min(lowering.threads, pool.size());
  return lowering;
}

}  // namespace

Compiled::Compiled(Graph graph, const SessionOptions& options, ThreadPool& pool, const std::string& file)
    : graph_(simplified(std::move(graph), file, options)),
      weights_(graph_),
      environment{lowering_on(pool, options), weights_, pool, options.max_prepared_shapes, memory_of(options)},
      program(std::make_shared<Program>(graph_, environment)) {}

}  // namespace rondo
