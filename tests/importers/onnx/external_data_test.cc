// External data: what a model may name, and everything it may not.
#include "importers/onnx/external_data.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "importers/onnx/external_path.h"
#include "importers/onnx/file_bytes.h"
#include "importers/onnx/sha1.h"
#include "model_text.h"

namespace rondo::test {
namespace {

namespace fs = std::filesystem;

class ExternalDataTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("rondo_external_" + std::to_string(::getpid()) + "_" +
                                         testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_ / "model/sub");
    write(root_ / "secret.bin", "secretsecret");
    write(root_ / "model/w.bin", "abcdefghijklmnop");
    write(root_ / "model/sub/v.bin", "12345678");
  }
  void TearDown() override { fs::remove_all(root_); }

  static void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

  // A float tensor of two elements that lies at `location`; more holds further entries.
  static std::string reference(const std::string& location, const std::string& more = "") {
    onnx::TensorProto t;
    auto* entry = t.add_external_data();
    entry->set_key("location");
    entry->set_value(location);
    std::string text;
    google::protobuf::TextFormat::PrintToString(t, &text);
    return "initializer { name: \"w\" dims: 2 data_type: 1 data_location: EXTERNAL " + text + more + " } ";
  }
  static std::string entry(const std::string& key, const std::string& value) {
    return fmt::format("external_data {{ key: \"{}\" value: \"{}\" }} ", key, value);
  }
  fs::path save(const std::string& initializer) {
    const fs::path path = root_ / "model/m.onnx";
    write(path, model_bytes(13, initializer + output("w")));
    return path;
  }
  std::string load(const std::string& initializer, const ImportOptions& options = {}) {
    const auto model = import_file(save(initializer).string(), options);
    const TensorPtr w = model.graph.value(model.graph.outputs[0]).constant;
    return {static_cast<const char*>(w->data()), w->bytes()};
  }
  Error load_error(const std::string& initializer, const ImportOptions& options = {}) {
    try {
      load(initializer, options);
    } catch (const Error& e) {
      EXPECT_NE(e.where().file, "");
      EXPECT_NE(e.fix(), "") << e.what();
      return e;
    }
    ADD_FAILURE() << "accepted: " << initializer;
    return Error(ErrorCode::usage, "no error");
  }

  fs::path root_;
};

TEST_F(ExternalDataTest, CleanReferencesAreRead) {
  EXPECT_EQ(load(reference("w.bin", entry("offset", "4") + entry("length", "8"))), "efghijkl");
  EXPECT_EQ(load(reference("w.bin")), "abcdefgh");
  EXPECT_EQ(load(reference("sub/v.bin")), "12345678");
  EXPECT_EQ(load(reference("w.bin", entry("offset", "3"))), "defghijk");
}

TEST_F(ExternalDataTest, LocationsOutsideAreRefused) {
  for (const char* location : {"../secret.bin", "sub/../../secret.bin", "junk/../w.bin", "./w.bin", "sub//v.bin",
                               "sub/", "", "/etc/passwd", "C:\\w.bin", "C:/w.bin", "\\\\server\\share", "file://w.bin",
                               "file:w.bin", "http://h/w", "/proc/self/mem", "sub/..", ".."})
    EXPECT_THAT(load_error(reference(location)), Is(ErrorCode::model, "location")) << location;
  EXPECT_THAT(load_error(reference(std::string("w.bin\0x", 7))), Is(ErrorCode::model, "NUL"));
}

TEST_F(ExternalDataTest, LinksAreRefusedUnlessAllowed) {
  fs::create_symlink("w.bin", root_ / "model/link.bin");
  fs::create_symlink("../secret.bin", root_ / "model/out.bin");
  fs::create_directory_symlink("sub", root_ / "model/dir");
  fs::create_symlink("/proc/self/exe", root_ / "model/magic");
  fs::create_hard_link(root_ / "secret.bin", root_ / "model/hard.bin");
  for (const char* location : {"link.bin", "out.bin", "dir/v.bin", "magic"})
    EXPECT_THAT(load_error(reference(location)), Is(ErrorCode::model, "symbolic link")) << location;
  EXPECT_THAT(load_error(reference("hard.bin")), Is(ErrorCode::model, "hard links"));
  ImportOptions linked;
  linked.allow_linked_data = true;
  EXPECT_EQ(load(reference("link.bin"), linked), "abcdefgh");
  EXPECT_EQ(load(reference("dir/v.bin"), linked), "12345678");
  EXPECT_EQ(load(reference("hard.bin"), linked), "secretse");
  EXPECT_THAT(load_error(reference("out.bin"), linked), Is(ErrorCode::model, "outside"));
  EXPECT_THAT(load_error(reference("magic"), linked), Is(ErrorCode::model, "external data"));
}

TEST_F(ExternalDataTest, HubCachesWorkWhenLinksAreAllowed) {
  fs::create_directories(root_ / "repo/blobs");
  fs::create_directories(root_ / "repo/snapshots/abc");
  write(root_ / "repo/blobs/0123", "ABCDEFGH");
  fs::create_symlink("../../blobs/0123", root_ / "repo/snapshots/abc/w.bin");
  fs::create_symlink("../../../secret.bin", root_ / "repo/snapshots/abc/out.bin");
  ImportOptions linked;
  linked.allow_linked_data = true;
  linked.data_dir = (root_ / "repo/snapshots/abc").string();
  EXPECT_EQ(load(reference("w.bin"), linked), "ABCDEFGH");
  EXPECT_THAT(load_error(reference("out.bin"), linked), Is(ErrorCode::model, "outside"));
}

TEST_F(ExternalDataTest, RangesMustFitFileAndTensor) {
  const auto expect = [&](const std::string& entries, const char* part) {
    EXPECT_THAT(load_error(reference("w.bin", entries)), Is(ErrorCode::model, part)) << entries;
  };
  for (const char* bad : {"-1", "abc", "9223372036854775808", "1e3", " 1", "+1", "0x10"}) {
    expect(entry("offset", bad), "offset");
    expect(entry("length", bad), "length");
  }
  expect(entry("offset", "9"), "outside");
  expect(entry("offset", "9223372036854775807"), "outside");
  expect(entry("length", "4"), "got 4, expected 8");
  expect(entry("length", "16"), "got 16, expected 8");
  expect(entry("offset", ""), "empty offset");
  expect(entry("location", "w.bin"), "location twice");
  expect(entry("offset", "0") + entry("offset", "0"), "offset twice");
  expect("raw_data: \"abcdefgh\"", "both external data and data");
}

TEST_F(ExternalDataTest, HugeTensorsAreRefusedBeforeAnythingIsOpened) {
  EXPECT_THAT(load_error("initializer { name: \"w\" dims: 1099511627776 data_type: 1 data_location: EXTERNAL " +
                         entry("location", "w.bin") + "}"),
              Is(ErrorCode::limit, "memory"));
}

TEST_F(ExternalDataTest, UnknownKeysWarnAndChecksumsCount) {
  importer::Sha1 hash;
  hash.update("abcdefghijklmnop");
  const std::string good = hash.hex();
  EXPECT_EQ(load(reference("w.bin", entry("checksum", good))), "abcdefgh");
  EXPECT_THAT(load_error(reference("w.bin", entry("checksum", std::string(40, '0')))),
              Is(ErrorCode::model, "checksum"));
  const auto model = import_file(save(reference("w.bin", entry("color", "red"))).string());
  EXPECT_THAT(model.warnings, testing::ElementsAre(testing::HasSubstr("color")));
}

TEST_F(ExternalDataTest, FilesThatCannotBeReadAreIoErrors) {
  EXPECT_THAT(load_error(reference("missing.bin")), Is(ErrorCode::io, "model/missing.bin"));
  EXPECT_THAT(load_error(reference("sub")), Is(ErrorCode::io, "no regular file"));
  ASSERT_EQ(::mkfifo((root_ / "model/fifo").c_str(), 0600), 0);
  EXPECT_THAT(load_error(reference("fifo")), Is(ErrorCode::io, "no regular file"));
  ImportOptions few;
  few.limits.external_files = 0;
  EXPECT_THAT(load_error(reference("w.bin"), few), Is(ErrorCode::limit, "external files"));
}

TEST_F(ExternalDataTest, BytesHaveNoFolderOfTheirOwn) {
  const std::string bytes = model_bytes(13, reference("w.bin") + output("w"));
  EXPECT_THAT(import_error(bytes), Is(ErrorCode::model, "--data-dir"));
  ImportOptions options;
  options.data_dir = (root_ / "model").string();
  EXPECT_NO_THROW(import_bytes(bytes, options));
}

TEST_F(ExternalDataTest, TheStepwiseWalkRefusesTheSame) {
  fs::create_symlink("w.bin", root_ / "model/link.bin");
  fs::create_directory_symlink("sub", root_ / "model/dir");
  const auto opens = [&](const char* location) {
    return static_cast<bool>(importer::open_beneath((root_ / "model").string(), location, {false, true}));
  };
  EXPECT_TRUE(opens("w.bin"));
  EXPECT_TRUE(opens("sub/v.bin"));
  EXPECT_FALSE(opens("link.bin"));
  EXPECT_FALSE(opens("dir/v.bin"));
  EXPECT_FALSE(opens("missing"));
  importer::ExternalData gate({(root_ / "model").string(), false, true, 10});
  EXPECT_EQ(gate.locate({"w.bin", "8", "", ""}, 8).offset, 8);
}

TEST_F(ExternalDataTest, ManyTensorsOfOneFileNeedOneDescriptor) {
  importer::ExternalData gate({(root_ / "model").string(), false, false, 1});
  const int first = gate.locate({"w.bin", "0", "", ""}, 8).fd;
  for (int i = 0; i < 100'000; ++i) ASSERT_EQ(gate.locate({"w.bin", std::to_string(i % 8), "", ""}, 8).fd, first);
}

TEST_F(ExternalDataTest, SwappingWhileLoadingNeverShowsTheOutside) {
  std::atomic<bool> stop{false};
  std::thread swapper([&] {
    while (!stop) {
      fs::create_symlink("../secret.bin", root_ / "model/tmp");
      fs::rename(root_ / "model/tmp", root_ / "model/race.bin");
      write(root_ / "model/tmp", "abcdefgh");
      fs::rename(root_ / "model/tmp", root_ / "model/race.bin");
    }
  });
  for (int i = 0; i < 10'000; ++i) {
    const auto fd = importer::open_beneath((root_ / "model").string(), "race.bin", {});
    char text[8] = {};
    if (fd && importer::read_at(fd.get(), text, 8, 0) == 8) {
      EXPECT_EQ(std::string(text, 8), "abcdefgh");
    }
  }
  stop = true;
  swapper.join();
}

TEST_F(ExternalDataTest, ModelFilesAreRegularAndSmallEnough) {
  const auto code = [](const fs::path& path, std::int64_t limit = 1 << 20) {
    try {
      importer::read_regular_file(path.string(), limit);
    } catch (const Error& e) {
      return e.code();
    }
    return ErrorCode::usage;
  };
  ASSERT_EQ(::mkfifo((root_ / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(code(root_ / "fifo"), ErrorCode::io);
  EXPECT_EQ(code("/dev/zero"), ErrorCode::io);
  EXPECT_EQ(code(root_), ErrorCode::io);
  EXPECT_EQ(code(root_ / "none"), ErrorCode::io);
  EXPECT_EQ(code(root_ / "secret.bin", 11), ErrorCode::limit);
  EXPECT_EQ(code(root_ / "secret.bin", 12), ErrorCode::usage);
  write(root_ / "sparse", "");
  fs::resize_file(root_ / "sparse", std::uintmax_t{1} << 40);
  EXPECT_EQ(code(root_ / "sparse", INT32_MAX), ErrorCode::limit);
}

TEST(Sha1, KnownDigests) {
  importer::Sha1 empty, abc, million;
  abc.update("abc");
  for (int i = 0; i < 1'000; ++i) million.update(std::string(1'000, 'a'));
  EXPECT_EQ(empty.hex(), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(abc.hex(), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(million.hex(), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

}  // namespace
}  // namespace rondo::test
