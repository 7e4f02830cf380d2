#include "tools/rondo/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/rondo/element.h"

namespace rondo::tool {

Summary summarize(const TensorView& tensor) {
  Summary s;
  double sum = 0;
  for (std::int64_t i = 0, n = tensor.count(); i < n; ++i) {
    const double v = number_at(tensor, i);
    if (std::isnan(v)) {
      ++s.nan;
    } else if (std::isinf(v)) {
      ++s.infinite;
    } else {
      s.min = s.finite == 0 ? v : std::min(s.min, v);
      s.max = s.finite == 0 ? v : std::max(s.max, v);
      sum += v;
      ++s.finite;
    }
  }
  if (s.finite > 0) s.mean = sum / static_cast<double>(s.finite);
  return s;
}

std::string summary_text(const TensorView& tensor) {
  constexpr std::int64_t kFirst = 4;
  const std::int64_t n = tensor.count();
  if (n == 0) return "no elements";
  const Summary s = summarize(tensor);
  std::string text;
  if (n > kFirst && s.finite > 0) text = fmt::format("min {:.6g}  max {:.6g}  mean {:.6g}  ", s.min, s.max, s.mean);
  if (s.nan > 0) text += fmt::format("NaN {}  ", s.nan);
  if (s.infinite > 0) text += fmt::format("infinite {}  ", s.infinite);
  text += n > kFirst ? "first" : "value";
  for (std::int64_t i = 0; i < std::min(n, kFirst); ++i) text += " " + text_at(tensor, i);
  return text + (n > kFirst ? " ..." : "");
}

nlohmann::ordered_json to_json(const TensorView& tensor) {
  const Summary s = summarize(tensor);
  nlohmann::ordered_json j{{"dtype", name_of(tensor.dtype)}, {"shape", tensor.shape}};
  if (s.finite > 0) j.update({{"min", s.min}, {"max", s.max}, {"mean", s.mean}});
  j.update({{"nan", s.nan}, {"infinite", s.infinite}});
  nlohmann::ordered_json& values = j["values"] = nlohmann::ordered_json::array();
  for (std::int64_t i = 0, n = tensor.count(); i < n; ++i) values.push_back(json_at(tensor, i));
  return j;
}

}  // namespace rondo::tool
