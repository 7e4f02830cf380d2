#include "base/save_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rondo/error.h"

namespace rondo {
namespace {

namespace fs = std::filesystem;

class SaveFile : public testing::Test {
 protected:
  SaveFile() {
    std::string pattern = (fs::temp_directory_path() / "rondo-save-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SaveFile() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void save(const std::string& file, const std::string& text, Overwrite overwrite) {
    save_file(file, std::as_bytes(std::span(text)), overwrite);
  }
  // The code of the error; -1 when there was none.
  static int failure(const std::string& file, const std::string& text, Overwrite overwrite) {
    try {
      save(file, text, overwrite);
    } catch (const Error& e) {
      return static_cast<int>(e.code());
    }
    return -1;
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  fs::path folder_;
};

constexpr int kUsage = static_cast<int>(ErrorCode::usage), kIo = static_cast<int>(ErrorCode::io);

TEST_F(SaveFile, WritesAllOfIt) {
  const std::string large(200'000, 'x');
  save(path("a"), large, Overwrite::no);
  EXPECT_EQ(read(path("a")), large);
  save(path("empty"), "", Overwrite::no);
  EXPECT_EQ(fs::file_size(path("empty")), 0u);
  EXPECT_EQ(entries(), 2u);
}

TEST_F(SaveFile, ReplacesOnlyWhenTold) {
  save(path("a"), "old", Overwrite::no);
  EXPECT_EQ(failure(path("a"), "new", Overwrite::no), kUsage);
  EXPECT_EQ(read(path("a")), "old");
  save(path("a"), "new", Overwrite::yes);
  EXPECT_EQ(read(path("a")), "new");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(SaveFile, NewFilesFollowTheUmask) {
  const mode_t before = ::umask(027);
  save(path("a"), "x", Overwrite::no);
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(SaveFile, WhatIsNoRegularFileStays) {
  fs::create_directory(path("folder"));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  for (const std::string& file :
       {path("folder"), path("pipe"), path("folder/"), path("no/such"), std::string("/dev/null")})
    EXPECT_EQ(failure(file, "x", Overwrite::yes), kIo) << file;
  EXPECT_EQ(failure("", "x", Overwrite::yes), kIo);
  EXPECT_EQ(entries(), 2u);
}

TEST_F(SaveFile, AWriteThatFailsLeavesTheOldFileAndNothingElse) {
  save(path("a"), "old", Overwrite::no);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{10'000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const int code = failure(path("a"), std::string(50'000, 'x'), Overwrite::yes);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(code, kIo);
  EXPECT_EQ(read(path("a")), "old");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(SaveFile, NamesAsLongAsTheyMayBe) {
  save(path(std::string(255, 'n')), "x", Overwrite::no);
  EXPECT_EQ(failure(path(std::string(256, 'n')), "x", Overwrite::no), kIo);
  EXPECT_EQ(entries(), 1u);
}

}  // namespace
}  // namespace rondo
