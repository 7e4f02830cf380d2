// What a batch of a data set becomes for a model: which field feeds which input, which one is the target of a loss, and
// what is fed where the data has nothing. Made once, with every sample checked; then asked batch after batch. For the
// trainer and `rondo eval`.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "importers/data/dataset.h"
#include "train/training_graph.h"

namespace rondo::train {

struct FeedOptions {
  std::map<std::string, std::string> inputs;   // input of the model: field. Default: the field of the same name
  std::map<std::string, std::string> targets;  // output of the model: field. Default: see Feeds
  std::map<std::string, Tensor> constants;     // input of the model: what every batch gets
  bool ragged = false;                         // samples count as different in length even where they are not
  std::string weights{};                       // field of weights, of samples or of their steps; empty: none
};

// Of one batch. An input that the trainer fills itself - states - is left empty.
struct FedBatch {
  std::vector<Tensor> inputs;  // of the model
  struct Target {
    Tensor target, weight, lengths, target_lengths;  // those the loss asks for
  };
  std::vector<Target> targets;          // by loss
  std::int64_t samples = 0, steps = 0;  // steps: of all rows together
  Tensor lengths;                       // int64 [N]: steps of each row
};

// The input of the model that says how long rows are; -1: none does.
int lengths_input(const Graph& model);

class Feeds {
 public:
  // losses: outputs of the model; their options give the loss, and get the axes and whether there are lengths and
  // weights, as model and data have it. states: the inputs that the trainer fills.
  // A model with one input takes the one field that is no target when none has its name. The target of an output is the
  // field of its name, or "target", "targets", "label", "labels", "y".
  // Throws Error(usage) for names that are neither; Error(data) naming file, line and column for a number of features
  // that is not the model's, for classes that are none, and for element types that do not convert.
  Feeds(const Graph& model, Dataset set, std::vector<LossRequest>& losses, std::span<const HeldState> states,
        const FeedOptions& options);

  const Dataset& data() const noexcept { return set_; }
  std::int64_t size() const noexcept { return set_.size(); }
  std::size_t num_losses() const noexcept { return targets_.size(); }
  const LossOptions& loss(std::size_t i) const noexcept { return targets_[i].options; }
  const Field& target(std::size_t i) const noexcept { return *targets_[i].field; }
  const std::string& output(std::size_t i) const noexcept { return targets_[i].output; }
  std::int64_t num_classes(std::size_t i) const noexcept { return targets_[i].num_classes; }  // 0: not known
  const Field* stepped() const noexcept { return stepped_; }  // the first input with steps; null: none has
  std::vector<std::int64_t> lengths() const;                  // by sample, of the field that has steps
  // Samples differ in length and the model has no input for lengths: training adds one.
  bool adds_lengths() const noexcept { return ragged_ && lengths_input_ < 0 && obstacle_.empty(); }
  // Samples of different lengths may not share a batch, because of this node; empty: they may.
  const std::string& needs_equal_lengths() const noexcept { return obstacle_; }
  std::int64_t fixed_batch() const noexcept { return fixed_batch_; }  // 0: any number of rows

  // first, steps: a window of every sample.
  FedBatch batch(std::span<const std::int64_t> samples, std::int64_t first = 0,
                 std::int64_t steps = std::numeric_limits<std::int64_t>::max()) const;

 private:
  struct Fed {
    const Field* field = nullptr;
    int batch_axis = 0;
  };

  void bind_inputs(const Graph& model, std::span<const HeldState> states, const FeedOptions& options);
  void bind_targets(const Graph& model, std::vector<LossRequest>& losses, const FeedOptions& options);
  Field& field_for_input(const Graph& model, std::size_t input, const FeedOptions& options);
  Field& field_for_target(const Graph& model, const LossRequest& loss, const FeedOptions& options);
  void check_features(const Value& input, Field& field, int batch_axis) const;

  Dataset set_;
  std::vector<Fed> inputs_;        // by input of the model
  std::vector<Tensor> constants_;  // by input of the model
  std::vector<DType> types_;       // by input of the model
  int lengths_input_ = -1;
  bool ragged_ = false;
  std::string obstacle_;
  std::int64_t fixed_batch_ = 0;
  const Field* stepped_ = nullptr;  // the field that says how long samples are
  struct BoundTarget {
    const Field* field = nullptr;
    LossOptions options{};
    std::string output;
    std::int64_t num_classes = 0;
  };
  std::vector<BoundTarget> targets_;
  const Field* weights_ = nullptr;
};

}  // namespace rondo::train
