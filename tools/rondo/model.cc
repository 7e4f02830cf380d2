#include "tools/rondo/model.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/escape.h"
#include "importers/onnx/limits.h"

namespace rondo::tool {
namespace {

std::vector<std::byte> standard_input() {
  const auto limit = static_cast<std::size_t>(ImportLimits{}.file_bytes);
  std::vector<std::byte> bytes;
  std::array<std::byte, 65536> block;
  while (true) {
    const ssize_t n = ::read(STDIN_FILENO, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      throw Error(ErrorCode::io, "standard input cannot be read")
          .got(std::strerror(errno))
          .fix("give the model as a file");
    if (n == 0) return bytes;
    bytes.insert(bytes.end(), block.begin(), block.begin() + n);
    if (bytes.size() > limit)
      throw Error(ErrorCode::limit, "the model on standard input is too large")
          .expected("at most " + std::to_string(limit) + " bytes")
          .fix("store its weights as external data");
  }
}

}  // namespace

Session load_model(const std::string& path, const Options& options, Trace& trace) {
  const auto span = trace.span("load " + path);
  SessionOptions session = options.session;
  session.warn = [path](std::string_view line) { spdlog::warn("{}: {}", escaped(path), escaped(line)); };
  if (path != "-") return Session::load(path, session);
  spdlog::debug("reading the model from standard input");
  return Session::load_from_memory(standard_input(), session);
}

std::string signature(const std::vector<TensorInfo>& tensors) {
  std::string s;
  for (const TensorInfo& t : tensors) s += (s.empty() ? "" : ", ") + escaped(t.name) + ": " + to_string(t);
  return s.empty() ? "nothing" : s;
}

}  // namespace rondo::tool
