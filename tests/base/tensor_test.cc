#include "rondo/tensor.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "rondo/error.h"

namespace rondo {
namespace {

ErrorCode code_of(std::vector<std::int64_t> shape) {
  try {
    Tensor t(DType::float32, std::move(shape));
  } catch (const Error& e) {
    return e.code();
  }
  return ErrorCode::usage;
}

TEST(Tensor, SizesThatOverflowAreLimits) {
  EXPECT_EQ(code_of({std::int64_t{1} << 32, std::int64_t{1} << 32}), ErrorCode::limit);
  EXPECT_EQ(code_of({std::int64_t{1} << 62, 4}), ErrorCode::limit);
  EXPECT_EQ(code_of({(std::int64_t{1} << 62) + 1}), ErrorCode::limit);  // elements fit, bytes do not
  EXPECT_EQ(code_of({-1}), ErrorCode::limit);
  EXPECT_EQ(code_of({std::int64_t{1} << 60}), ErrorCode::memory);
}

TEST(Tensor, EmptyAndScalar) {
  EXPECT_EQ(Tensor(DType::float32, {3, 0, std::int64_t{1} << 40}).count(), 0);
  const Tensor scalar(DType::float64, {});
  EXPECT_EQ(scalar.count(), 1);
  EXPECT_EQ(scalar.bytes(), 8u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(scalar.data()) % 64, 0u);
}

TEST(Tensor, IdenticalComparesTypeShapeAndBits) {
  const std::vector<float> a{0.0f, 1.0f}, b{-0.0f, 1.0f};
  const Tensor x = Tensor::of<float>(DType::float32, {2}, a), y = Tensor::of<float>(DType::float32, {2}, b);
  EXPECT_TRUE(identical(x.view(), Tensor(x.view()).view()));
  EXPECT_FALSE(identical(x.view(), y.view()));
  EXPECT_FALSE(identical(x.view(), Tensor::of<float>(DType::float32, {1, 2}, a).view()));
}

TEST(DType, NamesAndSizesAgree) {
  EXPECT_EQ(dtype_from_name("float"), DType::float32);
  EXPECT_EQ(dtype_from_name("double"), DType::float64);
  EXPECT_EQ(dtype_from_name("complex64"), DType::undefined);
  EXPECT_EQ(size_of(DType::bfloat16), 2u);
  EXPECT_EQ(size_of(static_cast<DType>(8)), 0u);
  EXPECT_EQ(name_of(static_cast<DType>(99)), "undefined");
}

}  // namespace
}  // namespace rondo
