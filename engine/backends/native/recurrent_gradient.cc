// A run has two halves. First time: pieces, each a direction and a range of batch rows, walk their steps from the last
// to the first; a step turns the gradient of the state into those of the gates' sums, which are written down, and takes
// them through R to the state before. Then sums over all steps that were taken: the gradients of X, W, R, B and P are
// one product or sum each, over what was written down. Every element is computed by the same operations however a half
// is cut into pieces. A step that no row takes leaves no trace: what is written down stands without gaps.
#include "backends/native/recurrent_gradient.h"

#include <algorithm>
#include <array>

#include "backends/native/gradient_cells.h"
#include "backends/native/outer_sum.h"
#include "backends/native/taken_steps.h"
#include "base/checked.h"
#include "kernels/simd/denormals.h"
#include "ops/recurrent_gradient.h"
#include "ops/recurrent_walk.h"

namespace rondo::native {
namespace {

namespace in = ops::recurrent_gradient_input;
namespace out = ops::recurrent_gradient_output;
using ops::recurrent_input::R, ops::recurrent_input::X;

constexpr double kWorthAThread = 200'000;  // multiply-adds that pay for waking another thread
constexpr std::int64_t kElementAlignment = 16;
constexpr std::size_t kMaxBlocks = 2;

template <class T, class CellOf>
class RecurrentGradientStep : public Step {
 public:
  explicit RecurrentGradientStep(const Lowering& at)
      : node_(at.node),
        spec_(ops::recurrent_spec(at.node, at.inputs[X].shape, at.inputs[R].shape)),
        gemm_(kernels::select_gemm<T>(at.options.isa)),
        cells_(kernels::select_cell_gradient<T>(at.options.isa)),
        sum_(gemm_),
        blocks_(CellOf::blocks(spec_)),
        columns_(CellOf::columns(spec_) * spec_.H) {
    cut(at.options.threads);
    lay_out(at);
  }

  std::size_t scratch_bytes() const override { return static_cast<std::size_t>(total_) * sizeof(T); }
  std::string kernel() const override {
    return node_.op->name + " " + cells_.name + (sizeof(T) == 8 ? " float64" : "") +
           (pieces() > 1 ? ", " + std::to_string(pieces()) + " pieces" : "");
  }

  void run(const StepArgs& args) const override {
    std::span<const std::int32_t> lens;
    if (spec_.has_sequence_lens) {
      lens = {args.inputs[ops::recurrent_input::sequence_lens].as<std::int32_t>(), static_cast<std::size_t>(spec_.N)};
      ops::check_sequence_lens(node_, lens, spec_.T);
    }
    const simd::FlushDenormals flush;
    T* scratch = reinterpret_cast<T*>(args.scratch);
    std::fill_n(scratch + zeros_, spec_.H, T(0));
    const Run run{args, lens, TakenSteps(spec_, lens, reinterpret_cast<std::int64_t*>(scratch)), scratch};
    pack_recurrent(run);
    for_pieces(run, pieces(), [&](int piece) { walk(run, piece); });
    make_grad_x(run);
    make_grad_w(run);
    for (std::int64_t d = 0; d < spec_.D; ++d) make_grad_r(run, d);
    for (std::int64_t d = 0; d < spec_.D; ++d) make_grad_b(run, d);
    for (std::int64_t d = 0; d < spec_.D; ++d) make_grad_p(run, d);
  }

 private:
  struct Run {
    const StepArgs& args;
    std::span<const std::int32_t> lens;
    TakenSteps taken;
    T* scratch;

    const T* input(std::size_t i) const {
      return i < args.inputs.size() && args.inputs[i].present() ? args.inputs[i].template as<T>() : nullptr;
    }
    T* output(std::size_t i) const {
      return i < args.outputs.size() && args.outputs[i].present() ? args.outputs[i].template as<T>() : nullptr;
    }
  };
  // The state before a step.
  struct Before {
    const T *h, *c;
  };

  std::int64_t pieces() const { return spec_.D * row_pieces_; }
  std::int64_t gate_rows() const { return spec_.G() * spec_.H; }

  void cut(int threads) {
    const double steps = static_cast<double>(spec_.T) * static_cast<double>(spec_.N * spec_.D);
    const double work = steps * static_cast<double>(gate_rows() * (spec_.H + spec_.I));
    threads_ = static_cast<int>(std::clamp(work / kWorthAThread, 1.0, static_cast<double>(threads)));
    row_pieces_ = std::clamp<std::int64_t>(ceil_div(threads_, spec_.D), 1, std::max<std::int64_t>(spec_.N, 1));
    rows_per_piece_ = ceil_div(spec_.N, row_pieces_);
    if (rows_per_piece_ > 0) row_pieces_ = ceil_div(spec_.N, rows_per_piece_);
  }

  // Where the parts of the scratch memory begin; the first is that of TakenSteps.
  void lay_out(const Lowering& at) {
    const auto take = [this](std::int64_t elements) {
      const std::int64_t begin = total_;
      total_ += round_up(elements, kElementAlignment);
      return begin;
    };
    const std::int64_t steps = spec_.T * spec_.N, widest = std::max(spec_.I, spec_.H);
    take(static_cast<std::int64_t>(static_cast<std::size_t>(spec_.T + 1) * sizeof(std::int64_t) / sizeof(T)) + 1);
    zeros_ = take(spec_.H);
    sums_ = take(spec_.D * steps * columns_);
    for (std::size_t b = 0; b < blocks_.size(); ++b)
      packed_r_[b] = take(spec_.D * packed_size(blocks_[b].gates * spec_.H, spec_.H));
    state_elements_ = round_up(rows_per_piece_ * spec_.H, kElementAlignment);
    states_ = take(pieces() * 3 * state_elements_);  // dh, dc, d_p
    if (at.wants(out::X)) {
      packed_w_ = take(packed_size(gate_rows(), spec_.I));
      if (spec_.has_sequence_lens || !x_is_dense()) x_rows_ = take(steps * spec_.I);
    }
    block_sum_ = take(gate_rows());
    packed_steps_ = take(sum_.packed_elements(steps, widest));
    work_elements_ = round_up(OuterSum<T>::work_elements(widest), kElementAlignment);
    work_ = take(threads_ * work_elements_);
  }

  // Whether the rows of X stand in the order of TakenSteps.
  bool x_is_dense() const { return spec_.x_stride_n == spec_.I && spec_.x_stride_t == spec_.N * spec_.I; }

  std::int64_t packed_size(std::int64_t k, std::int64_t n) const {
    return kernels::packed_size(k, kernels::plain_columns(n), gemm_.panel_columns);
  }
  // A matrix of k rows and n columns without gaps, for gemm.
  void pack(const T* from, std::int64_t k, std::int64_t n, T* to) const {
    kernels::pack_matrix(from, n, 1, k, kernels::plain_columns(n), gemm_.panel_columns, to);
  }
  std::int64_t panels(std::int64_t n) const { return ceil_div(n, std::int64_t{gemm_.panel_columns}); }

  template <class F>
  void for_pieces(const Run& run, std::int64_t count, F&& f) const {
    run.args.pool.for_each(static_cast<int>(count), [&](int piece) {
      const simd::FlushDenormals flush;
      f(piece);
    });
  }
  // f(begin, end, piece) over [0, n), in pieces that are multiples of `unit`.
  template <class F>
  void for_ranges(const Run& run, std::int64_t n, std::int64_t unit, F&& f) const {
    const std::int64_t units = ceil_div(n, unit), count = std::min<std::int64_t>(threads_, units);
    for_pieces(run, count, [&](int piece) {
      f(units * piece / count * unit, std::min(units * (piece + 1) / count * unit, n), piece);
    });
  }

  T* sums_of(const Run& run, std::int64_t d) const { return run.scratch + sums_ + d * spec_.T * spec_.N * columns_; }

  void pack_recurrent(const Run& run) const {
    for (std::int64_t d = 0; d < spec_.D; ++d)
      for (std::size_t b = 0; b < blocks_.size(); ++b)
        pack(run.input(R) + (d * gate_rows() + blocks_[b].gate * spec_.H) * spec_.H, blocks_[b].gates * spec_.H,
             spec_.H, packed_r(run, d, b));
  }
  T* packed_r(const Run& run, std::int64_t d, std::size_t b) const {
    return run.scratch + packed_r_[b] + d * packed_size(blocks_[b].gates * spec_.H, spec_.H);
  }

  Before before(const Run& run, std::int64_t d, std::int64_t t, std::int64_t n) const {
    const bool reverse = spec_.reverse[static_cast<std::size_t>(d)];
    const std::int64_t first = reverse ? spec_.length(run.lens, n) - 1 : 0;
    if (t == first) {
      const auto initial = [&](std::size_t i) {
        return run.input(i) == nullptr ? run.scratch + zeros_ : run.input(i) + spec_.state_at(d, n);
      };
      return {initial(ops::recurrent_input::initial_h), initial(ops::recurrent_input::initial_c)};
    }
    const T* kept = run.input(in::workspace) + spec_.kept_at(reverse ? t + 1 : t - 1, d, n);
    return {kept + spec_.kept_h() * spec_.H, kept + spec_.kept_c() * spec_.H};
  }

  struct Piece {
    std::int64_t d, begin, end;
    T *dh, *dc, *d_p;
  };

  void walk(const Run& run, int index) const {
    T* states = run.scratch + states_ + index * 3 * state_elements_;
    Piece p{index / row_pieces_,         (index % row_pieces_) * rows_per_piece_, 0, states, states + state_elements_,
            states + 2 * state_elements_};
    p.end = std::min(p.begin + rows_per_piece_, spec_.N);
    CellOf cell(spec_, static_cast<std::size_t>(p.d), cells_);
    cell.set_peepholes(ops::direction_weights<T>(spec_, p.d, run.args.inputs).P, spec_.H);
    load_states(p, run.input(in::grad_Y_h), p.dh);
    load_states(p, run.input(in::grad_Y_c), p.dc);
    ops::walk_steps(spec_, run.lens, p.d, p.begin, p.end, ops::WalkOrder::gradient,
                    [&](const ops::RecurrentStep& s) { take_step(run, cell, p, s); });
    store_states(p, p.dh, run.output(out::initial_h));
    store_states(p, p.dc, run.output(out::initial_c));
  }

  // Zeros where there is no tensor.
  void load_states(const Piece& p, const T* from, T* state) const {
    for (std::int64_t n = p.begin; n < p.end; ++n, state += spec_.H) {
      if (from == nullptr)
        std::fill_n(state, spec_.H, T(0));
      else
        std::copy_n(from + spec_.state_at(p.d, n), spec_.H, state);
    }
  }

  void store_states(const Piece& p, const T* state, T* to) const {
    for (std::int64_t n = p.begin; to != nullptr && n < p.end; ++n, state += spec_.H)
      std::copy_n(state, spec_.H, to + spec_.state_at(p.d, n));
  }

  void take_step(const Run& run, const CellOf& cell, const Piece& p, const ops::RecurrentStep& s) const {
    const std::int64_t H = spec_.H, rows = s.row_end - s.row_begin, first = (s.row_begin - p.begin) * H;
    const T* kept = run.input(in::workspace) + spec_.kept_at(s.t, s.d, s.row_begin);
    const T* grad_y = run.input(in::grad_Y);
    T* d_sums = sums_of(run, s.d) + run.taken.at(s.t, s.row_begin) * columns_;
    const auto row = [&](std::int64_t i) {
      const Before previous = before(run, s.d, s.t, s.row_begin + i);
      const T* of_y = grad_y == nullptr ? nullptr : grad_y + spec_.y_at(s.t, s.d, s.row_begin + i);
      return GradientRow<T>{H,
                            kept + i * spec_.kept() * H,
                            previous.h,
                            previous.c,
                            of_y,
                            p.dh + first + i * H,
                            p.dc + first + i * H,
                            d_sums + i * columns_,
                            p.d_p + first + i * H};
    };
    const auto multiply = [&](std::size_t b, const T* start, T* c) {
      const RecurrentBlock& block = blocks_[b];
      gemm_.multiply({block.gates * H, H, 0, rows, 0, panels(H), d_sums + block.column * H, columns_, 1,
                      packed_r(run, s.d, b), start, H, c, H});
    };
    for (std::int64_t i = 0; i < rows; ++i) cell.backward(row(i));
    std::size_t left = blocks_.size();
    if (blocks_.back().of_kept) {
      multiply(--left, nullptr, p.d_p + first);
      for (std::int64_t i = 0; i < rows; ++i) cell.reset(row(i));
    }
    T* dh = p.dh + first;
    for (std::size_t b = 0; b < left; ++b) multiply(b, CellOf::kAddsToDh ? dh : nullptr, dh);
  }

  // One product for all steps of both directions, in place where X has no gaps.
  void make_grad_x(const Run& run) const {
    T* grad = run.output(out::X);
    if (grad == nullptr) return;
    const bool in_place = run.taken.all() && x_is_dense();
    if (!run.taken.all()) std::fill_n(grad, spec_.T * spec_.N * spec_.I, T(0));
    T* rows = in_place ? grad : run.scratch + x_rows_;
    T* w = run.scratch + packed_w_;
    for (std::int64_t d = 0; d < spec_.D; ++d) {
      pack(run.input(ops::recurrent_input::W) + d * gate_rows() * spec_.I, gate_rows(), spec_.I, w);
      for_ranges(run, run.taken.count(), 1, [&](std::int64_t begin, std::int64_t end, int) {
        gemm_.multiply({gate_rows(), spec_.I, begin, end, 0, panels(spec_.I), sums_of(run, d), columns_, 1, w,
                        d == 0 ? nullptr : rows, spec_.I, rows, spec_.I});
      });
    }
    if (in_place) return;
    const T* from = rows;
    run.taken.for_each(0, run.taken.count(), [&](std::int64_t t, std::int64_t n) {
      std::copy_n(from, spec_.I, grad + spec_.x_at(t, n));
      from += spec_.I;
    });
  }

  // Packs a vector of every step as the second factor of the sums over steps. vector(t, n): N elements.
  template <class F>
  T* pack_steps(const Run& run, std::int64_t N, F&& vector) const {
    T* packed = run.scratch + packed_steps_;
    const std::int64_t steps = run.taken.count();
    for_ranges(run, steps, 1, [&](std::int64_t begin, std::int64_t end, int) {
      std::int64_t k = begin;
      run.taken.for_each(begin, end,
                         [&](std::int64_t t, std::int64_t n) { sum_.pack_row(vector(t, n), k++, steps, N, packed); });
    });
    return packed;
  }

  // rows of c: columns of a direction's d_sums from `column` on, times the packed vectors.
  void sum_outer(const Run& run, std::int64_t d, std::int64_t column, std::int64_t rows, std::int64_t N,
                 const T* packed, T* c) const {
    for_ranges(run, rows, OuterSum<T>::kTile, [&](std::int64_t begin, std::int64_t end, int piece) {
      sum_.make_rows(begin, end, run.taken.count(), N, sums_of(run, d) + column, columns_, packed, c,
                     run.scratch + work_ + piece * work_elements_);
    });
  }

  void make_grad_w(const Run& run) const {
    T* grad = run.output(out::W);
    if (grad == nullptr) return;
    const T* x = run.input(X);
    const T* packed = pack_steps(run, spec_.I, [&](std::int64_t t, std::int64_t n) { return x + spec_.x_at(t, n); });
    for (std::int64_t d = 0; d < spec_.D; ++d)
      sum_outer(run, d, 0, gate_rows(), spec_.I, packed, grad + d * gate_rows() * spec_.I);
  }

  void make_grad_r(const Run& run, std::int64_t d) const {
    if (run.output(out::R) == nullptr) return;
    const std::int64_t H = spec_.H;
    T* grad = run.output(out::R) + d * gate_rows() * H;
    const T* kept = run.input(in::workspace) + spec_.kept_c() * H;
    const T* packed = nullptr;
    for (const RecurrentBlock& block : blocks_) {
      if (block.of_kept)
        packed = pack_steps(run, H, [&](std::int64_t t, std::int64_t n) { return kept + spec_.kept_at(t, d, n); });
      else if (packed == nullptr)
        packed = pack_steps(run, H, [&](std::int64_t t, std::int64_t n) { return before(run, d, t, n).h; });
      sum_outer(run, d, block.column * H, block.gates * H, H, packed, grad + block.gate * H * H);
    }
  }

  // to[j] = sum over steps of the step's columns[j] * by(t, n)[j], for j in [begin, end), block after block as OuterSum
  // does. by may give null: 1.
  template <class By>
  void sum_columns(const Run& run, const T* columns, std::int64_t begin, std::int64_t end, T* to, T* block_sum,
                   By&& by) const {
    std::fill(to + begin, to + end, T(0));
    const std::int64_t steps = run.taken.count();
    for (std::int64_t block = 0; block < steps; block += OuterSum<T>::kBlock) {
      const T* row = columns + block * columns_;
      std::fill(block_sum + begin, block_sum + end, T(0));
      run.taken.for_each(block, std::min(block + OuterSum<T>::kBlock, steps), [&](std::int64_t t, std::int64_t n) {
        const T* factor = by(t, n);
        for (std::int64_t j = begin; j < end; ++j) block_sum[j] += factor == nullptr ? row[j] : row[j] * factor[j];
        row += columns_;
      });
      for (std::int64_t j = begin; j < end; ++j) to[j] += block_sum[j];
    }
  }

  void make_grad_b(const Run& run, std::int64_t d) const {
    if (run.output(out::B) == nullptr) return;
    const std::int64_t H = spec_.H;
    T* wb = run.output(out::B) + d * static_cast<std::int64_t>(kBiases) * gate_rows();
    T* rb = wb + gate_rows();
    const auto all = [](std::int64_t, std::int64_t) -> const T* { return nullptr; };
    T* block_sum = run.scratch + block_sum_;
    for_ranges(run, gate_rows(), H, [&](std::int64_t begin, std::int64_t end, int) {
      sum_columns(run, sums_of(run, d), begin, end, wb, block_sum, all);
    });
    std::copy_n(wb, gate_rows(), rb);
    const RecurrentBlock& last = blocks_.back();
    if (last.column == last.gate) return;
    sum_columns(run, sums_of(run, d) + last.column * H, 0, last.gates * H, rb + last.gate * H, block_sum, all);
  }

  void make_grad_p(const Run& run, std::int64_t d) const {
    if (run.output(out::P) == nullptr) return;
    const std::int64_t H = spec_.H;
    const T* kept = run.input(in::workspace) + spec_.kept_c() * H;
    const auto hidden = static_cast<std::size_t>(H);
    const auto sum = [&](Peephole p, LstmGate gate, auto&& state) {
      T* to = run.output(out::P) + d * static_cast<std::int64_t>(kPeepholes) * H + gate_row(p, hidden);
      sum_columns(run, sums_of(run, d) + gate_row(gate, hidden), 0, H, to, run.scratch + block_sum_, state);
    };
    const auto c_before = [&](std::int64_t t, std::int64_t n) { return before(run, d, t, n).c; };
    sum(Peephole::input, LstmGate::input, c_before);
    sum(Peephole::forget, LstmGate::forget, c_before);
    sum(Peephole::output, LstmGate::output,
        [&](std::int64_t t, std::int64_t n) { return kept + spec_.kept_at(t, d, n); });
  }

  Node node_;
  ops::RecurrentSpec spec_;
  const kernels::GemmKernels<T>& gemm_;
  const kernels::CellGradientKernels<T>& cells_;
  OuterSum<T> sum_;
  std::span<const RecurrentBlock> blocks_;
  std::int64_t columns_;  // of a step's d_sums
  int threads_ = 1;
  std::int64_t row_pieces_ = 1, rows_per_piece_ = 0;
  // Of the scratch memory, in elements.
  std::int64_t total_ = 0, zeros_ = 0, sums_ = 0, states_ = 0, state_elements_ = 0, packed_w_ = 0, x_rows_ = 0;
  std::int64_t block_sum_ = 0, packed_steps_ = 0, work_ = 0, work_elements_ = 0;
  std::array<std::int64_t, kMaxBlocks> packed_r_{};
};

template <template <class> class CellOf>
std::unique_ptr<Step> make_for(const Lowering& at) {
  if (at.inputs[X].dtype == DType::float64) return std::make_unique<RecurrentGradientStep<double, CellOf<double>>>(at);
  return std::make_unique<RecurrentGradientStep<float, CellOf<float>>>(at);
}

}  // namespace

std::string refuse_recurrent_gradient(const Lowering& at) {
  const DType t = at.inputs[X].dtype;
  if (ops::is_wide_gradient(t, at.inputs[R].shape[2])) return "so few hidden units are computed in float64";
  return t == DType::float32 || t == DType::float64 ? "" : "element type " + std::string(name_of(t));
}

std::unique_ptr<Step> make_recurrent_gradient(const Lowering& at) {
  switch (ops::recurrent_form(at.node).cell) {
    case ops::Cell::rnn:
      return make_for<RnnBackward>(at);
    case ops::Cell::lstm:
      return make_for<LstmBackward>(at);
    case ops::Cell::gru:
      return make_for<GruBackward>(at);
  }
  return nullptr;
}

}  // namespace rondo::native
