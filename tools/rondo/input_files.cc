#include "tools/rondo/input_files.h"

#include <fmt/format.h>

#include <charconv>

#include "importers/npy/npy.h"
#include "importers/onnx/tensor_file.h"
#include "importers/sound/sound.h"
#include "ops/convert.h"
#include "ops/dispatch.h"
#include "tools/rondo/element.h"
#include "tools/rondo/model.h"

namespace rondo::tool {
namespace {

std::optional<double> number_of(const std::string& text) {
  double v = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), v);
  return status == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(v) : std::nullopt;
}

Tensor scalar_for(const TensorInfo& info, double v, const std::string& text) {
  std::vector<std::int64_t> shape(info.shape ? info.shape->size() : 0, 1);
  for (std::size_t d = 0; d < shape.size(); ++d)
    if ((*info.shape)[d].known() && (*info.shape)[d].value != 1)
      throw Error(ErrorCode::data, fmt::format("input '{}' takes more than one number", info.name))
          .got(text)
          .expected(to_string(info))
          .fix("give a .npy file");
  Tensor t(info.dtype, std::move(shape));
  ops::with_any(info.dtype, [&]<class T>(ops::TypeTag<T>) { *static_cast<T*>(t.data()) = ops::converted<T>(v); });
  if (!is_floating(info.dtype) && number_at(std::as_const(t).view(), 0) != v)
    throw Error(ErrorCode::data, fmt::format("input '{}' cannot hold that number", info.name))
        .got(text)
        .expected(to_string(info));
  return t;
}

GivenInput read_input(const TensorInfo& info, const std::string& text) {
  if (text.ends_with(".npy")) return {read_npy(text), text};
  if (text.ends_with(".pb")) return {read_tensor_file(text).tensor, text};
  if (is_sound_name(text)) {
    Sound sound = read_sound(text);
    return {std::move(sound.samples), text, sound.rate};
  }
  if (const auto v = number_of(text)) return {scalar_for(info, *v, text), text};
  Error e(ErrorCode::usage, "the file's name does not say what it is");
  throw e.expected("a name that ends in .npy, .pb, .wav, .flac or .ogg, or a number").at_file(text);
}

}  // namespace

std::optional<Assignment> assignment(const std::string& text, const std::vector<TensorInfo>& names) {
  for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1))
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i].name == std::string_view(text).substr(0, at)) return Assignment{i, text.substr(at + 1)};
  return std::nullopt;
}

std::vector<GivenInput> given_inputs(const std::vector<TensorInfo>& infos, const std::vector<std::string>& texts) {
  std::vector<GivenInput> inputs(infos.size());
  for (const std::string& text : texts) {
    const auto given = assignment(text, infos);
    if (!given)
      throw Error(ErrorCode::data, "--input names no input of the model")
          .got(text)
          .expected("NAME=FILE with one of " + signature(infos));
    inputs[given->index] = read_input(infos[given->index], given->text);
  }
  return inputs;
}

}  // namespace rondo::tool
