#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace rondo::test {
namespace {

void redirect(int fd, const std::string& path, int flags) {
  if (path == "-") {
    ::close(fd);
    return;
  }
  const int file = ::open(path.c_str(), flags, 0600);
  if (file < 0 || ::dup2(file, fd) < 0) ::_exit(99);
  ::close(file);
}

[[noreturn]] void become_rondo(const std::vector<std::string>& arguments, const Surroundings& around,
                               const std::string& out, const std::string& err) {
  redirect(STDIN_FILENO, around.in, O_RDONLY);
  redirect(STDERR_FILENO, err, O_WRONLY | O_CREAT);
  redirect(STDOUT_FILENO, out, O_WRONLY | O_CREAT);
  for (const std::string& e : around.environment) ::putenv(const_cast<char*>(e.c_str()));
  if (!around.folder.empty() && ::chdir(around.folder.c_str()) != 0) ::_exit(99);
  std::vector<char*> argv{const_cast<char*>(RONDO_COMMAND)};
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  ::execv(RONDO_COMMAND, argv.data());
  ::_exit(99);
}

}  // namespace

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "rondo-cli-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TempFolder::~TempFolder() { std::filesystem::remove_all(path_); }

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Outcome rondo(const std::vector<std::string>& arguments, const Surroundings& around) {
  const TempFolder folder;
  const std::string out = around.out.empty() ? folder / "out" : around.out, err = folder / "err";
  const pid_t child = ::fork();
  if (child == 0) become_rondo(arguments, around, out, err);
  if (around.signal != 0) {
    constexpr int kPatience = 30'000;  // milliseconds
    for (int i = 0; i < kPatience && contents(err).empty(); ++i) ::usleep(1000);
    ::usleep(static_cast<useconds_t>(around.patience * 1e6));
    ::kill(child, around.signal);
  }
  const auto start = std::chrono::steady_clock::now();
  int status = 0;
  rusage used{};
  ::wait4(child, &status, 0, &used);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : kKilled + WTERMSIG(status);
  return {code, around.out.empty() ? contents(out) : "", contents(err), std::int64_t{used.ru_maxrss} << 10,
          seconds.count()};
}

}  // namespace rondo::test
