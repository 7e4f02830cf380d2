// Field numbers are onnx.proto's. Fields that are not named here are passed over, so they may be of any version.
#include "exporters/onnx/wire_walk.h"

#include <charconv>
#include <optional>

#include "base/checked.h"
#include "exporters/onnx/wire_reader.h"
#include "ir/place.h"

namespace rondo::exporter {
namespace {

using Form = StoredTensor::Form;

constexpr std::uint64_t kExternal = 1;  // TensorProto.DataLocation

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<std::int64_t> bytes_of(const StoredTensor& t) {
  std::optional<std::int64_t> bytes = static_cast<std::int64_t>(size_of(t.dtype));
  for (std::int64_t d : t.dims) bytes = bytes && d >= 0 ? checked_mul(*bytes, d) : std::nullopt;
  return bytes;
}

// A TensorProto in the making: what its fields say, until they can be judged together.
struct Draft {
  StoredTensor tensor;
  std::int64_t data_type = 0;
  std::vector<WirePiece> raw, floats, doubles, varints;
  bool external = false, segment = false, other = false;  // other: elements of a type that is not floating
  std::string offset, length;
  bool checksum = false;
};

std::int64_t total(const std::vector<WirePiece>& pieces) {
  std::int64_t bytes = 0;
  for (const WirePiece& p : pieces) bytes += static_cast<std::int64_t>(p.size);
  return bytes;
}

// Why the tensor cannot be written back; sets its form and pieces.
std::string settle_external(Draft& d, std::int64_t bytes) {
  StoredTensor& t = d.tensor;
  t.form = Form::external;
  const auto offset = number(d.offset.empty() ? "0" : d.offset);
  const auto length = d.length.empty() ? std::optional(bytes) : number(d.length);
  if (t.location_frame < 0 || !offset || !length || *length != bytes) return "its external data is malformed";
  t.offset = *offset;
  t.length = *length;
  if (d.checksum) return "its external data states a checksum of the whole file";
  return "";
}

std::string settle_inline(Draft& d, std::int64_t bytes) {
  StoredTensor& t = d.tensor;
  if (d.segment) return "stored in segments";
  const bool half = size_of(t.dtype) == 2;
  auto& typed = half ? d.varints : t.dtype == DType::float64 ? d.doubles : d.floats;
  const std::size_t used = (d.raw.empty() ? 0u : 1u) + (d.floats.empty() ? 0u : 1u) + (d.doubles.empty() ? 0u : 1u) +
                           (d.varints.empty() ? 0u : 1u);
  if (d.other || used > 1 || (used == 1 && d.raw.empty() && typed.empty()))
    return "its elements stand in the wrong field";
  t.form = used == 0 ? Form::none : d.raw.empty() && half ? Form::varints : Form::fixed;
  t.pieces = std::move(d.raw.empty() ? typed : d.raw);
  if (t.form != Form::varints && total(t.pieces) != bytes) return "its data does not fit its shape";
  return "";
}

std::string settle(Draft& d) {
  StoredTensor& t = d.tensor;
  const auto dtype = static_cast<DType>(d.data_type);
  t.dtype = size_of(dtype) != 0 ? dtype : DType::undefined;
  const auto bytes = bytes_of(t);
  if (!bytes) return "its shape cannot be";
  if (d.external)
    if (std::string fault = settle_external(d, *bytes); !fault.empty()) return fault;
  if (t.dtype == DType::undefined) return "of an element type that is not trained";
  if (!is_floating(t.dtype)) return "of type " + std::string(name_of(t.dtype));
  return d.external ? "" : settle_inline(d, *bytes);
}

class Walk {
 public:
  explicit Walk(std::string_view bytes) : in_(bytes) {}

  StoredTensors run() {
    std::size_t functions = 0;
    in_.each_field([&](WireTag tag) {
      if (tag.type != kBytes) return false;
      if (tag.number == 7) return graph("graph");
      if (tag.number == 25) return function(place_of("", "functions", functions++));
      return false;
    });
    out_.frames = in_.take_frames();
    return std::move(out_);
  }

 private:
  bool graph(const std::string& at) {
    std::size_t nodes = 0, initializers = 0, sparse = 0;
    in_.enter([&] {
      in_.each_field([&](WireTag tag) {
        if (tag.type != kBytes) return false;
        if (tag.number == 1) return node(at, nodes++);
        if (tag.number == 5) return tensor(place_of(at, "initializer", initializers++));
        if (tag.number == 15) return sparse_tensor(place_of(at, "sparse_initializer", sparse++));
        return false;
      });
    });
    return true;
  }

  bool function(const std::string& at) {
    std::size_t nodes = 0;
    in_.enter([&] {
      in_.each_field([&](WireTag tag) { return tag.type == kBytes && tag.number == 7 && node(at, nodes++); });
    });
    return true;
  }

  // The elements of a Constant are named by its output.
  bool node(const std::string& parent, std::size_t index) {
    const std::size_t first = out_.all.size();
    std::size_t attributes = 0;
    std::string output, op_type;
    in_.enter([&] {
      in_.each_field([&](WireTag tag) {
        if (tag.type != kBytes) return false;
        if (tag.number == 5) return attribute(parent, index, attributes++);
        if (tag.number == 4) return op_type = in_.text(), true;
        if (tag.number == 2 && output.empty()) return output = in_.text(), true;
        return false;
      });
    });
    if (op_type == "Constant")
      for (std::size_t i = first; i < out_.all.size(); ++i) out_.all[i].name = output;
    return true;
  }

  bool attribute(const std::string& parent, std::size_t node, std::size_t index) {
    std::string name;
    std::vector<WirePiece> number, list;
    const auto at = [&](std::string_view field) {
      return place_of(place_of(place_of(parent, "node", node), "attribute", index), field);
    };
    in_.enter([&] {
      in_.each_field([&](WireTag tag) {
        if (tag.number == 1 && tag.type == kBytes) return name = in_.text(), true;
        if (tag.number == 2 && tag.type == kFixed32) return number.push_back(in_.piece(4)), true;
        if (tag.number == 5 && tag.type == kBytes) return tensor(at("t"));
        if (tag.number == 6 && tag.type == kBytes) return graph(at("g"));
        if (tag.number == 7) return elements(tag, kFixed32, 4, list);
        if (tag.number == 22 && tag.type == kBytes) return sparse_tensor(at("sparse_tensor"));
        return false;
      });
    });
    const std::int64_t count = total(list) / 4;
    if (name == "value_float" && !number.empty()) add_numbers(at("f"), {}, std::move(number));
    if (name == "value_floats" && !list.empty()) add_numbers(at("floats"), {count}, std::move(list));
    return true;
  }

  void add_numbers(std::string place, std::vector<std::int64_t> dims, std::vector<WirePiece> pieces) {
    StoredTensor t;
    t.place = std::move(place);
    t.dtype = DType::float32;
    t.dims = std::move(dims);
    t.form = Form::fixed;
    t.pieces = std::move(pieces);
    out_.all.push_back(std::move(t));
  }

  bool sparse_tensor(std::string place) {
    in_.enter([&] { in_.rest(); });
    StoredTensor t;
    t.place = std::move(place);
    t.refusal = "sparse";
    out_.all.push_back(std::move(t));
    return true;
  }

  bool block(std::vector<WirePiece>& into) {
    in_.enter([&] {
      const WirePiece all = in_.rest();
      if (all.size > 0) into.push_back(all);
    });
    return true;
  }

  // A repeated number, packed or alone.
  bool elements(WireTag tag, WireType alone, std::size_t size, std::vector<WirePiece>& into) {
    if (tag.type == kBytes) return block(into);
    return tag.type == alone && (into.push_back(in_.piece(size)), true);
  }

  bool varints(WireTag tag, std::vector<WirePiece>& into) {
    if (tag.type == kBytes) return block(into);
    if (tag.type != kVarint) return false;
    const std::size_t at = in_.position();
    in_.varint();
    return into.push_back({at, in_.position() - at, in_.frame()}), true;
  }

  bool dims(WireTag tag, std::vector<std::int64_t>& into) {
    if (tag.type == kVarint) return into.push_back(static_cast<std::int64_t>(in_.varint())), true;
    if (tag.type != kBytes) return false;
    in_.enter([&] {
      while (!in_.at_end()) into.push_back(static_cast<std::int64_t>(in_.varint()));
    });
    return true;
  }

  bool tensor(std::string place) {
    Draft d;
    d.tensor.place = std::move(place);
    in_.enter([&] { in_.each_field([&](WireTag tag) { return tensor_field(tag, d); }); });
    d.tensor.refusal = settle(d);
    out_.all.push_back(std::move(d.tensor));
    return true;
  }

  bool tensor_field(WireTag tag, Draft& d) {
    switch (tag.number) {
      case 1:
        return dims(tag, d.tensor.dims);
      case 2:
        return tag.type == kVarint && (d.data_type = static_cast<std::int64_t>(in_.varint()), true);
      case 3:
        d.segment = true;
        return false;
      case 4:
        return elements(tag, kFixed32, 4, d.floats);
      case 5:
        return varints(tag, d.varints);
      case 6:
      case 7:
      case 11:
        d.other = true;
        return false;
      case 8:
        return tag.type == kBytes && (d.tensor.name = in_.text(), true);
      case 9:
        return tag.type == kBytes && block(d.raw);
      case 10:
        return elements(tag, kFixed64, 8, d.doubles);
      case 13:
        return tag.type == kBytes && entry(d);
      case 14:
        return tag.type == kVarint && (d.external = in_.varint() == kExternal, true);
      default:
        return false;
    }
  }

  // One key of the external data.
  bool entry(Draft& d) {
    std::string key, value;
    int value_frame = -1;
    in_.enter([&] {
      in_.each_field([&](WireTag tag) {
        if (tag.type != kBytes || tag.number > 2) return false;
        if (tag.number == 1) return key = in_.text(), true;
        in_.enter([&] {
          value_frame = in_.frame();
          value = in_.rest_text();
        });
        return true;
      });
    });
    if (key == "location") {
      d.tensor.location = value;
      d.tensor.location_frame = value_frame;
    }
    if (key == "offset") d.offset = value;
    if (key == "length") d.length = value;
    if (key == "checksum" && !value.empty()) d.checksum = true;
    return true;
  }

  WireReader in_;
  StoredTensors out_;
};

}  // namespace

StoredTensors walk_model(std::string_view bytes) { return Walk(bytes).run(); }

}  // namespace rondo::exporter
