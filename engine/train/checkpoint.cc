// Names of tensors may be anything, so members are "tensor/<number>.npy" and the state tells which is which. NumPy has
// no bfloat16: those are uint16 arrays of the bits, and the state tells the type.
#include "train/checkpoint.h"

#include <xxhash.h>

#include <algorithm>
#include <set>

#include "base/save_file.h"
#include "importers/npy/npy.h"
#include "importers/onnx/file_bytes.h"
#include "rondo/error.h"
#include "train/archive.h"

namespace rondo::train {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr const char* kState = "state.npy";
constexpr std::int64_t kMaxBytes = std::int64_t{1} << 46;

Error damaged(std::string how) {
  return Error(ErrorCode::data, "this is no checkpoint, or a damaged one")
      .got(std::move(how))
      .fix("resume from another checkpoint of the run");
}

std::string member_name(std::size_t i) { return "tensor/" + std::to_string(i) + ".npy"; }

std::vector<std::byte> array_bytes(const Tensor& tensor) {
  TensorView view = tensor.view();
  if (view.dtype == DType::bfloat16) view.dtype = DType::uint16;
  return npy_bytes(view);
}

std::vector<std::byte> text_array(const std::string& text) {
  const std::int64_t shape[] = {static_cast<std::int64_t>(text.size())};
  return npy_bytes({DType::uint8, shape, text.data()});
}

Tensor tensor_of(const Member& member, DType dtype) {
  Tensor tensor = npy_from_bytes(member.bytes, member.name);
  const DType stored = dtype == DType::bfloat16 ? DType::uint16 : dtype;
  if (tensor.dtype() != stored || size_of(dtype) == 0) throw damaged("an array of another type than the state says");
  if (dtype == stored) return tensor;
  return Tensor(TensorView{dtype, tensor.shape(), tensor.data()});
}

Json state_document(const Checkpoint& c) {
  Json tensors = Json::array();
  for (const SavedTensor& t : c.tensors) tensors.push_back({{"name", t.name}, {"dtype", name_of(t.tensor.dtype())}});
  return {{"rondo_checkpoint", kFormat},
          {"model", c.model},
          {"config", c.config},
          {"step", c.step},
          {"epoch", c.epoch},
          {"state", c.state},
          {"tensors", tensors}};
}

// The JSON of the state, once it is known that this is a checkpoint that can be read.
Json read_state(const std::vector<Member>& members) {
  if (members.empty() || members.front().name != kState) throw damaged("an archive without a state");
  const Tensor text = npy_from_bytes(members.front().bytes, kState);
  if (text.dtype() != DType::uint8) throw damaged("a state that is no text");
  const auto characters = text.values<std::uint8_t>();
  Json state = Json::parse(characters.begin(), characters.end(), nullptr, false);
  if (!state.is_object() || !state.contains("rondo_checkpoint")) throw damaged("a state that is not understood");
  const Json& format = state["rondo_checkpoint"];
  if (!format.is_number_integer()) throw damaged("a state that is not understood");
  if (format != kFormat)
    throw Error(ErrorCode::state, "the checkpoint is of another format")
        .got(format.dump())
        .expected(std::to_string(kFormat))
        .fix("resume with the version of Rondo that wrote it");
  return state;
}

Checkpoint read_members(const std::vector<Member>& members) {
  const Json state = read_state(members);
  Checkpoint c;
  c.model = state.at("model").get<std::string>();
  c.config = state.at("config").get<std::string>();
  c.step = state.at("step").get<std::int64_t>();
  c.epoch = state.at("epoch").get<std::int64_t>();
  c.state = state.at("state");
  const Json& tensors = state.at("tensors");
  if (tensors.size() + 1 != members.size()) throw damaged("another number of tensors than the state says");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (members[i + 1].name != member_name(i)) throw damaged("a member of another name");
    const DType dtype = dtype_from_name(tensors[i].at("dtype").get<std::string>());
    c.tensors.push_back({tensors[i].at("name").get<std::string>(), tensor_of(members[i + 1], dtype)});
  }
  return c;
}

std::string hex(XXH128_hash_t hash) {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, hash);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string s;
  for (unsigned char b : bytes.digest) {
    s.push_back(kDigits[b >> 4]);
    s.push_back(kDigits[b & 15]);
  }
  return s;
}

}  // namespace

std::string fingerprint(std::span<const std::byte> bytes) { return hex(XXH3_128bits(bytes.data(), bytes.size())); }
std::string fingerprint(std::string_view text) { return fingerprint(std::as_bytes(std::span(text))); }

const Tensor& Checkpoint::tensor(std::string_view name, DType dtype, std::span<const std::int64_t> shape) const {
  const auto it = std::ranges::find(tensors, name, &SavedTensor::name);
  if (it == tensors.end()) throw Error(ErrorCode::state, "the checkpoint lacks tensor '" + std::string(name) + "'");
  if (it->tensor.dtype() != dtype || !std::ranges::equal(it->tensor.shape(), shape))
    throw Error(ErrorCode::state, "the checkpoint's tensor '" + std::string(name) + "' has another type or shape")
        .got(std::string(name_of(it->tensor.dtype())) + to_string(it->tensor.shape()))
        .expected(std::string(name_of(dtype)) + to_string(shape));
  return it->tensor;
}

std::vector<std::byte> checkpoint_bytes(const Checkpoint& checkpoint) {
  std::set<std::string_view> names;
  for (const SavedTensor& t : checkpoint.tensors)
    if (t.name.empty() || !names.insert(t.name).second)
      throw Error(ErrorCode::usage, "tensors of a checkpoint need names of their own").got("'" + t.name + "'");
  std::string state;
  try {
    state = state_document(checkpoint).dump();
  } catch (const Json::exception&) {
    throw Error(ErrorCode::usage, "texts of a checkpoint must be UTF-8");
  }
  std::vector<Member> members;
  members.push_back({kState, text_array(state)});
  for (std::size_t i = 0; i < checkpoint.tensors.size(); ++i)
    members.push_back({member_name(i), array_bytes(checkpoint.tensors[i].tensor)});
  return write_archive(members);
}

Checkpoint checkpoint_from_bytes(std::span<const std::byte> bytes) try {
  return read_members(read_archive(bytes));
} catch (const Json::exception&) {
  throw damaged("a state that is not understood");
}

void save_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  save_file(path, checkpoint_bytes(checkpoint), Overwrite::yes);
}

Checkpoint load_checkpoint(const std::string& path) try {
  const auto bytes = importer::read_regular_file(path, kMaxBytes);
  return checkpoint_from_bytes(std::as_bytes(std::span(*bytes)));
} catch (Error& e) {
  throw e.at_file(path);
}

void check_belongs(const Checkpoint& checkpoint, std::string_view model, std::string_view config) {
  if (checkpoint.model != model)
    throw Error(ErrorCode::state, "the checkpoint is of another model")
        .got(checkpoint.model)
        .expected(std::string(model))
        .fix("resume with the model the run began with");
  if (checkpoint.config != config)
    throw Error(ErrorCode::state, "the checkpoint is of a run with other settings")
        .got(checkpoint.config)
        .expected(std::string(config))
        .fix("resume with the settings the run began with");
}

}  // namespace rondo::train
