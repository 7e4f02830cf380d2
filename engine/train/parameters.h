// What of a model can be trained, under names that do not depend on an exporter, and the choice a user makes among it.
// The unit is a tensor of the file: that is what is updated, kept in checkpoints and written back. For the trainer and
// for `rondo inspect`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "importers/onnx/import.h"

namespace rondo::train {

struct Candidate {
  // "lstm.0.fw/R", "fc.0/W", "conv.0/B", "norm.0/scale", "embed.0", as in passes/layers.h; the first is the one shown.
  // A tensor that several layers share has several.
  std::vector<std::string> aliases;
  // A tensor that holds both directions is "lstm.0/R"; these are its halves, "lstm.0.fw/R" and "lstm.0.bw/R".
  std::vector<std::string> halves;
  std::string name;        // of the initializer, or of the value a Constant makes
  std::string place;       // in the file (ir/place.h), what patching knows it by; empty when the file does not hold it
  TensorPtr tensor;        // as loaded
  bool recurrent = false;  // of an RNN, LSTM or GRU
  bool bias = false;
  bool head = false;   // of a layer after the last recurrent one
  std::string frozen;  // why it cannot be trained; empty when it can
  bool trained = false;

  const std::string& alias() const noexcept { return aliases.front(); }
  bool trainable() const noexcept { return frozen.empty(); }
};

// In the order of the layers; each tensor once. All that can be trained is marked as trained.
std::vector<Candidate> candidates(const ImportedModel& model);

// One --trainable (train) or --freeze: a group (head, recurrent, bias, all), or a pattern with * ? [..] for aliases,
// whose case does not matter, or for names of tensors.
struct Rule {
  bool train = true;
  std::string pattern;
};

// Marks what is trained: everything when there is no rule or the first one freezes, otherwise nothing, and then rule
// after rule; the last that fits a tensor wins. Throws Error(usage) for a pattern that fits nothing (naming what is
// near), that fits one direction of a tensor with both, or asks only for what cannot be trained (saying why); and when
// nothing is left to train.
void choose(std::vector<Candidate>& all, std::span<const Rule> rules);

// Numbers in the tensors that are trained.
std::int64_t trained_count(std::span<const Candidate> all);

}  // namespace rondo::train
