#include "importers/sound/sound.h"

#include <sndfile.h>
#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/memory_budget.h"
#include "rondo/error.h"

namespace rondo {

bool is_sound_name(const std::string& path) {
  static constexpr std::array<std::string_view, 4> kEndings{".wav", ".flac", ".ogg", ".aiff"};
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return path.ends_with(ending); });
}

Sound read_sound(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure))
    throw Error(ErrorCode::io, "there is no such file, or it is no regular one").at_file(path).fix("check the path");
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open(path.c_str(), SFM_READ, &info), sf_close);
  if (!file) {
    Error e(ErrorCode::data, "the file cannot be read as sound");
    throw e.got(sf_strerror(nullptr)).at_file(path).fix("convert it to WAV");
  }
  if (info.frames < 0 || info.channels < 1)
    throw Error(ErrorCode::data, "the file does not say how long it is").at_file(path).fix("convert it to WAV");
  std::vector<std::int64_t> shape{info.frames};
  if (info.channels > 1) shape.push_back(info.channels);
  MemoryBudget(0).take(DType::float32, shape);
  Sound sound{Tensor(DType::float32, std::move(shape)), info.samplerate};
  const sf_count_t read = sf_readf_float(file.get(), sound.samples.values<float>().data(), info.frames);
  if (read != info.frames)
    throw Error(ErrorCode::data, "the file ends before its last sample")
        .got(std::to_string(read))
        .expected(std::to_string(info.frames))
        .at_file(path)
        .fix("copy or convert the file again");
  return sound;
}

}  // namespace rondo
