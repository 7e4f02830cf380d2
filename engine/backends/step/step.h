// What a backend makes of a node: a Step, prepared once for concrete shapes and run many times. And how backends say
// what they can do: ordered candidates, each of which takes a node or gives the reason why not.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/cpu.h"
#include "base/run_meter.h"
#include "base/thread_pool.h"
#include "ir/graph.h"
#include "rondo/tensor.h"

namespace rondo {

// What a step keeps from one run to the next in one run context; most steps keep nothing.
class StepState {
 public:
  virtual ~StepState() = default;
};

// Views in the node's port order; an absent optional one is not present(). Outputs never overlap inputs.
struct StepArgs {
  std::span<const TensorView> inputs;
  std::span<const MutableTensorView> outputs;
  std::byte* scratch;  // scratch_bytes() bytes, 64-byte aligned, undefined content
  ThreadPool& pool;
  StepState* state = nullptr;  // what make_state() gave for this context
};

// run() is const and may be called from several threads at once, each with its own args. It allocates nothing and
// throws only Error(data), for values that no shape shows (a sequence length beyond T).
class Step {
 public:
  virtual ~Step() = default;
  virtual void run(const StepArgs& args) const = 0;
  virtual std::size_t scratch_bytes() const { return 0; }
  virtual std::unique_ptr<StepState> make_state(RunMeter&) const { return nullptr; }
  virtual std::string kernel() const = 0;  // "lstm avx2 V=8": shown by inspect --explain
};

// Packed copies of a session's constants, shared by all its plans. Constants that belong to one plan alone are packed
// for that plan: they die with it, and their addresses come back as other tensors. Thread-safe.
class WeightCache {
 public:
  WeightCache() = default;
  // Shares what is made of the constants of this graph and of those its nodes hold; it must outlive the cache.
  explicit WeightCache(const Graph& graph);

  // make() runs at most once for a key while the cache lives, if all sources lie inside kept constants; else every
  // time. The key says backend, layout, sizes and ISA; the sources' addresses are added to it.
  template <class T, class Make>
  std::shared_ptr<const T> get(std::initializer_list<const void*> sources, std::string key, Make&& make) {
    for (const void* source : sources) {
      if (source != nullptr && !keeps(source)) return std::shared_ptr<const T>(make());
      key += "@" + std::to_string(reinterpret_cast<std::uintptr_t>(source));
    }
    const std::lock_guard lock(mutex_);
    std::shared_ptr<const void>& slot = packed_[key];
    if (!slot) slot = std::shared_ptr<const T>(make());
    return std::static_pointer_cast<const T>(slot);
  }

 private:
  void keep_constants(const Graph& graph);
  bool keeps(const void* p) const noexcept;

  std::map<const std::byte*, const std::byte*> kept_;  // begin -> end
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const void>> packed_;
};

struct LoweringOptions {
  Isa isa = Isa::scalar;
  int threads = 1;
  std::string backend = "auto";
};

// One node about to be lowered: all shapes concrete. Inputs have data when they are constants, else null.
struct Lowering {
  const Graph& graph;
  const Node& node;
  std::span<const TensorView> inputs;
  std::span<const TensorView> outputs;
  const LoweringOptions& options;
  WeightCache& weights;

  bool has(std::size_t i) const noexcept { return i < inputs.size() && inputs[i].present(); }
  bool is_constant(std::size_t i) const noexcept { return has(i) && inputs[i].data != nullptr; }
  bool wants(std::size_t i) const noexcept { return i < outputs.size() && outputs[i].present(); }
};

// refuse: empty when the candidate takes the node, else the reason in a few words.
struct Candidate {
  std::string_view backend;
  std::string_view op;
  std::string (*refuse)(const Lowering&);
  std::unique_ptr<Step> (*make)(const Lowering&);
};

}  // namespace rondo
