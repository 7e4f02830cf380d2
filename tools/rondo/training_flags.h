// The flags of `rondo finetune` and `rondo eval` that say what is learned from and how it is judged.
#pragma once

#include <string>
#include <vector>

#include "importers/data/load.h"
#include "rondo/session.h"
#include "train/feeds.h"

namespace CLI {
class App;
}

namespace rondo::tool {

struct DataFlags {
  std::vector<std::string> map, constants;  // NAME=FIELD of an input or output; INPUT=NUMBER or file
  std::string weights;
  DataOptions reading;
  std::string delimiter = ",", non_finite = "refuse";
};

struct LossFlags {
  std::vector<std::string> losses;  // NAME, or OUTPUT=NAME[*WEIGHT]
  double delta = 1, label_smoothing = 0;
  std::int64_t ignore_index = -100, blank = 0;
  std::vector<double> class_weights, pos_weight;
  bool zero_infinity = false;
};

void add_data_flags(CLI::App& verb, DataFlags& flags);
void add_loss_flags(CLI::App& verb, LossFlags& flags);

// Throws Error(usage) for a name that is no output of the model.
std::vector<train::LossRequest> losses_of(const Session& model, const LossFlags& flags);
// Throws Error(usage), and what reading the file throws.
Dataset load_data(const std::string& path, const DataFlags& flags);
// Throws Error(usage), and what reading the files of constants throws.
train::FeedOptions feed_options(const Session& model, const DataFlags& flags);

}  // namespace rondo::tool
