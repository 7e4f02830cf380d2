// Data sets from JSON Lines: an object for each sample, every key a field, every value a number or lists of numbers.
#pragma once

#include <string>

#include "importers/data/dataset.h"

namespace rondo {

// All lines have the same keys. A list is the steps of a sample, which may differ in number; what is inside a step has
// the same shape in all lines. Fields are float64, true and false are 1 and 0. Blank lines count for nothing. Messages
// name file:line, and file:line:column for text that is no JSON. Throws Error(data), Error(limit) for lines above
// 16 MiB, Error(io).
Dataset read_jsonl(const std::string& path);

}  // namespace rondo
