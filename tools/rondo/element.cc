#include "tools/rondo/element.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "base/half.h"

namespace rondo::tool {
namespace {

// f(element): halves as float, booleans as bool.
template <class F>
auto with_element(const TensorView& t, std::int64_t i, F&& f) {
  switch (t.dtype) {
    case DType::float32:
      return f(t.as<float>()[i]);
    case DType::float64:
      return f(t.as<double>()[i]);
    case DType::float16:
      return f(to_float(t.as<Float16>()[i]));
    case DType::bfloat16:
      return f(to_float(t.as<BFloat16>()[i]));
    case DType::int8:
      return f(t.as<std::int8_t>()[i]);
    case DType::int16:
      return f(t.as<std::int16_t>()[i]);
    case DType::int32:
      return f(t.as<std::int32_t>()[i]);
    case DType::int64:
      return f(t.as<std::int64_t>()[i]);
    case DType::uint8:
      return f(t.as<std::uint8_t>()[i]);
    case DType::uint16:
      return f(t.as<std::uint16_t>()[i]);
    case DType::uint32:
      return f(t.as<std::uint32_t>()[i]);
    case DType::uint64:
      return f(t.as<std::uint64_t>()[i]);
    default:
      return f(t.as<std::uint8_t>()[i] != 0);
  }
}

}  // namespace

double number_at(const TensorView& tensor, std::int64_t i) {
  return with_element(tensor, i, [](auto v) { return static_cast<double>(v); });
}

std::string text_at(const TensorView& tensor, std::int64_t i) {
  return with_element(tensor, i, [](auto v) { return fmt::format("{}", v); });
}

nlohmann::ordered_json json_number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

nlohmann::ordered_json json_at(const TensorView& tensor, std::int64_t i) {
  return with_element(tensor, i, [](auto v) -> nlohmann::ordered_json {
    if constexpr (std::is_floating_point_v<decltype(v)>) return json_number(static_cast<double>(v));
    return v;
  });
}

std::string index_text(std::span<const std::int64_t> shape, std::int64_t i) {
  std::vector<std::int64_t> index(shape.size());
  for (std::size_t a = shape.size(); a-- > 0; i /= shape[a]) index[a] = i % shape[a];
  return to_string(index);
}

std::string type_text(DType dtype, std::span<const std::int64_t> shape) {
  return std::string(name_of(dtype)) + to_string(shape);
}

std::string type_text(const TensorView& tensor) { return type_text(tensor.dtype, tensor.shape); }

}  // namespace rondo::tool
