#include "importers/onnx/external_path.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cctype>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace rondo::importer {
namespace {

constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

FileDescriptor open_with_openat2(int folder, const std::string& location, bool allow_symlinks) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(kOpenFlags | (allow_symlinks ? 0 : O_NOFOLLOW));
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if (!allow_symlinks) how.resolve |= RESOLVE_NO_SYMLINKS;
  constexpr int kTries = 64;  // EAGAIN: something was renamed while the kernel walked
  long fd = -1;
  for (int i = 0; i < kTries; ++i) {
    fd = ::syscall(SYS_openat2, folder, location.c_str(), &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return FileDescriptor(static_cast<int>(fd));
}

FileDescriptor open_step_by_step(int folder, std::string_view location) {
  FileDescriptor at(::fcntl(folder, F_DUPFD_CLOEXEC, 0));
  while (at) {
    const std::size_t slash = location.find('/');
    const std::string step(location.substr(0, slash));
    const bool last = slash == std::string_view::npos;
    at = FileDescriptor(::openat(at.get(), step.c_str(), kOpenFlags | O_NOFOLLOW | (last ? 0 : O_DIRECTORY)));
    if (last) break;
    location.remove_prefix(slash + 1);
  }
  return at;
}

// The Hugging Face cache keeps models as <repo>/snapshots/<revision>/<file>, each a symlink into <repo>/blobs. There
// the whole of <repo> counts as the model's folder, and `location` gets the steps down to it.
std::string widen_to_hub_cache(const std::string& folder, std::string& location) {
  std::error_code ec;
  const auto real = std::filesystem::canonical(folder, ec);
  if (ec || real.parent_path().filename() != "snapshots") return folder;
  const auto repo = real.parent_path().parent_path();
  if (!std::filesystem::is_directory(repo / "blobs", ec)) return folder;
  location = "snapshots/" + real.filename().string() + "/" + location;
  return repo.string();
}

}  // namespace

std::string location_fault(const std::string& location) {
  if (location.empty()) return "it is empty";
  if (location.find('\0') != std::string::npos) return "it holds a NUL byte";
  if (location.find('\\') != std::string::npos) return "it holds a backslash";
  if (location.find("://") != std::string::npos) return "it is a URL";
  if (location.starts_with("file:")) return "it is a URL";
  if (location[0] == '/') return "it is an absolute path";
  if (location.size() > 1 && location[1] == ':' && std::isalpha(static_cast<unsigned char>(location[0])) != 0)
    return "it names a drive";
  for (std::string_view rest = location;;) {
    const std::size_t slash = rest.find('/');
    const std::string_view step = rest.substr(0, slash);
    if (step.empty()) return "it has an empty step";
    if (step == ".") return "it has a '.' step";
    if (step == "..") return "it leads outside the model's folder";
    if (slash == std::string_view::npos) return "";
    rest.remove_prefix(slash + 1);
  }
}

FileDescriptor open_beneath(const std::string& folder, const std::string& location, const BeneathOptions& options) {
  std::string below = location;
  const std::string root = options.allow_symlinks ? widen_to_hub_cache(folder, below) : folder;
  const FileDescriptor at(::open(root.empty() ? "." : root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!at) return FileDescriptor();
  if (!options.without_openat2) {
    FileDescriptor fd = open_with_openat2(at.get(), below, options.allow_symlinks);
    if (fd || errno != ENOSYS) return fd;
  }
  return open_step_by_step(at.get(), below);
}

}  // namespace rondo::importer
