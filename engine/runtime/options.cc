#include "runtime/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "backends/select.h"
#include "base/thread_pool.h"

namespace rondo {

LoweringOptions lowering_options(const SessionOptions& options) {
  LoweringOptions lowering;
  const Isa widest = allowed_isa();
  lowering.isa = widest;
  if (options.isa != "auto") {
    const auto isa = isa_from_name(options.isa);
    if (!isa)
      throw Error(ErrorCode::usage, "no such instruction set")
          .got(options.isa)
          .expected("auto, scalar, avx2 or avx512")
          .fix("choose auto");
    if (*isa > widest)
      throw Error(ErrorCode::usage, "this machine or RONDO_MAX_ISA does not allow that instruction set")
          .got(options.isa)
          .expected("at most " + std::string(name_of(widest)))
          .fix("choose auto");
    lowering.isa = *isa;
  }
  const auto names = backend_names();
  if (std::ranges::find(names, options.backend) == names.end())
    throw Error(ErrorCode::usage, "no such backend")
        .got(options.backend)
        .expected(fmt::format("{}", fmt::join(names, ", ")))
        .fix("choose auto");
  lowering.backend = options.backend;
  if (options.threads < 0 || options.threads > ThreadPool::kMaxThreads)
    throw Error(ErrorCode::usage, "impossible number of threads")
        .got(std::to_string(options.threads))
        .expected(fmt::format("0 (one per core) to {}", ThreadPool::kMaxThreads))
        .fix("choose 0");
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  lowering.threads = options.threads != 0 ? options.threads : std::max(cores, 1);
  return lowering;
}

ImportOptions import_options(const SessionOptions& options) {
  ImportOptions reading;
  reading.limits.tensor_bytes = options.max_memory;
  reading.data_dir = options.data_dir;
  reading.allow_linked_data = options.allow_linked_data;
  reading.strict = options.strict;
  if (options.warn) reading.on_warning = [warn = options.warn](const std::string& line) { warn(line); };
  return reading;
}

}  // namespace rondo
