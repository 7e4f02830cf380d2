// How one input of a stream is cut into the pieces of its steps.
#pragma once

#include <string>

#include "tools/rondo/input_files.h"

namespace rondo::tool {

class Feed {
 public:
  enum class Kind {
    same,     // every step gets the whole tensor
    frames,   // the file has one axis more in front, which counts steps
    time,     // pieces along the axis that counts time steps
    samples,  // a signal: each step gets some context and a frame of new samples, zeros before the start and after the
              // end
  };

  // time_axis: of the input, -1 when it has none. Throws Error(data) when the tensor fits none of these.
  Feed(const TensorInfo& info, GivenInput given, int time_axis, std::int64_t frame, std::int64_t context);

  Kind kind() const noexcept { return kind_; }
  std::int64_t steps() const noexcept { return steps_; }  // 0 for Kind::same
  const std::string& source() const noexcept { return given_.source; }
  // Seconds that the signal lasts; 0 when its rate is not known.
  double seconds() const noexcept;
  Tensor piece(std::int64_t step) const;

 private:
  const Tensor& whole() const noexcept { return *given_.tensor; }
  Tensor samples_of(std::int64_t step) const;

  GivenInput given_;
  Kind kind_ = Kind::same;
  std::size_t axis_ = 0, rank_ = 0;
  std::int64_t steps_ = 0, frame_, context_;
};

}  // namespace rondo::tool
