// RNNGradient, LSTMGradient and GRUGradient on the native backend: what the scalar references give in float64 from the
// same workspace, the same bits on any number of threads, and a workspace that is the reference's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backends/native/native.h"
#include "ops/recurrent_gradient.h"
#include "step_case.h"

namespace rondo::test {
namespace {

namespace in = ops::recurrent_input;
namespace grad_in = ops::recurrent_gradient_input;

struct Shapes {
  std::int64_t T, N, I, H;
};
// Around the widths of vectors and tiles; the last sums over more than one block of steps.
const Shapes kShapes[] = {{1, 1, 1, 3},  {3, 2, 5, 7},   {5, 3, 2, 16}, {4, 1, 33, 17}, {6, 5, 9, 40},
                          {2, 17, 3, 8}, {7, 4, 65, 67}, {0, 2, 3, 4},  {3, 0, 3, 4},   {90, 9, 6, 19}};

struct Form {
  std::string name;
  std::string op;
  Attributes attributes;
  bool lengths = false, optional = true;
};
std::vector<std::string> names(std::size_t count, const char* f) { return std::vector<std::string>(count, f); }
const std::vector<Form>& forms() {
  static const std::vector<Form> kForms{
      {"rnn", "RNN", {}},
      {"rnn reverse relu", "RNN", {{"direction", std::string("reverse")}, {"activations", names(1, "Relu")}}, true},
      {"rnn clip", "RNN", {{"direction", std::string("bidirectional")}, {"clip", 0.5f}}, true, false},
      {"lstm", "LSTM", {}, false, false},
      {"lstm peepholes", "LSTM", {{"direction", std::string("bidirectional")}}, true},
      {"lstm coupled", "LSTM", {{"input_forget", std::int64_t{1}}, {"clip", 0.7f}}, true},
      {"lstm other functions",
       "LSTM",
       {{"direction", std::string("reverse")},
        {"activations", std::vector<std::string>{"HardSigmoid", "Softsign", "ScaledTanh"}}},
       true},
      {"gru", "GRU", {{"direction", std::string("reverse")}}, true},
      {"gru linear",
       "GRU",
       {{"direction", std::string("bidirectional")}, {"linear_before_reset", std::int64_t{1}}},
       true},
      {"gru plain linear", "GRU", {{"linear_before_reset", std::int64_t{1}}}, false, false},
      {"gru other functions",
       "GRU",
       {{"clip", 0.6f}, {"activations", std::vector<std::string>{"Softplus", "Elu"}}},
       false},
      {"layout", "LSTM", {{"layout", std::int64_t{1}}}, true},
  };
  return kForms;
}

std::int64_t directions(const Form& f) {
  const AttrValue* d = find_attribute(f.attributes, "direction");
  return d != nullptr && std::get<std::string>(*d) == "bidirectional" ? 2 : 1;
}

StepCase layer_case(const Form& f, const Shapes& s) {
  const std::int64_t D = directions(f), G = f.op == "LSTM" ? 4 : f.op == "GRU" ? 3 : 1;
  const bool batch_first = find_attribute(f.attributes, "layout") != nullptr;
  const auto state = [&](std::uint64_t seed) {
    return random_floats(batch_first ? Shape64{s.N, D, s.H} : Shape64{D, s.N, s.H}, seed);
  };
  StepCase c{.candidates = native_candidates, .op = f.op, .attributes = f.attributes};
  const float scale = 1 / std::sqrt(static_cast<float>(s.H));
  c.inputs.push_back(random_floats(batch_first ? Shape64{s.N, s.T, s.I} : Shape64{s.T, s.N, s.I}, 1));
  c.inputs.push_back(random_floats({D, G * s.H, s.I}, 2, scale));
  c.inputs.push_back(random_floats({D, G * s.H, s.H}, 3, scale));
  c.inputs.push_back(f.optional ? random_floats({D, 2 * G * s.H}, 4, scale) : Tensor());
  c.inputs.emplace_back();
  if (f.lengths) {
    std::vector<std::int32_t> lens;
    for (std::int64_t n = 0; n < s.N; ++n) lens.push_back(static_cast<std::int32_t>((n * 7 + 2) % (s.T + 1)));
    c.inputs.back() = Tensor::of<std::int32_t>(DType::int32, {s.N}, lens);
  }
  c.inputs.push_back(f.optional ? state(5) : Tensor());
  if (f.op == "LSTM") {
    c.inputs.push_back(f.optional ? state(6) : Tensor());
    c.inputs.push_back(f.optional ? random_floats({D, 3 * s.H}, 7, scale) : Tensor());
  }
  c.wanted.assign(f.op == "LSTM" ? 4 : 3, true);
  return c;
}

// The layer is run on the native backend too, so that both halves of a training step are.
StepCase gradient_case(const Form& f, const Shapes& s) {
  StepCase layer = layer_case(f, s);
  std::vector<Tensor> outputs = layer.run();
  StepCase c{.candidates = native_candidates, .op = f.op + "Gradient", .attributes = f.attributes};
  c.domain = "rondo";
  c.inputs = std::move(layer.inputs);
  c.inputs.resize(grad_in::count);
  for (std::size_t i = 0; i + 1 < outputs.size(); ++i)
    c.inputs[grad_in::grad_Y + i] = random_floats(outputs[i].shape(), 20 + i);
  c.inputs[grad_in::workspace] = std::move(outputs.back());
  c.wanted.clear();
  for (const std::size_t input : ops::kGradientOf) c.wanted.push_back(c.inputs[input].dtype() != DType::undefined);
  return c;
}

template <class F>
void for_each_case(F&& f) {
  for (const Form& form : forms())
    for (const Shapes& s : kShapes) {
      SCOPED_TRACE(form.name + to_string(Shape64{s.T, s.N, s.I, s.H}));
      f(form, s);
    }
}

double relative_error(const Tensor& got, const Tensor& expected) {
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < got.values<float>().size(); ++i) {
    const double want = expected.values<double>()[i], d = static_cast<double>(got.values<float>()[i]) - want;
    difference += d * d;
    size += want * want;
  }
  return difference == 0 ? 0 : std::sqrt(difference / size);
}

TEST(NativeRecurrentGradient, IsTheReference) {
  for (const Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (isa > detected_isa()) continue;
    SCOPED_TRACE(name_of(isa));
    for_each_case([&](const Form& form, const Shapes& s) {
      StepCase c = gradient_case(form, s);
      c.options.isa = isa;
      EXPECT_THAT(c.kernel(), testing::HasSubstr(std::string(name_of(isa))));
      const std::vector<Tensor> got = c.run(), expected = c.reference();
      for (std::size_t i = 0; i < got.size(); ++i)
        if (c.wanted[i]) {
          EXPECT_LE(relative_error(got[i], expected[i]), 1e-6) << "output " << i;
        }
    });
  }
}

TEST(NativeRecurrentGradient, LeavesTheSmallestLayersToDouble) {
  StepCase c = gradient_case(forms()[0], {3, 2, 5, 2});
  EXPECT_THAT(c.refusal(), testing::HasSubstr("float64"));
}

TEST(NativeRecurrentGradient, HasTheSameBitsOnAnyNumberOfThreads) {
  for_each_case([](const Form& form, const Shapes& s) {
    const StepCase c = gradient_case(form, s);
    const std::vector<Tensor> one = c.run();
    for (const int threads : {2, 3, 8}) EXPECT_EQ(different_bits(one, c.run_with_threads(threads)), 0) << threads;
  });
}

TEST(NativeRecurrentGradient, TheWorkspaceIsTheReferences) {
  for_each_case([](const Form& form, const Shapes& s) {
    if (form.name == "lstm coupled") return;  // its forget gate is undefined
    expect_matches_reference(layer_case(form, s), 1e-5, 1e-5);
  });
}

TEST(NativeRecurrentGradient, KeepingAWorkspaceChangesNoBit) {
  for_each_case([](const Form& form, const Shapes& s) {
    StepCase c = layer_case(form, s);
    std::vector<Tensor> kept = c.run();
    kept.pop_back();
    c.wanted.back() = false;
    std::vector<Tensor> plain = c.run();
    plain.pop_back();
    EXPECT_EQ(different_bits(kept, plain), 0);
  });
}

TEST(NativeRecurrentGradient, NaNInThePaddingReachesNothing) {
  for (const Form& form : forms()) {
    if (!form.lengths || form.name == "layout") continue;
    SCOPED_TRACE(form.name);
    const Shapes s{5, 4, 3, 9};
    const StepCase clean = gradient_case(form, s);
    StepCase spoilt = gradient_case(form, s);
    const std::int64_t D = directions(form);
    const std::span<float> x = spoilt.inputs[in::X].values<float>(), y = spoilt.inputs[grad_in::grad_Y].values<float>();
    for (std::int64_t t = 0; t < s.T; ++t)
      for (std::int64_t n = 0; n < s.N; ++n) {
        if (t < spoilt.inputs[in::sequence_lens].values<std::int32_t>()[static_cast<std::size_t>(n)]) continue;
        const auto spoil = [](std::span<float> all, std::int64_t at, std::int64_t count) {
          for (float& v : all.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(count)))
            v = std::numeric_limits<float>::quiet_NaN();
        };
        spoil(x, (t * s.N + n) * s.I, s.I);
        for (std::int64_t d = 0; d < D; ++d) spoil(y, ((t * D + d) * s.N + n) * s.H, s.H);
      }
    EXPECT_EQ(different_bits(clean.run(), spoilt.run()), 0);
  }
}

TEST(NativeRecurrentGradient, ARowIsWhatItIsAlone) {
  for (const Form& form : forms()) {
    if (form.lengths) continue;
    SCOPED_TRACE(form.name);
    StepCase many = gradient_case(form, {5, 4, 3, 9}), alone = gradient_case(form, {5, 1, 3, 9});
    // The first row of the batch, alone.
    const auto take = [](const Tensor& from, Tensor& to) {
      if (to.dtype() != DType::float32) return;
      const std::int64_t inner = to.shape().back(), rows = from.count() / to.count();
      for (std::int64_t i = 0; i < to.count() / inner; ++i)
        std::copy_n(from.values<float>().data() + i * rows * inner, inner, to.values<float>().data() + i * inner);
    };
    for (const std::size_t i : {in::X + 0, in::initial_h + 0, in::initial_c + 0, grad_in::workspace + 0,
                                grad_in::grad_Y + 0, grad_in::grad_Y_h + 0, grad_in::grad_Y_c + 0})
      take(many.inputs[i], alone.inputs[i]);
    std::vector<Tensor> expected = many.run(), got = alone.run();
    for (const std::size_t i : {ops::recurrent_gradient_output::X + 0, ops::recurrent_gradient_output::initial_h + 0,
                                ops::recurrent_gradient_output::initial_c + 0}) {
      if (!alone.wanted[i]) continue;
      Tensor first(DType::float32, got[i].shape());
      take(expected[i], first);
      EXPECT_TRUE(identical(first.view(), got[i].view())) << "output " << i;
    }
  }
}

}  // namespace
}  // namespace rondo::test
