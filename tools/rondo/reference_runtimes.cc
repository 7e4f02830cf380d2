#include "tools/rondo/reference_runtimes.h"

#include <dlfcn.h>

#include <array>
#include <cstdlib>
#include <filesystem>

namespace rondo::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 5> kLibraryFolders{"/usr/local/lib", "/usr/lib", "/usr/lib/x86_64-linux-gnu",
                                                     "/usr/lib/aarch64-linux-gnu", "/opt/onnxruntime/lib"};

// OrtGetApiBase() gives two pointers: GetApi and GetVersionString.
std::string onnxruntime_version(const std::string& path) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return "";
  struct Base {
    const void* (*get_api)(std::uint32_t);
    const char* (*version)();
  };
  std::string version;
  if (void* symbol = ::dlsym(library, "OrtGetApiBase")) {
    const Base* base = reinterpret_cast<const Base* (*)()>(symbol)();
    if (base != nullptr) version = base->version();
  }
  return version;  // the library stays loaded: unloading a runtime with threads of its own is not safe
}

// RONDO_ORT may name the library or its folder.
std::vector<std::string> onnxruntime_places() {
  const std::string file = "libonnxruntime.so.1";
  std::vector<std::string> places;
  if (const char* chosen = std::getenv("RONDO_ORT"); chosen != nullptr && *chosen != '\0') {
    places.push_back(chosen);
    places.push_back((fs::path(chosen) / file).string());
  }
  for (const char* folder : kLibraryFolders) places.push_back((fs::path(folder) / file).string());
  return places;
}

}  // namespace

std::vector<ReferenceRuntime> reference_runtimes() {
  std::vector<ReferenceRuntime> found;
  std::error_code failure;
  for (const std::string& path : onnxruntime_places()) {
    if (!fs::is_regular_file(path, failure)) continue;
    const std::string version = onnxruntime_version(path);
    found.push_back({"onnxruntime", version.empty() ? "does not load" : version, path});
    break;
  }
  for (const char* folder : kLibraryFolders) {
    const fs::path path = fs::path(folder) / "libtorch_cpu.so";
    if (fs::exists(path, failure)) found.push_back({"libtorch", "", path.string()});
  }
  return found;
}

}  // namespace rondo::tool
