// What a backend makes of a node: a Step, prepared once for concrete shapes and run many times. And how backends say
// what they can do: ordered candidates, each of which takes a node or gives the reason why not.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "ir/graph.h"
#include "rondo/tensor.h"

namespace rondo {

// Views in the node's port order; an absent optional one is not present(). Outputs never overlap inputs.
struct StepArgs {
  std::span<const TensorView> inputs;
  std::span<const MutableTensorView> outputs;
  std::byte* scratch;  // scratch_bytes() bytes, 64-byte aligned, undefined content
  ThreadPool& pool;
};

// run() is const and may be called from several threads at once, each with its own args. It allocates nothing and
// throws only Error(data), for values that no shape shows (a sequence length beyond T).
class Step {
 public:
  virtual ~Step() = default;
  virtual void run(const StepArgs& args) const = 0;
  virtual std::size_t scratch_bytes() const { return 0; }
  virtual std::string kernel() const = 0;  // "lstm avx2 V=8": shown by inspect --explain
};

// Packed copies of constants, shared by all plans of a session. Thread-safe.
class WeightCache {
 public:
  // make() runs at most once for a tensor and key while the cache lives; the key says backend, layout and ISA.
  template <class T, class Make>
  std::shared_ptr<const T> get(const void* tensor_data, std::string key, Make&& make) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<const void>& slot = packed_[std::to_string(reinterpret_cast<std::uintptr_t>(tensor_data)) + key];
    if (!slot) slot = std::shared_ptr<const T>(make());
    return std::static_pointer_cast<const T>(slot);
  }

 private:
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
