#include "tools/rondo/element.h"

#include <gtest/gtest.h>

namespace rondo::tool {
namespace {

TEST(Elements, IndexOfAPosition) {
  const std::vector<std::int64_t> shape{2, 3, 4};
  EXPECT_EQ(index_text(shape, 0), "[0,0,0]");
  EXPECT_EQ(index_text(shape, 23), "[1,2,3]");
  EXPECT_EQ(index_text(shape, 13), "[1,0,1]");
  EXPECT_EQ(index_text({}, 0), "[]");
}

TEST(Elements, TextIsTheShortestThatReadsBack) {
  const std::vector<float> values{0.1f, -0.f, 1e-45f};
  const Tensor t = Tensor::of<float>(DType::float32, {3}, values);
  EXPECT_EQ(text_at(t.view(), 0), "0.1");
  EXPECT_EQ(text_at(t.view(), 1), "-0");
  EXPECT_EQ(text_at(t.view(), 2), "1e-45");
}

}  // namespace
}  // namespace rondo::tool
