// Whether a model whose layers' states are held gives by pieces what it gives as a whole: it does not when something
// outside its recurrent layers looks across time steps.
#pragma once

#include <vector>

#include "passes/states.h"
#include "runtime/session_state.h"

namespace rondo {

// Runs made-up sequences both ways: `stepped` takes the inputs of the session's graph, then the held states. axes: of
// the inputs and outputs of the session's graph. Throws Error(unsupported) naming the output that differs.
void check_that_pieces_give_the_whole(Session::State& session, Program& stepped, const std::vector<HeldState>& held,
                                      const Axes& axes);

}  // namespace rondo
