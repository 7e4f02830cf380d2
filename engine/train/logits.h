// Finds what a model computes before the Softmax, LogSoftmax or Sigmoid it ends in. For losses, which contain those
// functions in a form that does not lose small probabilities.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "train/graph_writer.h"

namespace rondo::train {

struct Logits {
  ValueId value = kNone;  // the output itself when it ends in none of the functions
  std::string note;       // "attached before Softmax 'name'", or empty
};

// functions: names of operators. Moves of elements (Identity, Transpose, Reshape, ...) between the function and the
// output are written again behind the value before it. class_axis is that of the output, from 0 on. Throws
// Error(unsupported) when one of the functions runs along another axis than the classes, or moves hide which it is.
Logits logits_before(GraphWriter& writer, ValueId output, std::initializer_list<std::string_view> functions,
                     std::int64_t class_axis);

}  // namespace rondo::train
