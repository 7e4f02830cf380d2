// The walk over a model's wire format that finds its tensors. Used by stored_tensors only.
#pragma once

#include <string_view>

#include "exporters/onnx/stored_tensors.h"

namespace rondo::exporter {

StoredTensors walk_model(std::string_view bytes);

}  // namespace rondo::exporter
