// DynamicQuantizeLSTM of the domain com.microsoft: an LSTM whose weights are bytes, W [D,I,4H] and R [D,H,4H], each
// with a scale and a zero point for a direction, or for every column. X and H are quantized to uint8 as
// DynamicQuantizeLinear does: X by the range of a row's whole sequence, H by its own at every step; products are exact
// integers. Every row of a batch has its own ranges, so neither neighbours nor padding reach it; with one row this is
// ONNX Runtime's arithmetic. NaN in X makes the scale NaN, and with it all of the row.
#include <fmt/format.h>

#include <algorithm>

#include "ops/dims.h"
#include "ops/lstm_step.h"
#include "ops/op_list.h"
#include "ops/quantize.h"

namespace rondo::ops {
namespace {

namespace in = recurrent_input;
enum Extra : std::size_t { kWScale = in::count, kWZero, kRScale, kRZero };

// [D], or [D,4H] as W and R end.
void check_scale(const InferContext& ctx, std::size_t input, const RecurrentForm& form) {
  if (!ctx.ranked(input)) return;
  const Shape& got = ctx.shape(input);
  const Dim columns = ctx.ranked(in::R) ? ctx.shape(in::R)[2] : Dim();
  const bool fits =
      !got.empty() && got.size() <= 2 && may_equal(got[0], form.D) && (got.size() == 1 || may_equal(got[1], columns));
  if (!fits)
    throw ctx.error(ctx.input_label(input) + " has the wrong shape")
        .got(to_string(got))
        .expected(fmt::format("[{}] or {}", form.D, to_string(Shape{form.D, columns})));
}

void infer(InferContext& ctx) {
  infer_recurrent(ctx);
  const RecurrentForm form = recurrent_form(ctx.node());
  for (std::size_t i : {kWScale, kWZero, kRScale, kRZero}) check_scale(ctx, i, form);
}

// One number for a direction, or one for each column.
template <class T>
struct PerColumn {
  const T* data;
  std::int64_t step;

  PerColumn(const TensorView& view, std::int64_t d, std::int64_t columns)
      : data(view.as<T>() + d * (view.rank() == 2 ? columns : 1)), step(view.rank() == 2 ? 1 : 0) {}
  T operator[](std::int64_t column) const { return data[column * step]; }
};

// The weights of one direction: rows of 4H bytes.
template <class Q>
struct ByteWeights {
  const Q* data;
  std::int64_t rows, columns;
  PerColumn<float> scale;
  PerColumn<Q> zero;

  ByteWeights(const EvalContext& ctx, std::size_t weights, std::size_t scales, std::size_t zeros, std::int64_t d)
      : data(ctx.inputs[weights].as<Q>() + d * ctx.inputs[weights].shape[1] * ctx.inputs[weights].shape[2]),
        rows(ctx.inputs[weights].shape[1]),
        columns(ctx.inputs[weights].shape[2]),
        scale(ctx.inputs[scales], d, columns),
        zero(ctx.inputs[zeros], d, columns) {}
};

// What a step needs besides CellState: sums of integers, then x*W and h*R as floats, 4H of each.
struct Products {
  std::int64_t* sums;
  float *from_x, *from_h;

  Products(std::byte* memory, std::int64_t columns)
      : sums(reinterpret_cast<std::int64_t*>(memory)),
        from_x(reinterpret_cast<float*>(sums + columns)),
        from_h(from_x + columns) {}
  static std::size_t bytes(std::int64_t columns) {
    return static_cast<std::size_t>(columns) * (sizeof(std::int64_t) + 2 * sizeof(float));
  }
};

std::size_t scratch_bytes(const Node&, std::span<const TensorView> inputs) {
  const std::span<const std::int64_t> r = inputs[in::R].shape;
  return kCellStateVectors * static_cast<std::size_t>(r[1]) * sizeof(float) + Products::bytes(r[2]);
}

// The cell with byte weights. Before a step, its products are computed as a whole.
template <class Q>
class QuantizedCell : public CellArithmetic<float> {
 public:
  QuantizedCell(const EvalContext& ctx, const RecurrentSpec& recurrent, std::int64_t direction)
      : CellArithmetic<float>{recurrent, direction, direction_weights<float>(recurrent, direction, ctx.inputs)},
        x_(ctx.inputs[in::X].as<float>()),
        input_(ctx, in::W, kWScale, kWZero, direction),
        hidden_(ctx, in::R, kRScale, kRZero, direction),
        products_(ctx.scratch + kCellStateVectors * static_cast<std::size_t>(recurrent.H) * sizeof(float),
                  hidden_.columns) {}

  void begin_row(std::int64_t n, std::int64_t steps) {
    FloatRange range;
    for (std::int64_t t = 0; t < steps; ++t) range.add(x_ + spec.x_at(t, n), spec.I);
    x_scale_ = ByteScale(range);
  }

  void multiply(const float* x, const float* h) const {
    FloatRange range;
    range.add(h, spec.H);
    project(x, x_scale_, input_, products_.from_x);
    project(h, ByteScale(range), hidden_, products_.from_h);
  }

  template <class Gate>
  float from_x(Gate gate, std::int64_t j, const float*) const {
    const std::int64_t row = row_of(gate, j);
    return products_.from_x[row] + (w.Wb == nullptr ? 0 : w.Wb[row]);
  }
  template <class Gate>
  float from_h(Gate gate, std::int64_t j, const float*) const {
    const std::int64_t row = row_of(gate, j);
    return products_.from_h[row] + (w.Rb == nullptr ? 0 : w.Rb[row]);
  }

 private:
  void project(const float* x, const ByteScale& scale, const ByteWeights<Q>& weights, float* out) const {
    std::int64_t* sums = products_.sums;
    std::fill_n(sums, weights.columns, 0);
    for (std::int64_t k = 0; k < weights.rows; ++k) {
      const std::int64_t factor = scale(x[k]) - scale.zero_point;
      const Q* row = weights.data + k * weights.columns;
      for (std::int64_t c = 0; c < weights.columns; ++c) sums[c] += factor * (row[c] - weights.zero[c]);
    }
    for (std::int64_t c = 0; c < weights.columns; ++c)
      out[c] = static_cast<float>(sums[c]) * (scale.scale * weights.scale[c]);
  }

  const float* x_;
  ByteWeights<Q> input_, hidden_;
  Products products_;
  ByteScale x_scale_{FloatRange{}};
};

struct QuantizedStep {
  template <class Q>
  void operator()(const QuantizedCell<Q>& cell, const float* x, const CellState<float>& s) const {
    cell.multiply(x, s.h);
    LstmStep{}(cell, x, s);
  }
};

template <class Q>
void eval_as(const EvalContext& ctx) {
  const RecurrentSpec spec = recurrent_spec(ctx.node, ctx.inputs[in::X].shape, ctx.inputs[in::R].shape);
  const auto cell_of = [&](std::int64_t d) { return QuantizedCell<Q>(ctx, spec, d); };
  eval_recurrent_as<float>(ctx, spec, cell_of, QuantizedStep{});
}

void eval(const EvalContext& ctx) {
  return ctx.inputs[in::W].dtype == DType::int8 ? eval_as<std::int8_t>(ctx) : eval_as<std::uint8_t>(ctx);
}

OpDef declaration() {
  OpDef def = recurrent_op(Cell::lstm, {attr("input_forget", std::int64_t{0})}, eval);
  def.name = "DynamicQuantizeLSTM";
  def.domain = "com.microsoft";
  def.outputs.resize(workspace_output(Cell::lstm));
  def.gradient = nullptr;
  std::erase_if(def.attributes, [](const AttrDef& a) { return a.name == "layout" || a.internal; });
  for (PortDef& port : def.inputs)
    if (port.name == "W" || port.name == "R") port.type = "T2";
  for (const auto& [name, type] : {std::pair("W_scale", "T"), std::pair("W_zero_point", "T2"),
                                   std::pair("R_scale", "T"), std::pair("R_zero_point", "T2")})
    def.inputs.push_back({name, type});
  def.types = {{"T", {DType::float32}}, {"T1", {DType::int32}}, {"T2", {DType::int8, DType::uint8}}};
  def.infer = infer;
  def.scratch_bytes = scratch_bytes;
  return def;
}

}  // namespace

const OpDef& dynamic_quantize_lstm() {
  static const OpDef def = declaration();
  return def;
}

}  // namespace rondo::ops
