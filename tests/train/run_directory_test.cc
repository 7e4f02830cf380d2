// A run directory through crashes: what is kept, what is passed over, who may enter.
#include "train/run_directory.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rondo/error.h"
#include "support/graphs.h"

namespace rondo::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using train::Checkpoint;
using train::RunDirectory;

class RunDirectoryTest : public testing::Test {
 protected:
  RunDirectoryTest() {
    std::string pattern = (fs::temp_directory_path() / "rondo-run-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~RunDirectoryTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
  }
  std::string get(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static Checkpoint at(std::int64_t step) {
    Checkpoint c{.model = "m", .config = "c", .step = step, .epoch = 0};
    c.tensors.push_back({"w", random_tensor(DType::float32, {100}, static_cast<std::uint64_t>(step))});
    return c;
  }
  template <class F>
  static Error failure(F&& f) {
    try {
      f();
    } catch (const Error& e) {
      return e;
    }
    ADD_FAILURE() << "no error";
    return Error(ErrorCode::model, "");
  }
  // f runs where no file may grow beyond `bytes`.
  template <class F>
  static void with_limit(rlim_t bytes, F&& f) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{bytes, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    f();
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  }
  fs::path folder_;
};

TEST_F(RunDirectoryTest, KeepsTheNewestCheckpoints) {
  RunDirectory run(path("a/b"), 2);
  EXPECT_FALSE(run.load_latest("m", "c"));
  for (std::int64_t step : {8, 9, 10, 100}) run.save(at(step));
  EXPECT_THAT(run.checkpoints(), ElementsAre("checkpoint-000000000010.npz", "checkpoint-000000000100.npz"));
  EXPECT_EQ(run.load_latest("m", "c")->step, 100);
  EXPECT_EQ(failure([&] { run.load_latest("other", "c"); }).code(), ErrorCode::state);
  EXPECT_EQ(failure([&] { run.load_latest("m", "other"); }).code(), ErrorCode::state);
}

TEST_F(RunDirectoryTest, ADamagedCheckpointIsPassedOver) {
  RunDirectory run(folder_.string(), 2);
  run.save(at(1));
  run.save(at(2));
  const std::string newest = "checkpoint-000000000002.npz";
  put(newest, get(newest).substr(0, 300));
  std::vector<std::string> warnings;
  const auto warn = [&](std::string text) { warnings.push_back(std::move(text)); };
  EXPECT_EQ(run.load_latest("m", "c", warn)->step, 1);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr(newest)));
  run.save(at(1));  // the resumed run; the damaged later one goes
  EXPECT_THAT(run.checkpoints(), ElementsAre("checkpoint-000000000001.npz"));
  put("checkpoint-000000000001.npz", "");
  EXPECT_EQ(failure([&] { run.load_latest("m", "c"); }).code(), ErrorCode::data);
}

TEST_F(RunDirectoryTest, HasOneOwner) {
  {
    RunDirectory run(folder_.string());
    const Error e = failure([&] { RunDirectory second(folder_.string()); });
    EXPECT_EQ(e.code(), ErrorCode::state);
    EXPECT_THAT(e.what(), HasSubstr("process " + std::to_string(::getpid())));
  }
  RunDirectory again(folder_.string());
}

TEST_F(RunDirectoryTest, ALockDiesWithItsProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    RunDirectory run(folder_.string());
    put(".rondo-1-1.tmp", "half a checkpoint");
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(fs::exists(path(".rondo-1-1.tmp")));
  RunDirectory run(folder_.string());
  EXPECT_FALSE(fs::exists(path(".rondo-1-1.tmp")));
}

// Whenever a run is killed, the next one finds a whole checkpoint, no older than the last but one it had begun, and
// metrics that end with a whole line.
TEST_F(RunDirectoryTest, AKilledRunLeavesAWholeCheckpoint) {
  std::int64_t step = 0;
  for (int round = 0; round < 25; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      RunDirectory run(folder_.string(), 2);
      train::MetricsLog log = run.open_metrics(step);
      for (std::int64_t next = step + 1;; ++next) {
        log.append({{"step", next}, {"text", std::string(200, 'x')}});
        run.save(at(next));
      }
    }
    ::usleep(static_cast<useconds_t>(3000 + 1700 * round));
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    RunDirectory run(folder_.string(), 2);
    const auto found = run.load_latest("m", "c", [](const std::string& text) { ADD_FAILURE() << text; });
    if (!found) continue;  // killed before the first one
    EXPECT_GE(found->step, step);
    step = found->step;
    EXPECT_TRUE(identical(found->tensors.at(0).tensor.view(), at(step).tensors[0].tensor.view()));
    run.open_metrics(step);
    const std::string metrics = get("metrics.jsonl");
    EXPECT_EQ(std::count(metrics.begin(), metrics.end(), '\n'), step);
  }
  EXPECT_GT(step, 0);
  RunDirectory run(folder_.string(), 2);  // what was killed before the removal of an old one goes with the next
  run.save(at(step + 1));
  EXPECT_EQ(run.checkpoints().size(), 2u);
}

TEST_F(RunDirectoryTest, AFullDiskLeavesTheLastCheckpoint) {
  RunDirectory run(folder_.string(), 1);
  run.save(at(1));
  std::vector<ErrorCode> codes;
  const std::size_t size = fs::file_size(path("checkpoint-000000000001.npz"));
  for (std::size_t limit = 0; limit < size; limit += 97)
    with_limit(limit, [&] { codes.push_back(failure([&] { run.save(at(2)); }).code()); });
  EXPECT_THAT(codes, testing::Each(ErrorCode::io));
  EXPECT_THAT(run.checkpoints(), ElementsAre("checkpoint-000000000001.npz"));
  EXPECT_EQ(run.load_latest("m", "c")->step, 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);  // and the lock
}

TEST_F(RunDirectoryTest, MetricsGoOnAfterTheCheckpointsStep) {
  const RunDirectory run(folder_.string());
  {
    train::MetricsLog log = run.open_metrics(-1);
    for (int step : {1, 2, 3}) log.append({{"step", step}, {"loss", 0.5 / step}});
    log.sync();
  }
  const std::string two = "{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"loss\":0.25}\n";
  ASSERT_TRUE(get("metrics.jsonl").starts_with(two));
  run.open_metrics(3).append({{"step", 4}});
  EXPECT_TRUE(get("metrics.jsonl").ends_with("{\"step\":4}\n"));
  put("metrics.jsonl", get("metrics.jsonl") + "{\"step\":5,\"lo");
  run.open_metrics(5).append({{"step", 5}});
  EXPECT_TRUE(get("metrics.jsonl").ends_with("{\"step\":4}\n{\"step\":5}\n"));
  run.open_metrics(2);
  EXPECT_EQ(get("metrics.jsonl"), two);
  run.open_metrics(-1);
  EXPECT_EQ(get("metrics.jsonl"), "");
  put("metrics.jsonl", "rubbish\n" + two);
  run.open_metrics(9);
  EXPECT_EQ(get("metrics.jsonl"), "");
}

TEST_F(RunDirectoryTest, AFullDiskLeavesWholeLines) {
  train::MetricsLog log(path("metrics.jsonl"), -1);
  log.append({{"step", 1}});
  with_limit(15, [&] { EXPECT_EQ(failure([&] { log.append({{"step", 2}}); }).code(), ErrorCode::io); });
  EXPECT_EQ(get("metrics.jsonl"), "{\"step\":1}\n");
  log.append({{"step", 2}});
  EXPECT_EQ(get("metrics.jsonl"), "{\"step\":1}\n{\"step\":2}\n");
}

}  // namespace
}  // namespace rondo::test
