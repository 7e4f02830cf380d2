// One run of a layer is cut into pieces: a direction and a range of batch rows each. Pieces share nothing but the
// packed weights, so they run on any thread in any order, and every element is computed by the same operations whatever
// the cut. A piece walks its rows through time. The input projection XP of the steps ahead is made in chunks small
// enough to stay in cache; a step then reads XP, moves h (and c) on, and writes h where Y wants it.
#include "backends/native/recurrent.h"

#include <algorithm>
#include <cstring>

#include "backends/native/cells.h"
#include "base/aligned.h"
#include "base/checked.h"
#include "kernels/simd/denormals.h"
#include "ops/recurrent_walk.h"

namespace rondo::native {
namespace {

using ops::recurrent_input::B, ops::recurrent_input::R, ops::recurrent_input::W, ops::recurrent_input::X;

constexpr std::int64_t kChunkBytes = 256 << 10;  // of XP that a piece keeps ahead
constexpr double kWorthAThread = 200'000;        // multiply-adds that pay for waking another thread
constexpr std::int64_t kElementAlignment = 16;

template <class T>
void copy_rows(const T* from, std::int64_t from_stride, T* to, std::int64_t to_stride, std::int64_t rows,
               std::int64_t H) {
  for (std::int64_t n = 0; n < rows; ++n)
    std::memcpy(to + n * to_stride, from + n * from_stride, static_cast<std::size_t>(H) * sizeof(T));
}

template <class T, class CellOf>
class RecurrentStep : public Step {
 public:
  explicit RecurrentStep(const Lowering& at)
      : node_(at.node),
        spec_(ops::recurrent_spec(at.node, at.inputs[X].shape, at.inputs[R].shape)),
        gemm_(kernels::select_gemm<T>(at.options.isa)),
        layout_(pack_form(at.options.isa), spec_.I, spec_.H) {
    for (std::int64_t d = 0; d < spec_.D; ++d) cells_.emplace_back(spec_, static_cast<std::size_t>(d), at.options.isa);
    if (at.is_constant(W) && at.is_constant(R) && (!spec_.has_B || at.is_constant(B))) pack_once(at);
    cut(at.options.threads);
    const std::int64_t step_bytes = rows_per_piece_ * layout_.columns() * static_cast<std::int64_t>(sizeof(T));
    chunk_ = std::clamp<std::int64_t>(kChunkBytes / std::max<std::int64_t>(step_bytes, 1), 1,
                                      std::max<std::int64_t>(spec_.T, 1));
  }

  std::size_t scratch_bytes() const override {
    const std::int64_t weights = packed_ ? 0 : spec_.D * layout_.elements();
    return static_cast<std::size_t>(weights + pieces() * piece_elements()) * sizeof(T);
  }

  std::string kernel() const override {
    return std::string(ops::def_of(spec_.cell).name) + " " + cells_[0].isa_name() + (sizeof(T) == 8 ? " float64" : "") +
           (packed_ ? "" : ", weights packed each run") +
           (pieces() > 1 ? ", " + std::to_string(pieces()) + " pieces" : "");
  }

  void run(const StepArgs& args) const override {
    std::span<const std::int32_t> lens;
    if (spec_.has_sequence_lens) {
      lens = {args.inputs[ops::recurrent_input::sequence_lens].as<std::int32_t>(), static_cast<std::size_t>(spec_.N)};
      ops::check_sequence_lens(node_, lens, spec_.T);
    }
    T* scratch = reinterpret_cast<T*>(args.scratch);
    const T* weights = packed_.get() == nullptr ? nullptr : packed_->get();
    if (weights == nullptr) {
      for (std::int64_t d = 0; d < spec_.D; ++d)
        layout_.pack(ops::direction_weights<T>(spec_, d, args.inputs), scratch + d * layout_.elements());
      weights = scratch;
      scratch += spec_.D * layout_.elements();
    }
    args.pool.for_each(static_cast<int>(pieces()), [&](int piece) {
      const simd::FlushDenormals flush;
      run_piece(args, lens, weights, piece, scratch + piece * piece_elements());
    });
  }

 private:
  using Packed = AlignedArray<T>;

  PackForm pack_form(Isa isa) const {
    PackForm form = CellOf(spec_, 0, isa).pack_form();
    form.gemm_width = kernels::select_gemm<T>(isa).panel_columns;
    return form;
  }

  void pack_once(const Lowering& at) {
    std::string key =
        "native " + node_.op->name + " " + cells_[0].isa_name() + (spec_.linear_before_reset ? " after" : "");
    for (std::int64_t size : {std::int64_t{sizeof(T)}, spec_.D, spec_.I, spec_.H}) key += "," + std::to_string(size);
    const void* bias = spec_.has_B ? at.inputs[B].data : nullptr;
    packed_ = at.weights.get<Packed>({at.inputs[W].data, at.inputs[R].data, bias}, key, [&] {
      auto block = make_aligned<T>(static_cast<std::size_t>(spec_.D * layout_.elements()));
      for (std::int64_t d = 0; d < spec_.D; ++d)
        layout_.pack(ops::direction_weights<T>(spec_, d, at.inputs), block.get() + d * layout_.elements());
      return new Packed(std::move(block));
    });
  }

  void cut(int threads) {
    // In double: only its order of magnitude counts, and it must not overflow.
    const double steps = static_cast<double>(spec_.T) * static_cast<double>(spec_.N * spec_.D);
    const double work = steps * static_cast<double>(spec_.G() * spec_.H * (spec_.H + spec_.I));
    const auto useful = static_cast<std::int64_t>(std::clamp(work / kWorthAThread, 1.0, static_cast<double>(threads)));
    row_pieces_ = std::clamp<std::int64_t>(ceil_div(useful, spec_.D), 1, std::max<std::int64_t>(spec_.N, 1));
    rows_per_piece_ = ceil_div(spec_.N, row_pieces_);
    if (rows_per_piece_ > 0) row_pieces_ = ceil_div(spec_.N, rows_per_piece_);
  }

  std::int64_t pieces() const { return spec_.D * row_pieces_; }
  std::int64_t state_elements() const { return round_up(rows_per_piece_ * spec_.H, kElementAlignment); }
  std::int64_t piece_elements() const {
    const std::int64_t states = 3 + cells_[0].work_rows();  // h, the next h, c
    return round_up(chunk_ * rows_per_piece_ * layout_.columns(), kElementAlignment) + states * state_elements();
  }

  struct Piece {
    std::int64_t d, begin, end;
    T *h, *next, *c, *work, *xp;
    std::int64_t rows() const { return end - begin; }
  };

  void run_piece(const StepArgs& args, std::span<const std::int32_t> lens, const T* weights, int index,
                 T* memory) const {
    Piece p{index / row_pieces_,
            (index % row_pieces_) * rows_per_piece_,
            0,
            memory,
            memory + state_elements(),
            memory + 2 * state_elements(),
            memory + 3 * state_elements(),
            nullptr};
    p.end = std::min(p.begin + rows_per_piece_, spec_.N);
    p.xp = p.work + cells_[0].work_rows() * state_elements();
    const PackedDirection<T> packed = layout_.view(weights + p.d * layout_.elements());
    CellOf cell = cells_[static_cast<std::size_t>(p.d)];
    cell.set_peepholes(ops::direction_weights<T>(spec_, p.d, args.inputs).P, spec_.H);

    load_state(args, ops::recurrent_input::initial_h, spec_.has_initial_h, p, p.h);
    load_state(args, ops::recurrent_input::initial_c, spec_.has_initial_c, p, p.c);
    T* y = output(args, ops::recurrent_output::Y);
    T* kept = output(args, ops::workspace_output(spec_.cell));
    ops::zero_kept_padding(spec_, lens, p.d, p.begin, p.end, kept);
    std::int64_t chunk_at = -1;
    ops::walk_rows(spec_, lens, p.d, p.begin, p.end, y, [&](const ops::RecurrentStep& s) {
      if (s.t / chunk_ != chunk_at) project(args.inputs[X].as<T>(), packed, p, chunk_at = s.t / chunk_);
      take_step(cell, packed, p, s, y, kept);
    });
    store_state(p, p.h, output(args, ops::recurrent_output::Y_h));
    if (spec_.cell == ops::Cell::lstm) store_state(p, p.c, output(args, ops::recurrent_output::Y_c));
  }

  // XP of the chunk's steps for the piece's rows, as [step][row][columns].
  void project(const T* x, const PackedDirection<T>& packed, const Piece& p, std::int64_t chunk) const {
    const std::int64_t t0 = chunk * chunk_, steps = std::min(chunk_, spec_.T - t0), columns = layout_.columns();
    const auto multiply = [&](std::int64_t rows, const T* a, std::int64_t a_stride, T* c, std::int64_t c_stride) {
      gemm_.multiply({spec_.I, columns, 0, rows, 0, ceil_div(columns, gemm_.panel_columns), a, a_stride, 1, packed.w,
                      packed.bias, 0, c, c_stride});
    };
    if (spec_.x_stride_t == p.rows() * spec_.x_stride_n) {
      multiply(steps * p.rows(), x + spec_.x_at(t0, p.begin), spec_.x_stride_n, p.xp, columns);
    } else if (steps > p.rows()) {
      for (std::int64_t n = 0; n < p.rows(); ++n)
        multiply(steps, x + spec_.x_at(t0, p.begin + n), spec_.x_stride_t, p.xp + n * columns, p.rows() * columns);
    } else {
      for (std::int64_t t = 0; t < steps; ++t)
        multiply(p.rows(), x + spec_.x_at(t0 + t, p.begin), spec_.x_stride_n, p.xp + t * p.rows() * columns, columns);
    }
  }

  void take_step(const CellOf& cell, const PackedDirection<T>& packed, const Piece& p, const ops::RecurrentStep& s,
                 T* y, T* kept) const {
    const std::int64_t first = s.row_begin - p.begin, H = spec_.H, columns = layout_.columns();
    const T* xp = p.xp + ((s.t % chunk_) * p.rows() + first) * columns;
    T* next = y == nullptr ? p.next + first * H : y + spec_.y_at(s.t, s.d, s.row_begin);
    const std::int64_t next_stride = y == nullptr ? H : spec_.y_stride_n;
    const std::int64_t rows = s.row_end - s.row_begin, kept_stride = spec_.kept() * H;
    if (kept != nullptr) kept += spec_.kept_at(s.t, s.d, s.row_begin);
    cell.step(packed, {rows,
                       H,
                       (s.t & 1) != 0,
                       {xp, columns},
                       {p.h + first * H, H},
                       {next, next_stride},
                       p.c + first * H,
                       p.work + first * H,
                       rows_per_piece_,
                       kept,
                       kept_stride});
    copy_rows(next, next_stride, p.h + first * H, H, rows, H);
    if (kept == nullptr) return;
    copy_rows(p.h + first * H, H, kept + spec_.kept_h() * H, kept_stride, rows, H);
    if (spec_.cell == ops::Cell::lstm) copy_rows(p.c + first * H, H, kept + spec_.kept_c() * H, kept_stride, rows, H);
  }

  static T* output(const StepArgs& args, std::size_t i) {
    return i < args.outputs.size() && args.outputs[i].present() ? args.outputs[i].as<T>() : nullptr;
  }

  void load_state(const StepArgs& args, std::size_t input, bool given, const Piece& p, T* state) const {
    if (!given) return std::fill_n(state, p.rows() * spec_.H, T(0)), void();
    const T* from = args.inputs[input].as<T>() + spec_.state_at(p.d, p.begin);
    copy_rows(from, spec_.state_stride_n, state, spec_.H, p.rows(), spec_.H);
  }

  void store_state(const Piece& p, const T* state, T* to) const {
    if (to != nullptr)
      copy_rows(state, spec_.H, to + spec_.state_at(p.d, p.begin), spec_.state_stride_n, p.rows(), spec_.H);
  }

  Node node_;
  ops::RecurrentSpec spec_;
  const kernels::GemmKernels<T>& gemm_;
  PackLayout layout_;
  std::vector<CellOf> cells_;             // by direction
  std::shared_ptr<const Packed> packed_;  // null: packed in scratch at every run
  std::int64_t row_pieces_ = 1, rows_per_piece_ = 0, chunk_ = 1;
};

template <template <class> class CellOf>
std::unique_ptr<Step> make_for(const Lowering& at) {
  if (at.inputs[X].dtype == DType::float64) return std::make_unique<RecurrentStep<double, CellOf<double>>>(at);
  return std::make_unique<RecurrentStep<float, CellOf<float>>>(at);
}

}  // namespace

std::string refuse_recurrent(const Lowering& at) {
  const DType t = at.inputs[X].dtype;
  return t == DType::float32 || t == DType::float64 ? "" : "element type " + std::string(name_of(t));
}

std::unique_ptr<Step> make_recurrent(const Lowering& at) {
  switch (ops::recurrent_form(at.node).cell) {
    case ops::Cell::rnn:
      return make_for<Rnn>(at);
    case ops::Cell::lstm:
      return make_for<Lstm>(at);
    case ops::Cell::gru:
      return make_for<Gru>(at);
  }
  return nullptr;
}

}  // namespace rondo::native
