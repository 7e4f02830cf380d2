// How a place in a model is written in errors and reports.
#pragma once

#include <string>

#include "rondo/error.h"

namespace rondo {

// "node 'n' (LSTM #3, graph 'g')", names escaped; empty when the place is no node.
std::string to_string(const Where& where);

}  // namespace rondo
