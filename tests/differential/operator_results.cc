#include "differential/operator_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "differential/formula.h"
#include "differential/layer_oracle.h"

namespace rondo::differential {
namespace {

// The largest over the elements.
double distance(const Tensor& a, const Tensor& b) {
  double largest = 0;
  for (std::int64_t i = 0; i < a.count(); ++i)
    largest = std::fmax(largest, std::abs(element(a.view(), i) - element(b.view(), i)));
  return largest;
}

// Floats as doubles where the operator takes doubles (what quantizes takes float32 at most). What only moves elements
// moves them as they are.
Values widened(const OpDef& op, const Values& inputs) {
  Values wide = inputs;
  if (op.moves || op.is_view) return wide;
  for (std::size_t i = 0; i < wide.size(); ++i) {
    if (!wide[i] || !is_floating(wide[i]->dtype())) continue;
    const bool takes_double = op.type_of(*op.input_port(i)).allowed.contains(DType::float64);
    const DType type = takes_double ? DType::float64 : DType::float32;
    if (type != wide[i]->dtype()) wide[i] = std::make_shared<Tensor>(converted(wide[i]->view(), type));
  }
  return wide;
}

Values disturbed(const OpDef& op, const Values& stored, Values inputs, Noise& noise) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i] || !is_floating(inputs[i]->dtype())) continue;
    const auto copy = std::make_shared<Tensor>(inputs[i]->view());
    noise.disturb_input(op, copy->view(), stored[i]->dtype());
    inputs[i] = copy;
  }
  return inputs;
}

// What a double holds exactly: a whole number of every type, up to a size.
constexpr double kMostWhole = 0x1p53;

Array array_of(const Tensor& t) {
  Array a(t.shape());
  a.dtype = t.dtype();
  for (std::int64_t i = 0; i < t.count(); ++i) a.values[static_cast<std::size_t>(i)] = element(t.view(), i);
  return a;
}

// As the integers of a type go round: to the same value modulo 2^bits.
double wrapped(double v, DType type) {
  const auto whole = static_cast<std::int64_t>(v);
  double result = v;
  ops::with_number(type, [&]<class T>(ops::TypeTag<T>) { result = static_cast<double>(static_cast<T>(whole)); });
  return result;
}

// Empty where a whole number is too large for doubles.
std::shared_ptr<Tensor> tensor_of(const Array& a, DType type) {
  auto t = std::make_shared<Tensor>(is_floating(type) ? DType::float64 : type, a.shape);
  for (std::int64_t i = 0; i < t->count(); ++i) {
    const double v = a.values[static_cast<std::size_t>(i)];
    if (!is_floating(type) && !(std::abs(v) < kMostWhole)) return nullptr;
    set_element(t->view(), i, is_floating(type) || type == DType::boolean ? v : wrapped(v, type));
  }
  return t;
}

bool too_large(const Array& a) {
  return !is_floating(a.dtype) && std::ranges::any_of(a.values, [](double v) { return std::abs(v) >= kMostWhole; });
}

// The results by the formula of the operator; none where it has none for these inputs. Throws std::logic_error when the
// shape rule of the operator is of another opinion.
std::vector<std::shared_ptr<Tensor>> by_formula(const Node& node, const Values& inputs,
                                                const std::vector<TensorType>& types) {
  const Formula formula = formula_of(*node.op);
  if (!formula) return {};
  std::vector<Array> arrays;
  for (const TensorPtr& t : inputs) arrays.push_back(t ? array_of(*t) : Array());
  if (std::ranges::any_of(arrays, too_large)) return {};
  Call call{node, {}};
  for (std::size_t i = 0; i < inputs.size(); ++i) call.in.push_back(inputs[i] ? &arrays[i] : nullptr);
  std::vector<std::shared_ptr<Tensor>> made;
  const std::vector<TensorType> ruled = inferred_types(node, inputs);  // of inputs that may be disturbed
  for (const Array& a : formula(call)) {
    const TensorType& type = ruled[made.size()];
    if (concrete_dims(type) != a.shape)
      throw std::logic_error(fmt::format("the shape rule of {} gives {}, the formula {}", node.op->name,
                                         to_string(type), to_string(a.shape)));
    made.push_back(tensor_of(a, types[made.size()].dtype));
    if (!made.back()) return {};
  }
  return made;
}

// The results by the scalar reference, in the types that follow from those of the inputs.
std::vector<std::shared_ptr<Tensor>> referred(const Node& node, const Values& inputs) {
  const std::vector<TensorType> types = inferred_types(node, inputs);
  std::vector<TensorView> views(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i]) views[i] = inputs[i]->view();
  std::vector<std::shared_ptr<Tensor>> made(node.outputs.size());
  std::vector<MutableTensorView> out(node.outputs.size());
  for (std::size_t k = 0; k < made.size(); ++k) {
    if (node.outputs[k] == kNone) continue;
    const auto dims = concrete_dims(types[k]);
    if (!dims)
      throw Error(ErrorCode::data, "the shape of output " + std::to_string(k) + " of " + node.op->name + " is open");
    made[k] = std::make_shared<Tensor>(types[k].dtype, *dims);
    out[k] = made[k]->view();
  }
  std::vector<std::byte> scratch(node.op->scratch_bytes == nullptr ? 0 : node.op->scratch_bytes(node, views));
  node.op->eval({node, views, out, scratch.data()});
  return made;
}

// What each output of a layer is moved by where its inputs are disturbed, or its sums rounded as floats: the largest
// over the elements. A layer hands an error on to every unit of the next step, so any element may be as far off.
std::vector<double> layer_movements(const Node& node, const Values& inputs, const Values& disturbed, bool in_double,
                                    const std::vector<std::shared_ptr<Tensor>>& exact) {
  const auto moved = oracle_results(node, disturbed);
  const auto rounded = in_double ? exact : oracle_results(node, inputs, Precision::float32);
  std::vector<double> movements(exact.size());
  for (std::size_t k = 0; k < exact.size(); ++k)
    if (exact[k]) movements[k] = std::fmax(distance(*exact[k], *moved[k]), distance(*exact[k], *rounded[k]));
  return movements;
}

// An overflow may meet its opposite within a layer, and then be no number.
TensorPtr overflows_opened(const Tensor& t) {
  auto opened = std::make_shared<Tensor>(t.view());
  for (std::int64_t i = 0; i < t.count(); ++i)
    if (std::isinf(element(t.view(), i))) set_element(opened->view(), i, std::numeric_limits<double>::quiet_NaN());
  return opened;
}

std::vector<std::shared_ptr<Tensor>> unrounded(const Node& node, const Values& inputs,
                                               const std::vector<TensorType>& types) {
  auto made = by_formula(node, inputs, types);
  return made.empty() ? referred(node, inputs) : made;
}

}  // namespace

std::vector<TensorType> inferred_types(const Node& node, const Values& inputs) {
  std::vector<TensorType> types(inputs.size());
  std::vector<InferContext::Input> known(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i]) continue;
    types[i] = concrete_type(inputs[i]->dtype(), inputs[i]->shape());
    known[i] = {&types[i], inputs[i]->view()};
  }
  InferContext ctx(node, 0, "drawn", known, ErrorCode::data);
  node.op->infer(ctx);
  return ctx.outputs();
}

Values operator_results(const Node& node, const Values& inputs, Noise* noise) {
  const OpDef& op = *node.op;
  const std::vector<TensorType> types = inferred_types(node, inputs);
  const bool layer = is_layer(op);
  const Values in = widened(op, inputs);
  const Values noisy = noise == nullptr ? in : disturbed(op, inputs, in, *noise);
  const auto made = layer ? oracle_results(node, in) : unrounded(node, noisy, types);
  std::vector<double> movements(made.size());
  if (layer && noise != nullptr)
    movements = layer_movements(node, in, noisy, inputs[0]->dtype() == DType::float64, made);
  Values results(made.begin(), made.end());
  for (std::size_t k = 0; k < made.size(); ++k) {
    if (!made[k]) continue;
    const MutableTensorView out = made[k]->view();
    if (noise != nullptr && is_floating(out.dtype)) noise->disturb_result(op, out, types[k].dtype, movements[k]);
    if (types[k].dtype != out.dtype) results[k] = std::make_shared<Tensor>(converted(out, types[k].dtype));
    if (layer && noise != nullptr) results[k] = overflows_opened(*results[k]);
  }
  return results;
}

}  // namespace rondo::differential
