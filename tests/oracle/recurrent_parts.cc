#include "oracle/recurrent_parts.h"

#include <algorithm>
#include <cmath>

#include "oracle/activation.h"
#include "oracle/recurrent_oracle.h"
#include "oracle/tensor_values.h"

namespace rondo::oracle {
namespace {

// Block d of the first axis, which has `blocks` of them.
template <class T>
std::vector<T> block(const std::vector<T>& values, std::int64_t d, std::int64_t blocks) {
  const auto size = static_cast<std::ptrdiff_t>(values.size()) / blocks;
  return {values.begin() + d * size, values.begin() + (d + 1) * size};
}

std::optional<Values> block(const std::optional<Values>& values, std::int64_t d, std::int64_t blocks) {
  if (!values) return {};
  return block(*values, d, blocks);
}

// The states of directions first .. first + to.D() - 1 of `from`, in the layout of `to`.
std::optional<Values> states(const std::optional<Values>& state, const RecurrentCase& from, std::int64_t first,
                             const RecurrentCase& to) {
  if (!state) return {};
  Values result(static_cast<std::size_t>(to.D() * to.N * to.H));
  for (std::int64_t d = 0; d < to.D(); ++d) {
    for (std::int64_t n = 0; n < to.N; ++n) {
      for (std::int64_t h = 0; h < to.H; ++h) {
        result[to.state_index(d, n, h)] = (*state)[from.state_index(first + d, n, h)];
      }
    }
  }
  return result;
}

// X of `from` from step `begin` on, in the layout and length of `to`.
Values inputs(const RecurrentCase& from, std::int64_t begin, const RecurrentCase& to) {
  Values result(static_cast<std::size_t>(to.T * to.N * to.I));
  for (std::int64_t t = 0; t < to.T; ++t) {
    for (std::int64_t n = 0; n < to.N; ++n) {
      for (std::int64_t i = 0; i < to.I; ++i) result[to.x_index(t, n, i)] = from.X[from.x_index(begin + t, n, i)];
    }
  }
  return result;
}

Values rounded(DType dtype, Values values) {
  for (double& value : values) value = round_to(dtype, value);
  return values;
}

bool overflows(const Values& values) {
  return std::ranges::any_of(values, [](double value) { return std::isinf(value); });
}

void append_steps(const RecurrentCase& direction, std::vector<RecurrentCase>& steps) {
  RecurrentCase carried = direction;
  for (std::int64_t k = 0; k < direction.T; ++k) {
    const std::int64_t t = direction.walks_backwards(0) ? direction.T - 1 - k : k;
    steps.push_back(time_span(carried, t, t + 1));
    const RecurrentResult after = run_oracle(steps.back());
    carried.initial_h = rounded(direction.dtype, after.Y_h);
    if (direction.op == RecurrentOp::lstm) carried.initial_c = rounded(direction.dtype, after.Y_c);
    if (overflows(*carried.initial_h) || (carried.initial_c && overflows(*carried.initial_c))) return;
  }
}

}  // namespace

RecurrentCase one_direction(const RecurrentCase& c, std::int64_t d) {
  const std::vector<Activation> functions = block(activations_of(c), d, c.D());
  RecurrentCase part = c;
  part.direction = c.walks_backwards(d) ? Direction::reverse : Direction::forward;
  part.activations.clear();
  part.activation_alpha.clear();
  part.activation_beta.clear();
  for (const Activation& f : functions) {
    part.activations.emplace_back(kActivations[static_cast<std::size_t>(f.kind)].name);
    if (!c.activation_alpha.empty()) part.activation_alpha.push_back(static_cast<float>(f.alpha));
    if (!c.activation_beta.empty()) part.activation_beta.push_back(static_cast<float>(f.beta));
  }
  part.W = block(c.W, d, c.D());
  part.R = block(c.R, d, c.D());
  part.B = block(c.B, d, c.D());
  part.P = block(c.P, d, c.D());
  part.initial_h = states(c.initial_h, c, d, part);
  part.initial_c = states(c.initial_c, c, d, part);
  return part;
}

RecurrentCase time_span(const RecurrentCase& c, std::int64_t begin, std::int64_t end) {
  RecurrentCase span = c;
  span.T = end - begin;
  span.X = inputs(c, begin, span);
  if (!span.sequence_lens) return span;
  for (std::int32_t& length : *span.sequence_lens) {
    length = static_cast<std::int32_t>(std::clamp<std::int64_t>(length - begin, 0, span.T));
  }
  return span;
}

RecurrentCase with_layout(const RecurrentCase& c, std::int64_t layout) {
  RecurrentCase other = c;
  other.layout = layout;
  if (layout == 1) other.opset = std::max(c.opset, 14);
  other.X = inputs(c, 0, other);
  other.initial_h = states(c.initial_h, c, 0, other);
  other.initial_c = states(c.initial_c, c, 0, other);
  return other;
}

std::vector<RecurrentCase> single_steps(const RecurrentCase& c) {
  std::vector<RecurrentCase> steps;
  for (std::int64_t d = 0; d < c.D(); ++d) {
    RecurrentCase direction = one_direction(c, d);
    direction.wants_y = direction.wants_y_h = true;
    direction.wants_y_c = c.op == RecurrentOp::lstm;
    append_steps(direction, steps);
  }
  return steps;
}

}  // namespace rondo::oracle
