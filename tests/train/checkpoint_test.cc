// Checkpoints come back bit for bit, and nothing that is damaged comes back at all.
#include "train/checkpoint.h"

#include <gmock/gmock.h>

#include <bit>
#include <cstring>

#include "rondo/error.h"
#include "support/graphs.h"
#include "train/archive.h"

namespace rondo::test {
namespace {

using testing::HasSubstr;
using train::Checkpoint;
using train::checkpoint_bytes;
using train::checkpoint_from_bytes;

Checkpoint sample() {
  Checkpoint c{.model = train::fingerprint("model"), .config = train::fingerprint("config"), .step = 120, .epoch = 3};
  c.state = {
      {"random", {{"seed", 7}, {"counter", 0xFFFFFFFFFFFFFFFFu}}}, {"rate", 0.1}, {"cursor", -5}, {"text", "ä\n"}};
  c.tensors.push_back({"graph/initializer[0]", random_tensor(DType::float32, {2, 3, 5}, 1)});
  c.tensors.push_back({"adam.m/\"odd\" näme", random_tensor(DType::float64, {7}, 2)});
  c.tensors.push_back({"half", random_tensor(DType::float16, {3}, 3)});
  c.tensors.push_back({"brain", random_tensor(DType::bfloat16, {2, 2}, 4)});
  c.tensors.push_back({"empty", random_tensor(DType::float32, {0, 4}, 5)});
  c.tensors.push_back({"scalar", random_tensor(DType::float64, {}, 6)});
  c.tensors.push_back({"steps", int64_tensor({1, -2, 3})});
  auto floats = c.tensors[0].tensor.values<float>();
  floats[0] = std::bit_cast<float>(0x7F800001u);  // a NaN, and a negative zero
  floats[1] = -0.f;
  return c;
}

void expect_same(const Checkpoint& a, const Checkpoint& b) {
  EXPECT_EQ(std::tie(a.model, a.config, a.step, a.epoch), std::tie(b.model, b.config, b.step, b.epoch));
  EXPECT_EQ(a.state, b.state);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (std::size_t i = 0; i < a.tensors.size(); ++i) {
    EXPECT_EQ(a.tensors[i].name, b.tensors[i].name);
    EXPECT_TRUE(identical(a.tensors[i].tensor.view(), b.tensors[i].tensor.view())) << a.tensors[i].name;
  }
}

// -1: it was read.
int code_of(std::span<const std::byte> bytes) {
  try {
    checkpoint_from_bytes(bytes);
  } catch (const Error& e) {
    return static_cast<int>(e.code());
  }
  return -1;
}
constexpr int kData = static_cast<int>(ErrorCode::data), kState = static_cast<int>(ErrorCode::state);

TEST(Checkpoint, ComesBackBitForBit) {
  const auto bytes = checkpoint_bytes(sample());
  expect_same(checkpoint_from_bytes(bytes), sample());
  EXPECT_EQ(checkpoint_bytes(checkpoint_from_bytes(bytes)), bytes);
  EXPECT_EQ(checkpoint_bytes(sample()), bytes);
  expect_same(checkpoint_from_bytes(checkpoint_bytes({})), {});
}

TEST(Checkpoint, CutOffAnywhereIsAnError) {
  const auto bytes = checkpoint_bytes(sample());
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_EQ(code_of(std::span(bytes).first(n)), kData) << n;
}

// Headers of the archive have bytes that mean nothing; what is read in spite of a flip there is what was saved.
TEST(Checkpoint, AFlippedBitIsAnErrorOrMeansNothing) {
  auto bytes = checkpoint_bytes(sample());
  std::size_t refused = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= std::byte{1} << (i % 8);
    if (code_of(bytes) >= 0)
      ++refused;
    else
      expect_same(checkpoint_from_bytes(bytes), sample());
    bytes[i] ^= std::byte{1} << (i % 8);
  }
  EXPECT_GT(refused, bytes.size() / 2);
}

TEST(Checkpoint, ForeignBytes) {
  const auto code = [](std::string_view text) { return code_of(std::as_bytes(std::span(text))); };
  EXPECT_EQ(code(""), kData);
  EXPECT_EQ(code("not an archive"), kData);
  EXPECT_EQ(code(std::string_view("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22)), kData);  // an empty archive
}

TEST(Checkpoint, AnotherFormatIsNamed) {
  auto members = train::read_archive(checkpoint_bytes({}));
  auto& bytes = members.at(0).bytes;
  const std::string text = "\"rondo_checkpoint\":1";
  const auto at = std::search(bytes.begin(), bytes.end(), text.begin(), text.end(),
                              [](std::byte b, char c) { return static_cast<char>(b) == c; });
  ASSERT_NE(at, bytes.end());
  EXPECT_EQ(code_of(train::write_archive(members)), -1);
  *(at + static_cast<std::ptrdiff_t>(text.size()) - 1) = std::byte{'2'};
  EXPECT_EQ(code_of(train::write_archive(members)), kState);
}

TEST(Checkpoint, TensorsAreAskedForByWhatTheyMustBe) {
  const Checkpoint c = sample();
  const std::vector<std::int64_t> shape{2, 3, 5}, other{3, 2, 5};
  EXPECT_EQ(&c.tensor("graph/initializer[0]", DType::float32, shape), &c.tensors[0].tensor);
  EXPECT_THROW(c.tensor("graph/initializer[0]", DType::float32, other), Error);
  EXPECT_THROW(c.tensor("graph/initializer[0]", DType::float64, shape), Error);
  EXPECT_THROW(c.tensor("nobody", DType::float32, shape), Error);
}

TEST(Checkpoint, BelongsToOneModelAndOneConfiguration) {
  const Checkpoint c = sample();
  check_belongs(c, train::fingerprint("model"), train::fingerprint("config"));
  EXPECT_THROW(check_belongs(c, train::fingerprint("Model"), train::fingerprint("config")), Error);
  EXPECT_THROW(check_belongs(c, train::fingerprint("model"), train::fingerprint("Config")), Error);
  EXPECT_EQ(train::fingerprint("").size(), 32u);
  EXPECT_EQ(train::fingerprint(""), "99aa06d3014798d86001c324468d497f");  // XXH3's own test vector
}

TEST(Checkpoint, NamesThatCannotBe) {
  Checkpoint c;
  c.tensors.push_back({"a", int64_tensor({1})});
  c.tensors.push_back({"a", int64_tensor({1})});
  EXPECT_THROW(checkpoint_bytes(c), Error);
  c.tensors[1].name = "";
  EXPECT_THROW(checkpoint_bytes(c), Error);
  c.tensors[1].name = "\xff";
  EXPECT_THROW(checkpoint_bytes(c), Error);
}

}  // namespace
}  // namespace rondo::test
