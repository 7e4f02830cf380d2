// Cases of convolutions and of Pad.
#include "op_case.h"

namespace rondo::test {
namespace {

std::vector<OpCase> convolutions() {
  const Data line = any({1, 1, 4}, {1, 2, 3, 4}), square = any({1, 1, 2, 2}, {1, 2, 3, 4});
  const Data ones = any({1, 1, 2, 2}, {1, 1, 1, 1});
  return {
      {"Conv", {}, {line, any({1, 1, 2}, {1, 10})}, {any({1, 1, 3}, {21, 32, 43})}},
      {"Conv",
       {{"strides", ints({2})}, {"pads", ints({1, 1})}},
       {line, any({1, 1, 2}, {1, 10})},
       {any({1, 1, 3}, {10, 32, 4})}},
      {"Conv",
       {{"dilations", ints({2})}, {"kernel_shape", ints({2})}},
       {line, any({1, 1, 2}, {1, 10})},
       {any({1, 1, 2}, {31, 42})}},
      {"Conv",
       {{"group", 2}},
       {any({1, 2, 2}, {1, 2, 3, 4}), any({2, 1, 1}, {10, 100}), any({2}, {1, 2})},
       {any({1, 2, 2}, {11, 21, 302, 402})}},
      {"Conv", {}, {any({2, 2, 1}, {1, 2, 3, 4}), any({1, 2, 1}, {1, 10})}, {any({2, 1, 1}, {21, 43})}},
      {"Conv", {{"auto_pad", "SAME_UPPER"}}, {square, ones}, {any({1, 1, 2, 2}, {10, 6, 7, 4})}},
      {"Conv", {{"auto_pad", "SAME_LOWER"}}, {square, ones}, {any({1, 1, 2, 2}, {1, 3, 4, 10})}},
      {"Conv",
       {{"pads", ints({1, 0, 0, 0})}},
       {square, any({1, 1, 2, 2}, {1, 2, 3, 4})},
       {any({1, 1, 2, 1}, {11, 30})}},
      {"Conv",
       {{"auto_pad", "VALID"}},
       {any({1, 1, 1, 2, 2}, {1, 2, 3, 4}), any({1, 1, 1, 1, 2}, {1, 10})},
       {any({1, 1, 1, 2, 1}, {21, 43})}},
      {"Conv", {{"pads", ints({1, 1})}}, {any({1, 1, 1}, {5}), any({1, 1, 3}, {1, 2, 3})}, {any({1, 1, 1}, {10})}},
      {"Conv", {}, {any({0, 1, 4}, {}), any({1, 1, 2}, {1, 10})}, {any({0, 1, 3}, {})}},
  };
}

std::vector<OpCase> transposed_convolutions() {
  const Data two = any({1, 1, 2}, {1, 2}), kernel = any({1, 1, 3}, {1, 10, 100});
  const auto stride2 = ints({2});
  return {
      {"ConvTranspose", {}, {two, kernel}, {any({1, 1, 4}, {1, 12, 120, 200})}},
      {"ConvTranspose", {{"strides", stride2}}, {two, kernel}, {any({1, 1, 5}, {1, 10, 102, 20, 200})}},
      {"ConvTranspose", {{"pads", ints({1, 1})}}, {two, kernel}, {any({1, 1, 2}, {12, 120})}},
      {"ConvTranspose",
       {{"strides", stride2}, {"output_padding", ints({1})}},
       {two, kernel},
       {any({1, 1, 6}, {1, 10, 102, 20, 200, 0})}},
      {"ConvTranspose",
       {{"strides", stride2}, {"output_shape", ints({4})}},
       {two, kernel},
       {any({1, 1, 4}, {10, 102, 20, 200})}},
      {"ConvTranspose",
       {{"strides", stride2}, {"auto_pad", "SAME_UPPER"}},
       {two, kernel},
       {any({1, 1, 4}, {1, 10, 102, 20})}},
      {"ConvTranspose",
       {{"strides", stride2}, {"auto_pad", "SAME_LOWER"}},
       {two, kernel},
       {any({1, 1, 4}, {10, 102, 20, 200})}},
      {"ConvTranspose",
       {{"group", 2}},
       {any({1, 2, 1}, {1, 2}), any({2, 1, 2}, {1, 2, 3, 4}), any({2}, {10, 20})},
       {any({1, 2, 2}, {11, 12, 26, 28})}},
      {"ConvTranspose", {}, {any({1, 2, 1}, {1, 2}), any({2, 2, 1}, {1, 2, 3, 4})}, {any({1, 2, 1}, {7, 10})}},
      {"ConvTranspose",
       {},
       {any({1, 1, 1, 2}, {1, 2}), any({1, 1, 2, 1}, {1, 10})},
       {any({1, 1, 2, 2}, {1, 2, 10, 20})}},
      {"ConvTranspose", {{"dilations", ints({2})}}, {two, any({1, 1, 2}, {1, 10})}, {any({1, 1, 4}, {1, 2, 10, 20})}},
  };
}

std::vector<OpCase> pads() {
  const Data three = any({3}, {1, 2, 3}), square = any({2, 2}, {1, 2, 3, 4});
  const Attributes edge{{"mode", "edge"}}, reflect{{"mode", "reflect"}}, wrap{{"mode", "wrap"}};
  return {
      {"Pad", {}, {square, i64({0, 1, 1, 0})}, {any({3, 3}, {0, 1, 2, 0, 3, 4, 0, 0, 0})}},
      {"Pad", {}, {any({1, 1}, {0}), i64({0, 0, 1, 1}), any({}, {1})}, {any({2, 2}, {0, 1, 1, 1})}},
      {"Pad", {}, {square, i64({1, 0}), absent(), i64({-1})}, {any({2, 3}, {0, 1, 2, 0, 3, 4})}},
      {"Pad", {}, {any({4}, {1, 2, 3, 4}), i64({-1, -2})}, {any({1}, {2})}},
      {"Pad", {}, {any({0}, {}), i64({1, 1}), any({1}, {7})}, {any({2}, {7, 7})}},
      {"Pad", {}, {any({}, {3}), i64({})}, {any({}, {3})}},
      {"Pad", edge, {three, i64({2, 1})}, {any({6}, {1, 1, 1, 2, 3, 3})}},
      {"Pad", edge, {three, i64({-1, 2})}, {any({4}, {2, 3, 3, 3})}},
      {"Pad", edge, {square, i64({1, 0, 0, 1})}, {any({3, 3}, {1, 2, 2, 1, 2, 2, 3, 4, 4})}},
      {"Pad", reflect, {three, i64({2, 2})}, {any({7}, {3, 2, 1, 2, 3, 2, 1})}},
      {"Pad", reflect, {any({2}, {1, 2}), i64({3, 0})}, {any({5}, {2, 1, 2, 1, 2})}},
      {"Pad", reflect, {any({1}, {5}), i64({1, 2})}, {any({4}, {5, 5, 5, 5})}},
      {"Pad", wrap, {three, i64({2, 1})}, {any({6}, {2, 3, 1, 2, 3, 1})}},
      {"Pad", wrap, {any({2}, {1, 2}), i64({0, 5})}, {any({7}, {1, 2, 1, 2, 1, 2, 1})}},
  };
}

}  // namespace

std::vector<OpCase> window_cases() {
  std::vector<OpCase> cases = convolutions();
  for (const auto& more : {transposed_convolutions(), pads()}) cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

}  // namespace rondo::test
