#include "backends/native/convolution.h"

#include <algorithm>

#include "backends/native/function.h"
#include "base/aligned.h"
#include "base/checked.h"
#include "kernels/gemm/gemm.h"
#include "kernels/simd/denormals.h"
#include "ops/fused_activation.h"

namespace rondo::native {
namespace {

constexpr double kWorthAThread = 200'000;        // multiply-adds that pay for waking another thread
constexpr std::int64_t kPanelBytes = 128 << 10;  // of panels made at a time: they stay in the second cache
constexpr std::int64_t kElementAlignment = 16;   // 64 bytes

class ConvolutionStep : public Step {
 public:
  ConvolutionStep(const Lowering& at, Convolution form)
      : c_(std::move(form)),
        kernels_(kernels::select_gemm<float>(at.options.isa)),
        activation_(at),
        op_(at.node.op->name) {
    source_ = ops::volume(at.inputs[0].shape.subspan(2));
    target_ = ops::volume(at.outputs[0].shape.subspan(2));
    has_bias_ = at.has(2);
    cut(at.options.threads);
    if (c_.arrange == nullptr || !at.is_constant(1)) return;
    const auto* w = at.inputs[1].as<float>();
    arranged_ = at.weights.get<Arranged>({w}, "native " + op_ + " " + c_.key, [&] {
      auto block = make_aligned<float>(static_cast<std::size_t>(c_.weights()));
      c_.arrange(c_, w, block.get());
      return new Arranged(std::move(block));
    });
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(arranged_elements() + pieces_ * piece_elements_) * sizeof(float);
  }
  std::string kernel() const override {
    return op_ + " " + kernels_.name + (arranges_each_run() ? ", W arranged each run" : "");
  }

  void run(const StepArgs& args) const override {
    float* scratch = reinterpret_cast<float*>(args.scratch);
    const float* w = args.inputs[1].as<float>();
    if (arranged_) w = arranged_->get();
    if (arranges_each_run()) {
      c_.arrange(c_, w, scratch);
      w = scratch;
      scratch += arranged_elements();
    }
    const auto chunks = static_cast<std::int64_t>(chunks_.size());
    const std::int64_t all = c_.batch * c_.group * chunks;
    args.pool.for_each(static_cast<int>(pieces_), [&](int piece) {
      const simd::FlushDenormals flush;
      for (std::int64_t i = all * piece / pieces_; i < all * (piece + 1) / pieces_; ++i)
        run_chunk(args, w, i / chunks, chunks_[static_cast<std::size_t>(i % chunks)],
                  scratch + piece * piece_elements_);
    });
  }

 private:
  using Arranged = AlignedArray<float>;

  // Panels of one grid that are made together.
  struct Chunk {
    std::size_t grid;
    std::int64_t weights;  // where the weights of the grid begin
    std::int64_t column, columns;
  };

  std::int64_t panels(std::int64_t columns) const { return ceil_div(columns, kernels_.panel_columns); }
  bool arranges_each_run() const { return c_.arrange != nullptr && !arranged_; }
  std::int64_t arranged_elements() const { return arranges_each_run() ? round_up(c_.weights(), kElementAlignment) : 0; }

  void cut(int threads) {
    const std::int64_t wanted = c_.useful_threads(threads);
    std::int64_t at_once = 16;
    do {
      chunks_.clear();
      add_chunks(at_once);
      at_once /= 2;
    } while (at_once > 0 && c_.batch * c_.group * static_cast<std::int64_t>(chunks_.size()) < wanted);
    pieces_ =
        std::min(wanted, std::max<std::int64_t>(c_.batch * c_.group * static_cast<std::int64_t>(chunks_.size()), 1));
  }

  void add_chunks(std::int64_t at_once) {
    std::int64_t weights = 0;
    piece_elements_ = 0;
    for (std::size_t g = 0; g < c_.grids.size(); ++g) {
      const PatchGrid& grid = c_.grids[g];
      const std::int64_t rows = c_.products(grid), width = kernels_.panel_columns;
      const std::int64_t fit = kPanelBytes / (std::max<std::int64_t>(rows, 1) * width * 4);
      const std::int64_t step = std::clamp<std::int64_t>(fit, 1, at_once) * width;
      for (std::int64_t column = 0; column < grid.columns(); column += step)
        chunks_.push_back({g, weights, column, std::min(step, grid.columns() - column)});
      const std::int64_t results = grid.is_whole_plane() ? 0 : c_.maps * step;
      piece_elements_ = std::max(piece_elements_, round_up(rows * step + results, kElementAlignment));
      weights += c_.group * c_.maps * rows;
    }
  }

  // image: of batch * group.
  void run_chunk(const StepArgs& args, const float* w, std::int64_t image, const Chunk& chunk, float* scratch) const {
    const PatchGrid& grid = c_.grids[chunk.grid];
    const std::int64_t rows = c_.products(grid), width = kernels_.panel_columns;
    const std::int64_t group = image % c_.group, count = panels(chunk.columns);
    const float* x = args.inputs[0].as<float>() + image * c_.channels * source_;
    float* y = args.outputs[0].as<float>() + image * c_.maps * target_;
    for (std::int64_t p = 0; p < count; ++p)
      grid.fill_panel(x, c_.channels, chunk.column + p * width, width, scratch + p * rows * width);
    const bool whole = grid.is_whole_plane();
    float* to = whole ? y + chunk.column : scratch + count * rows * width;
    const std::int64_t to_stride = whole ? target_ : chunk.columns;
    if (has_bias_) {
      const float* bias = args.inputs[2].as<float>() + group * c_.maps;
      for (std::int64_t m = 0; m < c_.maps; ++m) std::fill_n(to + m * to_stride, chunk.columns, bias[m]);
    }
    kernels_.multiply({rows, chunk.columns, 0, c_.maps, 0, count, w + chunk.weights + group * c_.maps * rows, rows, 1,
                       scratch, has_bias_ ? to : nullptr, to_stride, to, to_stride});
    for (std::int64_t m = 0; m < c_.maps; ++m) activation_.apply(to + m * to_stride, chunk.columns);
    if (whole) return;
    for (std::int64_t m = 0; m < c_.maps; ++m)
      grid.scatter(to + m * to_stride, chunk.column, chunk.columns, y + m * target_);
  }

  Convolution c_;
  const kernels::GemmKernels<float>& kernels_;
  FollowingActivation activation_;
  std::string op_;
  bool has_bias_ = false;
  std::int64_t source_ = 0, target_ = 0;  // elements of a plane of X and of Y
  std::vector<Chunk> chunks_;
  std::int64_t pieces_ = 1, piece_elements_ = 0;
  std::shared_ptr<const Arranged> arranged_;
};

}  // namespace

std::int64_t Convolution::products(const PatchGrid& grid) const noexcept {
  return channels * static_cast<std::int64_t>(grid.taps.size());
}

std::int64_t Convolution::weights() const noexcept {
  std::int64_t rows = 0;
  for (const PatchGrid& grid : grids) rows += products(grid);
  return group * maps * rows;
}

std::int64_t Convolution::useful_threads(int threads) const noexcept {
  double work = 0;  // only its order of magnitude counts, and it must not overflow
  for (const PatchGrid& grid : grids) work += static_cast<double>(grid.columns()) * static_cast<double>(products(grid));
  work *= static_cast<double>(batch * group * maps);
  return static_cast<std::int64_t>(std::clamp(work / kWorthAThread, 1.0, static_cast<double>(threads)));
}

FollowingActivation::FollowingActivation(const Lowering& at)
    : kernels_(kernels::select_activation<float>(at.options.isa)) {
  if (const auto fused = ops::fused_activation(at.node.attributes)) function_ = kernel_function(*fused);
}

std::string refuse_convolution(const Lowering& at) {
  const DType t = at.inputs[0].dtype;
  return t == DType::float32 ? "" : "element type " + std::string(name_of(t));
}

std::unique_ptr<Step> make_convolution(const Lowering& at, Convolution form) {
  if (at.is_constant(1) && places_fit_rows(form, kernels::select_gemm<float>(at.options.isa).panel_columns))
    return make_convolution_by_places(at, std::move(form));
  return std::make_unique<ConvolutionStep>(at, std::move(form));
}

}  // namespace rondo::native
