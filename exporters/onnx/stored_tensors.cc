#include "exporters/onnx/stored_tensors.h"

#include <algorithm>
#include <tuple>

#include "exporters/onnx/wire_walk.h"

namespace rondo {
namespace {

// Two tensors that lie on the same bytes of an external file cannot change one without the other.
void refuse_overlaps(std::vector<StoredTensor>& all) {
  std::vector<StoredTensor*> outside;
  for (StoredTensor& t : all)
    if (t.form == StoredTensor::Form::external && t.length > 0) outside.push_back(&t);
  std::ranges::sort(outside, [](const StoredTensor* a, const StoredTensor* b) {
    return std::tie(a->location, a->offset) < std::tie(b->location, b->offset);
  });
  StoredTensor* widest = nullptr;  // of those before, the one that ends last
  for (StoredTensor* t : outside) {
    const bool together = widest != nullptr && widest->location == t->location;
    const std::int64_t left = together ? widest->length - (t->offset - widest->offset) : 0;  // of the widest, from here
    if (left > 0) {
      if (widest->refusal.empty()) widest->refusal = "shares bytes of '" + t->location + "' with '" + t->name + "'";
      if (t->refusal.empty()) t->refusal = "shares bytes of '" + t->location + "' with '" + widest->name + "'";
    }
    if (t->length > left) widest = t;
  }
}

}  // namespace

const StoredTensor* StoredTensors::find(const std::string& place) const {
  const auto it = by_place.find(place);
  return it == by_place.end() ? nullptr : &all[it->second];
}

StoredTensors stored_tensors(std::string_view model) {
  StoredTensors found = exporter::walk_model(model);
  refuse_overlaps(found.all);
  for (std::size_t i = 0; i < found.all.size(); ++i) found.by_place.emplace(found.all[i].place, i);
  return found;
}

}  // namespace rondo
