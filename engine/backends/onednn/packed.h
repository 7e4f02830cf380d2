// Constants in the layouts that oneDNN's primitives ask for. A layout may depend on the shapes of a plan, so a constant
// can have several at once; each is packed once and lives as long as some step uses it.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "backends/onednn/adapter.h"
#include "backends/step/step.h"
#include "base/aligned.h"

namespace rondo::onednn {

struct Packed {
  Desc desc;
  AlignedArray<std::byte> bytes;
};

// A copy of the elements at `data`, laid out as `from`, in the layout `to`. Throws Error(memory), dnnl::error.
std::shared_ptr<const Packed> pack(const Desc& from, const float* data, const Desc& to);

// The live layouts of one constant. Thread-safe.
class PackedLayouts {
 public:
  template <class Make>
  std::shared_ptr<const Packed> get(const Desc& wanted, Make&& make) const {
    const std::lock_guard lock(mutex_);
    if (std::shared_ptr<const Packed> found = find(wanted)) return found;
    std::shared_ptr<const Packed> made = make();
    live_.push_back(made);
    return made;
  }

 private:
  std::shared_ptr<const Packed> find(const Desc& wanted) const;

  mutable std::mutex mutex_;
  mutable std::vector<std::weak_ptr<const Packed>> live_;
};

// The copy of the constant at `data` in the layout `wanted`, made by make() unless there is one. `form` tells apart
// copies that share data and layout but not content, such as another order of gates.
template <class Make>
std::shared_ptr<const Packed> packed(WeightCache& weights, const void* data, const char* form, const Desc& wanted,
                                     Make&& make) {
  const auto layouts = weights.get<PackedLayouts>({data}, std::string("onednn ") + form,
                                                  [] { return std::make_shared<const PackedLayouts>(); });
  return layouts->get(wanted, std::forward<Make>(make));
}

}  // namespace rondo::onednn
