// Inputs that a user gives: NAME=FILE or NAME=NUMBER, and data set folders.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rondo/session.h"

namespace rondo::tool {

struct GivenInput {
  std::optional<Tensor> tensor;  // nothing: not given
  std::string source;            // the file, or the number
  int rate = 0;                  // samples a second, of a sound file
};

// What stands behind NAME=: an index into the names, and the text after the sign. Both may hold '='. Nullopt when no
// such name fits.
struct Assignment {
  std::size_t index;
  std::string text;
};
std::optional<Assignment> assignment(const std::string& text, const std::vector<TensorInfo>& names);

// By input. texts: NAME=FILE.npy, FILE.pb, a sound file, or a number for an input of one element.
std::vector<GivenInput> given_inputs(const std::vector<TensorInfo>& infos, const std::vector<std::string>& texts);

}  // namespace rondo::tool
