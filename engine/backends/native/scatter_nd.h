// ScatterND with constant indices and without a reduction: where each update goes is known before the first run.
#pragma once

#include <memory>
#include <string>

#include "backends/step/step.h"

namespace rondo::native {

std::string refuse_scatter_nd(const Lowering& at);
std::unique_ptr<Step> make_scatter_nd(const Lowering& at);

}  // namespace rondo::native
