// ScatterND on the native backend against its scalar reference.
#include <gtest/gtest.h>

#include "backends/native/native.h"
#include "step_case.h"

namespace rondo::test {
namespace {

Tensor indices_of(Shape64 shape, const std::vector<std::int64_t>& values) {
  Tensor t(DType::int64, std::move(shape));
  std::copy(values.begin(), values.end(), t.values<std::int64_t>().begin());
  return t;
}

StepCase case_of(Shape64 data, Shape64 index_shape, const std::vector<std::int64_t>& indices, Shape64 updates) {
  StepCase c{.candidates = native_candidates, .op = "ScatterND"};
  c.inputs.push_back(random_floats(std::move(data), 1));
  c.inputs.push_back(indices_of(std::move(index_shape), indices));
  c.inputs.push_back(random_floats(std::move(updates), 2));
  c.constant = {false, true, false};
  return c;
}

// "in N pieces": neighbours that are moved at once.
void expect_reference_in(const StepCase& c, int pieces) {
  expect_matches_reference(c, 0, 0);
  EXPECT_EQ(c.kernel(), "ScatterND in " + std::to_string(pieces) + " pieces");
}

TEST(NativeScatter, MovesNeighboursAtOnce) {
  expect_reference_in(case_of({7}, {3, 1}, {2, 3, 4}, {3}), 1);
  expect_reference_in(case_of({2, 3, 4}, {2, 1, 2}, {0, 2, 1, 0}, {2, 1, 4}), 1);
  expect_reference_in(case_of({5, 3}, {3, 1}, {4, 0, 1}, {3, 3}), 2);
}

TEST(NativeScatter, CountsFromTheBack) {
  expect_reference_in(case_of({6}, {2, 1}, {-1, -6}, {2}), 2);
  expect_reference_in(case_of({3, 4}, {3, 2}, {-1, -4, -1, -3, 2, 2}, {3}), 1);
}

TEST(NativeScatter, LetsTheLastUpdateOfAPlaceStay) { expect_reference_in(case_of({4}, {4, 1}, {1, 2, 1, 1}, {4}), 3); }

TEST(NativeScatter, TakesEmptyTensors) {
  expect_reference_in(case_of({4, 2}, {0, 1}, {}, {0, 2}), 0);
  expect_reference_in(case_of({4, 0}, {2, 1}, {3, 1}, {2, 0}), 1);
  expect_reference_in(case_of({2, 2}, {2, 0}, {}, {2, 2, 2}), 2);
}

TEST(NativeScatter, RefusesWithAReason) {
  StepCase c = case_of({4}, {1, 1}, {4}, {1});
  EXPECT_EQ(c.refusal(), "an index is out of range");
  c = case_of({4}, {1, 1}, {-5}, {1});
  EXPECT_EQ(c.refusal(), "an index is out of range");
  c = case_of({4}, {1, 1}, {3}, {1});
  c.constant[1] = false;
  EXPECT_EQ(c.refusal(), "indices come with the run");
  c.attributes = {{"reduction", "add"}};
  EXPECT_EQ(c.refusal(), "reduction add");
}

}  // namespace
}  // namespace rondo::test
