// Both operators are Y[M,N] = A[M,K] B[K,N] (+ C) with B packed into panels: once when it is constant, else in scratch
// at every run. A MatMul with one matrix B is one product of all rows of A; with several it is as many products as the
// leading dims have places, each on one thread.
#include "backends/native/product.h"

#include <algorithm>

#include "base/aligned.h"
#include "base/checked.h"
#include "kernels/gemm/gemm.h"
#include "kernels/panel/pack.h"
#include "kernels/simd/denormals.h"
#include "ops/broadcast.h"
#include "ops/window.h"

namespace rondo::native {
namespace {

constexpr double kWorthAThread = 200'000;  // multiply-adds that pay for waking another thread

// Where one product of a batch finds its factors.
struct Factors {
  std::int64_t a;  // the element of A it begins at
  std::int64_t b;  // which matrix of B
};

struct Product {
  std::int64_t M, K, N;
  std::int64_t a_row_stride, a_k_stride, b_k_stride, b_column_stride;
  std::int64_t c_row_stride = 0;  // of Gemm's C, which must be [N], [1,N] or [M,N]
  std::int64_t b_matrices = 1;    // of K * N elements each
  std::vector<Factors> batch{{0, 0}};
};

bool transposed(const Lowering& at, std::string_view name) {
  return std::get<std::int64_t>(*find_attribute(at.node.attributes, name)) != 0;
}

Product mat_mul_product(const Lowering& at) {
  const auto a = at.inputs[0].shape, b = at.inputs[1].shape;
  const auto leading = [](std::span<const std::int64_t> s) { return s.first(s.size() < 2 ? 0 : s.size() - 2); };
  const std::int64_t M = a.size() == 1 ? 1 : a[a.size() - 2], K = a.back(), N = b.size() == 1 ? 1 : b.back();
  Product p{M, K, N, K, 1, N, 1};
  p.b_matrices = ops::volume(leading(b));
  if (p.b_matrices == 1) {
    p.M *= ops::volume(leading(a));
    return p;
  }
  p.batch.clear();
  const auto out = at.outputs[0].shape.first(std::max(leading(a).size(), leading(b).size()));
  for (auto w = ops::broadcast_walk<2>(out, {leading(a), leading(b)}); !w.done(); w.next())
    for (std::int64_t i = 0; i < w.length(); ++i)
      p.batch.push_back({(w.at(0) + i * w.step(0)) * M * K, w.at(1) + i * w.step(1)});
  return p;
}

Product gemm_product(const Lowering& at) {
  const std::int64_t M = at.outputs[0].shape[0], N = at.outputs[0].shape[1];
  const bool ta = transposed(at, "transA"), tb = transposed(at, "transB");
  const std::int64_t K = at.inputs[0].shape[ta ? 0 : 1];
  Product p{M, K, N, ta ? 1 : K, ta ? M : 1, tb ? 1 : N, tb ? K : 1};
  if (at.has(2)) p.c_row_stride = at.inputs[2].rank() == 2 && at.inputs[2].shape[0] == M && M != 1 ? N : 0;
  return p;
}

template <class T>
class ProductStep : public Step {
 public:
  ProductStep(const Lowering& at, Product product)
      : p_(std::move(product)),
        kernels_(kernels::select_gemm<T>(at.options.isa)),
        op_(at.node.op->name),
        has_c_(at.has(2)),
        batch_(static_cast<std::int64_t>(p_.batch.size())) {
    panels_ = ceil_div(p_.N, kernels_.panel_columns);
    packed_elements_ = kernels::packed_size(p_.K, kernels::plain_columns(p_.N), kernels_.panel_columns);
    const double work = static_cast<double>(batch_ * p_.M) * static_cast<double>(p_.N * p_.K);
    const double most = batch_ == 1 ? at.options.threads : std::min<double>(at.options.threads, batch_);
    pieces_ = static_cast<int>(std::clamp(work / kWorthAThread, 1.0, std::max(most, 1.0)));
    if (!at.is_constant(1)) return;
    std::string key = "native product " + std::to_string(sizeof(T)) + " " + std::to_string(kernels_.panel_columns);
    for (std::int64_t size : {p_.K, p_.N, p_.b_k_stride, p_.b_column_stride, p_.b_matrices})
      key += "," + std::to_string(size);
    packed_ = at.weights.get<Packed>({at.inputs[1].data}, key, [&] {
      auto block = make_aligned<T>(static_cast<std::size_t>(p_.b_matrices * packed_elements_));
      for (std::int64_t i = 0; i < p_.b_matrices; ++i)
        pack(at.inputs[1].as<T>() + i * p_.K * p_.N, block.get() + i * packed_elements_);
      return new Packed(std::move(block));
    });
  }

  std::size_t scratch_bytes() const override {
    const std::int64_t blocks = packed_ ? 0 : batch_ == 1 ? 1 : pieces_;
    return static_cast<std::size_t>(blocks * packed_elements_) * sizeof(T);
  }
  std::string kernel() const override {
    return op_ + " " + kernels_.name + (batch_ > 1 ? ", batch of " + std::to_string(batch_) : "") +
           (packed_ ? "" : ", B packed each run");
  }

  void run(const StepArgs& args) const override {
    T* scratch = reinterpret_cast<T*>(args.scratch);
    if (batch_ == 1) return run_one(args, scratch);
    args.pool.for_each(pieces_, [&](int piece) {
      const simd::FlushDenormals flush;
      run_batch(args, batch_ * piece / pieces_, batch_ * (piece + 1) / pieces_, scratch + piece * packed_elements_);
    });
  }

 private:
  using Packed = AlignedArray<T>;

  kernels::Gemm<T> gemm(const StepArgs& args, std::int64_t i, const T* b) const {
    return {p_.K,
            p_.N,
            0,
            p_.M,
            0,
            panels_,
            args.inputs[0].as<T>() + p_.batch[static_cast<std::size_t>(i)].a,
            p_.a_row_stride,
            p_.a_k_stride,
            b,
            has_c_ ? args.inputs[2].as<T>() : nullptr,
            p_.c_row_stride,
            args.outputs[0].as<T>() + i * p_.M * p_.N,
            p_.N};
  }

  // Whichever there is more of is shared out: rows, or panels of columns.
  void run_one(const StepArgs& args, T* scratch) const {
    if (!packed_) pack(args.inputs[1].as<T>(), scratch);
    const kernels::Gemm<T> g = gemm(args, 0, packed_ ? packed_->get() : scratch);
    const bool by_rows = p_.M >= panels_;
    args.pool.for_each(pieces_, [&](int piece) {
      const simd::FlushDenormals flush;
      kernels::Gemm<T> part = g;
      auto& begin = by_rows ? part.row_begin : part.panel_begin;
      auto& end = by_rows ? part.row_end : part.panel_end;
      const std::int64_t all = end;
      begin = all * piece / pieces_;
      end = all * (piece + 1) / pieces_;
      kernels_.multiply(part);
    });
  }

  void run_batch(const StepArgs& args, std::int64_t begin, std::int64_t end, T* scratch) const {
    std::int64_t in_scratch = -1;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t b = p_.batch[static_cast<std::size_t>(i)].b;
      if (!packed_ && b != in_scratch) pack(args.inputs[1].as<T>() + b * p_.K * p_.N, scratch);
      in_scratch = b;
      kernels_.multiply(gemm(args, i, packed_ ? packed_->get() + b * packed_elements_ : scratch));
    }
  }

  void pack(const T* b, T* to) const {
    kernels::pack_matrix(b, p_.b_k_stride, p_.b_column_stride, p_.K, kernels::plain_columns(p_.N),
                         kernels_.panel_columns, to);
  }

  Product p_;
  const kernels::GemmKernels<T>& kernels_;
  std::string op_;
  bool has_c_;
  std::int64_t batch_, panels_ = 0, packed_elements_ = 0;
  int pieces_ = 1;
  std::shared_ptr<const Packed> packed_;  // null: B is computed by the graph
};

std::string refuse_type(const Lowering& at) {
  const DType t = at.inputs[0].dtype;
  return t == DType::float32 || t == DType::float64 ? "" : "element type " + std::string(name_of(t));
}

std::unique_ptr<Step> make_product(const Lowering& at, Product p) {
  if (at.inputs[0].dtype == DType::float64) return std::make_unique<ProductStep<double>>(at, std::move(p));
  return std::make_unique<ProductStep<float>>(at, std::move(p));
}

}  // namespace

std::string refuse_mat_mul(const Lowering& at) { return refuse_type(at); }

std::unique_ptr<Step> make_mat_mul(const Lowering& at) { return make_product(at, mat_mul_product(at)); }

std::string refuse_gemm(const Lowering& at) {
  const auto is_one = [&](std::string_view name) {
    return std::get<float>(*find_attribute(at.node.attributes, name)) == 1.0f;
  };
  if (!is_one("alpha")) return "alpha is not 1";
  if (at.has(2)) {
    const auto& c = at.inputs[2];
    if (!is_one("beta")) return "beta is not 1";
    const std::int64_t N = at.outputs[0].shape[1];
    if (c.rank() == 0 || c.shape.back() != N) return "C is not as wide as Y";
  }
  return refuse_type(at);
}

std::unique_ptr<Step> make_gemm(const Lowering& at) { return make_product(at, gemm_product(at)); }

}  // namespace rondo::native
