#include "backends/onednn/product.h"

#include <algorithm>
#include <array>
#include <string>

#include "backends/onednn/packed.h"
#include "backends/onednn/pieces.h"
#include "backends/onednn/product_shape.h"
#include "backends/onednn/rules.h"

namespace rondo::onednn {
namespace {

// A part of one product: rows or columns [first, first + extent), the other axis whole.
struct Part {
  std::int64_t first = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::size_t variant = 0;
  std::shared_ptr<const Packed> b;  // null: B is read where it is
};

// Parts of the same size run the same primitive; there are two sizes, the last part's and the others'.
struct Variant {
  dnnl::matmul primitive;
  Desc a, b, y, scratchpad;
};

dnnl::matmul::primitive_desc describe_part(const ProductShape& p, std::int64_t rows, std::int64_t columns, bool any_b) {
  const OneThread one_thread;
  const Desc a = strided({rows, p.K}, {p.a.row_stride, p.a.column_stride});
  const Desc b = any_b ? any_layout({p.K, columns}) : strided({p.K, columns}, {p.b.row_stride, p.b.column_stride});
  const Desc y = strided({rows, columns}, {p.N, 1});
  return describe<dnnl::matmul>(attributes(p.has_c), a, b, y);
}

class ProductStep final : public Step {
 public:
  ProductStep(ProductShape shape, const Lowering& at);

  void run(const StepArgs& args) const override;
  std::size_t scratch_bytes() const override { return lanes_.scratch_bytes(); }
  std::string kernel() const override { return "matmul " + version() + " " + implementation_; }

 private:
  void add_part(const Lowering& at, std::int64_t first, std::int64_t extent);
  std::size_t variant_of(std::int64_t rows, std::int64_t columns, bool any_b);
  std::shared_ptr<const Packed> packed_b(const Lowering& at, const Part& part) const;
  void run_part(const StepArgs& args, std::int64_t batch, const Part& part, std::byte* scratch) const;
  void put_c(const float* c, float* y, std::int64_t row, std::int64_t column, const Part& part) const;

  ProductShape shape_;
  bool by_rows_;
  std::vector<Part> parts_;
  std::vector<Variant> variants_;
  std::string implementation_;
  Lanes lanes_;
};

ProductStep::ProductStep(ProductShape shape, const Lowering& at)
    : shape_(std::move(shape)), by_rows_(shape_.M >= shape_.N) {
  const std::int64_t extent = by_rows_ ? shape_.M : shape_.N;
  const Cut cut = cut_product_axis(extent, shape_.multiply_adds());
  for (std::int64_t i = 0; i < cut.count; ++i) {
    add_part(at, i * cut.size, std::min(cut.size, extent - i * cut.size));
  }
  std::size_t scratchpad = 0;
  for (const Variant& v : variants_) scratchpad = std::max(scratchpad, v.scratchpad.get_size());
  lanes_ = Lanes(shape_.batches() * cut.count, at.options.threads, scratchpad);
}

void ProductStep::add_part(const Lowering& at, std::int64_t first, std::int64_t extent) {
  Part part{first, by_rows_ ? extent : shape_.M, by_rows_ ? shape_.N : extent, 0, nullptr};
  const bool any_b = shape_.one_b && at.is_constant(1);
  part.variant = variant_of(part.rows, part.columns, any_b);
  if (any_b) part.b = packed_b(at, part);
  parts_.push_back(std::move(part));
}

std::size_t ProductStep::variant_of(std::int64_t rows, std::int64_t columns, bool any_b) {
  const Desc y = strided({rows, columns}, {shape_.N, 1});
  for (std::size_t i = 0; i < variants_.size(); ++i) {
    if (variants_[i].y == y) return i;
  }
  const auto pd = describe_part(shape_, rows, columns, any_b);
  const OneThread one_thread;
  variants_.push_back({dnnl::matmul(pd), pd.src_desc(), pd.weights_desc(), pd.dst_desc(), pd.scratchpad_desc()});
  implementation_ = pd.impl_info_str();
  return variants_.size() - 1;
}

// Null when the layout oneDNN wants is the one B has.
std::shared_ptr<const Packed> ProductStep::packed_b(const Lowering& at, const Part& part) const {
  const Desc plain = strided({shape_.K, part.columns}, {shape_.b.row_stride, shape_.b.column_stride});
  const Desc& wanted = variants_[part.variant].b;
  if (wanted == plain) return nullptr;
  const float* source = at.inputs[1].as<float>() + shape_.b.at(0, by_rows_ ? 0 : part.first);
  const char* form = shape_.b.row_stride == 1 ? "product transposed" : "product";
  return packed(at.weights, source, form, wanted, [&] { return pack(plain, source, wanted); });
}

void ProductStep::run(const StepArgs& args) const {
  const auto parts = static_cast<std::int64_t>(parts_.size());
  lanes_.run(args, [&](std::int64_t piece, std::byte* scratch) {
    run_part(args, piece / parts, parts_[static_cast<std::size_t>(piece % parts)], scratch);
  });
}

void ProductStep::run_part(const StepArgs& args, std::int64_t batch, const Part& part, std::byte* scratch) const {
  const auto i = static_cast<std::size_t>(batch);
  const std::int64_t row = by_rows_ ? part.first : 0;
  const std::int64_t column = by_rows_ ? 0 : part.first;
  const Variant& v = variants_[part.variant];
  const float* a = args.inputs[0].as<float>() + shape_.a_at[i] + shape_.a.at(row, 0);
  const void* b = args.inputs[1].as<float>() + shape_.b_at[i] + shape_.b.at(0, column);
  if (part.b) b = part.b->bytes.get();
  float* y = args.outputs[0].as<float>() + batch * shape_.M * shape_.N + row * shape_.N + column;
  if (shape_.has_c) put_c(args.inputs[2].as<float>(), y, row, column, part);
  execute(v.primitive, {{DNNL_ARG_SRC, memory_at(v.a, a)},
                        {DNNL_ARG_WEIGHTS, memory_at(v.b, b)},
                        {DNNL_ARG_DST, memory_at(v.y, y)},
                        {DNNL_ARG_SCRATCHPAD, memory_at(v.scratchpad, scratch)}});
}

// beta * C, broadcast, into the part of Y that the product is then added to.
void ProductStep::put_c(const float* c, float* y, std::int64_t row, std::int64_t column, const Part& part) const {
  for (std::int64_t r = 0; r < part.rows; ++r) {
    const float* from = c + shape_.c.at(row + r, column);
    float* to = y + r * shape_.N;
    for (std::int64_t k = 0; k < part.columns; ++k) to[k] = shape_.beta * from[k * shape_.c.column_stride];
  }
}

bool all_float(const Lowering& at) {
  return std::all_of(at.inputs.begin(), at.inputs.end(),
                     [](const TensorView& v) { return !v.present() || v.dtype == DType::float32; });
}

// Also whether this oneDNN has more than a plain loop for it.
std::string refuse_product(const Lowering& at, const ProductShape& shape) {
  if (std::string reason = refuse_product_size(at.options, shape.M, shape.multiply_adds()); !reason.empty()) {
    return reason;
  }
  try {
    const bool any_b = shape.one_b && at.is_constant(1);
    const std::string name = describe_part(shape, shape.M, shape.N, any_b).impl_info_str();
    return name.starts_with("ref") ? "oneDNN has only its reference loop for it" : "";
  } catch (const dnnl::error& e) {
    return std::string("oneDNN says: ") + e.what();
  }
}

// dnnl::error says what failed, not where; the node is named by whoever lowers it.
std::unique_ptr<Step> make_product(ProductShape shape, const Lowering& at) {
  try {
    return std::make_unique<ProductStep>(std::move(shape), at);
  } catch (const dnnl::error& e) {
    throw Error(ErrorCode::memory, std::string("oneDNN could not prepare a matrix product: ") + e.what());
  }
}

}  // namespace

std::string refuse_matmul(const Lowering& at) {
  if (std::string reason = refuse_always(at); !reason.empty()) return reason;
  if (!all_float(at)) return "not float32";
  return refuse_product(at, matmul_shape(at.inputs[0].shape, at.inputs[1].shape));
}

std::unique_ptr<Step> make_matmul(const Lowering& at) {
  return make_product(matmul_shape(at.inputs[0].shape, at.inputs[1].shape), at);
}

std::string refuse_gemm(const Lowering& at) {
  if (std::string reason = refuse_always(at); !reason.empty()) return reason;
  if (!all_float(at)) return "not float32";
  if (std::get<float>(*find_attribute(at.node.attributes, "alpha")) != 1.0f) return "alpha is not 1";
  return refuse_product(at, gemm_shape(at));
}

std::unique_ptr<Step> make_gemm(const Lowering& at) { return make_product(gemm_shape(at), at); }

}  // namespace rondo::onednn
