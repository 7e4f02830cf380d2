// Recurrent layers, often with what exporters put around them.
#include <algorithm>

#include "differential/rules.h"
#include "oracle/activation.h"

namespace rondo::differential {
namespace {

struct Layer {
  std::int64_t D, G, N, T, I, H, layout;
};

std::int64_t gates_of(const OpDef& op) { return op.name == "LSTM" ? 4 : op.name == "GRU" ? 3 : 1; }

// Mostly the standard functions, for which there are kernels.
void draw_functions(Sketch& s, const OpDef& op, std::int64_t directions, Attributes& attributes) {
  if (s.random.chance(0.7)) return;
  std::vector<std::string> chosen;
  std::vector<float> alpha, beta;
  const std::int64_t each = op.name == "LSTM" ? 3 : op.name == "GRU" ? 2 : 1;
  for (std::int64_t i = 0; i < each * directions; ++i) {
    const oracle::ActivationInfo& info = s.random.pick(oracle::kActivations);
    chosen.emplace_back(info.name);
    if (info.uses_alpha) alpha.push_back(static_cast<float>(s.random.uniform(0.1, 1)));
    if (info.uses_beta) beta.push_back(static_cast<float>(s.random.uniform(0.1, 1)));
  }
  attributes.push_back({"activations", std::move(chosen)});
  if (!alpha.empty() && s.random.chance(0.7)) attributes.push_back({"activation_alpha", std::move(alpha)});
  if (!beta.empty() && s.random.chance(0.7)) attributes.push_back({"activation_beta", std::move(beta)});
}

Attributes layer_attributes(Sketch& s, const OpDef& op, const Layer& l) {
  Attributes attributes{{"hidden_size", l.H}, {"layout", l.layout}};
  const std::string direction = l.D == 2 ? "bidirectional" : s.random.chance(0.3) ? "reverse" : "forward";
  attributes.push_back({"direction", direction});
  if (op.name == "GRU") attributes.push_back({"linear_before_reset", flag(s)});
  if (op.name == "LSTM" && s.random.chance(0.15)) attributes.push_back({"input_forget", std::int64_t{1}});
  if (s.random.chance(0.15)) attributes.push_back({"clip", static_cast<float>(s.random.uniform(0.3, 3))});
  draw_functions(s, op, l.D, attributes);
  return attributes;
}

std::vector<ValueId> layer_inputs(Sketch& s, const OpDef& op, const Layer& l, ValueId x) {
  const DType type = s.dtype(x);
  const auto weight = [&](Ints shape) { return s.fresh(type, std::move(shape), {-0.6, 0.6}); };
  const Ints state = l.layout == 1 ? Ints{l.N, l.D, l.H} : Ints{l.D, l.N, l.H};
  const auto maybe = [&](double chance, Ints shape) {
    return s.random.chance(chance) ? weight(std::move(shape)) : kNone;
  };
  std::vector<ValueId> inputs{x, weight({l.D, l.G * l.H, l.I}), weight({l.D, l.G * l.H, l.H}),
                              maybe(0.7, {l.D, 2 * l.G * l.H})};
  inputs.push_back(kNone);
  if (s.random.chance(0.3)) {
    Tensor lengths(DType::int32, {l.N});
    for (std::int64_t n = 0; n < l.N; ++n)
      set_element(lengths.view(), n, static_cast<double>(s.random.between(0, l.T)));
    inputs.back() = s.given(std::move(lengths));
  }
  inputs.push_back(maybe(0.4, state));
  if (op.name != "LSTM") return inputs;
  inputs.push_back(maybe(0.4, state));
  inputs.push_back(maybe(0.2, {l.D, 3 * l.H}));
  return inputs;
}

// A Squeeze of the one direction, or both directions side by side, as PyTorch's exporter writes it.
void draw_glue(Sketch& s, const Layer& l) {
  const ValueId y = s.made()[0];
  if (y == kNone || l.layout == 1 || s.random.chance(0.5)) return;
  if (l.D == 1) {
    s.add({*find_op("", "Squeeze"), {}, {y, s.list({1})}});
    return;
  }
  if (s.add({ops::transpose(), {{"perm", Ints{0, 2, 1, 3}}}, {y}}))
    s.add({ops::reshape(), {}, {s.made()[0], s.list({0, 0, -1})}});
}

bool layer(Sketch& s, const OpDef& op) {
  ValueId x = s.some(allowed(op, 0), 3, 3);
  if (s.random.chance(0.3) && s.add({ops::transpose(), {{"perm", Ints{1, 0, 2}}}, {x}})) x = s.made()[0];
  Layer l{1 + flag(s, 0.3), gates_of(op),           s.dims(x)[1], s.dims(x)[0],
          s.dims(x)[2],     s.random.between(1, 9), flag(s, 0.15)};
  if (s.random.chance(0.2)) l.H = s.random.pick(std::array<std::int64_t, 4>{16, 17, 24, 33});
  if (l.layout == 1) std::swap(l.N, l.T);
  const std::size_t outputs = op.name == "LSTM" ? 3 : 2;  // without what only gradients read
  std::vector<std::size_t> absent;
  for (std::size_t k = 0; k < outputs; ++k)
    if (s.random.chance(0.25)) absent.push_back(k);
  if (absent.size() == outputs) absent.clear();
  if (!s.add({op, layer_attributes(s, op, l), layer_inputs(s, op, l, x), outputs, absent})) return false;
  draw_glue(s, l);
  return true;
}

// Weights are bytes and stand the other way round: [D,I,4H] and [D,H,4H].
bool quantized_layer(Sketch& s, const OpDef& op) {
  const ValueId x = s.some({DType::float32}, 3, 3);
  const DType type = s.some_type({DType::int8, DType::uint8});
  const std::int64_t D = 1 + flag(s, 0.3), H = s.random.between(1, 9);
  std::vector<ValueId> inputs{x, s.fresh(type, {D, s.dims(x)[2], 4 * H}, {0, 30}),
                              s.fresh(type, {D, H, 4 * H}, {0, 30}),
                              s.random.chance(0.3) ? kNone : s.fresh(DType::float32, {D, 8 * H})};
  inputs.resize(8, kNone);  // no lengths, states or peepholes
  for (int i = 0; i < 2; ++i) {
    const Ints shape = s.random.chance(0.5) ? Ints{D} : Ints{D, 4 * H};
    inputs.push_back(s.fresh(DType::float32, shape, {0.005, 0.02}));
    inputs.push_back(s.fresh(type, shape, {0, 30}));
  }
  return s.add({op, {{"hidden_size", H}, {"direction", D == 2 ? "bidirectional" : "reverse"}}, inputs, 3});
}

}  // namespace

std::vector<Rule> recurrent_rules() {
  return {{"RNN", layer, 5}, {"GRU", layer, 7}, {"LSTM", layer, 7}, {"DynamicQuantizeLSTM", quantized_layer, 2}};
}

}  // namespace rondo::differential
