// One run of a layer is cut into pieces: a direction and a range of batch rows each. Pieces share nothing but the
// packed weights, so they run on any thread in any order. Where threads are left over and R is large, the members of a
// team share out the hidden units of a piece and go through its steps in lockstep, so that each core keeps its part of
// R (base/lockstep.h). Every element is computed by the same operations whatever the cut. A piece walks its rows
// through time. The input projection XP of the steps ahead is made in chunks small enough to stay in cache; a step then
// reads XP, moves h (and c) on, and h is copied to where Y wants it.
#include "backends/native/recurrent.h"

#include <algorithm>
#include <cstring>

#include "backends/native/cells.h"
#include "base/aligned.h"
#include "base/checked.h"
#include "base/lockstep.h"
#include "kernels/simd/denormals.h"
#include "ops/recurrent_walk.h"

namespace rondo::native {
namespace {

using ops::recurrent_input::B, ops::recurrent_input::R, ops::recurrent_input::W, ops::recurrent_input::X;

constexpr std::int64_t kChunkBytes = 256 << 10;  // of XP that a piece keeps ahead
constexpr double kWorthAThread = 200'000;        // multiply-adds that pay for waking another thread
constexpr std::int64_t kWorthAMember = 100'000;  // multiply-adds of a step that pay for handing over h
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
        layout_(pack_form(at.options.isa), spec_.I, spec_.H),
        lanes_(CellOf(spec_, 0, at.options.isa).pack_form().lanes) {
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
           (pieces() > 1 ? ", " + std::to_string(pieces()) + " pieces" : "") +
           (members_ > 1 ? ", hidden units on " + std::to_string(members_) + " threads" : "");
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
    for (std::int64_t i = 0; i < pieces(); ++i) Lockstep::prepare(scratch + i * piece_elements(), members_);
    args.pool.for_each(static_cast<int>(pieces()) * members_, [&](int i) {
      const simd::FlushDenormals flush;
      run_piece(args, lens, weights, i / members_, i % members_, scratch + i / members_ * piece_elements());
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
    if (takes_turns() && spec_.G() * spec_.H * spec_.H * rows_per_piece_ >= kWorthAMember)
      members_ = static_cast<int>(std::clamp<std::int64_t>(useful / pieces(), 1, panels()));
  }

  // Whether all rows of a piece take the same steps, so that h can change places with the next h.
  bool takes_turns() const { return !spec_.has_sequence_lens || rows_per_piece_ <= 1; }

  std::int64_t panels() const { return ceil_div(spec_.H, std::int64_t{lanes_}); }
  std::int64_t pieces() const { return spec_.D * row_pieces_; }
  std::int64_t team_elements() const { return static_cast<std::int64_t>(Lockstep::bytes(members_) / sizeof(T)); }
  std::int64_t state_elements() const { return round_up(rows_per_piece_ * spec_.H, kElementAlignment); }
  std::int64_t piece_elements() const {
    const std::int64_t states = 3 + cells_[0].work_rows();  // h, the next h, c
    return team_elements() + round_up(chunk_ * rows_per_piece_ * layout_.columns(), kElementAlignment) +
           states * state_elements();
  }

  struct Piece {
    std::int64_t d, begin, end;
    T *h, *next, *c, *work, *xp;
    std::int64_t rows() const { return end - begin; }
  };

  Piece piece_at(std::int64_t index, T* memory) const {
    Piece p{index / row_pieces_,
            index % row_pieces_ * rows_per_piece_,
            0,
            memory + team_elements(),
            nullptr,
            nullptr,
            nullptr,
            nullptr};
    p.end = std::min(p.begin + rows_per_piece_, spec_.N);
    p.next = p.h + state_elements();
    p.c = p.next + state_elements();
    p.work = p.c + state_elements();
    p.xp = p.work + cells_[0].work_rows() * state_elements();
    return p;
  }

  // What one member of a piece's team does; whichever part it is given, it is the same for all of them.
  void run_piece(const StepArgs& args, std::span<const std::int32_t> lens, const T* weights, std::int64_t index,
                 int member, T* memory) const {
    Piece p = piece_at(index, memory);
    const PackedDirection<T> packed = layout_.view(weights + p.d * layout_.elements());
    CellOf cell = cells_[static_cast<std::size_t>(p.d)];
    cell.set_peepholes(ops::direction_weights<T>(spec_, p.d, args.inputs).P, spec_.H);
    const Lockstep team(memory, members_);
    std::int64_t phase = 0, chunk_at = -1;
    const auto together = [&](auto&& f) { team.phase(member, phase++, f); };

    together([&](int part) {
      if (part == 0) begin(args, lens, p);
    });
    ops::walk_steps(spec_, lens, p.d, p.begin, p.end, ops::WalkOrder::forward, [&](const ops::RecurrentStep& s) {
      if (s.t / chunk_ != chunk_at) {
        chunk_at = s.t / chunk_;
        together([&](int part) { project(args.inputs[X].as<T>(), packed, p, chunk_at, part); });
      }
      for (int half = 0; half < cell.halves(); ++half)
        together([&](int part) { take_step(args, cell, half, packed, p, s, part); });
      if (takes_turns()) std::swap(p.h, p.next);
    });
    together([&](int part) {
      if (part == 0) finish(args, p);
    });
  }

  void begin(const StepArgs& args, std::span<const std::int32_t> lens, const Piece& p) const {
    load_state(args, ops::recurrent_input::initial_h, spec_.has_initial_h, p, p.h);
    load_state(args, ops::recurrent_input::initial_c, spec_.has_initial_c, p, p.c);
    ops::zero_padding(spec_, lens, p.d, p.begin, p.end, output(args, ops::recurrent_output::Y));
    ops::zero_kept_padding(spec_, lens, p.d, p.begin, p.end, output(args, ops::workspace_output(spec_.cell)));
  }

  void finish(const StepArgs& args, const Piece& p) const {
    store_state(p, p.h, output(args, ops::recurrent_output::Y_h));
    if (spec_.cell == ops::Cell::lstm) store_state(p, p.c, output(args, ops::recurrent_output::Y_c));
  }

  // XP of the chunk's steps for the piece's rows, as [step][row][columns]; of a part its share of the columns.
  void project(const T* x, const PackedDirection<T>& packed, const Piece& p, std::int64_t chunk, int part) const {
    const std::int64_t t0 = chunk * chunk_, steps = std::min(chunk_, spec_.T - t0), columns = layout_.columns();
    const std::int64_t all = ceil_div(columns, gemm_.panel_columns);
    const auto multiply = [&](std::int64_t rows, const T* a, std::int64_t a_stride, T* c, std::int64_t c_stride) {
      gemm_.multiply({spec_.I, columns, 0, rows, all * part / members_, all * (part + 1) / members_, a, a_stride, 1,
                      packed.w, packed.bias, 0, c, c_stride});
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

  // A half of a step for a part's hidden units.
  void take_step(const StepArgs& args, const CellOf& cell, int half, const PackedDirection<T>& packed, const Piece& p,
                 const ops::RecurrentStep& s, int part) const {
    const std::int64_t first = s.row_begin - p.begin, H = spec_.H, columns = layout_.columns();
    const std::int64_t rows = s.row_end - s.row_begin, kept_stride = spec_.kept() * H;
    const std::int64_t panel_begin = panels() * part / members_, panel_end = panels() * (part + 1) / members_;
    T* kept = output(args, ops::workspace_output(spec_.cell));
    if (kept != nullptr) kept += spec_.kept_at(s.t, s.d, s.row_begin);
    cell.step(half, packed,
              {rows,
               H,
               panel_begin,
               panel_end,
               (s.t & 1) != 0,
               {p.xp + ((s.t % chunk_) * p.rows() + first) * columns, columns},
               {p.h + first * H, H},
               {p.next + first * H, H},
               p.c + first * H,
               p.work + first * H,
               rows_per_piece_,
               kept,
               kept_stride});
    if (half + 1 < cell.halves()) return;
    const std::int64_t unit = panel_begin * lanes_, units = std::min(panel_end * lanes_, H) - unit;
    const T* h = p.next + first * H + unit;
    const auto keep = [&](const T* from, T* to, std::int64_t stride) { copy_rows(from, H, to, stride, rows, units); };
    if (!takes_turns()) keep(h, p.h + first * H + unit, H);
    T* y = output(args, ops::recurrent_output::Y);
    if (y != nullptr) keep(h, y + spec_.y_at(s.t, s.d, s.row_begin) + unit, spec_.y_stride_n);
    if (kept == nullptr) return;
    keep(h, kept + spec_.kept_h() * H + unit, kept_stride);
    if (spec_.cell == ops::Cell::lstm) keep(p.c + first * H + unit, kept + spec_.kept_c() * H + unit, kept_stride);
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
  int lanes_;                             // hidden units in a panel
  std::vector<CellOf> cells_;             // by direction
  std::shared_ptr<const Packed> packed_;  // null: packed in scratch at every run
  std::int64_t row_pieces_ = 1, rows_per_piece_ = 0, chunk_ = 1;
  int members_ = 1;  // of the team that walks a piece
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
