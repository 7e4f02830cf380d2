#include "oracle/recurrent_generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "oracle/activation.h"
#include "oracle/recurrent_oracle.h"
#include "oracle/tensor_values.h"

namespace rondo::oracle {
namespace {

constexpr std::uint64_t kSeeds = 2000;

std::uint64_t hashed(std::uint64_t hash, std::uint64_t value) { return (hash ^ value) * 0x100000001B3u; }

std::uint64_t hashed(std::uint64_t hash, const Values& values) {
  for (double value : values) hash = hashed(hash, std::isnan(value) ? 1 : std::bit_cast<std::uint64_t>(value));
  return hash;
}

std::uint64_t fingerprint(const RecurrentCase& c) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (char letter : describe(c)) hash = hashed(hash, static_cast<unsigned char>(letter));
  for (const Values* values : {&c.X, &c.W, &c.R}) hash = hashed(hash, *values);
  for (const auto* values : {&c.B, &c.P, &c.initial_h, &c.initial_c}) hash = hashed(hash, values->value_or(Values{}));
  return hash;
}

// A seed in a failure report must mean the same case on every machine. The number changes with the generator only.
TEST(RecurrentGenerator, ASeedIsACaseForever) {
  std::uint64_t all = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) all = hashed(all, fingerprint(draw(seed)));
  EXPECT_EQ(all, 6521993259683696727U);
  EXPECT_EQ(fingerprint(draw(7)), fingerprint(draw(7)));
  EXPECT_NE(fingerprint(draw(7)), fingerprint(draw(8)));
}

TEST(RecurrentGenerator, EveryCaseIsLegal) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const RecurrentCase c = draw(seed);
    ASSERT_NO_THROW(run_oracle(c)) << describe(c);
    EXPECT_TRUE(c.layout == 0 || c.opset >= 14) << describe(c);
    EXPECT_TRUE(!c.linear_before_reset || (c.op == RecurrentOp::gru && c.opset >= 3)) << describe(c);
    EXPECT_TRUE(c.dtype != DType::bfloat16 || c.opset == 22) << describe(c);
    EXPECT_TRUE(c.wants_y_h || c.op != RecurrentOp::gru || c.opset >= 3) << describe(c);
    EXPECT_TRUE(c.wants_y || c.wants_y_h || c.wants_y_c) << describe(c);
    for (double value : c.W) ASSERT_EQ(value, round_to(c.dtype, value)) << describe(c);
  }
}

bool is_ragged(const RecurrentCase& c) {
  return c.sequence_lens &&
         std::ranges::adjacent_find(*c.sequence_lens, std::not_equal_to<>()) != c.sequence_lens->end();
}

bool has_poisoned_padding(const RecurrentCase& c) {
  for (std::int64_t n = 0; n < c.N && c.I > 0; ++n) {
    if (c.length(n) < c.T && !std::isfinite(c.X[c.x_index(c.T - 1, n, 0)])) return true;
  }
  return false;
}

bool has_valid_nan(const RecurrentCase& c) {
  return std::ranges::any_of(run_oracle(c).Y_h, [](double v) { return std::isnan(v); });
}

std::size_t alpha_users(const RecurrentCase& c) {
  return static_cast<std::size_t>(std::ranges::count_if(c.activations, [](const std::string& name) {
    return kActivations[static_cast<std::size_t>(activation_from_name(name))].uses_alpha;
  }));
}

const std::map<std::string, std::function<bool(const RecurrentCase&)>>& edges() {
  static const std::map<std::string, std::function<bool(const RecurrentCase&)>> kEdges = {
      {"T=0", [](const auto& c) { return c.T == 0; }},
      {"T=1", [](const auto& c) { return c.T == 1; }},
      {"T=64", [](const auto& c) { return c.T == 64; }},
      {"N=0", [](const auto& c) { return c.N == 0; }},
      {"N=1", [](const auto& c) { return c.N == 1; }},
      {"N>16", [](const auto& c) { return c.N > 16; }},
      {"I=0", [](const auto& c) { return c.I == 0; }},
      {"ragged", is_ragged},
      {"a row of length 0",
       [](const auto& c) {
         return c.T > 0 && c.N > 0 && c.sequence_lens && std::ranges::count(*c.sequence_lens, 0) > 0;
       }},
      {"all rows of length 0",
       [](const auto& c) {
         return c.T > 0 && c.N > 1 && c.sequence_lens && std::ranges::count(*c.sequence_lens, 0) == c.N;
       }},
      {"ragged, reverse", [](const auto& c) { return is_ragged(c) && c.direction == Direction::reverse; }},
      {"ragged, layout 1", [](const auto& c) { return is_ragged(c) && c.layout == 1; }},
      {"lengths and a state", [](const auto& c) { return is_ragged(c) && c.initial_h; }},
      {"poisoned padding", has_poisoned_padding},
      {"NaN in a valid row", has_valid_nan},
      {"B absent, later inputs present", [](const auto& c) { return !c.B && c.initial_h; }},
      {"only X W R", [](const auto& c) { return !c.B && !c.sequence_lens && !c.initial_h && !c.initial_c && !c.P; }},
      {"c0 without h0", [](const auto& c) { return c.initial_c && !c.initial_h; }},
      {"h0 without c0", [](const auto& c) { return c.op == RecurrentOp::lstm && c.initial_h && !c.initial_c; }},
      {"P", [](const auto& c) { return c.P.has_value(); }},
      {"P without B", [](const auto& c) { return c.P && !c.B; }},
      {"all inputs of LSTM", [](const auto& c) { return c.B && c.sequence_lens && c.initial_h && c.initial_c && c.P; }},
      {"clip", [](const auto& c) { return c.clip && *c.clip < 1 && *c.clip > 0.01F; }},
      {"clip infinite", [](const auto& c) { return c.clip && std::isinf(*c.clip); }},
      {"clip denormal", [](const auto& c) { return c.clip && *c.clip < 1e-38F; }},
      {"input_forget", [](const auto& c) { return c.input_forget; }},
      {"input_forget with P", [](const auto& c) { return c.input_forget && c.P; }},
      {"linear_before_reset", [](const auto& c) { return c.linear_before_reset; }},
      {"GRU without it",
       [](const auto& c) { return c.op == RecurrentOp::gru && !c.linear_before_reset && c.opset >= 3; }},
      {"layout 1", [](const auto& c) { return c.layout == 1; }},
      {"default activations", [](const auto& c) { return c.activations.empty(); }},
      {"RNN's two default names for one direction",
       [](const auto& c) {
         return c.op == RecurrentOp::rnn && c.D() == 1 && c.activations.empty() && c.form.write_defaults;
       }},
      {"alpha one to one, not all use it",
       [](const auto& c) {
         return !c.activation_alpha.empty() && c.activation_alpha.size() == c.activations.size() &&
                alpha_users(c) < c.activations.size();
       }},
      {"alpha packed",
       [](const auto& c) { return !c.activation_alpha.empty() && c.activation_alpha.size() < c.activations.size(); }},
      {"beta packed",
       [](const auto& c) { return !c.activation_beta.empty() && c.activation_beta.size() < c.activations.size(); }},
      {"alpha by default", [](const auto& c) { return c.activation_alpha.empty() && alpha_users(c) > 0; }},
      {"lower case",
       [](const auto& c) {
         return !c.activations.empty() && std::islower(static_cast<unsigned char>(c.activations[0][0])) != 0;
       }},
      {"upper case",
       [](const auto& c) {
         return !c.activations.empty() && std::isupper(static_cast<unsigned char>(c.activations[0][1])) != 0;
       }},
      {"only Y", [](const auto& c) { return c.wants_y && !c.wants_y_h && !c.wants_y_c; }},
      {"only Y_h", [](const auto& c) { return !c.wants_y && c.wants_y_h && !c.wants_y_c; }},
      {"only Y_c", [](const auto& c) { return !c.wants_y && !c.wants_y_h && c.wants_y_c; }},
      {"Y and Y_c", [](const auto& c) { return c.wants_y && !c.wants_y_h && c.wants_y_c; }},
      {"weights at run time", [](const auto& c) { return c.form.w_is_input && c.form.r_is_input; }},
      {"R at run time, W constant", [](const auto& c) { return !c.form.w_is_input && c.form.r_is_input; }},
      {"hidden_size to be inferred", [](const auto& c) { return !c.form.write_hidden_size; }},
      {"output_sequence", [](const auto& c) { return c.form.write_output_sequence && c.wants_y; }},
      {"constant lengths", [](const auto& c) { return c.form.lengths_are_constant && c.sequence_lens; }},
      {"constant states", [](const auto& c) { return c.form.states_are_constant && c.initial_h; }},
      {"symbolic dims", [](const auto& c) { return c.form.symbolic_dims; }},
  };
  return kEdges;
}

TEST(RecurrentGenerator, ReachesEveryEdge) {
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const RecurrentCase c = draw(seed);
    for (const auto& [name, holds] : edges()) seen[name] += holds(c) ? 1 : 0;
  }
  for (const auto& [name, count] : seen) EXPECT_GT(count, 1) << name;
}

TEST(RecurrentGenerator, ReachesEveryCombinationOfTheMainAttributes) {
  std::set<std::string> kinds;
  std::set<std::int64_t> widths;
  std::map<std::string, std::set<std::string>> functions;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const RecurrentCase c = draw(seed);
    widths.insert(c.H);
    kinds.insert(name_of(c.op) + std::to_string(c.opset) + name_of(c.direction));
    kinds.insert(name_of(c.op) + std::string(rondo::name_of(c.dtype)) + name_of(c.direction));
    for (const Activation& f : activations_of(c)) {
      functions[name_of(c.op)].emplace(kActivations[static_cast<std::size_t>(f.kind)].name);
    }
  }
  EXPECT_EQ(kinds.size(), 3U * 5U * 3U + 3U * 4U * 3U);
  EXPECT_EQ(widths.size(), 17U);
  for (const auto& [op, names] : functions) EXPECT_EQ(names.size(), kActivations.size()) << op;
}

}  // namespace
}  // namespace rondo::oracle
