#include "backends/onednn/packed.h"

namespace rondo::onednn {

std::shared_ptr<const Packed> pack(const Desc& from, const float* data, const Desc& to) {
  auto result = std::make_shared<Packed>(Packed{to, make_aligned<std::byte>(to.get_size())});
  const dnnl::memory source = memory_at(from, data);
  const dnnl::memory target = memory_at(to, result->bytes.get());
  const OneThread one_thread;
  execute(dnnl::reorder(source, target), {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, target}});
  return result;
}

std::shared_ptr<const Packed> PackedLayouts::find(const Desc& wanted) const {
  std::erase_if(live_, [](const std::weak_ptr<const Packed>& p) { return p.expired(); });
  for (const std::weak_ptr<const Packed>& p : live_) {
    if (std::shared_ptr<const Packed> found = p.lock(); found && found->desc == wanted) return found;
  }
  return nullptr;
}

}  // namespace rondo::onednn
