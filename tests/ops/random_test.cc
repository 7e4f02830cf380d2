// Float against double on random values: what an operator's tolerance promises, and that it promises what it must.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "op_case.h"
#include "ops/op_list.h"

namespace rondo::test {
namespace {

using Range = std::pair<double, double>;

// Where an operator is not defined everywhere.
const std::map<std::string, Range> kRanges{{"Acos", {-1.0, 1.0}},
                                           {"Acosh", {1.0, 3.0}},
                                           {"Asin", {-1.0, 1.0}},
                                           {"Atanh", {-1.0, 1.0}},
                                           {"BatchNormalization", {0.1, 3.0}},
                                           {"Log", {0.1, 3.0}},
                                           {"Pow", {0.1, 3.0}},
                                           {"Reciprocal", {0.1, 3.0}},
                                           {"ReduceLogSum", {0.1, 3.0}},
                                           {"Sqrt", {0.0, 3.0}}};

// Sizes past those of the hand-written cases, off any multiple of a vector.
std::vector<OpCase> larger_cases() {
  const auto sized = [](std::vector<std::int64_t> shape) {
    const auto n = static_cast<std::size_t>(element_count(shape));
    return any(std::move(shape), std::vector<double>(n));
  };
  return {{"MatMul", {}, {sized({3, 1, 19, 67}), sized({2, 67, 23})}, {}},
          {"Gemm", {{"transB", 1}, {"alpha", 0.5f}}, {sized({13, 71}), sized({29, 71}), sized({29})}, {}},
          {"Gemm", {{"transA", 1}}, {sized({71, 13}), sized({71, 29})}, {}},
          {"Gemm", {{"transA", 1}, {"transB", 1}}, {sized({71, 13}), sized({29, 71})}, {}},
          {"Softmax", {{"axis", 1}}, {sized({3, 41, 5})}, {}},
          {"LogSoftmax", {}, {sized({7, 129})}, {}},
          {"ReduceSum", {{"keepdims", 0}}, {sized({11, 17, 13}), i64({0, 2})}, {}},
          {"ReduceMean", {}, {sized({11, 17, 13})}, {}},
          {"ReduceLogSumExp", {}, {sized({3, 50})}, {}},
          {"ReduceL2", {}, {sized({3, 50}), i64({0})}, {}},
          {"Conv", {{"pads", ints({1, 1, 1, 1})}, {"group", 2}}, {sized({2, 6, 9, 7}), sized({4, 3, 3, 3})}, {}},
          {"ConvTranspose", {{"strides", ints({2, 2})}}, {sized({2, 6, 5, 3}), sized({6, 3, 3, 2})}, {}},
          {"LayerNormalization", {{"axis", 1}}, {sized({7, 3, 41}), sized({3, 41}), sized({41})}, {}},
          {"RMSNormalization", {}, {sized({7, 129}), sized({129})}, {}},
          {"GroupNormalization", {{"num_groups", 3}}, {sized({2, 6, 17}), sized({6}), sized({6})}, {}},
          {"AveragePool", {{"kernel_shape", ints({5, 3})}}, {sized({2, 3, 11, 9})}, {}},
          {"GlobalAveragePool", {}, {sized({2, 3, 31, 9})}, {}},
          {"Sigmoid", {}, {sized({1001})}, {}},
          {"Tanh", {}, {sized({1001})}, {}},
          {"Mul", {}, {sized({9, 1, 33}), sized({31, 1})}, {}}};
}

// The same random values, exact in float32, in both types.
std::pair<std::vector<Tensor>, std::vector<Tensor>> random_inputs(const OpCase& c, std::mt19937& random) {
  const auto range = kRanges.find(c.op);
  const auto [low, high] = range == kRanges.end() ? Range{-2.0, 2.0} : range->second;
  std::uniform_real_distribution<float> draw(static_cast<float>(low), static_cast<float>(high));
  std::vector<Tensor> floats, doubles;
  for (Data d : c.inputs) {
    if (d.dtype == DType::undefined)
      for (double& v : d.values) v = static_cast<double>(draw(random));
    floats.push_back(tensor_of(d, DType::float32).value());
    doubles.push_back(tensor_of(d, DType::float64).value());
  }
  return {std::move(floats), std::move(doubles)};
}

void compare(const OpCase& c, std::mt19937& random) {
  auto [floats, doubles] = random_inputs(c, random);
  const std::size_t outputs = std::max<std::size_t>(c.outputs.size(), 1);
  OneNode narrow(c.op, c.attributes, std::move(floats), outputs), wide(c.op, c.attributes, std::move(doubles), outputs);
  const Tolerance tolerance = narrow.node().op->tolerance;
  const auto got = narrow.eval(), expected = wide.eval();
  for (std::size_t k = 0; k < got.size(); ++k)
    for (std::int64_t i = 0; i < got[k].count(); ++i) {
      const double g = element(got[k].view(), i), e = element(expected[k].view(), i);
      if (g == e || (std::isnan(g) && std::isnan(e))) continue;
      ASSERT_NEAR(g, e, tolerance.absolute + tolerance.relative * std::abs(e)) << "output " << k << " at " << i;
    }
}

TEST(Ops, FloatStaysWithinToleranceOfDouble) {
  std::mt19937 random(7);
  std::vector<OpCase> cases = all_cases();
  for (OpCase& c : larger_cases()) cases.push_back(std::move(c));
  for (const OpCase& c : cases) {
    if (op_named(c.op).moves) continue;
    const auto types = types_of(c);
    if (std::ranges::find(types, DType::float64) == types.end()) continue;
    SCOPED_TRACE(c.op);
    for (int round = 0; round < 5; ++round) compare(c, random);
  }
}

}  // namespace
}  // namespace rondo::test
