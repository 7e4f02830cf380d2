// Fine-tune a recurrent ONNX model step by step, by exact backpropagation through time.
//
//   rondo::Session session = rondo::Session::load("tagger.onnx");
//   rondo::TrainingOptions options;
//   options.losses = {{.name = "cross-entropy"}};
//   rondo::Trainer trainer(session, options);
//   while (more()) {
//     const rondo::NamedTensor batch[] = {{"x", x}, {"target", tags}, {"lengths", lengths}};
//     trainer.step(batch);
//   }
//   trainer.export_onnx("tuned.onnx");
//
// A batch is what an .npz file of `rondo finetune` holds: dense arrays [N,T,...] with integers "lengths" [N], or flat
// ones with "offsets" [N+1]; N samples, whatever axis the model has them on. An input of the model takes the array of
// its name, a model with one input the array that is no target; the target of an output is the array of its name, or
// "target", "targets", "label", "labels", "y". A Trainer belongs to one thread at a time; steps are a function of the
// batches alone, to the bit, for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rondo/session.h"

namespace rondo {

struct NamedTensor {
  std::string name;
  TensorView tensor;
};

// PyTorch's definitions and defaults.
struct TrainingLoss {
  std::string name = "mse";             // mse, l1, huber, cross-entropy, bce-with-logits, nll, ctc
  std::string output{};                 // of the model; empty: its first one
  double weight = 1;                    // of several losses
  double delta = 1;                     // huber
  double label_smoothing = 0;           // cross-entropy
  std::int64_t ignore_index = -100;     // cross-entropy, nll
  std::vector<double> class_weights{};  // cross-entropy, nll
  std::vector<double> pos_weight{};     // bce-with-logits
  std::int64_t blank = 0;               // ctc
  bool zero_infinity = false;           // ctc
};

// --trainable or --freeze of the command: a group (head, recurrent, bias, all), or a pattern with * ? [..] for the
// names that `rondo inspect` lists.
struct TrainingRule {
  std::string pattern;
  bool train = true;
};

struct TrainingOptions {
  std::vector<TrainingLoss> losses{};      // at least one
  std::vector<TrainingRule> parameters{};  // none: everything that can learn does
  std::string optimizer = "adamw";         // sgd, adam, adamw, rmsprop, adagrad
  double lr = 1e-3;
  std::optional<double> weight_decay{}, momentum{}, beta1{}, beta2{}, epsilon{};  // PyTorch's where not given
  bool nesterov = false;                                                          // sgd
  double clip_norm = 0, clip_value = 0;                                           // 0: gradients are not clipped
  double dropout = 0;                           // of what a recurrent layer hands to the next one
  std::int64_t window = 0;                      // steps of truncated backpropagation; 0: through whole sequences
  bool carry_states = false;                    // of the rows of a batch, from what the batch before left
  std::uint64_t seed = 0;                       // of dropout
  std::map<std::string, std::string> fields{};  // input or output of the model: array of the batch
  std::string weights{};                        // array of weights, of samples or of their steps
};

struct TrainingStep {
  double loss = 0;           // weighted sum of the mean losses
  double gradient_norm = 0;  // before clipping
  std::int64_t samples = 0, time_steps = 0;
};

struct Evaluation {
  double loss = 0;
  std::vector<std::pair<std::string, double>> metrics;  // "accuracy", "macro_f1", "mae", ..., as of `rondo eval`
};

class RONDO_API Trainer {
 public:
  // The session's own weights stay as they are. Throws Error(usage) for options that name nothing or are out of range,
  // Error(unsupported) for a model that cannot be differentiated - for both, some only with the first batch.
  Trainer(const Session& session, const TrainingOptions& options);
  ~Trainer();
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;

  // Forward, backward, clipping and a step of the optimizer. Throws Error(data) for a batch that does not fit the
  // model, Error(usage) for sequences of different length where the model would see the padding, Error(numeric) naming
  // the loss or the tensor when either is not finite; nothing has changed then.
  TrainingStep step(std::span<const NamedTensor> batch);
  // The same in two parts: gradients of several batches, then one step with all of them. Gives their norm.
  TrainingStep accumulate(std::span<const NamedTensor> batch);
  double update();

  Evaluation evaluate(std::span<const NamedTensor> batch);

  double learning_rate() const noexcept;
  void set_learning_rate(double lr);  // throws Error(usage) unless it is finite and at least 0

  // Aliases of the tensors that learn ("lstm.0.fw/R"), and their values now, float32 or float64.
  std::vector<std::pair<std::string, TensorView>> parameters() const;

  // The model's file with the bytes of the trained tensors replaced and nothing else; read back before it gets its
  // name. Throws Error(usage) when the file is the model's own, or exists without overwrite; Error(io).
  void export_onnx(const std::string& path, bool overwrite = false) const;

  // Weights, what the optimizer keeps, carried states: a trainer of the same model and options that restores them goes
  // on with the same bits. Throws Error(state) for the state of another model or other options.
  std::vector<std::byte> state() const;
  void restore(std::span<const std::byte> state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rondo
