// One direction of an LSTM or RNN layer as a oneDNN primitive: what it can be made of, and the layouts it asks for.
#pragma once

#include <optional>
#include <string>

#include "backends/onednn/adapter.h"
#include "ops/recurrent.h"

namespace rondo::onednn {

// Null when a plain RNN cannot have it.
std::optional<dnnl::algorithm> rnn_algorithm(ops::ActivationKind kind);

// The primitive of one direction for some rows of the batch, and the layouts of its arguments. X, Y and states are
// dense [T,rows,I], [T,rows,H] and [1,1,rows,H].
struct RecurrentPrimitive {
  std::int64_t direction = 0;
  std::int64_t rows = 0;
  dnnl::primitive primitive;
  Desc x, state, w, r, y, scratchpad;
  std::string implementation;
};

// The layer's activations must be ones that oneDNN has.
RecurrentPrimitive make_recurrent_primitive(const ops::RecurrentSpec& spec, std::int64_t direction, std::int64_t rows);

// Why this oneDNN does not take the shapes; empty when it does.
std::string refuse_unimplemented(const ops::RecurrentSpec& spec, std::int64_t rows);

}  // namespace rondo::onednn
