// ONNX Runtime, loaded from a shared library at run time through its C interface: a table of functions behind
// OrtGetApiBase, of which the few that a benchmark needs are called by their place. No header of it is needed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rondo/tensor.h"

namespace rondo::tool {

class OnnxRuntime {
 public:
  // Throws std::runtime_error when the library cannot be loaded or is none.
  explicit OnnxRuntime(const std::string& library);
  ~OnnxRuntime();
  OnnxRuntime(const OnnxRuntime&) = delete;
  OnnxRuntime& operator=(const OnnxRuntime&) = delete;

  const std::string& version() const { return version_; }

  // Places in the table.
  enum class Slot : std::size_t;
  // Throws std::runtime_error with the library's own message.
  template <class... Arguments>
  void call(Slot slot, Arguments... arguments) const;
  void release(Slot slot, void* handle) const;
  void* environment() const { return environment_; }

 private:
  using Function = void (*)();
  Function at(Slot slot) const;

  void* library_ = nullptr;
  const Function* table_ = nullptr;
  void* environment_ = nullptr;
  std::string version_;
};

enum class Denormals { flushed, kept };

// A model with all graph optimizations, bound to memory of the caller's.
class OnnxRuntimeModel {
 public:
  struct Binding {
    std::string name;
    MutableTensorView memory;
  };
  OnnxRuntimeModel(const OnnxRuntime& runtime, const std::string& model, int threads,
                   const std::vector<Binding>& inputs, const std::vector<Binding>& outputs,
                   Denormals denormals = Denormals::flushed);
  ~OnnxRuntimeModel();
  OnnxRuntimeModel(const OnnxRuntimeModel&) = delete;
  OnnxRuntimeModel& operator=(const OnnxRuntimeModel&) = delete;

  void run();

 private:
  void* value_of(const MutableTensorView& memory);

  const OnnxRuntime& runtime_;
  void *session_ = nullptr, *binding_ = nullptr, *memory_info_ = nullptr;
  std::vector<void*> values_;
};

}  // namespace rondo::tool
