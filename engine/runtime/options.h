// What the options of a session mean for the parts of the engine.
#pragma once

#include "backends/step/step.h"
#include "importers/onnx/import.h"
#include "rondo/session.h"

namespace rondo {

// Throws Error(usage) for options that name nothing, or an instruction set this machine does not have.
LoweringOptions lowering_options(const SessionOptions& options);
ImportOptions import_options(const SessionOptions& options);

}  // namespace rondo
