#include "exporters/onnx/wire_reader.h"

#include <climits>

#include "rondo/error.h"

namespace rondo::exporter {
namespace {

constexpr int kMaxDepth = 100;  // protobuf's own

Error damaged(std::size_t at) {
  return Error(ErrorCode::model, "the file is damaged")
      .at_file("", static_cast<std::int64_t>(at))
      .fix("download or export the model again");
}

int checked_size(std::string_view bytes) {
  if (bytes.size() > INT_MAX)
    throw Error(ErrorCode::limit, "the model is too large").fix("keep the weights as external data");
  return static_cast<int>(bytes.size());
}

}  // namespace

WireReader::WireReader(std::string_view bytes)
    : in_(reinterpret_cast<const std::uint8_t*>(bytes.data()), checked_size(bytes)) {
  in_.PushLimit(static_cast<int>(bytes.size()));
}

bool WireReader::next(WireTag& tag) {
  const std::size_t at = position();
  if (at_end()) return false;
  const std::uint32_t read = in_.ReadTag();
  tag = {read >> 3, static_cast<WireType>(read & 7)};
  const bool known = tag.type == kVarint || tag.type == kFixed64 || tag.type == kBytes || tag.type == kFixed32;
  if (tag.number == 0 || !known) throw damaged(at);
  return true;
}

void WireReader::pass_over(WireTag tag) {
  switch (tag.type) {
    case kVarint:
      varint();
      return;
    case kFixed64:
      return skip(8);
    case kFixed32:
      return skip(4);
    case kBytes:
      return skip(static_cast<std::size_t>(varint()));
  }
}

std::uint64_t WireReader::varint() {
  const std::size_t at = position();
  std::uint64_t value = 0;
  if (!in_.ReadVarint64(&value)) throw damaged(at);
  return value;
}

void WireReader::skip(std::size_t size) {
  const std::size_t at = position();
  const int left = in_.BytesUntilLimit();
  if (left < 0 || size > static_cast<std::size_t>(left) || !in_.Skip(static_cast<int>(size))) throw damaged(at);
}

WireReader::Limit WireReader::open() {
  WireFrame frame{.parent = frame_, .at = position()};
  frame.size = static_cast<std::size_t>(varint());
  frame.begin = position();
  frame.length_bytes = frame.begin - frame.at;
  if (frame.size > static_cast<std::size_t>(in_.BytesUntilLimit()) || ++depth_ > kMaxDepth) throw damaged(frame.at);
  frame_ = static_cast<int>(frames_.size());
  frames_.push_back(frame);
  return in_.PushLimit(static_cast<int>(frame.size));
}

void WireReader::close(Limit limit) {
  if (!at_end()) throw damaged(position());
  in_.PopLimit(limit);
  frame_ = frames_[static_cast<std::size_t>(frame_)].parent;
  --depth_;
}

std::string WireReader::read(std::uint64_t size) {
  const std::size_t at = position();
  std::string value;
  if (size > static_cast<std::uint64_t>(in_.BytesUntilLimit()) || !in_.ReadString(&value, static_cast<int>(size)))
    throw damaged(at);
  return value;
}

std::string WireReader::text() { return read(varint()); }
std::string WireReader::rest_text() { return read(static_cast<std::uint64_t>(in_.BytesUntilLimit())); }

WirePiece WireReader::piece(std::size_t size) {
  const WirePiece piece{position(), size, frame_};
  skip(size);
  return piece;
}

WirePiece WireReader::rest() { return piece(static_cast<std::size_t>(in_.BytesUntilLimit())); }

}  // namespace rondo::exporter
