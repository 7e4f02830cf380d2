#include "exporters/onnx/splice.h"

#include <algorithm>
#include <climits>

#include "rondo/error.h"

namespace rondo::exporter {

void append_varint(std::string& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<char>(value | 0x80));
  to.push_back(static_cast<char>(value));
}

void Splice::replace(const WirePiece& piece, std::string fresh) {
  if (piece.frame >= 0)
    growth_[static_cast<std::size_t>(piece.frame)] +=
        static_cast<std::int64_t>(fresh.size()) - static_cast<std::int64_t>(piece.size);
  edits_.push_back({piece.at, piece.size, std::move(fresh)});
}

// A frame comes after the one around it, so going backwards every growth is complete when it is used.
void Splice::write_lengths() {
  for (std::size_t i = frames_.size(); i-- > 0;) {
    if (growth_[i] == 0) continue;
    const WireFrame& frame = frames_[i];
    std::string length;
    append_varint(length, static_cast<std::uint64_t>(static_cast<std::int64_t>(frame.size) + growth_[i]));
    if (frame.parent >= 0)
      growth_[static_cast<std::size_t>(frame.parent)] +=
          growth_[i] + static_cast<std::int64_t>(length.size()) - static_cast<std::int64_t>(frame.length_bytes);
    edits_.push_back({frame.at, frame.length_bytes, std::move(length)});
  }
}

std::string Splice::apply(std::string_view bytes) && {
  write_lengths();
  std::ranges::sort(edits_, {}, &Edit::at);
  std::size_t size = bytes.size();
  for (const Edit& e : edits_) size += e.fresh.size() - e.size;
  if (size > INT_MAX)
    throw Error(ErrorCode::limit, "the model would be too large for one file")
        .got(std::to_string(size) + " bytes")
        .expected("at most " + std::to_string(INT_MAX))
        .fix("keep the weights as external data");
  std::string out;
  out.reserve(size);
  std::size_t done = 0;
  for (const Edit& e : edits_) {
    out.append(bytes.substr(done, e.at - done)).append(e.fresh);
    done = e.at + e.size;
  }
  return out.append(bytes.substr(done));
}

}  // namespace rondo::exporter
