#include "tools/rondo/dims.h"

#include <gtest/gtest.h>

namespace rondo::tool {
namespace {

TEST(Dims, WhatLooksLikeABatch) {
  for (const char* s : {"batch", "batch_size", "N", "b", "unk_Batch_1"}) EXPECT_TRUE(is_batch(s)) << s;
  for (const char* s : {"T", "seq_len", "time", "num", "bins"}) EXPECT_FALSE(is_batch(s)) << s;
}

}  // namespace
}  // namespace rondo::tool
