#include "exporters/onnx/patch.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <set>

#include "base/half.h"
#include "exporters/onnx/splice.h"
#include "rondo/error.h"

namespace rondo {
namespace {

using Form = StoredTensor::Form;
using Bits = std::vector<std::uint16_t>;

// An element that already says the value stays as it is, though the conversion back might give other bits.
template <class Half>
bool put_halves(const float* values, std::span<std::byte> elements, Half (*rounded)(float)) {
  bool changed = false;
  for (std::size_t i = 0; i < elements.size() / sizeof(Half); ++i) {
    Half half;
    std::memcpy(&half, elements.data() + i * sizeof(Half), sizeof(Half));
    if (std::bit_cast<std::uint32_t>(to_float(half)) == std::bit_cast<std::uint32_t>(values[i])) continue;
    const Half fresh = rounded(values[i]);
    changed = changed || fresh.bits != half.bits;
    std::memcpy(elements.data() + i * sizeof(Half), &fresh, sizeof(Half));
  }
  return changed;
}

std::string quoted(const StoredTensor& t) { return fmt::format("tensor '{}' at {}", t.name, t.place); }

std::int64_t count_of(const StoredTensor& t) { return element_count(t.dims); }

void patch_fixed(const StoredTensor& t, const TensorView& values, std::string_view model, exporter::Splice& splice) {
  std::string elements;
  for (const WirePiece& p : t.pieces) elements += model.substr(p.at, p.size);
  if (!put_elements(values, t.dtype, std::as_writable_bytes(std::span(elements)))) return;
  std::size_t at = 0;
  for (const WirePiece& p : t.pieces) {
    splice.replace(p, elements.substr(at, p.size));
    at += p.size;
  }
}

std::uint64_t next_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; !bytes.empty() && shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) break;
  }
  return value;
}

// The bits of halves, one varint each. True when they take another number of bytes.
bool patch_varints(const StoredTensor& t, const TensorView& values, std::string_view model, exporter::Splice& splice) {
  Bits bits;
  std::vector<std::size_t> counts;  // by piece
  for (const WirePiece& p : t.pieces) {
    const std::size_t before = bits.size();
    for (std::string_view rest = model.substr(p.at, p.size); !rest.empty();)
      bits.push_back(static_cast<std::uint16_t>(next_varint(rest)));
    counts.push_back(bits.size() - before);
  }
  if (static_cast<std::int64_t>(bits.size()) != count_of(t))
    throw Error(ErrorCode::model, quoted(t) + " holds another number of elements than its shape")
        .got(std::to_string(bits.size()))
        .expected(std::to_string(count_of(t)));
  if (!put_elements(values, t.dtype, std::as_writable_bytes(std::span(bits)))) return false;
  bool resized = false;
  std::size_t at = 0;
  for (std::size_t i = 0; i < t.pieces.size(); ++i) {
    std::string fresh;
    for (std::size_t end = at + counts[i]; at < end; ++at) exporter::append_varint(fresh, bits[at]);
    resized = resized || fresh.size() != t.pieces[i].size;
    splice.replace(t.pieces[i], std::move(fresh));
  }
  return resized;
}

void relocate(const StoredTensors& stored, const Relocation& r, exporter::Splice& splice) {
  for (const StoredTensor& t : stored.all) {
    if (t.location_frame < 0 || t.location != r.from) continue;
    const WireFrame& frame = stored.frames[static_cast<std::size_t>(t.location_frame)];
    splice.replace({frame.begin, frame.size, t.location_frame}, r.to);
  }
}

const StoredTensor& checked(const StoredTensors& stored, const TensorPatch& patch) {
  const StoredTensor* t = stored.find(patch.place);
  if (t == nullptr) throw Error(ErrorCode::usage, "the model has no tensor at " + patch.place);
  if (!t->patchable()) throw Error(ErrorCode::unsupported, quoted(*t) + " cannot be written back: " + t->refusal);
  const bool half = t->dtype == DType::float16 || t->dtype == DType::bfloat16;
  if (patch.values.dtype != t->dtype && !(half && patch.values.dtype == DType::float32))
    throw Error(ErrorCode::usage, quoted(*t) + " is given elements of another type")
        .got(std::string(name_of(patch.values.dtype)))
        .expected(std::string(name_of(t->dtype)));
  if (patch.values.count() != count_of(*t))
    throw Error(ErrorCode::usage, quoted(*t) + " is given another number of elements")
        .got(std::to_string(patch.values.count()))
        .expected(std::to_string(count_of(*t)));
  return *t;
}

}  // namespace

bool put_elements(const TensorView& values, DType stored, std::span<std::byte> elements) {
  if (elements.empty()) return false;
  if (values.dtype == stored) {
    if (std::memcmp(elements.data(), values.data, elements.size()) == 0) return false;
    std::memcpy(elements.data(), values.data, elements.size());
    return true;
  }
  return stored == DType::float16 ? put_halves<Float16>(values.as<float>(), elements, to_float16)
                                  : put_halves<BFloat16>(values.as<float>(), elements, to_bfloat16);
}

void check_patch(const StoredTensors& stored, const TensorPatch& patch) { checked(stored, patch); }

PatchedModel patch_model(std::string_view model, const StoredTensors& stored, std::span<const TensorPatch> patches,
                         std::span<const Relocation> relocations) {
  PatchedModel patched;
  exporter::Splice splice(stored.frames);
  std::set<std::string_view> seen;
  for (const TensorPatch& patch : patches) {
    const StoredTensor& t = checked(stored, patch);
    if (!seen.insert(t.place).second) throw Error(ErrorCode::usage, quoted(t) + " is given twice");
    if (t.form == Form::fixed) patch_fixed(t, patch.values, model, splice);
    if (t.form == Form::varints && patch_varints(t, patch.values, model, splice)) patched.reencoded.push_back(t.name);
  }
  for (const Relocation& r : relocations) relocate(stored, r, splice);
  patched.bytes = std::move(splice).apply(model);
  return patched;
}

}  // namespace rondo
