#include "train/pack.h"

#include <algorithm>
#include <cstring>

namespace rondo::train {
namespace {

template <class T>
void fill(Tensor& tensor, double value) {
  std::ranges::fill(tensor.values<T>(), static_cast<T>(value));
}

// Padding other than 0 is for classes and real numbers.
void fill(Tensor& tensor, double value) {
  switch (tensor.dtype()) {
    case DType::float32:
      return fill<float>(tensor, value);
    case DType::float64:
      return fill<double>(tensor, value);
    case DType::int32:
      return fill<std::int32_t>(tensor, value);
    case DType::int64:
      return fill<std::int64_t>(tensor, value);
    default:
      if (tensor.bytes() > 0) std::memset(tensor.data(), 0, tensor.bytes());
  }
}

}  // namespace

Packed pack(const Field& field, std::span<const std::int64_t> samples, const PackOptions& options) {
  const auto rows = static_cast<std::int64_t>(samples.size());
  Packed out{Tensor(), Tensor(DType::int64, {rows})};
  std::int64_t longest = 0;
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const std::int64_t length = field.lengths[static_cast<std::size_t>(samples[n])];
    const std::int64_t inside =
        field.one_row ? 1
                      : std::clamp(length - options.first, std::int64_t{0}, std::max(options.steps, std::int64_t{0}));
    out.lengths.values<std::int64_t>()[n] = inside;
    longest = std::max(longest, inside);
  }

  // A sample is `parts` pieces that are adjacent in the batch: the steps, or what comes before the batch axis.
  std::vector<std::int64_t> shape = field.row_shape;
  if (!field.one_row) shape.insert(shape.begin(), longest);
  const auto axis = static_cast<std::size_t>(options.batch_axis);
  if (options.batch_axis < 0 || axis > std::min<std::size_t>(1, shape.size()))
    throw Error(ErrorCode::usage, "'" + field.name + "' has no such batch axis")
        .got(std::to_string(options.batch_axis))
        .expected(shape.empty() ? "0" : "0 or 1");
  const std::int64_t split = axis == 0 ? 1 : shape[0];
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), rows);
  out.values = Tensor(field.data.dtype(), shape);

  const auto lengths = out.lengths.values<std::int64_t>();
  const bool padded = std::ranges::any_of(lengths, [&](std::int64_t n) { return n != longest; });
  if (padded) fill(out.values, options.padding);
  const std::size_t sample_bytes = field.row_bytes() * static_cast<std::size_t>(longest);
  const std::size_t piece = split == 0 ? 0 : sample_bytes / static_cast<std::size_t>(split);
  auto* to = static_cast<std::byte*>(out.values.data());
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const std::int64_t skipped = field.one_row ? 0 : options.first;
    if (lengths[n] == 0 || piece == 0) continue;
    const std::byte* from = field.row(field.begins[static_cast<std::size_t>(samples[n])] + skipped);
    const std::size_t bytes = field.row_bytes() * static_cast<std::size_t>(lengths[n]);
    if (axis == 0) {
      std::memcpy(to + n * sample_bytes, from, bytes);
      continue;
    }
    for (std::size_t p = 0; p * piece < bytes; ++p)
      std::memcpy(to + (p * samples.size() + n) * piece, from + p * piece, piece);
  }
  return out;
}

std::vector<std::int64_t> active_rows(std::span<const std::int64_t> lengths) {
  std::vector<std::int64_t> active(static_cast<std::size_t>(lengths.empty() ? 0 : lengths[0]), 0);
  std::size_t rows = lengths.size();
  for (std::size_t t = 0; t < active.size(); ++t) {
    while (rows > 0 && lengths[rows - 1] <= static_cast<std::int64_t>(t)) --rows;
    active[t] = static_cast<std::int64_t>(rows);
  }
  return active;
}

}  // namespace rondo::train
