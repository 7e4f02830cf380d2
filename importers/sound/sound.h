// Sound files (WAV, FLAC, Ogg: what libsndfile reads) as tensors, for the command's inputs.
#pragma once

#include <string>

#include "rondo/tensor.h"

namespace rondo {

struct Sound {
  Tensor samples;  // float32 in [-1, 1]: [samples], or [samples, channels] when there are several
  int rate = 0;    // samples a second
};

// Throws Error(io) when the file is not readable or no regular file, Error(data) when it is no sound file.
Sound read_sound(const std::string& path);

// Whether the name ends as such a file's does.
bool is_sound_name(const std::string& path);

}  // namespace rondo
