// Which shapes a model is run or explained with when its inputs have symbolic dims: --dim and --shape, tensors that are
// given, and assumptions that are said out loud.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rondo/session.h"

namespace CLI {
class App;
}

namespace rondo::tool {

struct DimOptions {
  std::vector<std::string> dims;    // "T=16"
  std::vector<std::string> shapes;  // "X:16x1x8"
};
void add_dim_options(CLI::App& verb, DimOptions& options);

struct ShapeChoice {
  std::vector<std::vector<std::int64_t>> shapes;  // one for each input
  std::map<std::string, std::int64_t> symbols;
  std::vector<std::string> assumed;  // "T=16", "X axis 0 = 1"; empty when everything was said
};

// given[i]: the shape of input i when its tensor is at hand, else null. Throws Error(usage) for options that name no
// input or dim of the model, or that leave the rank of an input open; the session itself checks given tensors.
ShapeChoice choose_shapes(const Session& session, const DimOptions& options,
                          const std::vector<const std::vector<std::int64_t>*>& given);

bool is_batch(const std::string& symbol);

}  // namespace rondo::tool
