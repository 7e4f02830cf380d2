// The model a verb works on.
#pragma once

#include <string>

#include "rondo/session.h"
#include "tools/rondo/options.h"
#include "tools/rondo/trace.h"

namespace rondo::tool {

// path "-": the model comes from standard input.
Session load_model(const std::string& path, const Options& options, Trace& trace);

// "X: float32[T,N,8], h: float32[1,N,4]", names escaped.
std::string signature(const std::vector<TensorInfo>& tensors);

}  // namespace rondo::tool
