#include "backends/onednn/recurrent.h"

#include <algorithm>
#include <string>

#include "backends/onednn/pieces.h"
#include "backends/onednn/recurrent_primitive.h"
#include "backends/onednn/recurrent_weights.h"
#include "backends/onednn/rules.h"

namespace rondo::onednn {
namespace {

using ops::ActivationKind;
using ops::Cell;
using ops::RecurrentSpec;
namespace in = ops::recurrent_input;
namespace out = ops::recurrent_output;

RecurrentSpec spec_of(const Lowering& at) {
  return ops::recurrent_spec(at.node, at.inputs[in::X].shape, at.inputs[in::R].shape);
}

// Rows [first, first + rows) of one direction.
struct Part {
  std::int64_t first = 0;
  std::size_t variant = 0;
};

// A lane's scratch: the states before and after, then X and Y of the part where the caller's do not serve, then
// oneDNN's own. Sizes are those of the largest part.
struct Buffers {
  std::int64_t state = 0, x = 0, y = 0;  // elements, multiples of a cache line
  std::size_t scratchpad = 0;

  std::size_t bytes() const { return static_cast<std::size_t>(4 * state + x + y) * sizeof(float) + scratchpad; }
};

struct Slices {
  float *h0, *c0, *h, *c, *x, *y;
  std::byte* scratchpad;
};

Slices slices_of(const Buffers& b, std::byte* scratch) {
  auto* at = reinterpret_cast<float*>(scratch);
  Slices s{at, at + b.state, at + 2 * b.state, at + 3 * b.state, at + 4 * b.state, at + 4 * b.state + b.x, nullptr};
  s.scratchpad = reinterpret_cast<std::byte*>(s.y + b.y);
  return s;
}

class RecurrentStep final : public Step {
 public:
  explicit RecurrentStep(const Lowering& at);

  void run(const StepArgs& args) const override;
  std::size_t scratch_bytes() const override { return lanes_.scratch_bytes(); }
  std::string kernel() const override {
    return std::string(ops::def_of(spec_.cell).name) + " " + version() + " " + variants_.front().implementation;
  }

 private:
  std::size_t variant_of(std::int64_t direction, std::int64_t rows);
  void run_part(const StepArgs& args, const Part& part, std::byte* scratch) const;
  const float* x_of(const StepArgs& args, const Part& part, float* buffer) const;
  void put_y(const float* y, const Part& part, float* to) const;
  void get_state(const StepArgs& args, std::size_t input, const Part& part, float* to) const;
  void put_state(const StepArgs& args, std::size_t output, const Part& part, const float* from) const;
  bool x_is_dense(std::int64_t rows) const { return spec_.x_stride_n == spec_.I && spec_.x_stride_t == rows * spec_.I; }
  bool y_is_dense(std::int64_t rows) const { return spec_.y_stride_n == spec_.H && spec_.y_stride_t == rows * spec_.H; }

  RecurrentSpec spec_;
  std::vector<Part> parts_;
  std::vector<RecurrentPrimitive> variants_;
  std::vector<RecurrentWeights> weights_;  // by variant
  Buffers buffers_;
  Lanes lanes_;
};

RecurrentStep::RecurrentStep(const Lowering& at) : spec_(spec_of(at)) {
  const Cut cut = cut_batch(spec_.N);
  for (std::int64_t first = 0; first < spec_.N; first += cut.size) {
    for (std::int64_t d = 0; d < spec_.D; ++d) {
      parts_.push_back({first, variant_of(d, std::min(cut.size, spec_.N - first))});
    }
  }
  constexpr auto kLine = static_cast<std::int64_t>(kAlignment / sizeof(float));
  const std::int64_t rows = cut.size;
  const bool whole = cut.count == 1 && spec_.D == 1;
  buffers_.state = round_up(rows * spec_.H, kLine);
  if (!whole || !x_is_dense(rows)) buffers_.x = round_up(spec_.T * rows * spec_.I, kLine);
  if (!whole || !y_is_dense(rows) || !at.wants(out::Y)) buffers_.y = round_up(spec_.T * rows * spec_.H, kLine);
  for (const RecurrentPrimitive& v : variants_) {
    weights_.push_back(recurrent_weights(at, spec_, v.direction, v.w, v.r));
    buffers_.scratchpad = std::max(buffers_.scratchpad, v.scratchpad.get_size());
  }
  lanes_ = Lanes(static_cast<std::int64_t>(parts_.size()), at.options.threads, buffers_.bytes());
}

std::size_t RecurrentStep::variant_of(std::int64_t direction, std::int64_t rows) {
  const auto found = std::find_if(variants_.begin(), variants_.end(), [&](const RecurrentPrimitive& v) {
    return v.direction == direction && v.rows == rows;
  });
  if (found != variants_.end()) return static_cast<std::size_t>(found - variants_.begin());
  variants_.push_back(make_recurrent_primitive(spec_, direction, rows));
  return variants_.size() - 1;
}

void RecurrentStep::run(const StepArgs& args) const {
  lanes_.run(args, [&](std::int64_t piece, std::byte* scratch) {
    run_part(args, parts_[static_cast<std::size_t>(piece)], scratch);
  });
}

void RecurrentStep::run_part(const StepArgs& args, const Part& part, std::byte* scratch) const {
  const RecurrentPrimitive& v = variants_[part.variant];
  const RecurrentWeights& weights = weights_[part.variant];
  const Slices s = slices_of(buffers_, scratch);
  float* y_out = args.outputs[out::Y].present() ? args.outputs[out::Y].as<float>() : nullptr;
  const bool direct = y_out != nullptr && y_is_dense(v.rows);
  float* y = direct ? y_out + spec_.y_at(0, v.direction, part.first) : s.y;
  get_state(args, in::initial_h, part, s.h0);
  Args call{{DNNL_ARG_SRC_LAYER, memory_at(v.x, x_of(args, part, s.x))},
            {DNNL_ARG_SRC_ITER, memory_at(v.state, s.h0)},
            {DNNL_ARG_WEIGHTS_LAYER, memory_at(v.w, weights.W->bytes.get())},
            {DNNL_ARG_WEIGHTS_ITER, memory_at(v.r, weights.R->bytes.get())},
            {DNNL_ARG_BIAS, memory_at(gate_vectors(spec_.G(), spec_.H), weights.bias.data())},
            {DNNL_ARG_DST_LAYER, memory_at(v.y, y)},
            {DNNL_ARG_DST_ITER, memory_at(v.state, s.h)},
            {DNNL_ARG_SCRATCHPAD, memory_at(v.scratchpad, s.scratchpad)}};
  if (spec_.cell == Cell::lstm) {
    get_state(args, in::initial_c, part, s.c0);
    call.emplace(DNNL_ARG_SRC_ITER_C, memory_at(v.state, s.c0));
    call.emplace(DNNL_ARG_DST_ITER_C, memory_at(v.state, s.c));
  }
  if (spec_.has_P) {
    call.emplace(DNNL_ARG_WEIGHTS_PEEPHOLE, memory_at(gate_vectors(kPeepholes, spec_.H), weights.peephole.data()));
  }
  execute(v.primitive, call);
  if (y_out != nullptr && !direct) put_y(y, part, y_out);
  put_state(args, out::Y_h, part, s.h);
  put_state(args, out::Y_c, part, s.c);
}

const float* RecurrentStep::x_of(const StepArgs& args, const Part& part, float* buffer) const {
  const RecurrentPrimitive& v = variants_[part.variant];
  const float* x = args.inputs[in::X].as<float>();
  if (x_is_dense(v.rows)) return x + spec_.x_at(0, part.first);
  float* to = buffer;
  for (std::int64_t t = 0; t < spec_.T; ++t) {
    for (std::int64_t n = part.first; n < part.first + v.rows; ++n) to = std::copy_n(x + spec_.x_at(t, n), spec_.I, to);
  }
  return buffer;
}

void RecurrentStep::put_y(const float* y, const Part& part, float* to) const {
  const RecurrentPrimitive& v = variants_[part.variant];
  for (std::int64_t t = 0; t < spec_.T; ++t) {
    for (std::int64_t n = 0; n < v.rows; ++n, y += spec_.H) {
      std::copy_n(y, spec_.H, to + spec_.y_at(t, v.direction, part.first + n));
    }
  }
}

void RecurrentStep::get_state(const StepArgs& args, std::size_t input, const Part& part, float* to) const {
  const RecurrentPrimitive& v = variants_[part.variant];
  if (input >= args.inputs.size() || !args.inputs[input].present()) {
    std::fill_n(to, v.rows * spec_.H, 0.0f);
    return;
  }
  const float* from = args.inputs[input].as<float>();
  for (std::int64_t n = 0; n < v.rows; ++n) {
    to = std::copy_n(from + spec_.state_at(v.direction, part.first + n), spec_.H, to);
  }
}

void RecurrentStep::put_state(const StepArgs& args, std::size_t output, const Part& part, const float* from) const {
  if (output >= args.outputs.size() || !args.outputs[output].present()) return;
  const RecurrentPrimitive& v = variants_[part.variant];
  float* to = args.outputs[output].as<float>();
  for (std::int64_t n = 0; n < v.rows; ++n, from += spec_.H) {
    std::copy_n(from, spec_.H, to + spec_.state_at(v.direction, part.first + n));
  }
}

std::string refuse_activations(const RecurrentSpec& spec) {
  for (std::size_t d = 0; d < static_cast<std::size_t>(spec.D); ++d) {
    const auto& f = spec.activations[d];
    if (spec.cell == Cell::rnn) {
      if (!rnn_algorithm(f[0].kind)) return "activation " + std::string(ops::def_of(f[0].kind).name);
      continue;
    }
    const bool standard =
        f[0].kind == ActivationKind::sigmoid && f[1].kind == ActivationKind::tanh && f[2].kind == ActivationKind::tanh;
    if (!standard) return "activations are not Sigmoid, Tanh, Tanh";
  }
  return {};
}

std::string refuse_inputs(const Lowering& at) {
  if (at.has(in::sequence_lens)) return "sequence_lens is given";
  if (at.wants(ops::workspace_output(ops::recurrent_form(at.node).cell))) return "its gradient is wanted";
  if (at.inputs[in::X].dtype != DType::float32) return "not float32";
  for (const auto& [input, name] : {std::pair{in::W, "W"}, {in::R, "R"}, {in::B, "B"}, {in::P, "P"}}) {
    if (at.has(input) && !at.is_constant(input)) return std::string(name) + " is not constant";
  }
  return {};
}

std::string refuse_spec(const RecurrentSpec& spec) {
  if (spec.clip) return "clip is given";
  if (spec.input_forget) return "input_forget is 1";
  return refuse_activations(spec);
}

}  // namespace

std::string refuse_recurrent(const Lowering& at) {
  const RecurrentRule& rule = recurrent_rule(at.node.op->name);
  if (!rule.never.empty()) return std::string(rule.never);
  if (std::string reason = refuse_always(at); !reason.empty()) return reason;
  if (std::string reason = refuse_inputs(at); !reason.empty()) return reason;
  const RecurrentSpec spec = spec_of(at);
  if (std::string reason = refuse_spec(spec); !reason.empty()) return reason;
  if (std::string reason = refuse_recurrent_size(at.options, rule, spec.N, spec.H); !reason.empty()) return reason;
  return refuse_unimplemented(spec, cut_batch(spec.N).size);
}

// dnnl::error says what failed, not where; the node is named by whoever lowers it.
std::unique_ptr<Step> make_recurrent(const Lowering& at) {
  try {
    return std::make_unique<RecurrentStep>(at);
  } catch (const dnnl::error& e) {
    throw Error(ErrorCode::memory, std::string("oneDNN could not prepare a recurrent layer: ") + e.what());
  }
}

}  // namespace rondo::onednn
