// Both operators are Y[M,N] = A[M,K] B[K,N] (+ C) with B packed into panels: once when it is constant, else in scratch
// at every run. A MatMul with leading dims on A alone is one product of all its rows.
#include "backends/native/product.h"

#include <algorithm>

#include "base/aligned.h"
#include "base/checked.h"
#include "kernels/gemm/gemm.h"
#include "kernels/panel/pack.h"
#include "kernels/simd/denormals.h"

namespace rondo::native {
namespace {

constexpr std::int64_t kWorthAThread = 200'000;  // multiply-adds that pay for waking another thread

struct Product {
  std::int64_t M, K, N;
  std::int64_t a_row_stride, a_k_stride, b_k_stride, b_column_stride;
  std::int64_t c_row_stride = 0;  // of Gemm's C, which must be [N], [1,N] or [M,N]
};

bool transposed(const Lowering& at, std::string_view name) {
  return std::get<std::int64_t>(*find_attribute(at.node.attributes, name)) != 0;
}

Product mat_mul_product(const Lowering& at) {
  const std::int64_t K = at.inputs[1].shape[0], N = at.inputs[1].shape[1];
  const std::int64_t M = K == 0 ? at.outputs[0].count() / std::max<std::int64_t>(N, 1) : at.inputs[0].count() / K;
  return {M, K, N, K, 1, N, 1};
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
  ProductStep(const Lowering& at, const Product& product)
      : p_(product), kernels_(kernels::select_gemm<T>(at.options.isa)), op_(at.node.op->name), has_c_(at.has(2)) {
    panels_ = ceil_div(p_.N, kernels_.panel_columns);
    pieces_ = static_cast<int>(std::clamp<std::int64_t>(p_.M * p_.N * p_.K / kWorthAThread, 1, at.options.threads));
    if (!at.is_constant(1)) return;
    std::string key = "native product " + std::to_string(sizeof(T)) + " " + std::to_string(kernels_.panel_columns);
    for (std::int64_t size : {p_.K, p_.N, p_.b_k_stride, p_.b_column_stride}) key += "," + std::to_string(size);
    packed_ = at.weights.get<Packed>({at.inputs[1].data}, key, [&] {
      auto block = make_aligned<T>(packed_elements());
      pack(at.inputs[1].as<T>(), block.get());
      return new Packed(std::move(block));
    });
  }

  std::size_t scratch_bytes() const override { return packed_ ? 0 : packed_elements() * sizeof(T); }
  std::string kernel() const override { return op_ + " " + kernels_.name + (packed_ ? "" : ", B packed each run"); }

  void run(const StepArgs& args) const override {
    T* scratch = reinterpret_cast<T*>(args.scratch);
    if (!packed_) pack(args.inputs[1].as<T>(), scratch);
    kernels::Gemm<T> g{p_.K,
                       p_.N,
                       0,
                       p_.M,
                       0,
                       panels_,
                       args.inputs[0].as<T>(),
                       p_.a_row_stride,
                       p_.a_k_stride,
                       packed_ ? packed_->get() : scratch,
                       has_c_ ? args.inputs[2].as<T>() : nullptr,
                       p_.c_row_stride,
                       args.outputs[0].as<T>(),
                       p_.N};
    // Whichever there is more of is shared out: rows, or panels of columns.
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

 private:
  using Packed = AlignedArray<T>;

  std::size_t packed_elements() const {
    return static_cast<std::size_t>(kernels::packed_size(p_.K, kernels::plain_columns(p_.N), kernels_.panel_columns));
  }
  void pack(const T* b, T* to) const {
    kernels::pack_matrix(b, p_.b_k_stride, p_.b_column_stride, p_.K, kernels::plain_columns(p_.N),
                         kernels_.panel_columns, to);
  }

  Product p_;
  const kernels::GemmKernels<T>& kernels_;
  std::string op_;
  bool has_c_;
  std::int64_t panels_ = 0;
  int pieces_ = 1;
  std::shared_ptr<const Packed> packed_;  // null: B is computed by the graph
};

std::string refuse_type(const Lowering& at) {
  const DType t = at.inputs[0].dtype;
  return t == DType::float32 || t == DType::float64 ? "" : "element type " + std::string(name_of(t));
}

std::unique_ptr<Step> make_product(const Lowering& at, const Product& p) {
  if (at.inputs[0].dtype == DType::float64) return std::make_unique<ProductStep<double>>(at, p);
  return std::make_unique<ProductStep<float>>(at, p);
}

}  // namespace

std::string refuse_mat_mul(const Lowering& at) {
  if (at.inputs[1].rank() != 2) return "B has rank " + std::to_string(at.inputs[1].rank());
  if (at.inputs[0].rank() < 1) return "A is a scalar";
  return refuse_type(at);
}

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
