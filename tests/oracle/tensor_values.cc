#include "oracle/tensor_values.h"

#include <span>
#include <stdexcept>

#include "base/half.h"

namespace rondo::oracle {
namespace {

// Calls f with a value of the C++ type that holds one element.
template <class F>
auto with_element_type(DType dtype, F f) {
  switch (dtype) {
    case DType::float32:
      return f(float{});
    case DType::float64:
      return f(double{});
    case DType::float16:
      return f(Float16{});
    case DType::bfloat16:
      return f(BFloat16{});
    default:
      throw std::invalid_argument("the oracle knows floating types only");
  }
}

void store(double value, double& out) { out = value; }
void store(double value, float& out) { out = static_cast<float>(value); }
void store(double value, Float16& out) { out = to_float16(static_cast<float>(value)); }
void store(double value, BFloat16& out) { out = to_bfloat16(static_cast<float>(value)); }

double load(double value) { return value; }
double load(float value) { return value; }
double load(Float16 value) { return to_float(value); }
double load(BFloat16 value) { return to_float(value); }

}  // namespace

double round_to(DType dtype, double value) {
  return with_element_type(dtype, [&](auto element) {
    store(value, element);
    return load(element);
  });
}

Tensor to_tensor(DType dtype, std::vector<std::int64_t> shape, const Values& values) {
  Tensor tensor(dtype, std::move(shape));
  if (static_cast<std::size_t>(tensor.count()) != values.size()) throw std::invalid_argument("shape and values differ");
  with_element_type(dtype, [&](auto element) {
    const auto out = tensor.values<decltype(element)>();
    for (std::size_t k = 0; k < values.size(); ++k) store(values[k], out[k]);
  });
  return tensor;
}

Tensor to_tensor(const std::vector<std::int32_t>& values) {
  return Tensor::of<std::int32_t>(DType::int32, {static_cast<std::int64_t>(values.size())}, values);
}

Values to_values(const TensorView& tensor) {
  Values values(static_cast<std::size_t>(tensor.count()));
  with_element_type(tensor.dtype, [&](auto element) {
    const auto* in = tensor.as<decltype(element)>();
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = load(in[k]);
  });
  return values;
}

}  // namespace rondo::oracle
