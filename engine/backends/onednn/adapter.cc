#include "backends/onednn/adapter.h"

#include <dlfcn.h>

namespace rondo::onednn {
namespace {

constexpr auto kFloat = dnnl::memory::data_type::f32;

// The OpenMP functions of the very runtime that oneDNN was linked with. Linking one at build time could bring a second
// runtime into the process: gcc's and clang's have different ones.
struct OpenMp {
  int (*get_max_threads)() = nullptr;
  void (*set_num_threads)(int) = nullptr;
};

const OpenMp& open_mp() noexcept {
  static const OpenMp kOpenMp{reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads")),
                              reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"))};
  return kOpenMp;
}

constexpr bool kUsesOpenMp = DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP;
// A stream without a thread pool of its own runs on the calling thread.
constexpr bool kUsesNoThreads =
    DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_SEQ || DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_THREADPOOL;

}  // namespace

const dnnl::engine& engine() {
  static const dnnl::engine kEngine(dnnl::engine::kind::cpu, 0);
  return kEngine;
}

std::string version() {
  const dnnl_version_t* v = dnnl_version();
  return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
}

Desc dense(const Dims& dims) {
  Dims strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strided(dims, strides);
}

Desc strided(const Dims& dims, const Dims& strides) { return Desc(dims, kFloat, strides); }

Desc any_layout(const Dims& dims) { return Desc(dims, kFloat, dnnl::memory::format_tag::any); }

dnnl::primitive_attr attributes(bool accumulate) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (accumulate) {
    dnnl::post_ops after;
    after.append_sum(1.0f);
    attr.set_post_ops(after);
  }
  return attr;
}

OneThread::OneThread() noexcept {
  if (!kUsesOpenMp || !possible()) return;
  before_ = open_mp().get_max_threads();
  open_mp().set_num_threads(1);  // holds for parallel regions that this thread starts
}

OneThread::~OneThread() {
  if (before_ > 0) open_mp().set_num_threads(before_);
}

bool OneThread::possible() noexcept {
  if (!kUsesOpenMp) return kUsesNoThreads;
  return open_mp().get_max_threads != nullptr && open_mp().set_num_threads != nullptr;
}

void execute(const dnnl::primitive& primitive, const Args& args) {
  dnnl::stream stream(engine());
  primitive.execute(stream, args);
  stream.wait();
}

}  // namespace rondo::onednn
