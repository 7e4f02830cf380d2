// Load a recurrent ONNX model and run it.
//
//   rondo::Session session = rondo::Session::load("model.onnx");
//   rondo::RunContext context(session);               // one per thread; cheap
//   const rondo::TensorView x{rondo::DType::float32, shape, samples};
//   for (const rondo::TensorView& y : context.run({&x, 1})) use(y);
//
// A Session may be shared between threads; a RunContext belongs to one thread at a time. Once a context has run a set
// of input shapes, running them again allocates nothing, locks nothing and writes only to its own and the caller's
// memory; except that models in which computed data decides a shape allocate where a shape is new.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/dtype.h"
#include "rondo/error.h"
#include "rondo/export.h"
#include "rondo/tensor.h"

namespace rondo {

class Graph;

struct SessionOptions {
  int threads = 0;                       // 0: one per core
  std::string isa = "auto";              // auto, scalar, avx2, avx512
  std::string backend = "auto";          // auto, native, onednn, reference; what a backend cannot do, reference does
  std::size_t max_prepared_shapes = 32;  // least recently used shapes beyond this are forgotten
  std::string data_dir{};                // where external data is looked for; empty: beside the model file
  bool allow_linked_data = false;        // external data behind symbolic or hard links inside data_dir
  bool strict = false;                   // a weight that is NaN or infinite is Error(numeric) instead of a warning
  std::int64_t max_memory = 0;  // bytes of a model's constants, and of the tensors of a run; 0: 75 % of the memory
  std::int64_t max_loop_iterations = std::int64_t{1} << 24;  // of all loops inside the model, in one run
  double max_seconds = 0;                        // a run that takes longer ends with Error(limit); 0: no limit
  std::function<void(std::string_view)> warn{};  // called with one line for each thing worth knowing about a model
};

// A dim is a number, or a name (possibly empty) when it is bound by the inputs of a run.
struct DimInfo {
  std::int64_t value = -1;
  std::string symbol;
  bool known() const noexcept { return value >= 0; }
};

struct TensorInfo {
  std::string name;
  DType dtype = DType::undefined;
  std::optional<std::vector<DimInfo>> shape;  // nullopt: not even the rank is known before a run
};

RONDO_API std::string to_string(const TensorInfo& info);  // "float32[T,batch,8]"

struct ModelInfo {
  std::string file;
  std::int64_t ir_version = 0;
  std::map<std::string, std::int64_t> opsets;  // by domain; "" is ONNX's own
  std::string producer_name, producer_version, domain, doc_string, graph_name;
  std::int64_t model_version = 0;
  std::map<std::string, std::string> metadata;
  std::size_t file_bytes = 0;
  std::int64_t unknown_fields = 0;  // in the file, newer than this engine or foreign; kept in the file, ignored here
  std::vector<std::string> warnings;
};

// What runs one node of a prepared plan, and why nothing else does.
struct StepInfo {
  std::string node, op, backend, kernel;
  std::vector<std::string> refusals;  // "onednn: sequence_lens is given"
};

class RONDO_API Session {
 public:
  // Throws Error: model, unsupported, limit, memory, io; usage for options that name nothing.
  static Session load(const std::string& path, const SessionOptions& options = {});
  static Session load_from_memory(std::span<const std::byte> bytes, const SessionOptions& options = {});

  const std::vector<TensorInfo>& inputs() const noexcept;
  const std::vector<TensorInfo>& outputs() const noexcept;
  const ModelInfo& info() const noexcept;
  std::string_view isa() const noexcept;
  int threads() const noexcept;

  // The imported graph before any rewriting, for tools that link the engine's own layers.
  const Graph& graph() const noexcept;

  struct State;
  const std::shared_ptr<State>& state() const noexcept { return state_; }

 private:
  explicit Session(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

class RONDO_API RunContext {
 public:
  explicit RunContext(const Session& session);
  ~RunContext();
  RunContext(RunContext&&) noexcept;
  RunContext& operator=(RunContext&&) noexcept;

  // inputs are dense row-major views in the order of Session::inputs(). The results are views of the context's own
  // memory, in the order of Session::outputs(), valid until the next run. Throws Error(data) when an input does not
  // fit.
  std::span<const TensorView> run(std::span<const TensorView> inputs);

  // The same into the caller's memory: outputs have the types and shapes that prepare() gave and overlap neither each
  // other nor an input.
  void run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs);

  // Prepares the plan for inputs of these types and shapes and gives the outputs' types and shapes (data is null). No
  // element is read: a dim that follows from computed data is -1 here, and [-1] stands for a shape of unknown rank. The
  // views stay valid until the next call of prepare or run.
  std::span<const TensorView> prepare(std::span<const TensorView> inputs);

  // From any thread: the run at work ends with Error(limit) before its next step or loop iteration.
  void stop() noexcept;

  // The prepared plan that the last run or prepare used, a line per step.
  std::vector<StepInfo> explain() const;

  // The rewritten graph of that plan as text, and the bytes of working memory it uses.
  std::string plan_text() const;
  std::size_t working_bytes() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rondo
