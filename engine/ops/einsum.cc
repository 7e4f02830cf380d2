// Einsum: sums of products over labelled axes. An axis of size 1 repeats along a longer one of the same label, as an
// ellipsis does; a label twice in one input takes its diagonal. Nothing is stored between operands and result: each
// element of the result is one walk over the labels it does not have, accumulated in double or 64 bits.
#include <fmt/format.h>

#include <algorithm>

#include "ir/gradient.h"
#include "ir/graph.h"
#include "ops/broadcast.h"
#include "ops/einsum_equation.h"
#include "ops/op_list.h"
#include "ops/reduce.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

EinsumEquation equation_of(const Node& node) {
  return EinsumEquation(std::get<std::string>(*find_attribute(node.attributes, "equation")));
}

// The size of every label, as the inputs agree on it.
class LabelSizes {
 public:
  void merge(const InferContext& ctx, std::size_t input, const AxisLabels& labels) {
    for (std::size_t axis = 0; axis < labels.size; ++axis) {
      std::optional<Dim>& size = sizes_[labels.label[axis]];
      const Dim& dim = ctx.shape(input)[axis];
      const auto both = size ? broadcast({*size}, {dim}) : std::optional(Shape{dim});
      if (!both)
        throw ctx.error("axes of the same label differ in size")
            .got(fmt::format("{} and {} of axis {} of input {}", size->value, dim.value, axis, input));
      size = both->front();
    }
  }
  Dim of(std::size_t label) const { return sizes_[label].value_or(Dim(1)); }

 private:
  std::array<std::optional<Dim>, kMaxLabels> sizes_;
};

std::optional<Shape> result_shape(const InferContext& ctx, const EinsumEquation& equation) {
  LabelSizes sizes;
  std::size_t ellipsis = 0;
  for (std::size_t i = 0; i < ctx.num_inputs(); ++i) {
    if (!ctx.ranked(i)) return std::nullopt;
    const auto rank = static_cast<std::size_t>(checked_rank(ctx, i));
    AxisLabels labels;
    if (!equation.operand_labels(i, rank, labels))
      throw ctx.error(fmt::format("equation does not fit input {}", i))
          .got(fmt::format("'{}' for shape {}", ctx.text("equation"), to_string(ctx.shape(i))));
    sizes.merge(ctx, i, labels);
    ellipsis = std::max(ellipsis, equation.ellipsis_rank(i, rank));
  }
  if (ellipsis > 0 && equation.result_drops_ellipsis())
    throw ctx.attribute_error("equation", "the result has no ellipsis for that of the inputs")
        .got(ctx.text("equation"));
  AxisLabels labels;
  if (!equation.result_labels(ellipsis, labels)) check_rank(ctx, kMaxRank + 1, "output");
  Shape out;
  for (std::size_t axis = 0; axis < labels.size; ++axis) out.push_back(sizes.of(labels.label[axis]));
  return out;
}

void infer(InferContext& ctx) {
  const EinsumEquation equation = equation_of(ctx.node());
  if (const std::string complaint = equation.complaint(ctx.num_inputs()); !complaint.empty())
    throw ctx.attribute_error("equation", "equation is malformed: " + complaint).got(ctx.text("equation"));
  ctx.set(0, ctx.dtype(0), result_shape(ctx, equation));
}

// The loops of one Einsum, outermost first: the labels of the result in its order, then those that are summed over. For
// every operand a step along each loop, and where it stands.
struct Loops {
  std::array<std::int64_t, kMaxLabels> size;
  std::size_t num_result = 0, num = 0;
  std::size_t num_operands = 0;
  std::int64_t* steps = nullptr;  // [num_operands, kMaxLabels]
  std::int64_t* at = nullptr;     // [num_operands], in elements

  std::int64_t& step(std::size_t operand, std::size_t loop) const { return steps[operand * kMaxLabels + loop]; }
  // One place on along a loop, or back from its end to its beginning.
  void move(std::size_t loop, std::int64_t places) const {
    for (std::size_t k = 0; k < num_operands; ++k) at[k] += places * step(k, loop);
  }
};

std::size_t scratch_bytes(const Node&, std::span<const TensorView> inputs) {
  return inputs.size() * (kMaxLabels + 1) * sizeof(std::int64_t);
}

Loops loops_of(const EvalContext& ctx) {
  const EinsumEquation equation = equation_of(ctx.node);
  Loops loops;
  loops.num_operands = ctx.inputs.size();
  loops.steps = reinterpret_cast<std::int64_t*>(ctx.scratch);
  loops.at = loops.steps + loops.num_operands * kMaxLabels;
  std::fill_n(loops.steps, loops.num_operands * (kMaxLabels + 1), std::int64_t{0});
  std::size_t ellipsis = 0;
  for (std::size_t i = 0; i < ctx.inputs.size(); ++i)
    ellipsis = std::max(ellipsis, equation.ellipsis_rank(i, ctx.inputs[i].shape.size()));
  AxisLabels labels;
  equation.result_labels(ellipsis, labels);
  constexpr std::uint8_t kNoLoop = 255;
  std::array<std::uint8_t, kMaxLabels> loop_of;
  loop_of.fill(kNoLoop);
  const auto add = [&](std::size_t label) {
    if (loop_of[label] != kNoLoop) return;
    loops.size[loops.num] = 1;
    loop_of[label] = static_cast<std::uint8_t>(loops.num++);
  };
  for (std::size_t axis = 0; axis < labels.size; ++axis) add(labels.label[axis]);
  loops.num_result = loops.num;
  for (std::size_t i = 0; i < ctx.inputs.size(); ++i) {
    const std::span<const std::int64_t> shape = ctx.inputs[i].shape;
    equation.operand_labels(i, shape.size(), labels);
    const Dims strides = dense_strides(shape);
    for (std::size_t axis = 0; axis < labels.size; ++axis) {
      add(labels.label[axis]);
      const std::size_t loop = loop_of[labels.label[axis]];
      if (shape[axis] == 1) continue;
      loops.size[loop] = shape[axis];
      loops.step(i, loop) += strides[axis];
    }
  }
  return loops;
}

// Moves on in the loops [first, last), the last one fastest; false when they are through, and back at the beginning.
bool advance(const Loops& loops, std::array<std::int64_t, kMaxLabels>& index, std::size_t first, std::size_t last) {
  for (std::size_t loop = last; loop-- > first;) {
    loops.move(loop, 1);
    if (++index[loop] < loops.size[loop]) return true;
    loops.move(loop, -loops.size[loop]);
    index[loop] = 0;
  }
  return false;
}

// The sum along the innermost loop.
template <class T>
Wide<T> row_sum(const EvalContext& ctx, const Loops& loops) {
  const bool has_row = loops.num > loops.num_result;
  const std::size_t row = loops.num - 1;
  Wide<T> sum = 0;
  for (std::int64_t n = has_row ? loops.size[row] : 1, i = 0; i < n; ++i) {
    Wide<T> product = 1;
    for (std::size_t k = 0; k < loops.num_operands; ++k) {
      const std::int64_t place = loops.at[k] + (has_row ? i * loops.step(k, row) : 0);
      product = wrap_mul(product, static_cast<Wide<T>>(ctx.inputs[k].as<T>()[place]));
    }
    sum = wrap_add(sum, product);
  }
  return sum;
}

void eval(const EvalContext& ctx) {
  const MutableTensorView& out = ctx.outputs[0];
  if (out.count() == 0) return;
  const Loops loops = loops_of(ctx);
  const bool empty = std::any_of(loops.size.begin(), loops.size.begin() + static_cast<std::ptrdiff_t>(loops.num),
                                 [](std::int64_t n) { return n == 0; });
  const std::size_t summed_end = std::max(loops.num, loops.num_result + 1) - 1;  // the row is a loop of its own
  std::array<std::int64_t, kMaxLabels> index{};
  with_number(out.dtype, [&]<class T>(TypeTag<T>) {
    T* y = out.as<T>();
    if (empty) {
      std::fill_n(y, out.count(), T(0));
      return;
    }
    do {
      Wide<T> sum = 0;
      do sum = wrap_add(sum, row_sum<T>(ctx, loops));
      while (advance(loops, index, loops.num_result, summed_end));
      *y++ = static_cast<T>(sum);
    } while (advance(loops, index, 0, loops.num_result));
  });
}

// An Einsum that is being written: operands and their axes, each named by a letter.
struct Written {
  std::vector<ValueId> operands;
  std::string terms;
  std::string seen;  // the letters of all terms

  void add(ValueId operand, const std::string& letters) {
    terms += (operands.empty() ? "" : ",") + letters;
    seen += letters;
    operands.push_back(operand);
  }
};

// The letters of labels: each gets one of its own, in order of appearance.
class Letters {
 public:
  explicit Letters(const GradientContext& ctx) : ctx_(ctx) {}
  std::string of(const AxisLabels& labels) {
    std::string out;
    for (std::size_t axis = 0; axis < labels.size; ++axis) {
      char& letter = letters_[labels.label[axis]];
      if (letter == 0) letter = fresh();
      out += letter;
    }
    return out;
  }
  char fresh() {
    if (used_ == kLetters) throw ctx_.error("equation has more labels than there are letters");
    const std::size_t n = used_++;
    return static_cast<char>(n < 26 ? 'a' + n : 'A' + (n - 26));
  }

 private:
  const GradientContext& ctx_;
  std::array<char, kMaxLabels> letters_{};
  std::size_t used_ = 0;
};

// Where a letter stands twice in a term the elements off the diagonal have no gradient: the second one gets a letter of
// its own and an identity matrix ties the two.
std::string with_diagonals(const Term& x, std::string letters, Letters& names, Written& out) {
  for (std::size_t second = 1; second < letters.size(); ++second) {
    const std::size_t first = letters.find(letters[second]);
    if (first == second) continue;
    const std::string pair{letters[first], letters[second] = names.fresh()};
    const Term dims =
        apply(gather(), shape_of(x), x.integers({static_cast<std::int64_t>(first), static_cast<std::int64_t>(second)}));
    const Attributes type{{"dtype", static_cast<std::int64_t>(x.dtype())}};
    out.add(apply(eye_like(), {apply(constant_of_shape(), dims)}, type).id(), pair);
  }
  return letters;
}

// The gradient of operand i: the product of that of the result with all other operands, summed over what operand i does
// not have, and repeated along what it alone has.
Term operand_gradient(GradientContext& ctx, std::size_t i, const std::vector<std::string>& operands,
                      const std::string& result, Letters letters) {
  const Term x = input(ctx, i);
  Written written;
  written.add(ctx.grad_output(), result);
  for (std::size_t k = 0; k < operands.size(); ++k)
    if (k != i) written.add(ctx.input(k), operands[k]);
  const std::string wanted = with_diagonals(x, operands[i], letters, written);
  std::string kept;
  std::vector<std::int64_t> missing;
  for (std::size_t axis = 0; axis < wanted.size(); ++axis) {
    if (written.seen.find(wanted[axis]) != std::string::npos)
      kept += wanted[axis];
    else
      missing.push_back(static_cast<std::int64_t>(axis));
  }
  Term out = grad(ctx);
  if (written.operands.size() > 1 || kept != result)
    out = Term(ctx, ctx.emit(einsum(), written.operands, {{"equation", written.terms + "->" + kept}}));
  if (!missing.empty()) out = unsqueezed(out, std::move(missing));
  return sum_to(expand_like(out, x), x);
}

void gradient(GradientContext& ctx) {
  const EinsumEquation equation = equation_of(ctx.node());
  Letters letters(ctx);
  std::vector<std::string> operands;
  std::size_t ellipsis = 0;
  AxisLabels labels;
  for (std::size_t i = 0; i < ctx.node().inputs.size(); ++i) {
    const auto rank = static_cast<std::size_t>(ctx.rank(ctx.input(i)));
    equation.operand_labels(i, rank, labels);
    operands.push_back(letters.of(labels));
    ellipsis = std::max(ellipsis, equation.ellipsis_rank(i, rank));
  }
  equation.result_labels(ellipsis, labels);
  const std::string result = letters.of(labels);
  for (std::size_t i = 0; i < operands.size(); ++i)
    if (ctx.wants(i)) ctx.set(i, operand_gradient(ctx, i, operands, result, letters).id());
}

}  // namespace

const OpDef& einsum() {
  static const OpDef def{.name = "Einsum",
                         .attributes = {required_attr("equation", AttrKind::text)},
                         .inputs = {{"Inputs", "T", Presence::variadic}},
                         .outputs = {{"Output", "T"}},
                         .types = {{"T", kNumbers}},
                         .infer = infer,
                         .eval = eval,
                         .tolerance = kSummed,
                         .scratch_bytes = scratch_bytes,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
