#include "op_case.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "base/half.h"
#include "ops/convert.h"
#include "ops/op_list.h"

namespace {
std::size_t g_allocations = 0;
}  // namespace

// Counts what evaluation allocates. Not inlined, where gcc would miss that they match.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++g_allocations;
  if (void* p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace rondo::test {
namespace {

constexpr DType kTypes[] = {DType::float32, DType::float64, DType::float16, DType::bfloat16, DType::int8,
                            DType::int16,   DType::int32,   DType::int64,   DType::uint8,    DType::uint16,
                            DType::uint32,  DType::uint64,  DType::boolean};

template <class T>
bool put(void* data, std::size_t i, double v) {
  T& slot = static_cast<T*>(data)[i];
  if constexpr (std::is_floating_point_v<T>) {
    slot = static_cast<T>(v);
    return true;
  } else if constexpr (ops::kIsHalf<T>) {
    slot = ops::converted<T>(v);
    return std::isnan(v) || static_cast<double>(to_float(slot)) == v;
  } else if constexpr (std::is_same_v<T, ops::Boolean>) {
    slot.bits = v != 0;
    return v == 0 || v == 1;
  } else {
    const bool fits = v >= static_cast<double>(std::numeric_limits<T>::min()) &&
                      v < std::ldexp(1.0, std::numeric_limits<T>::digits) && std::nearbyint(v) == v;
    slot = fits ? static_cast<T>(v) : T(0);
    return fits;
  }
}

bool fits(const Data& data, DType dtype) {
  return data.absent || data.dtype != DType::undefined || tensor_of(data, dtype).has_value();
}

}  // namespace

std::size_t allocation_count() noexcept { return g_allocations; }

Data any(std::vector<std::int64_t> shape, std::vector<double> values) {
  return {DType::undefined, std::move(shape), std::move(values)};
}
Data typed(DType dtype, std::vector<std::int64_t> shape, std::vector<double> values) {
  return {dtype, std::move(shape), std::move(values)};
}
Data i64(std::vector<double> values) {
  const auto n = static_cast<std::int64_t>(values.size());
  return {DType::int64, {n}, std::move(values)};
}
Data absent() { return {DType::undefined, {}, {}, true}; }

std::optional<Tensor> tensor_of(const Data& data, DType dtype) {
  if (data.absent) return Tensor();
  Tensor t(data.dtype == DType::undefined ? dtype : data.dtype, data.shape);
  if (static_cast<std::size_t>(t.count()) != data.values.size()) throw std::logic_error("a case has a wrong size");
  bool all_fit = true;
  ops::with_any(t.dtype(), [&]<class T>(ops::TypeTag<T>) {
    for (std::size_t i = 0; i < data.values.size(); ++i) all_fit &= put<T>(t.data(), i, data.values[i]);
  });
  return all_fit ? std::optional(std::move(t)) : std::nullopt;
}

double element(const TensorView& view, std::int64_t i) {
  double v = 0;
  ops::with_any(view.dtype, [&]<class T>(ops::TypeTag<T>) { v = ops::converted<double>(view.as<T>()[i]); });
  return v;
}

std::vector<DType> types_of(const OpCase& c) {
  const OpDef& op = op_named(c.op);
  DTypeSet allowed = kAny;
  bool open = false;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const Data& in = c.inputs[i];
    if (in.absent || in.dtype != DType::undefined) continue;
    open = true;
    DTypeSet both;
    for (DType t : kTypes)
      if (allowed.contains(t) && op.type_of(*op.input_port(i)).allowed.contains(t)) both = both | DTypeSet{t};
    allowed = both;
  }
  if (!open) return {DType::undefined};
  std::vector<DType> out;
  for (DType t : kTypes) {
    const bool half = t == DType::float16 || t == DType::bfloat16;
    const auto holds = [&](const Data& d) { return fits(d, t); };
    if (allowed.contains(t) && (!half || op.moves) && std::ranges::all_of(c.inputs, holds) &&
        std::ranges::all_of(c.outputs, holds))
      out.push_back(t);
  }
  return out;
}

const OpDef& op_named(const std::string& name) {
  const auto ops = all_ops();
  const auto it = std::ranges::find(ops, name, &OpDef::name);
  if (it == ops.end()) throw std::logic_error("no operator " + name);
  return **it;
}

std::vector<OpCase> all_cases() {
  std::vector<OpCase> out;
  for (const auto& cases : {activation_cases(), arithmetic_cases(), function_cases(), gradient_cases(), index_cases(),
                            line_cases(), matrix_cases(), move_cases(), normalization_cases(), pool_cases(),
                            quantize_cases(), reduce_cases(), shape_cases(), transform_cases(), window_cases()})
    out.insert(out.end(), cases.begin(), cases.end());
  return out;
}

OneNode::OneNode(const std::string& op, Attributes attributes, std::vector<Tensor> inputs, std::size_t num_outputs)
    : inputs_(std::move(inputs)) {
  const OpDef& def = op_named(op);
  Graph graph;
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const Tensor& t = inputs_[i];
    types_.push_back(concrete_type(t.dtype(), t.shape()));
    const bool there = t.dtype() != DType::undefined;
    ids.push_back(there ? graph.add_constant("in" + std::to_string(i), std::make_shared<Tensor>(t.view())) : kNone);
  }
  std::vector<std::string> names;
  for (std::size_t k = 0; k < num_outputs; ++k) names.push_back("out" + std::to_string(k));
  node_ = graph.node(graph.add_node(def, "the_node", std::move(attributes), ids, names));
}

std::vector<TensorType> OneNode::infer(const Knows& knows, ErrorCode code) const {
  std::vector<InferContext::Input> inputs;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    inputs.push_back(inputs_[i].dtype() == DType::undefined ? InferContext::Input{} : knows(i));
  InferContext ctx(node_, 0, "test", inputs, code);
  node_.op->infer(ctx);
  return ctx.outputs();
}

std::vector<TensorType> OneNode::infer() const {
  return infer([this](std::size_t i) { return InferContext::Input{&types_[i], inputs_[i].view()}; }, ErrorCode::data);
}

std::vector<Tensor> OneNode::eval(const std::vector<Tensor>& inputs) {
  std::vector<Tensor> outputs;
  for (const TensorType& type : infer()) {
    outputs.emplace_back(type.dtype, concrete_dims(type).value());
    if (outputs.back().bytes() != 0) std::memset(outputs.back().data(), 0xCD, outputs.back().bytes());
  }
  std::vector<TensorView> in;
  for (const Tensor& t : inputs) in.push_back(t.dtype() == DType::undefined ? TensorView{} : t.view());
  std::vector<MutableTensorView> out;
  for (Tensor& t : outputs) out.push_back(t.view());
  const std::size_t bytes = node_.op->scratch_bytes == nullptr ? 0 : node_.op->scratch_bytes(node_, in);
  std::vector<std::byte> scratch(bytes);
  const std::size_t before = g_allocations;
  node_.op->eval({node_, in, out, scratch.data()});
  allocations_ = g_allocations - before;
  return outputs;
}

}  // namespace rondo::test
