// MatMul with leading dims on both sides on the native backend: one product for each place of the leading dims.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/native/native.h"
#include "step_case.h"

namespace rondo::test {
namespace {

struct Shapes {
  Shape64 a, b;
};

const Shapes kShapes[] = {
    {{3, 5, 7}, {3, 7, 9}},
    {{2, 3, 4, 5}, {2, 3, 5, 65}},
    {{2, 1, 4, 5}, {1, 3, 5, 6}},
    {{4, 5}, {3, 5, 6}},
    {{5}, {3, 5, 6}},
    {{3, 4, 5}, {5}},
    {{3, 4, 5}, {3, 5, 1}},
    {{1, 4, 5}, {1, 5, 6}},
    {{7, 4, 5}, {1, 5, 6}},
    {{2, 3, 4, 5}, {3, 5, 6}},
    {{5, 1, 40}, {5, 40, 130}},
    {{0, 4, 5}, {0, 5, 6}},
    {{2, 4, 0}, {2, 0, 6}},
    {{2, 0, 5}, {2, 5, 6}},
    {{5}, {5}},
    {{3, 5}, {2, 1, 5, 4}},
    {{6, 30, 40}, {6, 40, 50}},
};

StepCase case_of(const Shapes& s, bool constant) {
  StepCase c{.candidates = native_candidates, .op = "MatMul", .constant = {false, constant}};
  c.inputs.push_back(random_floats(s.a, 1));
  c.inputs.push_back(random_floats(s.b, 2));
  return c;
}

TEST(NativeBatch, IsTheReference) {
  for (const Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512})
    for (const Shapes& s : kShapes)
      for (const bool constant : {true, false}) {
        if (isa > detected_isa()) continue;
        SCOPED_TRACE(to_string(s.a) + to_string(s.b) + std::string(name_of(isa)) + (constant ? " constant" : ""));
        StepCase c = case_of(s, constant);
        c.options.isa = isa;
        EXPECT_EQ(c.refusal(), "");
        expect_matches_reference(c, 2e-5, 1e-5);
      }
}

TEST(NativeBatch, HasTheSameBitsOnAnyNumberOfThreads) {
  for (const Shapes& s : kShapes)
    for (const bool constant : {true, false}) {
      const StepCase c = case_of(s, constant);
      const std::vector<Tensor> one = c.run();
      for (const int threads : {2, 3, 8})
        EXPECT_EQ(different_bits(one, c.run_with_threads(threads)), 0) << to_string(s.a) << to_string(s.b);
    }
}

TEST(NativeBatch, BitsDoNotDependOnTheBatch) {
  StepCase all = case_of({{3, 5, 40}, {3, 40, 70}}, false), alone = case_of({{1, 5, 40}, {1, 40, 70}}, false);
  for (std::size_t i : {0, 1}) {
    const auto from = all.inputs[i].values<float>();
    const auto to = alone.inputs[i].values<float>();
    std::copy(from.end() - static_cast<std::ptrdiff_t>(to.size()), from.end(), to.begin());
  }
  const std::vector<Tensor> together = all.run(), one = alone.run();
  const auto t = together[0].values<float>(), o = one[0].values<float>();
  EXPECT_TRUE(std::equal(o.begin(), o.end(), t.end() - static_cast<std::ptrdiff_t>(o.size())));
}

TEST(NativeBatch, NamesItsBatch) {
  EXPECT_THAT(case_of(kShapes[0], true).kernel(), ::testing::HasSubstr("batch of 3"));
  EXPECT_THAT(case_of(kShapes[0], false).kernel(), ::testing::HasSubstr("B packed each run"));
  EXPECT_EQ(case_of({{7, 4, 5}, {1, 5, 6}}, true).kernel().find("batch"), std::string::npos);
}

}  // namespace
}  // namespace rondo::test
