// A recurrent model fed piece by piece: its state is held between calls.
//
//   rondo::Session session = rondo::Session::load("vad.onnx");
//   rondo::Stream stream(session);                          // cheap; many may share a session
//   for (const Frame& frame : microphone) use(stream.step(frame.views())[0]);
//
// A model that exports its states (inputs paired with outputs) is stepped as it is. One that does not gets the states
// of its recurrent layers held, so that pieces give what one run over the whole sequence gives. A Stream belongs to one
// thread at a time.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rondo/session.h"

namespace rondo {

// An input and the output that becomes it in the next step.
struct StatePair {
  std::string input, output;
};

struct StreamOptions {
  // The model's states. Empty: found by names ("h_in" and "h_out", "state" and "stateN") and by data flow (the initial
  // state of a recurrent layer and its last one).
  std::vector<StatePair> states{};
};

// The states of a stream at one moment. Belongs to the model of that stream, not to the stream.
class RONDO_API StreamSnapshot {
 public:
  const std::vector<Tensor>& states() const noexcept { return states_; }

 private:
  friend class Stream;
  std::vector<Tensor> states_;
};

class RONDO_API Stream {
 public:
  // Throws Error(usage) for a pair that names no input and output of equal type, Error(unsupported) when the model has
  // no state that can be held: it reads sequences backwards, or looks across steps outside its recurrent layers.
  explicit Stream(const Session& session, const StreamOptions& options = {});
  ~Stream();
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;

  // What a step takes and gives: the model's inputs and outputs without the states.
  const std::vector<TensorInfo>& inputs() const noexcept;
  const std::vector<TensorInfo>& outputs() const noexcept;
  // The pairs in use; where layers' states are held, named after the layers.
  const std::vector<StatePair>& states() const noexcept;
  // The axis along which an input or output counts time steps of the recurrent layers; -1: it has none, or it cannot be
  // told from the model. A piece may be of any length along it.
  int time_axis_of_input(std::size_t i) const noexcept;
  int time_axis_of_output(std::size_t i) const noexcept;

  // The results are memory of the stream, valid until the next step. Rows of the batch are streams of their own; their
  // number is that of the first step, until reset(). Throws what RunContext::run throws; the states are then those from
  // before the step.
  std::span<const TensorView> step(std::span<const TensorView> inputs);

  // Back to the start: the states are zero (or what the layer starts from), the number of rows is open again.
  void reset();
  // The same for one row, while the others go on. Throws Error(usage) when the model has no batch axis or no such row.
  void reset(std::int64_t row);

  // Throws Error(state) before the first step, when there is nothing to keep yet.
  StreamSnapshot snapshot() const;
  // Throws Error(usage) for a snapshot of another model.
  void restore(const StreamSnapshot& snapshot);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rondo
