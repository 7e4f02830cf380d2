// Caches of streaming models are written element by element, by long lists of indices that name neighbours. Updates
// that follow each other in both places are moved as one piece.
#include "backends/native/scatter_nd.h"

#include <cstring>
#include <optional>
#include <vector>

namespace rondo::native {
namespace {

enum Input : std::size_t { kData, kIndices, kUpdates };

// The first element of data that a row of indices names; nullopt when an index is out of range.
std::optional<std::int64_t> place_of(std::span<const std::int64_t> row, std::span<const std::int64_t> shape) {
  std::int64_t place = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    std::int64_t index = d < row.size() ? row[d] : 0;
    if (index < 0) index += shape[d];
    if (d < row.size() && (index < 0 || index >= shape[d])) return std::nullopt;
    place = place * shape[d] + index;
  }
  return place;
}

// Bytes of updates, in order, and where they go in the output.
struct Piece {
  std::size_t from, to, bytes;
};

// In the order of the rows: where two of them name one place the later update stays.
std::optional<std::vector<Piece>> pieces_of(const Lowering& at) {
  const TensorView &data = at.inputs[kData], &indices = at.inputs[kIndices];
  const auto depth = static_cast<std::size_t>(indices.shape.back());
  std::size_t rows = 1, bytes = size_of(data.dtype);
  for (const std::int64_t n : indices.shape.first(indices.shape.size() - 1)) rows *= static_cast<std::size_t>(n);
  for (const std::int64_t n : data.shape.subspan(depth)) bytes *= static_cast<std::size_t>(n);
  std::vector<Piece> pieces;
  for (std::size_t r = 0; r < rows; ++r) {
    const auto place = place_of({indices.as<std::int64_t>() + r * depth, depth}, data.shape);
    if (!place) return std::nullopt;
    const Piece next{r * bytes, static_cast<std::size_t>(*place) * size_of(data.dtype), bytes};
    if (!pieces.empty() && pieces.back().to + pieces.back().bytes == next.to)
      pieces.back().bytes += bytes;
    else
      pieces.push_back(next);
  }
  return pieces;
}

class ScatterStep : public Step {
 public:
  explicit ScatterStep(const Lowering& at) : pieces_(*pieces_of(at)) { pieces_.shrink_to_fit(); }

  std::string kernel() const override { return "ScatterND in " + std::to_string(pieces_.size()) + " pieces"; }

  void run(const StepArgs& args) const override {
    auto* out = static_cast<std::byte*>(args.outputs[0].data);
    const auto* updates = static_cast<const std::byte*>(args.inputs[kUpdates].data);
    if (const std::size_t all = args.inputs[kData].bytes(); all != 0) std::memcpy(out, args.inputs[kData].data, all);
    for (const Piece& p : pieces_)
      if (p.bytes != 0) std::memcpy(out + p.to, updates + p.from, p.bytes);
  }

 private:
  std::vector<Piece> pieces_;
};

}  // namespace

std::string refuse_scatter_nd(const Lowering& at) {
  const std::string& reduction = std::get<std::string>(*find_attribute(at.node.attributes, "reduction"));
  if (reduction != "none") return "reduction " + reduction;
  if (!at.is_constant(kIndices)) return "indices come with the run";
  return pieces_of(at) ? "" : "an index is out of range";
}

std::unique_ptr<Step> make_scatter_nd(const Lowering& at) { return std::make_unique<ScatterStep>(at); }

}  // namespace rondo::native
