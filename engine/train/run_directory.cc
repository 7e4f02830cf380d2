#include "train/run_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "rondo/error.h"

namespace rondo::train {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "checkpoint-", kSuffix = ".npz";

Error io_error(std::string what, const std::string& path, const std::string& why) {
  return Error(ErrorCode::io, std::move(what)).got(why).at_file(path);
}

std::string holder(int fd) {
  std::array<char, 256> text{};
  const ssize_t n = ::pread(fd, text.data(), text.size(), 0);
  const std::string_view read(text.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  return std::string(read.substr(0, read.find('\n')));
}

std::string this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("process {} on {}", ::getpid(), host.data());
}

importer::FileDescriptor locked(const std::string& path) {
  importer::FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!fd) throw io_error("the run directory cannot be locked", path, std::strerror(errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const std::string who = holder(fd.get());
    if (error != EWOULDBLOCK) throw io_error("the run directory cannot be locked", path, std::strerror(error));
    throw Error(ErrorCode::state, "the run directory is in use")
        .got(who.empty() ? "another process" : who)
        .at_file(path)
        .fix("wait for it, or choose another directory");
  }
  const std::string who = this_process() + "\n";
  if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), who.data(), who.size(), 0) < 0)
    throw io_error("the run directory cannot be locked", path, std::strerror(errno));
  return fd;
}

bool is_temporary(const std::string& name) { return name.starts_with(".rondo-") && name.ends_with(".tmp"); }
bool is_checkpoint(const std::string& name) { return name.starts_with(kPrefix) && name.ends_with(kSuffix); }

// Names of the files in the folder that fit, sorted.
std::vector<std::string> names(const std::string& folder, bool (*fits)(const std::string&)) {
  std::vector<std::string> found;
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed))
    if (fits(it->path().filename().string())) found.push_back(it->path().filename().string());
  if (failed) throw io_error("the run directory cannot be read", folder, failed.message());
  std::ranges::sort(found);
  return found;
}

}  // namespace

RunDirectory::RunDirectory(std::string path, std::size_t keep)
    : path_(std::move(path)), keep_(std::max<std::size_t>(keep, 1)) {
  std::error_code failed;
  fs::create_directories(path_, failed);
  if (failed) throw io_error("the run directory cannot be made", path_, failed.message());
  lock_ = locked(path_ + "/lock");
  for (const std::string& name : names(path_, is_temporary)) ::unlink((path_ + "/" + name).c_str());
}

std::vector<std::string> RunDirectory::checkpoints() const { return names(path_, is_checkpoint); }

void RunDirectory::save(const Checkpoint& checkpoint) {
  const std::string name = fmt::format("{}{:012}{}", kPrefix, checkpoint.step, kSuffix);
  save_checkpoint(path_ + "/" + name, checkpoint);
  const std::vector<std::string> all = checkpoints();
  const auto at = static_cast<std::size_t>(std::ranges::find(all, name) - all.begin());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i > at || i + keep_ <= at) ::unlink((path_ + "/" + all[i]).c_str());
}

std::optional<Checkpoint> RunDirectory::load_latest(std::string_view model, std::string_view config,
                                                    const std::function<void(std::string)>& warn) const {
  const std::vector<std::string> all = checkpoints();
  std::optional<Error> damaged;
  for (auto name = all.rbegin(); name != all.rend(); ++name) {
    try {
      Checkpoint checkpoint = load_checkpoint(path_ + "/" + *name);
      check_belongs(checkpoint, model, config);
      return checkpoint;
    } catch (Error& e) {
      if (e.code() != ErrorCode::data) throw e.at_file(path_ + "/" + *name);
      if (warn) warn(fmt::format("{} is damaged; the one before is taken", *name));
      if (!damaged) damaged = e;
    }
  }
  if (damaged) throw *damaged;
  return std::nullopt;
}

MetricsLog RunDirectory::open_metrics(std::int64_t step) const { return MetricsLog(path_ + "/metrics.jsonl", step); }

}  // namespace rondo::train
