// What `rondo run` says about a tensor.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "rondo/tensor.h"

namespace rondo::tool {

struct Summary {
  double min = 0, max = 0, mean = 0;  // of the finite elements
  std::int64_t finite = 0, nan = 0, infinite = 0;
};
Summary summarize(const TensorView& tensor);

// "min -1  max 2.5  mean 0.25  first 0.1 0.2 0.3 ...", "no elements", or the elements themselves when they are few.
std::string summary_text(const TensorView& tensor);

// {"dtype","shape","min","max","mean","nan","infinite","values"}; values in row-major order.
nlohmann::ordered_json to_json(const TensorView& tensor);

}  // namespace rondo::tool
