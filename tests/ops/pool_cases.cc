// Cases of pools.
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Attributes window(std::vector<std::int64_t> kernel, Attributes more = {}) {
  more.push_back({"kernel_shape", std::move(kernel)});
  return more;
}

Data places(std::vector<std::int64_t> shape, std::vector<double> values) {
  return typed(DType::int64, std::move(shape), std::move(values));
}

std::vector<OpCase> max_pools() {
  const auto f32 = DType::float32;
  const Data line = any({1, 1, 5}, {1, 5, 2, 4, 3});
  const Data grid = any({1, 1, 3, 3}, {1, 2, 3, 8, 9, 4, 7, 6, 5});
  const Data planes = any({2, 1, 2, 3}, {6, 5, 4, 1, 2, 3, 0, 1, 2, 3, 4, 5});
  const auto two = ints({2});
  return {
      {"MaxPool", window({2}), {line}, {any({1, 1, 4}, {5, 5, 4, 4}), places({1, 1, 4}, {1, 1, 3, 3})}},
      {"MaxPool", window({2}), {any({1, 1, 3}, {-3, -2, -5})}, {any({1, 1, 2}, {-2, -2})}},
      {"MaxPool", window({2}, {{"strides", two}}), {line}, {any({1, 1, 2}, {5, 4})}},
      // The third window reaches past the end; in the next case it would start there, and is dropped.
      {"MaxPool", window({2}, {{"strides", two}, {"ceil_mode", 1}}), {line}, {any({1, 1, 3}, {5, 4, 3})}},
      {"MaxPool",
       window({2}, {{"strides", ints({3})}, {"ceil_mode", 1}, {"pads", ints({0, 2})}}),
       {any({1, 1, 3}, {1, 2, 3})},
       {any({1, 1, 1}, {2})}},
      {"MaxPool", window({3}, {{"pads", ints({1, 1})}}), {line}, {any({1, 1, 5}, {5, 5, 5, 4, 4})}},
      {"MaxPool", window({2}, {{"dilations", ints({3})}}), {line}, {any({1, 1, 2}, {4, 5})}},
      {"MaxPool", window({2, 2}), {grid}, {any({1, 1, 2, 2}, {9, 9, 9, 9}), places({1, 1, 2, 2}, {4, 4, 4, 4})}},
      {"MaxPool",
       window({1, 2}),
       {planes},
       {any({2, 1, 2, 2}, {6, 5, 2, 3, 1, 2, 4, 5}), places({2, 1, 2, 2}, {0, 1, 4, 5, 7, 8, 10, 11})}},
      {"MaxPool",
       window({1, 2}, {{"storage_order", 1}}),
       {planes},
       {any({2, 1, 2, 2}, {6, 5, 2, 3, 1, 2, 4, 5}), places({2, 1, 2, 2}, {0, 2, 3, 5, 8, 10, 9, 11})}},
      {"MaxPool",
       window({1, 1, 2}, {{"storage_order", 1}}),
       {any({1, 1, 2, 1, 2}, {1, 2, 4, 3})},
       {any({1, 1, 2, 1, 1}, {2, 4}), places({1, 1, 2, 1, 1}, {2, 1})}},
      {"MaxPool",
       window({2, 2}, {{"auto_pad", "SAME_UPPER"}, {"strides", ints({2, 2})}}),
       {grid},
       {any({1, 1, 2, 2}, {9, 4, 7, 5})}},
      {"MaxPool",
       window({2, 2}, {{"auto_pad", "SAME_LOWER"}, {"strides", ints({2, 2})}}),
       {grid},
       {any({1, 1, 2, 2}, {1, 3, 8, 9})}},
      {"MaxPool",
       window({2}, {{"auto_pad", "VALID"}, {"strides", two}, {"ceil_mode", 1}}),
       {line},
       {any({1, 1, 2}, {5, 4})}},
      {"MaxPool", window({2}), {any({1, 1, 3}, {1, 1, 1})}, {any({1, 1, 2}, {1, 1}), places({1, 1, 2}, {0, 1})}},
      {"MaxPool",
       window({2}),
       {typed(f32, {1, 1, 5}, {-kInf, -kInf, 1, kNan, kInf})},
       {typed(f32, {1, 1, 4}, {-kInf, 1, kNan, kNan}), places({1, 1, 4}, {0, 2, 3, 3})}},
      {"MaxPool",
       window({1}, {{"pads", ints({1, 0})}}),
       {typed(f32, {1, 1, 1}, {2})},
       {typed(f32, {1, 1, 2}, {-kInf, 2}), places({1, 1, 2}, {-1, 0})}},
      {"MaxPool",
       window({1}, {{"pads", ints({1, 0})}}),
       {typed(DType::int8, {1, 1, 1}, {-128})},
       {typed(DType::int8, {1, 1, 2}, {-128, -128}), places({1, 1, 2}, {-1, 0})}},
      {"MaxPool", window({2}), {any({0, 3, 5}, {})}, {any({0, 3, 4}, {}), places({0, 3, 4}, {})}},
      {"MaxPool", window({2}), {any({3, 0, 5}, {})}, {any({3, 0, 4}, {})}},
      {"MaxPool", window({2}, {{"auto_pad", "SAME_UPPER"}}), {any({1, 1, 0}, {})}, {any({1, 1, 0}, {})}},
  };
}

std::vector<OpCase> average_pools() {
  const Data line = any({1, 1, 5}, {1, 5, 3, 7, 2});
  const Data grid = any({1, 1, 2, 2}, {1, 2, 3, 6});
  const auto two = ints({2});
  const Attributes padded{{"pads", ints({1, 1})}};
  return {
      {"AveragePool", window({2}), {line}, {any({1, 1, 4}, {3, 4, 5, 4.5})}},
      {"AveragePool", window({2}, {{"dilations", ints({3})}}), {line}, {any({1, 1, 2}, {4, 3.5})}},
      {"AveragePool", window({2}, padded), {line}, {any({1, 1, 6}, {1, 3, 4, 5, 4.5, 2})}},
      {"AveragePool",
       window({2}, {{"pads", ints({1, 1})}, {"count_include_pad", 1}}),
       {line},
       {any({1, 1, 6}, {0.5, 3, 4, 5, 4.5, 1})}},
      {"AveragePool", window({2}, {{"strides", two}, {"ceil_mode", 1}}), {line}, {any({1, 1, 3}, {3, 5, 2})}},
      // What lies past the padding counts for nothing; what lies in it counts.
      {"AveragePool",
       window({4}, {{"strides", ints({3})}, {"ceil_mode", 1}, {"pads", ints({0, 1})}, {"count_include_pad", 1}}),
       {any({1, 1, 5}, {1, 5, 3, 7, 2})},
       {any({1, 1, 2}, {4, 3})}},
      {"AveragePool",
       window({4}, {{"strides", ints({3})}, {"ceil_mode", 1}, {"pads", ints({0, 1})}}),
       {any({1, 1, 5}, {1, 5, 3, 7, 2})},
       {any({1, 1, 2}, {4, 4.5})}},
      {"AveragePool", window({2, 2}, {{"auto_pad", "SAME_UPPER"}}), {grid}, {any({1, 1, 2, 2}, {3, 4, 4.5, 6})}},
      {"AveragePool",
       window({2, 2}, {{"auto_pad", "SAME_LOWER"}, {"count_include_pad", 1}}),
       {grid},
       {any({1, 1, 2, 2}, {0.25, 0.75, 1, 3})}},
      {"AveragePool", window({2, 2}, {{"pads", ints({1, 0, 0, 1})}}), {grid}, {any({1, 1, 2, 2}, {1.5, 2, 3, 4})}},
      {"AveragePool",
       window({1, 2, 1}),
       {any({1, 2, 1, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})},
       {any({1, 2, 1, 1, 2}, {2, 3, 6, 7})}},
      {"AveragePool", window({1}, padded), {any({1, 1, 1}, {4})}, {any({1, 1, 3}, {kNan, 4, kNan})}},
      {"AveragePool", window({2}), {any({1, 1, 4}, {1, kNan, kInf, 1})}, {any({1, 1, 3}, {kNan, kNan, kInf})}},
      {"AveragePool", window({2}), {any({0, 1, 5}, {})}, {any({0, 1, 4}, {})}},
  };
}

std::vector<OpCase> global_pools() {
  const auto f32 = DType::float32;
  const Data planes = any({1, 2, 2, 2}, {1, 2, 3, 6, -4, -3, -2, -1});
  return {
      {"GlobalAveragePool", {}, {planes}, {any({1, 2, 1, 1}, {3, -2.5})}},
      {"GlobalAveragePool", {}, {any({2, 1, 2}, {1, 2, 3, kNan})}, {any({2, 1, 1}, {1.5, kNan})}},
      {"GlobalAveragePool", {}, {typed(f32, {1, 1, 2, 0}, {})}, {typed(f32, {1, 1, 1, 1}, {kNan})}},
      {"GlobalAveragePool", {}, {any({2, 0, 3}, {})}, {any({2, 0, 1}, {})}},
      {"GlobalMaxPool", {}, {planes}, {any({1, 2, 1, 1}, {6, -1})}},
      {"GlobalMaxPool", {}, {any({2, 1, 2}, {1, kNan, -3, -kInf})}, {any({2, 1, 1}, {kNan, -3})}},
      {"GlobalMaxPool", {}, {typed(f32, {1, 1, 2, 0}, {})}, {typed(f32, {1, 1, 1, 1}, {-kInf})}},
      {"GlobalMaxPool", {}, {any({1, 1, 1, 2, 1, 1}, {1, 2})}, {any({1, 1, 1, 1, 1, 1}, {2})}},
  };
}

}  // namespace

std::vector<OpCase> pool_cases() {
  std::vector<OpCase> cases = max_pools();
  for (const auto& more : {average_pools(), global_pools()}) cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

}  // namespace rondo::test
