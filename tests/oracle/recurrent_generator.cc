#include "oracle/recurrent_generator.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include "oracle/activation.h"
#include "oracle/random.h"
#include "oracle/tensor_values.h"

namespace rondo::oracle {
namespace {

enum Stream : std::uint64_t { kOperator, kActivation, kSize, kInput, kForm, kX, kW, kR, kB, kP, kH0, kC0, kSpecial };

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void draw_operator(RecurrentCase& c, Random random) {
  constexpr std::array<int, 10> kOpsets = {1, 3, 7, 7, 14, 14, 14, 14, 22, 22};
  constexpr std::array<DType, 7> kRareTypes = {DType::float64, DType::float64,  DType::float64, DType::float16,
                                               DType::float16, DType::bfloat16, DType::bfloat16};
  constexpr std::array<float, 8> kClips = {0.05F, 0.2F, 0.5F, 1, 2.5F, 6, std::numeric_limits<float>::infinity(),
                                           1e-40F};
  c.op = static_cast<RecurrentOp>(random.below(3));
  c.opset = random.pick(kOpsets);
  c.dtype = random.chance(0.3) ? random.pick(kRareTypes) : DType::float32;
  if (c.dtype == DType::bfloat16) c.opset = 22;
  c.direction = static_cast<Direction>(random.below(3));
  c.layout = c.opset >= 14 && random.chance(0.4) ? 1 : 0;
  if (random.chance(0.3)) c.clip = random.pick(kClips);
  c.input_forget = c.op == RecurrentOp::lstm && random.chance(0.25);
  c.linear_before_reset = c.op == RecurrentOp::gru && c.opset >= 3 && random.chance(0.5);
}

struct Range {
  double low, high;
};
// Ranges of alpha and beta that keep a recurrence tame, in the order of ActivationKind.
constexpr std::array<Range, 11> kAlphas = {
    {{}, {}, {}, {0.3, 1}, {0.01, 0.3}, {0.05, 1}, {0.5, 1}, {0.1, 0.4}, {0.3, 1.2}, {}, {}}};
constexpr std::array<Range, 11> kBetas = {{{}, {}, {}, {-0.3, 0.3}, {}, {}, {0.5, 1.2}, {0.3, 0.6}, {}, {}, {}}};
// Stands in a list written one to one where the function takes no parameter; whoever reads it there gives itself away.
constexpr float kNobodysParameter = -7.5F;

std::vector<float> draw_parameters(const std::vector<ActivationKind>& kinds, bool ActivationInfo::*uses,
                                   const std::array<Range, 11>& ranges, Random& random) {
  const std::int64_t form = random.below(3);  // absent, one to one, packed
  std::vector<float> list;
  for (ActivationKind kind : kinds) {
    const auto k = static_cast<std::size_t>(kind);
    if (kActivations[k].*uses) {
      list.push_back(static_cast<float>(random.uniform(ranges[k].low, ranges[k].high)));
    } else if (form == 1) {
      list.push_back(kNobodysParameter);
    }
  }
  return form == 0 ? std::vector<float>{} : list;
}

std::string respelled(std::string_view name, Random& random) {
  std::string result(name);
  const std::int64_t spelling = random.below(6);  // lower case, upper case, or as the specification writes it
  for (char& letter : result) {
    if (spelling == 0) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    if (spelling == 1) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return result;
}

void draw_activations(RecurrentCase& c, Random random) {
  using enum ActivationKind;
  if (random.chance(0.45)) return;
  constexpr std::array<std::array<ActivationKind, 3>, 3> kUsual = {
      {{tanh, tanh, tanh}, {sigmoid, tanh, tanh}, {sigmoid, tanh, tanh}}};
  std::vector<ActivationKind> kinds;
  for (std::int64_t d = 0; d < c.D(); ++d) {
    for (std::int64_t k = 0; k < functions_of(c.op); ++k) {
      const auto any = static_cast<ActivationKind>(random.below(static_cast<std::int64_t>(kActivations.size())));
      const auto usual = kUsual[static_cast<std::size_t>(c.op)][static_cast<std::size_t>(k)];
      kinds.push_back(random.chance(0.4) ? usual : any);
    }
  }
  for (ActivationKind kind : kinds) {
    c.activations.push_back(respelled(kActivations[static_cast<std::size_t>(kind)].name, random));
  }
  c.activation_alpha = draw_parameters(kinds, &ActivationInfo::uses_alpha, kAlphas, random);
  c.activation_beta = draw_parameters(kinds, &ActivationInfo::uses_beta, kBetas, random);
}

bool is_bounded(const std::string& activation) {
  return kActivations[static_cast<std::size_t>(activation_from_name(activation))].bounded;
}

bool is_bounded(const RecurrentCase& c) {
  return std::ranges::all_of(c.activations, [](const std::string& name) { return is_bounded(name); });
}

// Gates multiply states, so unbounded ones let a state grow faster than any power of a number.
bool has_bounded_gates(const RecurrentCase& c) {
  if (c.op == RecurrentOp::rnn) return true;
  for (std::size_t k = 0; k < c.activations.size(); k += static_cast<std::size_t>(functions_of(c.op))) {
    if (!is_bounded(c.activations[k])) return false;
  }
  return true;
}

std::int64_t draw_width(Random& random) {
  constexpr std::array<std::int64_t, 10> kSmall = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17};
  constexpr std::array<std::int64_t, 7> kLarge = {31, 32, 33, 40, 63, 64, 65};
  return random.chance(0.75) ? random.pick(kSmall) : random.pick(kLarge);
}

std::int64_t multiplications(const RecurrentCase& c) { return c.T * c.N * c.D() * c.G() * c.H * (c.I + c.H); }

void draw_sizes(RecurrentCase& c, Random random) {
  c.I = random.chance(0.01) ? 0 : draw_width(random);
  c.H = draw_width(random);
  // Growth without bounds is a matter of few steps.
  const bool is_long = random.chance(0.02) && is_bounded(c);
  c.T = is_long ? 64 : random.between(0, has_bounded_gates(c) ? 12 : 4);
  c.N = random.chance(0.6) ? random.between(1, 4) : random.between(0, 19);
  const std::int64_t budget = random.chance(0.02) ? 4'000'000 : 400'000;
  while (multiplications(c) > budget && c.N > 2) c.N -= 2;
  while (multiplications(c) > budget && c.T > 2) c.T /= 2;
}

void draw_lengths(RecurrentCase& c, Random& random) {
  if (!random.chance(0.45)) return;
  const std::int64_t form = random.below(20);  // all empty, all full, ragged
  std::vector<std::int32_t> lengths;
  for (std::int64_t n = 0; n < c.N; ++n) {
    const std::int64_t ragged = random.chance(0.1) ? 0 : random.between(0, c.T);
    lengths.push_back(static_cast<std::int32_t>(form == 0 ? 0 : form == 1 ? c.T : ragged));
  }
  c.sequence_lens = lengths;
}

Values draw_values(DType dtype, std::int64_t count, double scale, Random random) {
  Values values(static_cast<std::size_t>(count));
  for (double& value : values) value = round_to(dtype, random.uniform(-scale, scale));
  return values;
}

void draw_inputs(RecurrentCase& c, Random random) {
  constexpr std::array<double, 3> kGains = {0.5, 1, 1.8};
  draw_lengths(c, random);
  const std::int64_t D = c.D(), G = c.G();
  const double gain = random.pick(kGains) * (is_bounded(c) ? 1 : 0.5);
  const double w_scale = gain / std::sqrt(static_cast<double>(std::max<std::int64_t>(c.I, 1)));
  const double r_scale = gain / std::sqrt(static_cast<double>(c.H));
  c.X = draw_values(c.dtype, c.T * c.N * c.I, 1.5, Random(c.seed, kX));
  c.W = draw_values(c.dtype, D * G * c.H * c.I, w_scale, Random(c.seed, kW));
  c.R = draw_values(c.dtype, D * G * c.H * c.H, r_scale, Random(c.seed, kR));
  if (random.chance(0.7)) c.B = draw_values(c.dtype, D * 2 * G * c.H, 0.4, Random(c.seed, kB));
  if (random.chance(0.5)) c.initial_h = draw_values(c.dtype, D * c.N * c.H, 0.8, Random(c.seed, kH0));
  if (c.op != RecurrentOp::lstm) return;
  if (random.chance(0.5)) c.initial_c = draw_values(c.dtype, D * c.N * c.H, 0.8, Random(c.seed, kC0));
  if (random.chance(0.4)) c.P = draw_values(c.dtype, D * 3 * c.H, 0.4, Random(c.seed, kP));
}

// What nobody may read: everything past the end of a row.
void poison_padding(RecurrentCase& c, Random& random) {
  constexpr std::array<double, 3> kPoison = {kNaN, kInfinity, -kInfinity};
  for (std::int64_t n = 0; n < c.N; ++n) {
    const double poison = random.pick(kPoison);
    for (std::int64_t t = c.length(n); t < c.T; ++t) {
      for (std::int64_t i = 0; i < c.I; ++i) c.X[c.x_index(t, n, i)] = poison;
    }
  }
}

void draw_specials(RecurrentCase& c, Random random) {
  if (c.sequence_lens && random.chance(0.5)) poison_padding(c, random);
  if (!random.chance(0.02) || c.N == 0) return;
  const std::int64_t n = random.below(c.N);  // one row has a NaN, its neighbours stay clean
  if (c.initial_h && random.chance(0.5)) {
    (*c.initial_h)[c.state_index(random.below(c.D()), n, 0)] = kNaN;
  } else if (c.length(n) > 0 && c.I > 0) {
    c.X[c.x_index(random.below(c.length(n)), n, 0)] = kNaN;
  }
}

void draw_form(RecurrentCase& c, Random random) {
  const std::int64_t wanted = random.between(1, c.op == RecurrentOp::lstm ? 7 : 3);
  c.wants_y = (wanted & 1) != 0;
  c.wants_y_h = (wanted & 2) != 0 || (c.op == RecurrentOp::gru && c.opset < 3);  // GRU-1 requires Y_h
  c.wants_y_c = (wanted & 4) != 0;
  const bool weights_are_inputs = random.chance(0.2);
  for (bool ModelForm::*is_input :
       {&ModelForm::w_is_input, &ModelForm::r_is_input, &ModelForm::b_is_input, &ModelForm::p_is_input}) {
    c.form.*is_input = weights_are_inputs || random.chance(0.05);
  }
  c.form.lengths_are_constant = random.chance(0.1);
  c.form.states_are_constant = random.chance(0.2);
  c.form.write_hidden_size = !random.chance(0.15);
  c.form.write_defaults = random.chance(0.3);
  c.form.write_output_sequence = c.opset < 7 && random.chance(0.5);
  c.form.trailing_empty_names = random.chance(0.2);
  c.form.symbolic_dims = random.chance(0.4);
}

}  // namespace

RecurrentCase draw(std::uint64_t seed) {
  RecurrentCase c;
  c.seed = seed;
  draw_operator(c, Random(seed, kOperator));
  draw_activations(c, Random(seed, kActivation));
  draw_sizes(c, Random(seed, kSize));
  draw_inputs(c, Random(seed, kInput));
  draw_specials(c, Random(seed, kSpecial));
  draw_form(c, Random(seed, kForm));
  return c;
}

}  // namespace rondo::oracle
