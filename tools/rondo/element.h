// Single elements of tensors of any type, for printing and comparing.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "rondo/tensor.h"

namespace rondo::tool {

// As double; 64-bit integers beyond 2^53 are rounded.
double number_at(const TensorView& tensor, std::int64_t i);

// The shortest text that reads back as the same element of its type.
std::string text_at(const TensorView& tensor, std::int64_t i);

// A number, true or false; what JSON has no number for is "NaN", "Infinity" or "-Infinity".
nlohmann::ordered_json json_at(const TensorView& tensor, std::int64_t i);
nlohmann::ordered_json json_number(double value);

// "[2,0,1]" for the i-th element in row-major order.
std::string index_text(std::span<const std::int64_t> shape, std::int64_t i);

// "float32[2,3]"
std::string type_text(DType dtype, std::span<const std::int64_t> shape);
std::string type_text(const TensorView& tensor);

}  // namespace rondo::tool
