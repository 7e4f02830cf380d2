// A convolution with few places: each place is a row of the product, and the maps are its columns. What the taps read
// is made as [channels * taps][places], which gemm reads as the transposed factor.
#include <algorithm>

#include "backends/native/convolution.h"
#include "base/aligned.h"
#include "base/checked.h"
#include "kernels/gemm/gemm.h"
#include "kernels/panel/pack.h"
#include "kernels/simd/denormals.h"

namespace rondo::native {
namespace {

constexpr std::int64_t kElementAlignment = 16;  // 64 bytes

class ConvolutionByPlaces : public Step {
 public:
  ConvolutionByPlaces(const Lowering& at, Convolution form)
      : c_(std::move(form)),
        kernels_(kernels::select_gemm<float>(at.options.isa)),
        activation_(at),
        op_(at.node.op->name),
        has_bias_(at.has(2)),
        source_(ops::volume(at.inputs[0].shape.subspan(2))),
        target_(ops::volume(at.outputs[0].shape.subspan(2))) {
    std::int64_t packed = 0, read = 0, results = 0;
    for (const PatchGrid& grid : c_.grids) {
      begins_.push_back(packed);
      packed += c_.group * packed_size(grid);
      read = std::max(read, c_.products(grid) * grid.columns());
      results = std::max(results, (c_.maps + 1) * grid.columns());
    }
    results_ = round_up(read, kElementAlignment);
    piece_elements_ = results_ + round_up(results, kElementAlignment);
    pieces_ = std::min(c_.useful_threads(at.options.threads), std::max<std::int64_t>(images(), 1));
    const auto* w = at.inputs[1].as<float>();
    const std::string key =
        "native places " + op_ + std::to_string(kernels_.panel_columns) + " " + to_string(at.inputs[1].shape) + c_.key;
    packed_ = at.weights.get<Packed>({w}, key, [&] { return new Packed(pack(w, packed)); });
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(pieces_ * piece_elements_) * sizeof(float);
  }
  std::string kernel() const override { return op_ + " " + kernels_.name + " by places"; }

  void run(const StepArgs& args) const override {
    float* scratch = reinterpret_cast<float*>(args.scratch);
    args.pool.for_each(static_cast<int>(pieces_), [&](int piece) {
      const simd::FlushDenormals flush;
      for (std::int64_t i = images() * piece / pieces_; i < images() * (piece + 1) / pieces_; ++i)
        for (std::size_t g = 0; g < c_.grids.size(); ++g) run_grid(args, i, g, scratch + piece * piece_elements_);
    });
  }

 private:
  using Packed = AlignedArray<float>;

  std::int64_t images() const { return c_.batch * c_.group; }
  std::int64_t packed_size(const PatchGrid& grid) const {
    return kernels::packed_size(c_.products(grid), kernels::plain_columns(c_.maps), kernels_.panel_columns);
  }

  Packed pack(const float* w, std::int64_t elements) const {
    AlignedArray<float> arranged;
    if (c_.arrange != nullptr) {
      arranged = make_aligned<float>(static_cast<std::size_t>(c_.weights()));
      c_.arrange(c_, w, arranged.get());
      w = arranged.get();
    }
    Packed packed = make_aligned<float>(static_cast<std::size_t>(elements));
    float* to = packed.get();
    for (const PatchGrid& grid : c_.grids) {
      const std::int64_t k = c_.products(grid);
      for (std::int64_t group = 0; group < c_.group; ++group, w += c_.maps * k, to += packed_size(grid))
        kernels::pack_matrix(w, 1, k, k, kernels::plain_columns(c_.maps), kernels_.panel_columns, to);
    }
    return packed;
  }

  // image: of batch * group.
  void run_grid(const StepArgs& args, std::int64_t image, std::size_t g, float* scratch) const {
    const PatchGrid& grid = c_.grids[g];
    const std::int64_t k = c_.products(grid), places = grid.columns(), group = image % c_.group;
    const float* x = args.inputs[0].as<float>() + image * c_.channels * source_;
    const float* w = packed_->get() + begins_[g] + group * packed_size(grid);
    const float* bias = has_bias_ ? args.inputs[2].as<float>() + group * c_.maps : nullptr;
    float *results = scratch + results_, *map = results + c_.maps * places;
    grid.fill_panel(x, c_.channels, 0, places, scratch);
    kernels_.multiply({k, c_.maps, 0, places, 0, ceil_div(c_.maps, std::int64_t{kernels_.panel_columns}), scratch, 1,
                       places, w, bias, 0, results, c_.maps});
    activation_.apply(results, places * c_.maps);
    float* y = args.outputs[0].as<float>() + image * c_.maps * target_;
    const bool whole = grid.is_whole_plane();
    for (std::int64_t m = 0; m < c_.maps; ++m, y += target_) {
      float* to = whole ? y : map;
      for (std::int64_t i = 0; i < places; ++i) to[i] = results[i * c_.maps + m];
      if (!whole) grid.scatter(map, 0, places, y);
    }
  }

  Convolution c_;
  const kernels::GemmKernels<float>& kernels_;
  FollowingActivation activation_;
  std::string op_;
  bool has_bias_;
  std::int64_t source_, target_;  // elements of a plane of X and of Y
  std::int64_t pieces_ = 1, piece_elements_ = 0, results_ = 0;
  std::vector<std::int64_t> begins_;  // of each grid's packed weights
  std::shared_ptr<const Packed> packed_;
};

}  // namespace

bool places_fit_rows(const Convolution& form, int panel_columns) {
  const auto padded = [&](std::int64_t n) { return round_up(n, std::int64_t{panel_columns}); };
  std::int64_t by_maps = 0, by_places = 0;
  for (const PatchGrid& grid : form.grids) {
    if (grid.columns() >= panel_columns) return false;
    by_maps += form.maps * padded(grid.columns());
    by_places += grid.columns() * padded(form.maps);
  }
  return by_places < by_maps;
}

std::unique_ptr<Step> make_convolution_by_places(const Lowering& at, Convolution form) {
  return std::make_unique<ConvolutionByPlaces>(at, std::move(form));
}

}  // namespace rondo::native
