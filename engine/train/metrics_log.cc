#include "train/metrics_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "importers/onnx/file_bytes.h"
#include "rondo/error.h"

namespace rondo::train {
namespace {

constexpr std::int64_t kMaxBytes = std::int64_t{1} << 40;

Error failed(const char* what, const std::string& path, int error = errno) {
  return Error(ErrorCode::io, what).got(std::strerror(error)).at_file(path).fix("free space and resume the run");
}

bool is_line_up_to(std::string_view line, std::int64_t last_step) {
  const auto json = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
  if (!json.is_object()) return false;
  const auto step = json.find("step");
  return step != json.end() && step->is_number_integer() && step->get<std::int64_t>() <= last_step;
}

// Bytes of the leading lines that stay.
std::size_t kept_bytes(std::string_view text, std::int64_t last_step) {
  std::size_t at = 0;
  for (std::size_t end; (end = text.find('\n', at)) != std::string_view::npos; at = end + 1)
    if (!is_line_up_to(text.substr(at, end - at), last_step)) break;
  return at;
}

}  // namespace

MetricsLog::MetricsLog(std::string path, std::int64_t last_step)
    : path_(std::move(path)),
      fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666)) {
  if (!fd_) throw failed("the metrics cannot be written", path_);
  size_ = static_cast<std::int64_t>(kept_bytes(*importer::read_regular_file(path_, kMaxBytes), last_step));
  if (::ftruncate(fd_.get(), size_) != 0) throw failed("the metrics cannot be cut", path_);
}

void MetricsLog::append(const nlohmann::ordered_json& line) {
  const std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_.get(), rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const int error = n == 0 ? ENOSPC : errno;
      if (::ftruncate(fd_.get(), size_) != 0) throw failed("the metrics cannot be cut", path_);
      throw failed("the metrics cannot be written", path_, error);
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  size_ += static_cast<std::int64_t>(text.size());
}

void MetricsLog::sync() {
  if (::fsync(fd_.get()) != 0) throw failed("the metrics cannot be written", path_);
}

}  // namespace rondo::train
