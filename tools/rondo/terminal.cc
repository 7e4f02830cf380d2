#include "tools/rondo/terminal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/way_out.h"

namespace rondo::tool {
namespace {

bool colours(int fd) {
  const char* no = std::getenv("NO_COLOR");
  return (no == nullptr || *no == '\0') && ::isatty(fd) != 0;
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  const int error = errno;
  throw Error(ErrorCode::io, "standard output does not take the results")
      .got(std::strerror(error))
      .fix(way_out_of(error));
}

void print_document(const nlohmann::ordered_json& document) {
  print(document.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

void print_error_line(std::string_view line) noexcept {
  const std::size_t end = std::min(line.find(']'), line.size() - 1) + 1;
  const bool coloured_head = colours(STDERR_FILENO);
  std::fprintf(stderr, "%s%.*s%s%.*s\n", coloured_head ? "\033[1;31m" : "", static_cast<int>(end), line.data(),
               coloured_head ? "\033[0m" : "", static_cast<int>(line.size() - end), line.data() + end);
}

void set_up_streams() {
  // A stream opened the wrong way round refuses use, as a closed one would.
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0) (void)!::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  const auto mode = colours(STDERR_FILENO) ? spdlog::color_mode::always : spdlog::color_mode::never;
  spdlog::drop_all();
  spdlog::set_default_logger(spdlog::stderr_color_st("rondo", mode));
  spdlog::set_pattern("%^%l%$: %v");
}

std::string coloured(std::string_view text, Colour colour) {
  if (!colours(STDOUT_FILENO)) return std::string(text);
  constexpr int kCodes[] = {31, 32, 33};
  return fmt::format("\033[{}m{}\033[0m", kCodes[static_cast<int>(colour)], text);
}

ProgressBar::ProgressBar(std::size_t total, bool wanted) : total_(total), shown_(wanted && ::isatty(STDERR_FILENO)) {}

void ProgressBar::show(std::size_t done, std::string_view what) {
  if (!shown_) return;
  constexpr std::size_t kWidth = 30, kText = 40;
  const std::size_t filled = total_ == 0 ? 0 : kWidth * done / total_;
  what.remove_prefix(what.size() - std::min(what.size(), kText));  // of a path the end tells more
  const std::string line =
      fmt::format("\r[{:#<{}}{:.<{}}] {}/{} {}\033[K", "", filled, "", kWidth - filled, done, total_, what);
  std::fwrite(line.data(), 1, line.size(), stderr);
  drawn_ = true;
}

void ProgressBar::clear() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

std::string padded(std::string_view text, std::size_t width) { return fmt::format("{:<{}}", text, width); }

}  // namespace rondo::tool
