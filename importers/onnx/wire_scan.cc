#include "importers/onnx/wire_scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/onnx/wire_fields.h"
#include "rondo/error.h"

namespace rondo::importer {
namespace {

constexpr std::size_t kMaxFrames = 96;  // messages inside messages; protobuf itself stops at 100
constexpr std::int64_t kMessageCost = 256, kIntegerCost = 8, kStringCost = 40;
constexpr std::int64_t kFixedBudget = std::int64_t{192} << 20;

enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct Frame {
  Message kind = Message::opaque;
  std::size_t end = 0;
  std::uint32_t seen = 0;  // singular fields met so far, by number
  std::int64_t items = 0;  // what is limited in this message: dims of a tensor or shape, attributes of a node
};

class Scanner {
 public:
  Scanner(std::string_view bytes, const ImportLimits& limits)
      : bytes_(bytes), limits_(limits), budget_(3 * static_cast<std::int64_t>(bytes.size()) + kFixedBudget) {}

  WireCounts run(WireRoot root) {
    push(root == WireRoot::model ? Message::model : Message::tensor, bytes_.size());
    while (depth_ > 0) {
      if (pos_ == top().end) {
        pop();
      } else {
        field();
      }
    }
    return counts_;
  }

 private:
  Frame& top() { return stack_[depth_ - 1]; }

  Error malformed(std::size_t at, std::string what) const {
    return Error(ErrorCode::model, "the file is damaged: " + std::move(what))
        .at_file("", static_cast<std::int64_t>(at))
        .fix("download or export the model again");
  }
  Error over_limit(std::string what, std::int64_t limit) const {
    return Error(ErrorCode::limit, std::move(what))
        .at_file("", static_cast<std::int64_t>(pos_))
        .expected(fmt::format("at most {}", limit))
        .fix("raise the limit if you trust the file");
  }
  void check(std::int64_t count, std::int64_t limit, const char* what) const {
    if (count > limit) throw over_limit(fmt::format("the model has too many {}", what), limit);
  }
  void spend(std::int64_t cost) {
    budget_ -= cost;
    if (budget_ < 0)
      throw Error(ErrorCode::limit, "the file would unfold to many times its size in memory")
          .at_file("", static_cast<std::int64_t>(pos_))
          .expected("at most 3 times the file plus 192 MiB")
          .fix("store tensors as raw_data or external data");
  }

  std::uint64_t read_varint(std::size_t end) {
    const std::size_t start = pos_;
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (pos_ >= end) throw malformed(start, "it ends in the middle of a number");
      const auto byte = static_cast<unsigned char>(bytes_[pos_++]);
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte >= 0x80) {
        if (shift == 63) throw malformed(start, "a number has more than 10 bytes");
        continue;
      }
      if (shift == 63 && byte > 1) throw malformed(start, "a number does not fit 64 bits");
      if (byte == 0 && shift > 0) throw malformed(start, "a number is written longer than it is");
      return value;
    }
  }

  std::size_t read_length(std::size_t start) {
    const std::uint64_t length = read_varint(top().end);
    if (length > top().end - pos_)
      throw malformed(start, fmt::format("a field announces {} bytes", length))
          .expected(fmt::format("at most {}, which is what is left", top().end - pos_));
    return static_cast<std::size_t>(length);
  }

  void skip(std::size_t count, std::size_t start) {
    if (count > top().end - pos_) throw malformed(start, "it ends in the middle of a value");
    pos_ += count;
  }

  void field() {
    const std::size_t start = pos_;
    const std::uint64_t tag = read_varint(top().end);
    const std::uint64_t number = tag >> 3;
    const auto type = static_cast<std::uint32_t>(tag & 7);
    if (tag > 0xFFFFFFFFu) throw malformed(start, "a field number is too large");
    if (number == 0) throw malformed(start, "a field has number 0");
    if (type != kVarint && type != kFixed64 && type != kBytes && type != kFixed32)
      throw malformed(start, fmt::format("a field has wire type {}", type)).expected("0, 1, 2 or 5");
    const WireField* known = find_wire_field(top().kind, number);
    if (known == nullptr) {
      ++counts_.unknown_fields;
      spend(kStringCost);
      return pass_over(type, start);
    }
    reject_repeats(*known, start);
    known_field(*known, type, start);
  }

  void reject_repeats(const WireField& f, std::size_t start) {
    if (f.form != varint && f.form != fixed32 && f.form != bytes && f.form != name && f.form != message) return;
    const std::uint32_t bit = 1u << f.number;
    if ((top().seen & bit) != 0) {
      const bool joined = f.in == Message::model && (f.number == 1 || f.number == 7);
      throw malformed(
          start, fmt::format("field {} stands twice{}", f.name, joined ? ", as if two models were concatenated" : ""));
    }
    top().seen |= bit;
  }

  void pass_over(std::uint32_t type, std::size_t start) {
    if (type == kVarint) {
      read_varint(top().end);
    } else if (type == kBytes) {
      const std::size_t length = read_length(start);
      pos_ += length;
    } else {
      skip(type == kFixed64 ? 8 : 4, start);
    }
  }

  Error wrong_type(const WireField& f, std::uint32_t type, std::size_t start) const {
    return malformed(start, fmt::format("field {} has wire type {}, which ONNX does not use for it", f.name, type));
  }

  void known_field(const WireField& f, std::uint32_t type, std::size_t start) {
    switch (f.form) {
      case varint:
      case varints:
        if (type == kBytes && f.form == varints) return packed_varints(f, start);
        if (type != kVarint) throw wrong_type(f, type, start);
        read_varint(top().end);
        if (f.form == varints) count_integers(f, 1);
        return;
      case fixed32:
      case fixed32s:
      case fixed64s:
        return fixed(f, type, start);
      case bytes:
      case name:
      case names:
      case blobs:
        if (type != kBytes) throw wrong_type(f, type, start);
        return text(f, read_length(start));
      case message:
      case messages:
        if (type != kBytes) throw wrong_type(f, type, start);
        return nested(f, read_length(start));
      case unknown:
        return;
    }
  }

  void packed_varints(const WireField& f, std::size_t start) {
    const std::size_t end = read_length(start) + pos_;
    std::int64_t count = 0;
    for (; pos_ < end; ++count) read_varint(end);
    count_integers(f, count);
  }

  void count_integers(const WireField& f, std::int64_t count) {
    spend(count * kIntegerCost);
    if ((f.in == Message::tensor || f.in == Message::sparse_tensor) && (f.number == 1 || f.number == 3)) {
      top().items += count;
      if (top().items > limits_.rank) throw over_limit("a tensor has too many dims", limits_.rank);
    }
  }

  void fixed(const WireField& f, std::uint32_t type, std::size_t start) {
    const std::size_t size = f.form == fixed64s ? 8 : 4;
    if (type == kBytes && f.form != fixed32) {
      const std::size_t length = read_length(start);
      if (length % size != 0)
        throw malformed(start, fmt::format("field {} has {} bytes", f.name, length))
            .expected(fmt::format("a multiple of {}", size));
      pos_ += length;
    } else if (type == (size == 8 ? kFixed64 : kFixed32)) {
      skip(size, start);
    } else {
      throw wrong_type(f, type, start);
    }
  }

  void text(const WireField& f, std::size_t length) {
    if ((f.form == name || f.form == names) && static_cast<std::int64_t>(length) > limits_.name_bytes)
      throw over_limit(fmt::format("field {} is a name of {} bytes", f.name, length), limits_.name_bytes);
    if (f.form == names || f.form == blobs) spend(kStringCost);
    pos_ += length;
  }

  void nested(const WireField& f, std::size_t length) {
    if (f.child == Message::node) check(++counts_.nodes, limits_.nodes, "nodes");
    if (f.in == Message::graph && (f.number == 5 || f.number == 15))
      check(++counts_.initializers, limits_.initializers, "initializers");
    if (f.in == Message::node && f.child == Message::attribute && ++top().items > limits_.attributes_per_node)
      throw over_limit("a node has too many attributes", limits_.attributes_per_node);
    if (f.in == Message::shape && ++top().items > limits_.rank)
      throw over_limit("a declared shape has too many dims", limits_.rank);
    if (f.in == Message::model && f.child == Message::entry)
      check(++metadata_, limits_.metadata_entries, "metadata entries");
    push(f.child, pos_ + length);
  }

  void push(Message kind, std::size_t end) {
    if (kind == Message::graph && ++graphs_ > limits_.subgraph_depth + 1)
      throw over_limit("subgraphs are nested too deep", limits_.subgraph_depth);
    if (depth_ == kMaxFrames) throw over_limit("messages are nested too deep", kMaxFrames);
    ++counts_.messages;
    spend(kMessageCost);
    stack_[depth_++] = Frame{kind, end, 0, 0};
  }

  void pop() {
    if (top().kind == Message::graph) --graphs_;
    --depth_;
  }

  std::string_view bytes_;
  const ImportLimits& limits_;
  std::int64_t budget_;
  std::size_t pos_ = 0;
  std::array<Frame, kMaxFrames> stack_;
  std::size_t depth_ = 0;
  std::int64_t graphs_ = 0;
  std::int64_t metadata_ = 0;
  WireCounts counts_;
};

}  // namespace

WireCounts scan_wire(std::string_view bytes, WireRoot root, const ImportLimits& limits) {
  return Scanner(bytes, limits).run(root);
}

}  // namespace rondo::importer
