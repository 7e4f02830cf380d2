#include "tools/rondo/onnx_runtime.h"

#include <dlfcn.h>

#include <stdexcept>

namespace rondo::tool {

enum class OnnxRuntime::Slot : std::size_t {
  get_error_message = 2,
  create_env = 3,
  create_session = 7,
  create_session_options = 10,
  set_optimization_level = 23,
  set_intra_op_threads = 24,
  set_inter_op_threads = 25,
  create_tensor_with_data = 49,
  create_cpu_memory_info = 69,
  release_env = 92,
  release_status = 93,
  release_memory_info = 94,
  release_session = 95,
  release_value = 96,
  release_session_options = 100,
  add_session_config_entry = 130,
  run_with_binding = 133,
  create_io_binding = 134,
  release_io_binding = 135,
  bind_input = 136,
  bind_output = 137,
};

namespace {

using Slot = OnnxRuntime::Slot;

constexpr std::uint32_t kApiVersion = 17;
constexpr int kFatalOnly = 4, kAllOptimizations = 99, kArenaAllocator = 1, kDefaultMemory = 0;

struct ApiBase {
  const void* (*get_api)(std::uint32_t version);
  const char* (*version)();
};

}  // namespace

OnnxRuntime::Function OnnxRuntime::at(Slot slot) const { return table_[static_cast<std::size_t>(slot)]; }

template <class... Arguments>
void OnnxRuntime::call(Slot slot, Arguments... arguments) const {
  void* const status = reinterpret_cast<void* (*)(Arguments...)>(at(slot))(arguments...);
  if (status == nullptr) return;
  const std::string message = reinterpret_cast<const char* (*)(const void*)>(at(Slot::get_error_message))(status);
  release(Slot::release_status, status);
  throw std::runtime_error("ONNX Runtime: " + message);
}

void OnnxRuntime::release(Slot slot, void* handle) const {
  if (handle != nullptr) reinterpret_cast<void (*)(void*)>(at(slot))(handle);
}

OnnxRuntime::OnnxRuntime(const std::string& library) : library_(dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (library_ == nullptr) throw std::runtime_error(dlerror());
  auto* const base_of = reinterpret_cast<const ApiBase* (*)()>(dlsym(library_, "OrtGetApiBase"));
  if (base_of == nullptr) throw std::runtime_error(library + " is no ONNX Runtime");
  version_ = base_of()->version();
  table_ = static_cast<const Function*>(base_of()->get_api(kApiVersion));
  if (table_ == nullptr) throw std::runtime_error(library + " does not speak the interface of version 1.17");
  call(Slot::create_env, kFatalOnly, "rondo", &environment_);
}

// The library stays loaded: its threads end with the process.
OnnxRuntime::~OnnxRuntime() { release(Slot::release_env, environment_); }

OnnxRuntimeModel::OnnxRuntimeModel(const OnnxRuntime& runtime, const std::string& model, int threads,
                                   const std::vector<Binding>& inputs, const std::vector<Binding>& outputs,
                                   Denormals denormals)
    : runtime_(runtime) {
  void* options = nullptr;
  runtime.call(Slot::create_session_options, &options);
  runtime.call(Slot::set_optimization_level, options, kAllOptimizations);
  runtime.call(Slot::set_intra_op_threads, options, threads);
  runtime.call(Slot::set_inter_op_threads, options, 1);
  runtime.call(Slot::add_session_config_entry, options, "session.set_denormal_as_zero",
               denormals == Denormals::flushed ? "1" : "0");
  runtime.call(Slot::create_session, runtime.environment(), model.c_str(), options, &session_);
  runtime.release(Slot::release_session_options, options);
  runtime.call(Slot::create_cpu_memory_info, kArenaAllocator, kDefaultMemory, &memory_info_);
  runtime.call(Slot::create_io_binding, session_, &binding_);
  for (const Binding& in : inputs) runtime.call(Slot::bind_input, binding_, in.name.c_str(), value_of(in.memory));
  for (const Binding& out : outputs) runtime.call(Slot::bind_output, binding_, out.name.c_str(), value_of(out.memory));
}

OnnxRuntimeModel::~OnnxRuntimeModel() {
  runtime_.release(Slot::release_io_binding, binding_);
  for (void* value : values_) runtime_.release(Slot::release_value, value);
  runtime_.release(Slot::release_memory_info, memory_info_);
  runtime_.release(Slot::release_session, session_);
}

void* OnnxRuntimeModel::value_of(const MutableTensorView& memory) {
  values_.push_back(nullptr);
  runtime_.call(Slot::create_tensor_with_data, memory_info_, memory.data, memory.bytes(), memory.shape.data(),
                memory.shape.size(), static_cast<int>(memory.dtype), &values_.back());
  return values_.back();
}

void OnnxRuntimeModel::run() {
  runtime_.call(Slot::run_with_binding, session_, static_cast<const void*>(nullptr), binding_);
}

}  // namespace rondo::tool
