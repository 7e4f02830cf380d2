// What a user can do about an error whose thrower does not know: shape rules, references and system calls say what is
// wrong, and who loads a model, runs it or opens a file adds the way out here.
#pragma once

#include <string>

#include "rondo/error.h"

namespace rondo {

// Gives the error a fix unless it has one. inputs: what the model takes, for errors of a run; empty while it is loaded.
// Errors of usage, io, numeric and state keep what their throwers say.
void add_way_out(Error& error, const std::string& inputs = "");

// For a system call that failed with this errno.
std::string way_out_of(int error_number);

}  // namespace rondo
