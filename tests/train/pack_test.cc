#include "train/pack.h"

#include <gtest/gtest.h>

#include <numeric>

namespace rondo::train {
namespace {

using List = std::vector<std::int64_t>;

// Rows of two numbers, 10 r and 10 r + 1; samples of 3, 0 and 2 rows.
Field ragged() {
  Field f;
  f.name = "x";
  f.data = Tensor(DType::float32, {5, 2});
  for (std::size_t i = 0; i < 10; ++i) f.data.values<float>()[i] = static_cast<float>(i / 2 * 10 + i % 2);
  f.row_shape = {2};
  f.num_rows = 5;
  f.begins = {0, 3, 3};
  f.lengths = {3, 0, 2};
  return f;
}

std::vector<float> floats(const Tensor& t) { return {t.values<float>().begin(), t.values<float>().end()}; }
List integers(const Tensor& t) { return {t.values<std::int64_t>().begin(), t.values<std::int64_t>().end()}; }

TEST(Pack, BatchFirst) {
  const List samples{0, 2, 1};
  const Packed p = pack(ragged(), samples, {.padding = -1});
  EXPECT_EQ(p.values.shape(), (List{3, 3, 2}));
  EXPECT_EQ(floats(p.values),
            (std::vector<float>{0, 1, 10, 11, 20, 21, 30, 31, 40, 41, -1, -1, -1, -1, -1, -1, -1, -1}));
  EXPECT_EQ(integers(p.lengths), (List{3, 2, 0}));
}

TEST(Pack, TimeFirst) {
  const List samples{0, 2, 1};
  const Packed p = pack(ragged(), samples, {.batch_axis = 1});
  EXPECT_EQ(p.values.shape(), (List{3, 3, 2}));
  EXPECT_EQ(floats(p.values), (std::vector<float>{0, 1, 30, 31, 0, 0, 10, 11, 40, 41, 0, 0, 20, 21, 0, 0, 0, 0}));
}

TEST(Pack, AWindowOfEverySample) {
  const List samples{0, 2};
  const Packed middle = pack(ragged(), samples, {.first = 1, .steps = 1});
  EXPECT_EQ(middle.values.shape(), (List{2, 1, 2}));
  EXPECT_EQ(floats(middle.values), (std::vector<float>{10, 11, 40, 41}));
  const Packed end = pack(ragged(), samples, {.batch_axis = 1, .first = 2, .steps = 2});
  EXPECT_EQ(end.values.shape(), (List{1, 2, 2}));
  EXPECT_EQ(floats(end.values), (std::vector<float>{20, 21, 0, 0}));
  EXPECT_EQ(integers(end.lengths), (List{1, 0}));
  EXPECT_EQ(pack(ragged(), samples, {.first = 5}).values.shape(), (List{2, 0, 2}));
}

TEST(Pack, SamplesWithoutSteps) {
  Field f;
  f.data = Tensor(DType::int64, {4});
  std::iota(f.data.values<std::int64_t>().begin(), f.data.values<std::int64_t>().end(), 7);
  f.num_rows = 4;
  f.one_row = true;
  f.begins = {0, 1, 2, 3};
  f.lengths = {1, 1, 1, 1};
  const List samples{3, 0};
  const Packed p = pack(f, samples, {.first = 9});
  EXPECT_EQ(p.values.shape(), (List{2}));
  EXPECT_EQ(integers(p.values), (List{10, 7})) << "a window is of steps";
  EXPECT_THROW(pack(f, samples, {.batch_axis = 1}), Error);

  f.data = Tensor(DType::float32, {2, 3});
  std::iota(f.data.values<float>().begin(), f.data.values<float>().end(), 0.f);
  f.row_shape = {3};
  f.num_rows = 2;
  const List both{1, 0};
  const Packed across = pack(f, both, {.batch_axis = 1});
  EXPECT_EQ(across.values.shape(), (List{3, 2}));
  EXPECT_EQ(floats(across.values), (std::vector<float>{3, 0, 4, 1, 5, 2}));
}

TEST(Pack, ClassesArePaddedWithWhatIsIgnored) {
  Field f;
  f.data = Tensor(DType::int64, {3});
  std::ranges::fill(f.data.values<std::int64_t>(), 2);
  f.num_rows = 3;
  f.begins = {0, 2};
  f.lengths = {2, 1};
  const List samples{0, 1};
  EXPECT_EQ(integers(pack(f, samples, {.padding = -100}).values), (List{2, 2, 2, -100}));
}

TEST(Pack, NoSamples) { EXPECT_EQ(pack(ragged(), {}).values.shape(), (List{0, 0, 2})); }

TEST(Pack, RowsEndFromTheBack) {
  const List lengths{4, 2, 2, 0};
  EXPECT_EQ(active_rows(lengths), (List{3, 3, 1, 1}));
  EXPECT_TRUE(active_rows({}).empty());
}

}  // namespace
}  // namespace rondo::train
