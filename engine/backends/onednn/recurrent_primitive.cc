#include "backends/onednn/recurrent_primitive.h"

#include "backends/onednn/recurrent_weights.h"

namespace rondo::onednn {
namespace {

using ops::ActivationKind;
using ops::Cell;
using ops::RecurrentSpec;

constexpr auto kInference = dnnl::prop_kind::forward_inference;

struct Descs {
  Desc x, state, w, r, bias, peephole, y;
};

Descs descs_of(const RecurrentSpec& spec, std::int64_t rows) {
  Descs d;
  d.x = dense({spec.T, rows, spec.I});
  d.y = dense({spec.T, rows, spec.H});
  d.state = dense({1, 1, rows, spec.H});
  d.w = any_layout({1, 1, spec.I, spec.G(), spec.H});
  d.r = any_layout({1, 1, spec.H, spec.G(), spec.H});
  d.bias = gate_vectors(spec.G(), spec.H);
  if (spec.has_P) d.peephole = gate_vectors(kPeepholes, spec.H);
  return d;
}

template <class Primitive>
RecurrentPrimitive primitive_from(const typename Primitive::primitive_desc& pd, const Descs& d) {
  RecurrentPrimitive v;
  v.primitive = Primitive(pd);
  v.x = d.x;
  v.y = d.y;
  v.state = d.state;
  v.w = pd.weights_layer_desc();
  v.r = pd.weights_iter_desc();
  v.scratchpad = pd.scratchpad_desc();
  v.implementation = pd.impl_info_str();
  return v;
}

dnnl::rnn_direction walk_of(const RecurrentSpec& spec, std::int64_t direction) {
  return spec.reverse[static_cast<std::size_t>(direction)] ? dnnl::rnn_direction::unidirectional_right2left
                                                           : dnnl::rnn_direction::unidirectional_left2right;
}

dnnl::lstm_forward::primitive_desc describe_lstm(const Descs& d, dnnl::rnn_direction walk) {
  return describe<dnnl::lstm_forward>(attributes(), kInference, walk, d.x, d.state, d.state, d.w, d.r, d.peephole,
                                      d.bias, d.y, d.state, d.state);
}

dnnl::vanilla_rnn_forward::primitive_desc describe_rnn(const Descs& d, dnnl::rnn_direction walk, dnnl::algorithm f) {
  return describe<dnnl::vanilla_rnn_forward>(attributes(), kInference, f, walk, d.x, d.state, d.w, d.r, d.bias, d.y,
                                             d.state);
}

dnnl::algorithm rnn_algorithm_of(const RecurrentSpec& spec, std::int64_t direction) {
  return *rnn_algorithm(spec.activations[static_cast<std::size_t>(direction)][0].kind);
}

}  // namespace

std::optional<dnnl::algorithm> rnn_algorithm(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::tanh:
      return dnnl::algorithm::eltwise_tanh;
    case ActivationKind::relu:
      return dnnl::algorithm::eltwise_relu;
    case ActivationKind::sigmoid:
      return dnnl::algorithm::eltwise_logistic;
    default:
      return std::nullopt;
  }
}

RecurrentPrimitive make_recurrent_primitive(const RecurrentSpec& spec, std::int64_t direction, std::int64_t rows) {
  const OneThread one_thread;
  const Descs d = descs_of(spec, rows);
  const dnnl::rnn_direction walk = walk_of(spec, direction);
  RecurrentPrimitive v = spec.cell == Cell::lstm ? primitive_from<dnnl::lstm_forward>(describe_lstm(d, walk), d)
                                                 : primitive_from<dnnl::vanilla_rnn_forward>(
                                                       describe_rnn(d, walk, rnn_algorithm_of(spec, direction)), d);
  v.direction = direction;
  v.rows = rows;
  return v;
}

std::string refuse_unimplemented(const RecurrentSpec& spec, std::int64_t rows) {
  try {
    const OneThread one_thread;
    const Descs d = descs_of(spec, rows);
    if (spec.cell == Cell::lstm) {
      describe_lstm(d, walk_of(spec, 0));
    } else {
      describe_rnn(d, walk_of(spec, 0), rnn_algorithm_of(spec, 0));
    }
    return {};
  } catch (const dnnl::error& e) {
    return std::string("oneDNN says: ") + e.what();
  }
}

}  // namespace rondo::onednn
