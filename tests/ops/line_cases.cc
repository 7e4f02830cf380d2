// Cases of operators that see one axis at a time: normalizations, running sums, losses over classes.
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<OpCase> normalizations() {
  const Data nothing = any({2, 0}, {});
  return {
      {"Hardmax", {}, {any({2, 3}, {1, 3, 3, 5, 2, 4})}, {any({2, 3}, {0, 1, 0, 1, 0, 0})}},
      {"Hardmax", {{"axis", 0}}, {any({2, 3}, {1, 3, 3, 5, 2, 4})}, {any({2, 3}, {0, 1, 0, 1, 0, 1})}},
      {"Hardmax",
       {{"axis", -2}},
       {any({2, 2, 2}, {-1, -2, -3, -1, 0, 7, 7, 0})},
       {any({2, 2, 2}, {1, 0, 0, 1, 0, 1, 1, 0})}},
      {"Hardmax", {}, {any({4}, {kInf, kNan, kNan, 1})}, {any({4}, {0, 1, 0, 0})}},
      {"Hardmax", {}, {any({2}, {-kInf, -kInf})}, {any({2}, {1, 0})}},
      {"Hardmax", {}, {nothing}, {nothing}},
      {"LpNormalization", {}, {any({2, 2}, {3, -4, 0, 0})}, {any({2, 2}, {0.6, -0.8, kNan, kNan})}},
      {"LpNormalization", {{"axis", 0}}, {any({2, 2}, {3, 5, 4, 12})}, {any({2, 2}, {0.6, 5 / 13.0, 0.8, 12 / 13.0})}},
      {"LpNormalization", {{"p", 1}}, {any({1, 3}, {1, -2, 5})}, {any({1, 3}, {0.125, -0.25, 0.625})}},
      {"LpNormalization",
       {{"p", 1}, {"axis", -2}},
       {any({2, 2}, {1, 0, -3, 0})},
       {any({2, 2}, {0.25, kNan, -0.75, kNan})}},
      {"LpNormalization", {}, {any({2}, {1, kNan})}, {any({2}, {kNan, kNan})}},
      {"LpNormalization", {}, {any({2}, {1, kInf})}, {any({2}, {0, kNan})}},
      {"LpNormalization", {}, {nothing}, {nothing}},
  };
}

std::vector<OpCase> running_sums() {
  const Data six = any({2, 3}, {1, 2, 3, 4, 5, 6}), last = typed(DType::int32, {}, {-1}), first = i64({0});
  const double most = 2147483647.0;
  return {
      {"CumSum", {}, {six, last}, {any({2, 3}, {1, 3, 6, 4, 9, 15})}},
      {"CumSum", {}, {six, first}, {any({2, 3}, {1, 2, 3, 5, 7, 9})}},
      {"CumSum", {{"exclusive", 1}}, {six, last}, {any({2, 3}, {0, 1, 3, 0, 4, 9})}},
      {"CumSum", {{"reverse", 1}}, {six, last}, {any({2, 3}, {6, 5, 3, 15, 11, 6})}},
      {"CumSum", {{"reverse", 1}, {"exclusive", 1}}, {six, first}, {any({2, 3}, {4, 5, 6, 0, 0, 0})}},
      {"CumSum", {}, {any({3}, {-1, -2, 1}), first}, {any({3}, {-1, -3, -2})}},
      {"CumSum",
       {},
       {any({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), typed(DType::int64, {}, {1})},
       {any({2, 2, 2}, {1, 2, 4, 6, 5, 6, 12, 14})}},
      {"CumSum", {}, {any({4}, {1, kInf, 1, -kInf}), first}, {any({4}, {1, kInf, kInf, kNan})}},
      {"CumSum", {}, {typed(DType::int32, {2}, {most, 1}), first}, {typed(DType::int32, {2}, {most, -most - 1})}},
      {"CumSum", {}, {any({3, 0}, {}), first}, {any({3, 0}, {})}},
  };
}

// Scores of three places, two in the first of the batch and one more dim than a matrix has.
std::vector<OpCase> likelihoods() {
  const Data logs = any({1, 3, 2}, {-1, -2, -4, -8, -16, -32}), classes = typed(DType::int64, {1, 2}, {2, 0});
  const Data weights = any({3}, {0.5, 2, 4}), rows = any({2, 3}, {-1, -2, -4, -8, -16, -32});
  const auto reduces = [](const char* how) { return Attributes{{"reduction", how}}; };
  const auto ignores = [](std::int64_t index, const char* how) {
    return Attributes{{"ignore_index", index}, {"reduction", how}};
  };
  const std::string op = "NegativeLogLikelihoodLoss";
  return {
      {op, reduces("none"), {logs, classes}, {any({1, 2}, {16, 2})}},
      {op, reduces("none"), {logs, classes, weights}, {any({1, 2}, {64, 1})}},
      {op, reduces("sum"), {logs, classes, weights}, {any({}, {65})}},
      {op, {}, {logs, classes}, {any({}, {9})}},
      {op, {}, {logs, classes, weights}, {any({}, {65 / 4.5})}},
      {op, {}, {rows, typed(DType::int32, {2}, {1, 1})}, {any({}, {9})}},
      {op, ignores(0, "none"), {logs, classes, weights}, {any({1, 2}, {64, 0})}},
      {op, ignores(0, "mean"), {logs, classes, weights}, {any({}, {16})}},
      {op, ignores(0, "mean"), {logs, classes}, {any({}, {16})}},
      {op, ignores(-7, "sum"), {rows, typed(DType::int32, {2}, {-7, 2})}, {any({}, {32})}},
      {op, ignores(99, "none"), {rows, i64({2, 99}), weights}, {any({2}, {16, 0})}},
      {op, ignores(1, "mean"), {rows, i64({1, 1})}, {any({}, {kNan})}},
      {op, reduces("none"), {any({0, 3}, {}), i64({})}, {any({0}, {})}},
      {op, reduces("sum"), {any({0, 3}, {}), i64({})}, {any({}, {0})}},
      {op, {}, {any({2, 3, 0}, {}), typed(DType::int64, {2, 0}, {})}, {any({}, {kNan})}},
      {op, reduces("none"), {any({2, 2}, {kNan, -1, -1, -kInf}), i64({0, 1})}, {any({2}, {kNan, kInf})}},
      {op,
       reduces("none"),
       {any({2, 2, 1, 2}, {-1, -2, -3, -4, -5, -6, -7, -8}), typed(DType::int64, {2, 1, 2}, {0, 1, 1, 0})},
       {any({2, 1, 2}, {1, 4, 7, 6})}},
  };
}

std::vector<OpCase> cross_entropies() {
  const double a = 2.4076059644443806, b = 1.4076059644443804, c = 0.4076059644443804;
  const Data scores = any({2, 3}, {1, 2, 3, 3, 1, 2}), logs = any({2, 3}, {-a, -b, -c, -c, -a, -b});
  const Data weights = any({3}, {0.5, 2, 4}), labels = i64({2, 1});
  const std::string op = "SoftmaxCrossEntropyLoss";
  return {
      {op, {{"reduction", "none"}}, {scores, labels}, {any({2}, {c, a}), logs}},
      {op, {{"reduction", "none"}}, {scores, labels, weights}, {any({2}, {4 * c, 2 * a})}},
      {op, {{"reduction", "sum"}}, {scores, labels}, {any({}, {a + c})}},
      {op, {}, {scores, labels}, {any({}, {(a + c) / 2})}},
      {op, {}, {scores, labels, weights}, {any({}, {(4 * c + 2 * a) / 6}), logs}},
      {op, {{"ignore_index", 2}}, {scores, labels, weights}, {any({}, {a}), logs}},
      {op, {{"ignore_index", -1}}, {scores, typed(DType::int32, {2}, {-1, -1})}, {any({}, {kNan}), logs}},
      {op,
       {{"reduction", "none"}},
       {any({1, 3, 2}, {1, 3, 2, 1, 3, 2}), typed(DType::int32, {1, 2}, {0, 2})},
       {any({1, 2}, {a, b}), any({1, 3, 2}, {-a, -c, -b, -a, -c, -b})}},
      // Neither overflows nor loses the difference of large scores.
      {op,
       {{"reduction", "none"}},
       {any({2, 2}, {1000, 0, -1000, -1000}), i64({1, 0})},
       {any({2}, {1000, 0.6931471805599453}), any({2, 2}, {0, -1000, -0.6931471805599453, -0.6931471805599453})}},
      {op, {{"reduction", "none"}}, {any({1, 2}, {0, -kInf}), i64({1})}, {any({1}, {kInf}), any({1, 2}, {0, -kInf})}},
      {op, {{"reduction", "sum"}}, {any({1, 2}, {kNan, 1}), i64({1})}, {any({}, {kNan})}},
      {op, {{"reduction", "none"}}, {any({0, 3}, {}), i64({})}, {any({0}, {}), any({0, 3}, {})}},
  };
}

}  // namespace

std::vector<OpCase> line_cases() {
  std::vector<OpCase> cases;
  for (const auto& more : {normalizations(), running_sums(), likelihoods(), cross_entropies()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

}  // namespace rondo::test
