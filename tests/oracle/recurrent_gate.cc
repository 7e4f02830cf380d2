#include "oracle/recurrent_gate.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "oracle/random.h"
#include "oracle/tensor_values.h"

namespace rondo::oracle {
namespace {

constexpr std::uint64_t kNudgeStream = 100;  // far from the generator's streams
constexpr int kNudges = 2;

int significand_bits(DType dtype) {
  switch (dtype) {
    case DType::float64:
      return 53;
    case DType::float16:
      return 11;
    case DType::bfloat16:
      return 8;
    default:
      return 24;
  }
}

// Half an ULP of float64 does not exist in float64: there the move is 2^9 times larger and the result divided by it.
int magnification_bits(DType ulp_of) { return ulp_of == DType::float64 ? 9 : 0; }

void nudge(Values& values, DType ulp_of, Random& random) {
  const int half_ulp = magnification_bits(ulp_of) - significand_bits(ulp_of) - 1;
  for (double& value : values) {
    const double sign = random.chance(0.5) ? 1 : -1;
    if (!std::isfinite(value) || value == 0) continue;
    value += sign * std::ldexp(1.0, std::ilogb(value) + 1 + half_ulp);
  }
}

double largest_difference(const Values& a, const Values& b) {
  double largest = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] == b[k] || (std::isnan(a[k]) && std::isnan(b[k]))) continue;
    const double difference = std::abs(a[k] - b[k]);
    largest = std::fmax(largest, std::isnan(difference) ? INFINITY : difference);
  }
  return largest;
}

double largest(const std::optional<Values>& values) {
  double result = 0;
  for (double value : values.value_or(Values{})) result = std::fmax(result, std::abs(value));
  return result;
}

double cell_scale(const RecurrentResult& exact) { return std::fmax(1.0, exact.largest_cell); }

struct Output {
  const char* name;
  const Values* exact;
  std::vector<std::int64_t> shape;
  double tolerance;
};

std::vector<Output> gated_outputs(const RecurrentCase& c, const RecurrentResult& exact, const Tolerance& allowed) {
  std::vector<Output> outputs;
  if (c.wants_y) outputs.push_back({"Y", &exact.Y, c.y_shape(), allowed.y});
  if (c.wants_y_h) outputs.push_back({"Y_h", &exact.Y_h, c.state_shape(), allowed.y});
  if (c.wants_y_c) outputs.push_back({"Y_c", &exact.Y_c, c.state_shape(), allowed.y_c});
  return outputs;
}

// The error in units of the tolerance; infinite when NaN or infinity is not where it should be.
double error_of(double actual, double exact, double absolute, const RecurrentCase& c, const Tolerance& allowed) {
  const double expected = round_to(c.dtype, exact);
  if (actual == expected || (std::isnan(actual) && std::isnan(expected))) return 0;
  if (!std::isfinite(actual) || !std::isfinite(expected)) return INFINITY;
  if (allowed.chaotic) return 0;
  return std::abs(actual - exact) / (absolute + allowed.rounding * std::abs(exact));
}

std::string different(const RecurrentCase& c, const Output& output, const TensorView& actual) {
  std::ostringstream out;
  out << describe(c) << ": " << output.name << " is " << rondo::name_of(actual.dtype) << rondo::to_string(actual.shape)
      << ", expected " << rondo::name_of(c.dtype) << rondo::to_string(output.shape);
  return out.str();
}

std::string off(const RecurrentCase& c, const Output& output, std::size_t k, double actual) {
  std::ostringstream out;
  out.precision(9);
  out << describe(c) << ": " << output.name << rondo::to_string(output.shape) << " at " << k << " is " << actual
      << ", expected " << (*output.exact)[k] << ", tolerance " << output.tolerance;
  return out.str();
}

// Past a row's end Y is 0, not nearly 0.
void judge_padding(const RecurrentCase& c, const TensorView& y, Verdict& verdict) {
  const Values values = to_values(y);
  for (std::int64_t n = 0; n < c.N; ++n) {
    for (std::int64_t k = c.length(n) * c.D() * c.H; k < c.T * c.D() * c.H; ++k) {
      const double value = values[c.y_index(k / (c.D() * c.H), k / c.H % c.D(), n, k % c.H)];
      if (value == 0) continue;
      verdict.failure = describe(c) + ": Y of row " + std::to_string(n) + " is not 0 past its end";
      return;
    }
  }
}

void judge_output(const RecurrentCase& c, const Output& output, const TensorView& actual, const Tolerance& allowed,
                  Verdict& verdict) {
  if (actual.dtype != c.dtype || !std::ranges::equal(actual.shape, output.shape)) {
    verdict.failure = different(c, output, actual);
    return;
  }
  const Values values = to_values(actual);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double error = error_of(values[k], (*output.exact)[k], output.tolerance, c, allowed);
    verdict.worst = std::max(verdict.worst, error);
    if (error > 1 && verdict.failure.empty()) verdict.failure = off(c, output, k, values[k]);
  }
}

}  // namespace

DType arithmetic_of(DType dtype) { return dtype == DType::float64 ? DType::float64 : DType::float32; }

double deviation(const RecurrentCase& c, const RecurrentResult& exact, DType ulp_of) {
  double largest = 0;
  for (std::uint64_t k = 0; k < kNudges; ++k) {
    Random random(c.seed, kNudgeStream + k);
    RecurrentCase moved = c;
    nudge(moved.X, ulp_of, random);
    nudge(moved.W, ulp_of, random);
    nudge(moved.R, ulp_of, random);
    const RecurrentResult result = run_oracle(moved);
    largest = std::fmax(largest, largest_difference(exact.Y, result.Y));
    largest = std::fmax(largest, largest_difference(exact.Y_h, result.Y_h));
    largest = std::fmax(largest, largest_difference(exact.Y_c, result.Y_c) / cell_scale(exact));
  }
  return std::ldexp(largest, -magnification_bits(ulp_of));
}

Tolerance tolerance(const RecurrentCase& c, const RecurrentResult& exact, Gate gate) {
  const DType arithmetic = arithmetic_of(c.dtype);
  const double moved = deviation(c, exact, arithmetic);
  const bool is_double = arithmetic == DType::float64;
  double floor = is_double ? kFloor64 : kFloor32;
  if (gate == Gate::step) {
    floor = (is_double ? kFloor64 : kStepFloor32) * std::max({1.0, largest(c.initial_h), largest(c.initial_c)});
  }
  Tolerance allowed{};
  allowed.y = std::fmax(floor, kDeviations * moved);
  allowed.y_c = allowed.y * cell_scale(exact);
  allowed.rounding = c.dtype == arithmetic ? 0 : std::ldexp(1.0, -significand_bits(c.dtype));
  const bool near_jump = exact.nearest_jump < (is_double ? kJump64 : kJump32);
  allowed.chaotic = near_jump || (gate == Gate::run && moved > kChaotic);
  return allowed;
}

Verdict judge(const RecurrentCase& c, std::span<const TensorView> outputs, Gate gate) {
  const RecurrentResult exact = run_oracle(c);
  const Tolerance allowed = tolerance(c, exact, gate);
  const std::vector<Output> wanted = gated_outputs(c, exact, allowed);
  Verdict verdict{"", 0, allowed.chaotic};
  if (wanted.size() != outputs.size()) verdict.failure = describe(c) + ": a wrong number of outputs";
  for (std::size_t k = 0; k < wanted.size() && verdict.failure.empty(); ++k) {
    judge_output(c, wanted[k], outputs[k], allowed, verdict);
    if (verdict.failure.empty() && wanted[k].exact == &exact.Y) judge_padding(c, outputs[k], verdict);
  }
  return verdict;
}

Verdict judge(const RecurrentCase& c, const std::vector<Tensor>& outputs, Gate gate) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : outputs) views.push_back(tensor.view());
  return judge(c, views, gate);
}

}  // namespace rondo::oracle
