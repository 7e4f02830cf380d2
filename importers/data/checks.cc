#include "importers/data/checks.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "base/half.h"

namespace rondo {
namespace {

// f(const T*) with the C++ type of a field's elements, halves as their own types.
template <class F>
void with_elements(const Field& field, F&& f) {
  const void* p = field.data.data();
  switch (field.data.dtype()) {
    case DType::float32:
      return f(static_cast<const float*>(p));
    case DType::float64:
      return f(static_cast<const double*>(p));
    case DType::float16:
      return f(static_cast<const Float16*>(p));
    case DType::bfloat16:
      return f(static_cast<const BFloat16*>(p));
    case DType::int8:
      return f(static_cast<const std::int8_t*>(p));
    case DType::int16:
      return f(static_cast<const std::int16_t*>(p));
    case DType::int32:
      return f(static_cast<const std::int32_t*>(p));
    case DType::int64:
      return f(static_cast<const std::int64_t*>(p));
    case DType::uint8:
    case DType::boolean:
      return f(static_cast<const std::uint8_t*>(p));
    case DType::uint16:
      return f(static_cast<const std::uint16_t*>(p));
    case DType::uint32:
      return f(static_cast<const std::uint32_t*>(p));
    case DType::uint64:
      return f(static_cast<const std::uint64_t*>(p));
    default:
      return;
  }
}

template <class T>
double real(T x) {
  if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>)
    return static_cast<double>(to_float(x));
  else
    return static_cast<double>(x);
}

std::string text(double x) {
  if (std::isnan(x)) return "nan";
  if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
  std::string s = std::to_string(x);
  s.erase(s.find_last_not_of('0') + 1);
  if (s.back() == '.') s.pop_back();
  return s;
}

// How many of the rows before each one are bad.
std::vector<std::int64_t> bad_rows_before(const Field& field) {
  std::vector<std::int64_t> before(static_cast<std::size_t>(field.num_rows) + 1, 0);
  const std::int64_t n = field.row_elements();
  with_elements(field, [&]<class T>(const T* x) {
    for (std::int64_t r = 0; r < field.num_rows; ++r, x += n) {
      const bool bad = std::any_of(x, x + n, [](T v) { return !std::isfinite(real(v)); });
      before[static_cast<std::size_t>(r) + 1] = before[static_cast<std::size_t>(r)] + (bad ? 1 : 0);
    }
  });
  return before;
}

[[noreturn]] void refuse(const Dataset& set, const Field& field, std::size_t sample,
                         const std::vector<std::int64_t>& before) {
  std::int64_t row = field.begins[sample], element = 0;
  while (before[static_cast<std::size_t>(row)] == before[static_cast<std::size_t>(row) + 1]) ++row;
  double value = 0;
  with_elements(field, [&]<class T>(const T* x) {
    x += row * field.row_elements();
    while (std::isfinite(real(x[element]))) ++element;
    value = real(x[element]);
  });
  throw error_at(set, field, static_cast<std::int64_t>(sample), row, element, text(value) + " is not finite")
      .fix("correct the data, or allow such numbers, or skip the samples that hold them");
}

void drop(Dataset& set, const std::vector<bool>& bad) {
  for (Field& f : set.fields) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < bad.size(); ++i) {
      if (bad[i]) continue;
      f.begins[kept] = f.begins[i];
      f.lengths[kept++] = f.lengths[i];
    }
    f.begins.resize(kept);
    f.lengths.resize(kept);
  }
  set.skipped += std::count(bad.begin(), bad.end(), true);
}

template <class To, class From>
bool holds(From x) {
  if constexpr (std::is_floating_point_v<To>) {
    return true;
  } else if constexpr (std::is_integral_v<From>) {
    return std::in_range<To>(x);
  } else {
    const double v = real(x);
    return std::trunc(v) == v && v >= static_cast<double>(std::numeric_limits<To>::min()) &&
           v < std::ldexp(1.0, std::numeric_limits<To>::digits);
  }
}

// The sample that a row belongs to; the first one of several. -1 for padding.
std::int64_t sample_of(const Field& field, std::int64_t row) {
  for (std::size_t i = 0; i < field.begins.size(); ++i)
    if (row >= field.begins[i] && row < field.begins[i] + field.lengths[i]) return static_cast<std::int64_t>(i);
  return -1;
}

// Padding that the type cannot hold becomes 0.
template <class To, class From>
void convert_elements(const Dataset& set, const Field& field, const From* from, Tensor& made) {
  To* to = static_cast<To*>(made.data());
  for (std::int64_t i = 0; i < made.count(); ++i) {
    if (holds<To>(from[i])) {
      if constexpr (std::is_class_v<From>)
        to[i] = static_cast<To>(real(from[i]));
      else
        to[i] = static_cast<To>(from[i]);
      continue;
    }
    to[i] = 0;
    const std::int64_t n = field.row_elements(), row = i / n, sample = sample_of(field, row);
    if (sample < 0) continue;
    throw error_at(set, field, sample, row, i % n, text(real(from[i])) + " is no " + std::string(name_of(made.dtype())))
        .expected("whole numbers that the type can hold");
  }
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code failed;
  return a == b || (std::filesystem::equivalent(a, b, failed) && !failed);
}

}  // namespace

void check_finite(Dataset& set, NonFinite policy) {
  if (policy == NonFinite::allow) return;
  std::vector<bool> bad(static_cast<std::size_t>(set.size()), false);
  for (const Field& f : set.fields) {
    if (!is_floating(f.data.dtype())) continue;
    const std::vector<std::int64_t> before = bad_rows_before(f);
    if (before.back() == 0) continue;
    for (std::size_t i = 0; i < bad.size(); ++i) {
      const std::int64_t begin = f.begins[i], end = begin + f.lengths[i];
      if (before[static_cast<std::size_t>(begin)] == before[static_cast<std::size_t>(end)]) continue;
      if (policy == NonFinite::refuse) refuse(set, f, i, before);
      bad[i] = true;
    }
  }
  drop(set, bad);
  if (set.size() == 0)
    throw Error(ErrorCode::data, "no sample is left without NaN or Inf").at_file(set.source).fix("correct the data");
}

void convert(Dataset& set, Field& field, DType dtype) {
  if (field.data.dtype() == dtype) return;
  Tensor made(dtype, field.data.shape());
  bool known = true;
  with_elements(field, [&](const auto* from) {
    switch (dtype) {
      case DType::float32:
        return convert_elements<float>(set, field, from, made);
      case DType::float64:
        return convert_elements<double>(set, field, from, made);
      case DType::int32:
        return convert_elements<std::int32_t>(set, field, from, made);
      case DType::int64:
        return convert_elements<std::int64_t>(set, field, from, made);
      case DType::uint8:
        return convert_elements<std::uint8_t>(set, field, from, made);
      case DType::int8:
        return convert_elements<std::int8_t>(set, field, from, made);
      case DType::int16:
        return convert_elements<std::int16_t>(set, field, from, made);
      default:
        known = false;
    }
  });
  if (!known)
    throw Error(ErrorCode::data, "'" + field.name + "' cannot be given as " + std::string(name_of(dtype)))
        .at_file(set.source)
        .got(std::string(name_of(field.data.dtype())));
  field.data = std::move(made);
}

std::vector<std::int64_t> count_classes(const Dataset& set, const Field& field, std::int64_t num_classes,
                                        std::optional<std::int64_t> ignore_index) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(num_classes), 0);
  const std::int64_t n = field.row_elements();
  const auto* all = static_cast<const std::int64_t*>(field.data.data());
  for (std::size_t i = 0; i < field.begins.size(); ++i)
    for (std::int64_t k = field.begins[i] * n; k < (field.begins[i] + field.lengths[i]) * n; ++k) {
      if (all[k] >= 0 && all[k] < num_classes)
        ++counts[static_cast<std::size_t>(all[k])];
      else if (all[k] != ignore_index)
        throw error_at(set, field, static_cast<std::int64_t>(i), k / n, k % n, std::to_string(all[k]) + " is no class")
            .expected("0 to " + std::to_string(num_classes - 1) +
                      (ignore_index ? ", or " + std::to_string(*ignore_index) + " to ignore the place" : ""));
    }
  return counts;
}

void fit_row_shape(const Dataset& set, Field& field, std::span<const std::int64_t> expected, const std::string& what) {
  const auto fits = [](std::int64_t got, std::int64_t wanted) { return wanted < 0 || got == wanted; };
  if (std::ranges::equal(field.row_shape, expected, fits)) return;
  const auto without_ones = [](std::span<const std::int64_t> shape) {
    std::vector<std::int64_t> left;
    std::ranges::copy_if(shape, std::back_inserter(left), [](std::int64_t d) { return d != 1; });
    return left;
  };
  const std::vector<std::int64_t> sizes = without_ones(field.row_shape);
  if (!std::ranges::equal(sizes, without_ones(expected), fits))
    throw Error(ErrorCode::data, "'" + field.name + "' does not fit " + what)
        .at_file(set.source)
        .got(to_string(field.row_shape) + (field.one_row ? " for each sample" : " for each step"))
        .expected(to_string(expected));
  field.row_shape.assign(expected.begin(), expected.end());
  auto size = sizes.begin();
  for (std::int64_t& dim : field.row_shape)
    if (dim != 1) dim = *size++;
}

void check_apart(const Dataset& train, const Dataset& validation) {
  if (same_file(train.source, validation.source) || fingerprint(train) == fingerprint(validation))
    throw Error(ErrorCode::data, "the validation data is the training data")
        .at_file(validation.source)
        .fix("give data that is not trained on, or leave it out to have some split off");
}

}  // namespace rondo
