// Cases of Einsum and of Fourier transforms.
#include <cmath>
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

const Data kSix = any({2, 3}, {1, 2, 3, 4, 5, 6});
const Data kFour = any({2, 2}, {1, 2, 3, 4});
const Data kEight = any({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});

OpCase einsum(const char* equation, std::vector<Data> inputs, Data output) {
  return {"Einsum", {{"equation", equation}}, std::move(inputs), {std::move(output)}};
}

std::vector<OpCase> einsums() {
  const Data three = any({3}, {1, 2, 3});
  return {
      einsum("ij->ji", {kSix}, any({3, 2}, {1, 4, 2, 5, 3, 6})),
      einsum(" i j -> i", {kSix}, any({2}, {6, 15})),
      einsum("ij->", {kSix}, any({}, {21})),
      einsum("ij", {kSix}, kSix),
      einsum("ba", {kSix}, any({3, 2}, {1, 4, 2, 5, 3, 6})),
      einsum("aB", {kSix}, any({3, 2}, {1, 4, 2, 5, 3, 6})),
      einsum("ii->i", {kFour}, any({2}, {1, 4})),
      einsum("ii", {kFour}, any({}, {5})),
      einsum("...ii->...i", {kEight}, any({2, 2}, {1, 4, 5, 8})),
      einsum("i,i", {three, three}, any({}, {14})),
      einsum("i,j->ij", {any({2}, {1, 2}), three}, any({2, 3}, {1, 2, 3, 2, 4, 6})),
      einsum("ij,jk", {kSix, any({3, 1}, {1, 1, 2})}, any({2, 1}, {9, 21})),
      einsum("ij,jk->ki", {kFour, kFour}, any({2, 2}, {7, 15, 10, 22})),
      einsum("bij,bjk->bik", {kEight, kEight}, any({2, 2, 2}, {7, 10, 15, 22, 67, 78, 91, 106})),
      einsum("...ij,...jk->...ik", {kEight, kFour}, any({2, 2, 2}, {7, 10, 15, 22, 23, 34, 31, 46})),
      einsum("...i,i", {kSix, three}, any({2}, {14, 32})),
      einsum("i...->...", {kSix}, any({3}, {5, 7, 9})),
      einsum("...->...", {any({}, {7})}, any({}, {7})),
      einsum("->", {any({}, {7})}, any({}, {7})),
      einsum("", {any({}, {7})}, any({}, {7})),
      einsum(",->", {any({}, {7}), any({}, {2})}, any({}, {14})),
      einsum("i,i,i->i", {three, three, three}, any({3}, {1, 8, 27})),
      einsum("ij,j->i", {kSix, any({1}, {2})}, any({2}, {12, 30})),
      einsum("...i,...i->...i", {any({2, 1}, {1, 2}), any({1, 3}, {1, 2, 3})}, any({2, 3}, {1, 2, 3, 2, 4, 6})),
      einsum("ij,jk->ik", {any({2, 0}, {}), any({0, 1}, {})}, any({2, 1}, {0, 0})),
      einsum("ij->j", {any({0, 2}, {})}, any({2}, {0, 0})),
      einsum("i->i", {any({0}, {})}, any({0}, {})),
      einsum("abcdefghijklmnop->p", {any({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2}, {1, 2, 3, 4})},
             any({2}, {4, 6})),
      einsum("i,i->", {typed(DType::float32, {2}, {kInf, 1}), typed(DType::float32, {2}, {0, kNan})},
             typed(DType::float32, {}, {kNan})),
      einsum("i,i->", {typed(DType::int8, {2}, {100, 100}), typed(DType::int8, {2}, {2, 1})},
             typed(DType::int8, {}, {44})),
  };
}

std::vector<OpCase> dfts() {
  const double c = std::cos(2 * std::acos(-1.0) / 5), s = std::sin(2 * std::acos(-1.0) / 5);
  const double c2 = std::cos(4 * std::acos(-1.0) / 5), s2 = std::sin(4 * std::acos(-1.0) / 5);
  const Data impulse = any({1, 5, 1}, {0, 1, 0, 0, 0});
  const Data spectrum = any({1, 5, 2}, {1, 0, c, -s, c2, -s2, c2, s2, c, s});
  const Attributes inverse{{"inverse", 1}}, onesided{{"onesided", 1}}, to_real{{"inverse", 1}, {"onesided", 1}};
  const auto axis = [](double a) { return typed(DType::int64, {}, {a}); };
  return {
      {"DFT", {}, {impulse}, {spectrum}},
      {"DFT", onesided, {impulse}, {any({1, 3, 2}, {1, 0, c, -s, c2, -s2})}},
      {"DFT", inverse, {spectrum}, {any({1, 5, 2}, {0, 0, 1, 0, 0, 0, 0, 0, 0, 0})}},
      {"DFT", to_real, {any({1, 3, 2}, {1, 0, c, -s, c2, -s2}), i64({5})}, {any({1, 5, 1}, {0, 1, 0, 0, 0})}},
      {"DFT", to_real, {any({3, 2}, {10, 0, -2, 2, -2, 0}), absent(), axis(0)}, {any({4, 1}, {1, 2, 3, 4})}},
      {"DFT", {}, {any({4, 1}, {1, 2, 3, 4})}, {any({4, 2}, {10, 0, -2, 2, -2, 0, -2, -2})}},
      {"DFT", {}, {any({2, 2, 1}, {1, 2, 3, 4}), absent(), axis(0)}, {any({2, 2, 2}, {4, 0, 6, 0, -2, 0, -2, 0})}},
      {"DFT", {}, {any({2, 2, 1}, {1, 2, 3, 4}), absent(), axis(-2)}, {any({2, 2, 2}, {3, 0, -1, 0, 7, 0, -1, 0})}},
      {"DFT", {}, {any({3, 1}, {1, 2, 3}), typed(DType::int32, {}, {4})}, {any({4, 2}, {6, 0, -2, -2, 2, 0, -2, 2})}},
      {"DFT", {}, {any({3, 1}, {1, 2, 30}), i64({2})}, {any({2, 2}, {3, 0, -1, 0})}},
      {"DFT", {}, {any({0, 1}, {}), i64({2})}, {any({2, 2}, {0, 0, 0, 0})}},
      {"DFT", {}, {any({0, 3, 1}, {})}, {any({0, 3, 2}, {})}},
      {"DFT", {}, {any({1, 2}, {3, 4})}, {any({1, 2}, {3, 4})}},
      {"DFT",
       {},
       {any({6, 2}, {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})},
       {any({6, 2}, {0, 1, std::sqrt(0.75), 0.5, std::sqrt(0.75), -0.5, 0, -1, -std::sqrt(0.75), -0.5, -std::sqrt(0.75),
                     0.5})}},
      {"DFT", {}, {typed(DType::float32, {2, 1}, {kNan, 1})}, {typed(DType::float32, {2, 2}, {kNan, 0, kNan, 0})}},
  };
}

std::vector<OpCase> stfts() {
  const Data signal = any({1, 6, 1}, {1, 2, 3, 4, 5, 6});
  const auto step = [](double s) { return typed(DType::int64, {}, {s}); };
  return {
      {"STFT",
       {},
       {signal, step(2), absent(), typed(DType::int64, {}, {2})},
       {any({1, 3, 2, 2}, {3, 0, -1, 0, 7, 0, -1, 0, 11, 0, -1, 0})}},
      {"STFT",
       {{"onesided", 0}},
       {any({1, 5}, {1, 2, 3, 4, 5}), typed(DType::int32, {1}, {2}), any({2}, {1, 2})},
       {any({1, 2, 2, 2}, {5, 0, -3, 0, 11, 0, -5, 0})}},
      {"STFT", {}, {signal, step(3), any({4}, {1, 1, 0, 0}), step(4)}, {any({1, 1, 3, 2}, {3, 0, 1, -2, -1, 0})}},
      {"STFT", {}, {any({2, 2, 1}, {1, 2, 3, 4}), step(1)}, {any({2, 1, 2, 2}, {3, 0, -1, 0, 7, 0, -1, 0})}},
      {"STFT", {{"onesided", 0}}, {any({1, 2, 2}, {1, 1, 2, 0}), step(1)}, {any({1, 1, 2, 2}, {3, 1, -1, 1})}},
      {"STFT", {}, {any({0, 4, 1}, {}), step(2), absent(), i64({2})}, {any({0, 2, 2, 2}, {})}},
  };
}

}  // namespace

std::vector<OpCase> transform_cases() {
  std::vector<OpCase> cases;
  for (const auto& more : {einsums(), dfts(), stfts()}) cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

std::vector<BadCase> bad_transform_cases() {
  const auto bad = [](const char* equation, std::vector<Data> inputs, const char* says) {
    return BadCase{"Einsum", {{"equation", equation}}, std::move(inputs), says};
  };
  const Data real = any({1, 4, 1}, {1, 2, 3, 4}), complex = any({1, 2, 2}, {1, 2, 3, 4});
  const auto number = [](double v) { return typed(DType::int64, {}, {v}); };
  return {
      bad("ij,jk", {kSix}, "2 terms for 1 inputs"),
      bad("i1->i", {kSix}, "neither a letter"),
      bad("ij->i->j", {kSix}, "neither a letter"),
      bad("ij->k", {kSix}, "is in no input"),
      bad("ij->ii", {kSix}, "stands twice in the result"),
      bad("......->", {kSix}, "more than one ellipsis"),
      bad("..i->i", {kSix}, "neither a letter"),
      bad("ijk->i", {kSix}, "does not fit input 0"),
      bad("i->i", {kSix}, "does not fit input 0"),
      bad("...ijk->i", {kSix}, "does not fit input 0"),
      bad("ij,ij->ij", {kSix, kFour}, "differ in size"),
      bad("ii->i", {kSix}, "differ in size"),
      bad("...j,...j->...j", {kSix, any({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9})}, "differ in size"),
      bad("...i->i", {kSix}, "no ellipsis"),
      bad("abcdefgh,ijklmnopq->abcdefghijklmnopq",
          {any({1, 1, 1, 1, 1, 1, 1, 1}, {1}), any({1, 1, 1, 1, 1, 1, 1, 1, 1}, {1})}, "too many dims"),
      {"DFT", {}, {any({4}, {1, 2, 3, 4})}, "too few dims"},
      {"DFT", {}, {kSix}, "not that of real or complex"},
      {"DFT", {{"onesided", 1}}, {complex}, "not possible for complex"},
      {"DFT", {{"onesided", 1}, {"inverse", 1}}, {real}, "needs complex input"},
      {"DFT", {}, {real, number(0)}, "out of range"},
      {"DFT", {}, {real, number(-1)}, "out of range"},
      {"DFT", {}, {real, number(4e18)}, "out of range"},
      {"DFT", {}, {real, i64({1, 2})}, "must be one element"},
      {"DFT", {}, {real, absent(), number(2)}, "real and imaginary parts"},
      {"DFT", {}, {real, absent(), number(-1)}, "real and imaginary parts"},
      {"DFT", {}, {real, absent(), number(3)}, "axis is out of range"},
      {"DFT", {}, {any({1, 0, 1}, {})}, "out of range"},
      {"STFT", {}, {real, number(0)}, "frame_step is out of range"},
      {"STFT", {}, {real, number(1), absent(), number(0)}, "out of range"},
      {"STFT", {}, {real, number(1), absent(), number(5)}, "out of range"},
      {"STFT", {}, {real, number(1), any({5}, {1, 1, 1, 1, 1})}, "out of range"},
      {"STFT", {}, {real, number(1), any({2}, {1, 1}), number(3)}, "another size than frame_length"},
      {"STFT", {}, {real, number(1), kFour}, "wrong number of dims"},
      {"STFT", {}, {complex, number(1)}, "complex signal"},
      {"STFT", {}, {any({4}, {1, 2, 3, 4}), number(1)}, "wrong shape"},
      {"STFT", {}, {any({1, 1, 3}, {1, 2, 3}), number(1)}, "wrong shape"},
  };
}

}  // namespace rondo::test
