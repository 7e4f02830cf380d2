#include "passes/padding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/escape.h"
#include "ops/recurrent.h"
#include "passes/named_dims.h"

namespace rondo {
namespace {

namespace port = ops::recurrent_input;

// How an operator treats the axes of its input 0.
enum class Along {
  none,       // element by element, or moves that keep steps whole
  axis,       // the axis of that attribute
  from_axis,  // that axis and all behind it
  axes,       // the constant input 1, or all
  slices,     // the constant input 3, or all
  product,    // MatMul: the last axis of A, the last but one of B
};
struct Treatment {
  std::string_view op;
  Along along = Along::none;
};
constexpr std::array kTreatments{Treatment{"Abs"},
                                 Treatment{"Add"},
                                 Treatment{"Cast"},
                                 Treatment{"Clip"},
                                 Treatment{"Cos"},
                                 Treatment{"Div"},
                                 Treatment{"Dropout"},
                                 Treatment{"Elu"},
                                 Treatment{"Erf"},
                                 Treatment{"Exp"},
                                 Treatment{"Gelu"},
                                 Treatment{"HardSigmoid"},
                                 Treatment{"HardSwish"},
                                 Treatment{"Identity"},
                                 Treatment{"LeakyRelu"},
                                 Treatment{"Log"},
                                 Treatment{"Max"},
                                 Treatment{"Min"},
                                 Treatment{"Mish"},
                                 Treatment{"Mul"},
                                 Treatment{"Neg"},
                                 Treatment{"PRelu"},
                                 Treatment{"Pow"},
                                 Treatment{"Reciprocal"},
                                 Treatment{"Relu"},
                                 Treatment{"Reshape"},
                                 Treatment{"Selu"},
                                 Treatment{"Shape"},
                                 Treatment{"Sigmoid"},
                                 Treatment{"Sin"},
                                 Treatment{"Softplus"},
                                 Treatment{"Softsign"},
                                 Treatment{"Sqrt"},
                                 Treatment{"Squeeze"},
                                 Treatment{"Sub"},
                                 Treatment{"Sum"},
                                 Treatment{"Swish"},
                                 Treatment{"Tanh"},
                                 Treatment{"Transpose"},
                                 Treatment{"Unsqueeze"},
                                 Treatment{"Where"},
                                 Treatment{"Concat", Along::axis},
                                 Treatment{"Gather", Along::axis},
                                 Treatment{"Hardmax", Along::axis},
                                 Treatment{"LayerNormalization", Along::from_axis},
                                 Treatment{"LogSoftmax", Along::axis},
                                 Treatment{"MatMul", Along::product},
                                 Treatment{"RMSNormalization", Along::from_axis},
                                 Treatment{"ReduceL2", Along::axes},
                                 Treatment{"ReduceMax", Along::axes},
                                 Treatment{"ReduceMean", Along::axes},
                                 Treatment{"ReduceMin", Along::axes},
                                 Treatment{"ReduceSum", Along::axes},
                                 Treatment{"Slice", Along::slices},
                                 Treatment{"Softmax", Along::axis},
                                 Treatment{"Split", Along::axis}};

class Watch {
 public:
  explicit Watch(const Graph& graph) : g_(with_named_dims(graph)), time_(name_in_layer(g_, 0)) {}

  bool has_time() const { return !time_.empty(); }

  std::string seer() const {
    for (NodeId id : g_.order())
      if (const Node& n = g_.node(id); sees(n))
        return fmt::format("node '{}' ({}) works along time", escaped(n.name), n.op->name);
    return "";
  }

  // The axis of a value that counts steps; nullopt where it has none.
  std::optional<std::int64_t> time_axis(ValueId v) const {
    if (v == kNone || !g_.value(v).type.ranked()) return std::nullopt;
    const Shape& shape = *g_.value(v).type.shape;
    const auto at = std::ranges::find(shape, time_, &Dim::symbol);
    return at == shape.end() ? std::nullopt : std::optional(at - shape.begin());
  }

 private:
  std::int64_t attribute(const Node& n, std::string_view name) const {
    return std::get<std::int64_t>(*find_attribute(n.attributes, name));
  }

  // The axes in a constant input; nullopt when it is absent or computed.
  std::optional<std::vector<std::int64_t>> listed(const Node& n, std::size_t input) const {
    if (n.inputs.size() <= input || n.inputs[input] == kNone) return std::nullopt;
    const TensorPtr& t = g_.value(n.inputs[input]).constant;
    if (!t || t->dtype() != DType::int64) return std::nullopt;
    const auto v = t->values<std::int64_t>();
    return std::vector<std::int64_t>(v.begin(), v.end());
  }

  bool works_along(const Node& n, Along along, std::int64_t axis) const {
    const std::int64_t rank = g_.value(n.inputs[0]).type.rank();
    const auto counted = [rank](std::int64_t a) { return a < 0 ? a + rank : a; };
    switch (along) {
      case Along::none:
        return false;
      case Along::axis:
        return counted(attribute(n, "axis")) == axis;
      case Along::from_axis:
        return axis >= counted(attribute(n, "axis"));
      case Along::product:
        return axis == rank - 1 || time_axis(n.inputs[1]).has_value();
      case Along::axes:
      case Along::slices: {
        const auto axes = listed(n, along == Along::axes ? 1 : 3);
        return !axes || std::ranges::find(*axes, axis, counted) != axes->end();
      }
    }
    return true;
  }

  bool sees(const Node& n) const {
    const bool timed = std::ranges::any_of(n.inputs, [&](ValueId v) { return time_axis(v).has_value(); });
    if (!timed || n.op->name == "Shape") return false;
    if (ops::is_recurrent(n)) return time_axis(n.inputs[port::X]) != std::optional(layer_time_axis(n));
    const auto treatment = std::ranges::find(kTreatments, n.op->name, &Treatment::op);
    if (treatment == kTreatments.end() || !n.op->domain.empty()) return true;
    if (const auto axis = time_axis(n.inputs[0]); axis && works_along(n, treatment->along, *axis)) return true;
    // Steps of the result are steps of what went in, unless the axis got lost or was made part of another.
    const bool keeps =
        std::ranges::all_of(n.outputs, [&](ValueId v) { return v == kNone || time_axis(v).has_value(); });
    return !keeps;
  }

  std::int64_t layer_time_axis(const Node& n) const {
    const ops::RecurrentForm form = ops::recurrent_form(n);
    return std::ranges::find(form.x_perm, 0) - form.x_perm.begin();
  }

  Graph g_;
  std::string time_;
};

}  // namespace

std::string who_sees_padding(const Graph& graph) {
  try {
    const Watch watch(graph);
    return watch.has_time() ? watch.seer() : "no axis of the inputs is known to count steps";
  } catch (const Error& e) {
    return e.message();
  }
}

ValueId add_lengths(Graph& graph) {
  const Watch watch(graph);
  const std::string name = graph.fresh_name("sequence_lens");
  const ValueId lengths = graph.add_input(name, {DType::int32, Shape{Dim()}});
  for (NodeId id : graph.order()) {
    Node& n = graph.node(id);
    if (!ops::is_recurrent(n) || !watch.time_axis(n.inputs[port::X])) continue;
    if (n.inputs.size() <= port::sequence_lens) n.inputs.resize(port::sequence_lens + 1, kNone);
    if (n.inputs[port::sequence_lens] == kNone) n.inputs[port::sequence_lens] = lengths;
  }
  return lengths;
}

}  // namespace rondo
