// What of a model is trained: the flags by which a user chooses, and the table that shows the choice. For
// `rondo inspect` and the verbs that train.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "train/parameters.h"

namespace CLI {
class App;
}

namespace rondo::tool {

// --trainable and --freeze, any number of times; the rules are in the order they were given in.
void add_training_options(CLI::App& verb, std::vector<train::Rule>& rules);

// A line for each tensor: alias, type and shape, count, whether it is trained or why it cannot be, and its name in the
// file, with its place where it is not in the main graph.
std::string training_text(std::span<const train::Candidate> all);
nlohmann::ordered_json training_document(std::span<const train::Candidate> all);

}  // namespace rondo::tool
