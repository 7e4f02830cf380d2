// oneDNN as this folder uses it, one form for its versions 2.6 and 3.x: describing an operation, running it on float32
// memory, and keeping it on the calling thread. Everything here may throw dnnl::error.
#pragma once

#include <cstddef>
#include <dnnl.hpp>
#include <string>
#include <unordered_map>
#include <utility>

namespace rondo::onednn {

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using Args = std::unordered_map<int, dnnl::memory>;

// One for the process; engines may be shared between threads.
const dnnl::engine& engine();

std::string version();  // "2.6.3"

// float32 tensors: dense row-major, with strides in elements, or in the layout oneDNN likes best.
Desc dense(const Dims& dims);
Desc strided(const Dims& dims, const Dims& strides);
Desc any_layout(const Dims& dims);

// oneDNN never writes through the memory of an input.
inline dnnl::memory memory_at(const Desc& desc, const void* data) {
  return dnnl::memory(desc, engine(), const_cast<void*>(data));
}

// The scratchpad belongs to the caller, so one primitive runs in many threads at once. accumulate: the result is added
// to what the destination holds.
dnnl::primitive_attr attributes(bool accumulate = false);

// What oneDNN makes of an operation. 2.x first wraps the operation's arguments in a descriptor; 3.x takes engine,
// arguments and attributes in one constructor. The arguments and their order are the same.
template <class Primitive, class... What>
typename Primitive::primitive_desc describe(const dnnl::primitive_attr& attr, What&&... what) {
#if DNNL_VERSION_MAJOR < 3
  return {typename Primitive::desc(std::forward<What>(what)...), attr, engine()};
#else
  return {engine(), std::forward<What>(what)..., attr};
#endif
}

// While it lives, oneDNN called from this thread starts no threads of its own. Rondo's pool does the splitting instead:
// what oneDNN computes with two threads need not have the bits of one, and two pools would fight for the cores. Must
// also live while primitives are described, because they size their scratchpads by the number of threads.
class OneThread {
 public:
  OneThread() noexcept;
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

  // False when oneDNN was built on a threading runtime that cannot be held to one thread from outside.
  static bool possible() noexcept;

 private:
  int before_ = 0;
};

// Runs a primitive on the calling thread and waits for it. args holds the scratchpad. oneDNN itself allocates on every
// call: the memory objects, a list of arguments, and the packing buffers of its matrix product.
void execute(const dnnl::primitive& primitive, const Args& args);

}  // namespace rondo::onednn
