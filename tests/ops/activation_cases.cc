// Cases of trigonometric functions, activations and tests of single elements.
#include <limits>
#include <numbers>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kHalfPi = std::numbers::pi / 2;

Data truth(std::vector<double> v) {
  const auto n = static_cast<std::int64_t>(v.size());
  return typed(DType::boolean, {n}, std::move(v));
}

std::vector<OpCase> trigonometry() {
  const Data two = any({2}, {-0.75, 0.5}), ends = any({3}, {kInf, -kInf, kNan}), nothing = any({2, 0}, {});
  const Data undefined = any({3}, {kNan, kNan, kNan});
  return {
      {"Sin", {}, {two}, {any({2}, {-0.6816387600233341, 0.479425538604203})}},
      {"Sin", {}, {ends}, {undefined}},
      {"Sin", {}, {nothing}, {nothing}},
      {"Cos", {}, {two}, {any({2}, {0.7316888688738209, 0.8775825618903728})}},
      {"Cos", {}, {ends}, {undefined}},
      {"Tan", {}, {two}, {any({2}, {-0.9315964599440725, 0.5463024898437905})}},
      {"Tan", {}, {ends}, {undefined}},
      {"Asin", {}, {two}, {any({2}, {-0.848062078981481, 0.5235987755982989})}},
      {"Asin", {}, {any({4}, {1, -1, 2, kNan})}, {any({4}, {kHalfPi, -kHalfPi, kNan, kNan})}},
      {"Acos", {}, {two}, {any({2}, {2.4188584057763776, 1.0471975511965979})}},
      {"Acos", {}, {any({4}, {1, -1, -2, kNan})}, {any({4}, {0, 2 * kHalfPi, kNan, kNan})}},
      {"Atan", {}, {two}, {any({2}, {-0.6435011087932844, 0.4636476090008061})}},
      {"Atan", {}, {ends}, {any({3}, {kHalfPi, -kHalfPi, kNan})}},
      {"Sinh", {}, {two}, {any({2}, {-0.82231673193583, 0.5210953054937474})}},
      {"Sinh", {}, {ends}, {ends}},
      {"Cosh", {}, {two}, {any({2}, {1.2946832846768448, 1.1276259652063807})}},
      {"Cosh", {}, {ends}, {any({3}, {kInf, kInf, kNan})}},
      {"Asinh", {}, {two}, {any({2}, {-0.6931471805599453, 0.48121182505960347})}},
      {"Asinh", {}, {ends}, {ends}},
      {"Acosh", {}, {any({4}, {1, 2.5, 0.5, kInf})}, {any({4}, {0, 1.566799236972411, kNan, kInf})}},
      {"Acosh", {}, {any({1}, {kNan})}, {any({1}, {kNan})}},
      {"Atanh", {}, {two}, {any({2}, {-0.9729550745276566, 0.5493061443340548})}},
      {"Atanh", {}, {any({4}, {1, -1, 2, kNan})}, {any({4}, {kInf, -kInf, kNan, kNan})}},
  };
}

std::vector<OpCase> rectifiers() {
  const Data ends = any({3}, {kInf, -kInf, kNan}), nothing = any({0}, {});
  const double fifth = static_cast<double>(0.2f);
  return {
      {"Elu", {}, {any({4}, {-1, -2, 0, 3})}, {any({4}, {-0.6321205588285577, -0.8646647167633873, 0, 3})}},
      {"Elu", {{"alpha", 2.0f}}, {any({2}, {-1, 3})}, {any({2}, {-1.2642411176571153, 3})}},
      {"Elu", {}, {ends}, {any({3}, {kInf, -1, kNan})}},
      {"Elu", {}, {nothing}, {nothing}},
      {"Selu", {}, {any({3}, {-1, 0, 2})}, {any({3}, {-1.1113307412864784, 0, 2.1014020442962646})}},
      {"Selu",
       {{"alpha", 2.0f}, {"gamma", 3.0f}},
       {any({4}, {-1, 2, -kInf, kNan})},
       {any({4}, {-3.792723352971346, 6, -6, kNan})}},
      {"Celu", {}, {any({4}, {-1, 0, 3, kNan})}, {any({4}, {-0.6321205588285577, 0, 3, kNan})}},
      {"Celu",
       {{"alpha", 2.0f}},
       {any({4}, {-1, -2, kInf, -kInf})},
       {any({4}, {-0.7869386805747332, -1.2642411176571153, kInf, -2})}},
      {"ThresholdedRelu", {}, {any({4}, {-2, 1, 1.5, kInf})}, {any({4}, {0, 0, 1.5, kInf})}},
      {"ThresholdedRelu", {{"alpha", -2.0f}}, {any({4}, {-2, -1, 0, kNan})}, {any({4}, {0, -1, 0, 0})}},
      {"HardSigmoid", {}, {any({4}, {-9, 9, 0, 1})}, {any({4}, {0, 1, 0.5, fifth + 0.5})}},
      {"HardSigmoid", {{"alpha", 0.5f}, {"beta", 0.25f}}, {any({3}, {-1, 0.5, 2})}, {any({3}, {0, 0.5, 1})}},
      {"HardSigmoid", {}, {ends}, {any({3}, {1, 0, kNan})}},
  };
}

std::vector<OpCase> smooth() {
  const Data ends = any({3}, {kInf, -kInf, kNan}), nothing = any({3, 0}, {});
  return {
      {"Gelu",
       {},
       {any({5}, {-6, -1, 0, 0.5, 2})},
       {any({5}, {-5.919525870226207e-09, -0.15865525393145707, 0, 0.34573123063700656, 1.9544997361036416})}},
      {"Gelu",
       {{"approximate", "tanh"}},
       {any({4}, {-1, 0, 0.5, 2})},
       {any({4}, {-0.15880800939172324, 0, 0.34571400982514394, 1.954597694087775})}},
      {"Gelu", {}, {any({2}, {kInf, kNan})}, {any({2}, {kInf, kNan})}},
      {"Gelu", {{"approximate", "tanh"}}, {any({3}, {kInf, kNan, -90})}, {any({3}, {kInf, kNan, 0})}},
      {"Mish",
       {},
       {any({4}, {-20, -1, 0.5, 3})},
       {any({4}, {-4.122307240628762e-08, -0.30340146137410895, 0.3752452113048951, 2.9865350049679575})}},
      {"Mish", {}, {any({3}, {kInf, kNan, 1000})}, {any({3}, {kInf, kNan, 1000})}},
      {"Mish", {}, {nothing}, {nothing}},
      {"Softplus",
       {},
       {any({4}, {-40, -1, 0, 2})},
       {any({4}, {4.248354255291589e-18, 0.31326168751822286, 0.6931471805599453, 2.1269280110429727})}},
      {"Softplus", {}, {any({4}, {kInf, -kInf, kNan, 1000})}, {any({4}, {kInf, 0, kNan, 1000})}},
      {"Softsign", {}, {any({3}, {-3, 0, 1})}, {any({3}, {-0.75, 0, 0.5})}},
      {"Softsign", {}, {ends}, {any({3}, {1, -1, kNan})}},
      {"Swish",
       {},
       {any({4}, {-2, -1, 0.5, 3})},
       {any({4}, {-0.2384058440442351, -0.2689414213699951, 0.3112296656009273, 2.8577223804672998})}},
      {"Swish", {{"alpha", 0.5f}}, {any({2}, {-2, 3})}, {any({2}, {-0.5378828427399902, 2.452723428580931})}},
      {"Swish", {}, {any({3}, {kInf, kNan, 1000})}, {any({3}, {kInf, kNan, 1000})}},
  };
}

std::vector<OpCase> tests_of_elements() {
  const Data ends = any({4}, {kInf, -kInf, kNan, 1});
  return {
      {"IsNaN", {}, {ends}, {truth({0, 0, 1, 0})}},
      {"IsNaN", {}, {any({0, 2}, {})}, {typed(DType::boolean, {0, 2}, {})}},
      {"IsInf", {}, {ends}, {truth({1, 1, 0, 0})}},
      {"IsInf", {{"detect_negative", 0}}, {ends}, {truth({1, 0, 0, 0})}},
      {"IsInf", {{"detect_positive", 0}}, {ends}, {truth({0, 1, 0, 0})}},
      {"IsInf", {{"detect_positive", 0}, {"detect_negative", 0}}, {ends}, {truth({0, 0, 0, 0})}},
  };
}

}  // namespace

std::vector<OpCase> activation_cases() {
  std::vector<OpCase> cases;
  for (const auto& more : {trigonometry(), rectifiers(), smooth(), tests_of_elements()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

}  // namespace rondo::test
