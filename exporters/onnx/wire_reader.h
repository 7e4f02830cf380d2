// Reads protobuf's framing with offsets: fields, and messages as frames. Used by the walk over a model.
#pragma once

#include <google/protobuf/io/coded_stream.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/onnx/stored_tensors.h"

namespace rondo::exporter {

enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct WireTag {
  std::uint32_t number = 0;
  WireType type = kVarint;
};

class WireReader {
 public:
  // Throws Error(limit) for more bytes than protobuf can count.
  explicit WireReader(std::string_view bytes);

  // f(tag) reads the field's value and returns true; or returns false with nothing read, and it is passed over. Up to
  // the end of the message. Throws Error(model) with the offset for framing that cannot be.
  template <class F>
  void each_field(F&& f) {
    for (WireTag tag; next(tag);)
      if (!f(tag)) pass_over(tag);
  }
  // A length-delimited field: `inside` reads all of it, with frame() telling which one it is in.
  template <class F>
  void enter(F&& inside) {
    const auto limit = open();
    inside();
    close(limit);
  }

  std::uint64_t varint();
  // A length-delimited field as text, and what is left of the present frame as text.
  std::string text();
  std::string rest_text();
  // The next `size` bytes, in the present frame.
  WirePiece piece(std::size_t size);
  // All that is left of the present frame.
  WirePiece rest();
  bool at_end() { return in_.BytesUntilLimit() == 0; }

  std::size_t position() const { return static_cast<std::size_t>(in_.CurrentPosition()); }
  int frame() const noexcept { return frame_; }
  std::vector<WireFrame> take_frames() { return std::move(frames_); }

 private:
  using Limit = google::protobuf::io::CodedInputStream::Limit;
  bool next(WireTag& tag);
  void pass_over(WireTag tag);
  Limit open();
  void close(Limit limit);
  void skip(std::size_t size);
  std::string read(std::uint64_t size);

  google::protobuf::io::CodedInputStream in_;
  std::vector<WireFrame> frames_;
  int frame_ = -1;
  int depth_ = 0;
};

}  // namespace rondo::exporter
