// How an error leaves the command: the one line of the error contract on stderr and, with --json, the same fields on
// stdout.
#pragma once

#include <nlohmann/json.hpp>

#include "rondo/error.h"

namespace rondo::tool {

// {"code","exit","message","got","expected","fix","file","byte","node","op","node_index","graph","attribute","others",
// "text"}; fields that do not apply are left out.
nlohmann::ordered_json to_json(const Error& error);

// Gives the exit code. document: {"error": ...} goes to stdout as well.
int report(const Error& error, bool document) noexcept;

}  // namespace rondo::tool
