// Cases of operators that bring groups of elements to a common centre and spread.
#include <cmath>
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<OpCase> batch_normalizations() {
  const auto f32 = DType::float32, f64 = DType::float64;
  const Data x = any({1, 2, 2}, {1, 2, 3, 4});
  return {
      {"BatchNormalization",
       {{"epsilon", 0.0f}},
       {x, any({2}, {1, 2}), any({2}, {0, 1}), any({2}, {1, 3}), any({2}, {1, 4})},
       {any({1, 2, 2}, {0, 1, 1, 2})}},
      {"BatchNormalization",
       {{"epsilon", 0.0f}},
       {typed(f32, {2, 1}, {1, 3}), typed(f64, {1}, {2}), typed(f64, {1}, {0}), typed(f32, {1}, {1}),
        typed(f32, {1}, {4})},
       {typed(f32, {2, 1}, {0, 2})}},
      {"BatchNormalization",
       {{"epsilon", 0.0f}, {"training_mode", 1}, {"momentum", 0.5f}},
       {any({2, 1}, {1, 3}), any({1}, {1}), any({1}, {0}), any({1}, {10}), any({1}, {10})},
       {any({2, 1}, {-1, 1}), any({1}, {6}), any({1}, {5.5})}},
      {"BatchNormalization",
       {},
       {any({0, 1, 2}, {}), any({1}, {1}), any({1}, {0}), any({1}, {0}), any({1}, {1})},
       {any({0, 1, 2}, {})}},
  };
}

std::vector<OpCase> layer_normalizations() {
  const auto f32 = DType::float32, f64 = DType::float64, bf16 = DType::bfloat16;
  const Attributes exact{{"epsilon", 0.0f}}, rows{{"epsilon", 0.0f}, {"axis", 1}},
      first{{"epsilon", 0.0f}, {"axis", 0}};
  const Data x = typed(f32, {2, 2}, {1, 3, 10, 30});
  const Data ones = typed(f32, {2}, {1, 1}), three = any({3}, {1, 1, 1});
  const double big = 1e6, r5 = std::sqrt(5.0);
  return {
      {"LayerNormalization", exact, {any({2, 2}, {1, 3, 10, 30}), any({2}, {1, 1})}, {any({2, 2}, {-1, 1, -1, 1})}},
      {"LayerNormalization",
       rows,
       {x, typed(f32, {2}, {2, 3}), typed(f32, {2}, {1, -1})},
       {typed(f32, {2, 2}, {-1, 2, -1, 2}), typed(f32, {2, 1}, {2, 20}), typed(f32, {2, 1}, {1, 0.1})}},
      // Mean and InvStdDev are float32 whatever X is, or bfloat16 when stash_type says so.
      {"LayerNormalization",
       exact,
       {typed(f64, {1, 2}, {1, 3}), typed(f64, {1}, {2})},
       {typed(f64, {1, 2}, {-2, 2}), typed(f32, {1, 1}, {2}), typed(f32, {1, 1}, {1})}},
      {"LayerNormalization",
       {{"epsilon", 0.0f}, {"stash_type", 16}},
       {x, ones},
       {typed(f32, {2, 2}, {-1, 1, -1, 1}), typed(bf16, {2, 1}, {2, 20}), typed(bf16, {2, 1}, {1, 0.10009765625})}},
      {"LayerNormalization",
       {{"axis", -2}},
       {any({2, 1, 2}, {5, 5, 5, 5}), any({1, 2}, {1, 2}), any({2}, {3, 4})},
       {any({2, 1, 2}, {3, 4, 3, 4})}},
      {"LayerNormalization",
       first,
       {any({2, 2}, {-3, -1, 1, 3}), any({2, 1}, {1, 2}), any({}, {1})},
       {any({2, 2}, {1 - 3 / r5, 1 - 1 / r5, 1 + 2 / r5, 1 + 6 / r5})}},
      {"LayerNormalization", {{"epsilon", 3.0f}}, {any({1, 2}, {1, 3}), any({2}, {4, 4})}, {any({1, 2}, {-2, 2})}},
      // The variance does not cancel far from zero.
      {"LayerNormalization",
       exact,
       {any({1, 3}, {big - 1, big, big + 1}), three},
       {any({1, 3}, {-std::sqrt(1.5), 0, std::sqrt(1.5)})}},
      {"LayerNormalization",
       exact,
       {any({2, 2}, {1, kNan, 1, 3}), any({2}, {1, 1})},
       {any({2, 2}, {kNan, kNan, -1, 1})}},
      {"LayerNormalization", exact, {any({1, 2}, {1, kInf}), any({2}, {1, 1})}, {any({1, 2}, {kNan, kNan})}},
      {"LayerNormalization", exact, {any({0, 2}, {}), any({2}, {1, 1})}, {any({0, 2}, {})}},
      {"LayerNormalization",
       exact,
       {typed(f32, {2, 0}, {}), typed(f32, {0}, {})},
       {typed(f32, {2, 0}, {}), typed(f32, {2, 1}, {kNan, kNan})}},
  };
}

std::vector<OpCase> rms_normalizations() {
  const Attributes exact{{"epsilon", 0.0f}};
  const auto f32 = DType::float32, f64 = DType::float64;
  const double r = std::sqrt(2.0);
  return {
      {"RMSNormalization", exact, {any({2, 2}, {1, -1, 2, 0}), any({2}, {1, 10})}, {any({2, 2}, {1, -10, r, 0})}},
      {"RMSNormalization",
       {{"epsilon", 0.0f}, {"axis", 0}},
       {any({2, 2}, {4, 0, 0, 0}), any({2, 1}, {1, 2})},
       {any({2, 2}, {2, 0, 0, 0})}},
      {"RMSNormalization",
       {{"epsilon", 0.0f}, {"axis", -2}, {"stash_type", 11}},
       {any({2, 2, 1}, {3, -3, 1, 7}), any({1}, {1})},
       {any({2, 2, 1}, {1, -1, 0.2, 1.4})}},
      {"RMSNormalization", {{"epsilon", 0.75f}}, {any({1, 1}, {0.5}), any({1}, {4})}, {any({1, 1}, {2})}},
      // Y has the type of scale.
      {"RMSNormalization",
       exact,
       {typed(f64, {1, 2}, {3, -3}), typed(f32, {2}, {1, 2})},
       {typed(f32, {1, 2}, {1, -2})}},
      {"RMSNormalization", exact, {typed(f32, {2}, {3, -3}), typed(f64, {1}, {2})}, {typed(f64, {2}, {2, -2})}},
      {"RMSNormalization", exact, {any({1, 2}, {0, 0}), any({2}, {1, 1})}, {any({1, 2}, {kNan, kNan})}},
      {"RMSNormalization", {}, {any({1, 2}, {0, 0}), any({2}, {1, 1})}, {any({1, 2}, {0, 0})}},
      {"RMSNormalization", exact, {any({1, 2}, {1, kNan}), any({2}, {1, 1})}, {any({1, 2}, {kNan, kNan})}},
      {"RMSNormalization", exact, {any({1, 2}, {-kInf, 1}), any({2}, {1, 1})}, {any({1, 2}, {kNan, 0})}},
      {"RMSNormalization", exact, {any({2, 0}, {}), any({0}, {})}, {any({2, 0}, {})}},
      {"RMSNormalization", exact, {any({0, 2}, {}), any({2}, {1, 1})}, {any({0, 2}, {})}},
  };
}

std::vector<OpCase> channel_normalizations() {
  const Attributes exact{{"epsilon", 0.0f}};
  const auto grouped = [](std::int64_t groups) { return Attributes{{"epsilon", 0.0f}, {"num_groups", groups}}; };
  const Data four = any({4}, {1, 2, 3, 4}), zeros = any({4}, {0, 0, 1, 1});
  const double a = 3 / std::sqrt(5.0), b = 1 / std::sqrt(5.0);
  // MeanVarianceNormalization divides by the deviation + 1e-9.
  const double one = 1 / (1 + 1e-9), more = 4 / (4 + 1e-9), wide = std::sqrt(5.0) + 1e-9;
  return {
      {"InstanceNormalization",
       exact,
       {any({2, 2, 2}, {1, 3, 0, 8, 5, 5.5, -2, 2}), any({2}, {1, 2}), any({2}, {0, 10})},
       {any({2, 2, 2}, {-1, 1, 8, 12, -1, 1, 8, 12})}},
      {"InstanceNormalization",
       {{"epsilon", 3.0f}},
       {any({1, 1, 2, 1}, {1, 3}), any({1}, {4}), any({1}, {1})},
       {any({1, 1, 2, 1}, {-1, 3})}},
      {"InstanceNormalization",
       {},
       {any({1, 1, 3}, {7, 7, 7}), any({1}, {4}), any({1}, {-1})},
       {any({1, 1, 3}, {-1, -1, -1})}},
      {"InstanceNormalization",
       exact,
       {any({1, 2, 2}, {1, kInf, 1, 3}), any({2}, {1, 1}), any({2}, {0, 0})},
       {any({1, 2, 2}, {kNan, kNan, -1, 1})}},
      {"InstanceNormalization", {}, {any({0, 2, 2}, {}), any({2}, {1, 1}), any({2}, {0, 0})}, {any({0, 2, 2}, {})}},
      {"InstanceNormalization", {}, {any({2, 0, 2}, {}), any({0}, {}), any({0}, {})}, {any({2, 0, 2}, {})}},
      {"GroupNormalization",
       grouped(2),
       {any({1, 4, 1}, {1, 3, 10, 30}), four, zeros},
       {any({1, 4, 1}, {-1, 2, -2, 5})}},
      {"GroupNormalization",
       grouped(4),
       {any({1, 4, 2}, {1, 3, 3, 1, 0, 1, 9, 3}), four, zeros},
       {any({1, 4, 2}, {-1, 1, 2, -2, -2, 4, 5, -3})}},
      {"GroupNormalization",
       grouped(1),
       {any({2, 4}, {-3, -1, 1, 3, 3, 1, -1, -3}), four, zeros},
       {any({2, 4}, {-a, -2 * b, 3 * b + 1, 4 * a + 1, a, 2 * b, 1 - 3 * b, 1 - 4 * a})}},
      {"GroupNormalization",
       grouped(2),
       {any({1, 2, 0}, {}), any({2}, {1, 1}), any({2}, {0, 0})},
       {any({1, 2, 0}, {})}},
      {"GroupNormalization", grouped(2), {any({3, 0, 2}, {}), any({0}, {}), any({0}, {})}, {any({3, 0, 2}, {})}},
      {"MeanVarianceNormalization",
       {},
       {any({2, 2, 1, 1}, {1, 0, 3, 8})},
       {any({2, 2, 1, 1}, {-one, -more, one, more})}},
      {"MeanVarianceNormalization",
       {{"axes", ints({-1})}},
       {any({2, 2}, {1, 3, 0, 8})},
       {any({2, 2}, {-one, one, -more, more})}},
      {"MeanVarianceNormalization",
       {{"axes", ints({0, 1})}},
       {any({2, 2}, {-3, 1, -1, 3})},
       {any({2, 2}, {-3 / wide, 1 / wide, -1 / wide, 3 / wide})}},
      {"MeanVarianceNormalization", {{"axes", ints({0})}}, {any({2}, {5, 5})}, {any({2}, {0, 0})}},
      {"MeanVarianceNormalization",
       {{"axes", ints({0})}},
       {any({2, 2}, {1, kNan, 3, 1})},
       {any({2, 2}, {-one, kNan, one, kNan})}},
      {"MeanVarianceNormalization", {}, {any({0, 2, 1, 1}, {})}, {any({0, 2, 1, 1}, {})}},
  };
}

}  // namespace

std::vector<OpCase> normalization_cases() {
  std::vector<OpCase> cases = batch_normalizations();
  for (const auto& more : {layer_normalizations(), rms_normalizations(), channel_normalizations()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

}  // namespace rondo::test
