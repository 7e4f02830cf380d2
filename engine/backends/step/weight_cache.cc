#include "backends/step/step.h"

namespace rondo {

WeightCache::WeightCache(const Graph& graph) { keep_constants(graph); }

void WeightCache::keep_constants(const Graph& graph) {
  for (std::size_t i = 0; i < graph.num_values(); ++i) {
    const TensorPtr& constant = graph.value(ValueId{static_cast<std::uint32_t>(i)}).constant;
    if (!constant || constant->bytes() == 0) continue;
    const auto* begin = static_cast<const std::byte*>(constant->data());
    kept_.emplace(begin, begin + constant->bytes());
  }
  for (NodeId id : graph.order())
    for (const Attribute& a : graph.node(id).attributes)
      if (const auto* held = std::get_if<GraphPtr>(&a.value)) keep_constants(**held);
}

bool WeightCache::keeps(const void* p) const noexcept {
  const auto* at = static_cast<const std::byte*>(p);
  const auto after = kept_.upper_bound(at);
  return after != kept_.begin() && at < std::prev(after)->second;
}

}  // namespace rondo
