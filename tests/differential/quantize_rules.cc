// Operators on quantized elements.
#include "differential/rules.h"

namespace rondo::differential {
namespace {

// The shape of scales: none, or one for each element along an axis.
Ints scale_shape(Sketch& s, ValueId x, std::int64_t axis) {
  return s.random.chance(0.5) ? Ints{} : Ints{s.dims(x)[from_front(axis, s.rank(x))]};
}

bool quantize(Sketch& s, const OpDef& op) {
  const ValueId x = s.some({DType::float32, DType::float16}, 1, 4);
  const std::int64_t axis = some_axis(s, s.rank(x));
  const Ints shape = scale_shape(s, x, axis);
  const ValueId zero = s.random.chance(0.3) ? kNone : s.fresh(s.some_type({DType::int8, DType::uint8}), shape, {0, 4});
  return s.add({op, {{"axis", axis}}, {x, s.fresh(s.dtype(x), shape, {0.01, 0.2}), zero}});
}

bool dequantize(Sketch& s, const OpDef& op) {
  const ValueId x = s.some({DType::int8, DType::uint8, DType::int32}, 1, 4);
  const std::int64_t axis = some_axis(s, s.rank(x));
  const Ints shape = scale_shape(s, x, axis);
  const bool plain = s.dtype(x) == DType::int32 || s.random.chance(0.3);
  return s.add({op,
                {{"axis", axis}},
                {x, s.fresh(DType::float32, shape, {0.01, 0.2}), plain ? kNone : s.fresh(s.dtype(x), shape, {0, 4})}});
}

ValueId bytes(Sketch& s, Ints shape) {
  return s.shaped(s.some_type({DType::int8, DType::uint8}), std::move(shape), {0, 60});
}

bool mat_mul_integer(Sketch& s, const OpDef& op) {
  const std::int64_t m = s.random.between(1, 9), k = s.random.between(1, 17), n = s.random.between(1, 9);
  const ValueId a = bytes(s, s.random.chance(0.3) ? Ints{2, m, k} : Ints{m, k}), b = bytes(s, {k, n});
  const ValueId zero_a = s.random.chance(0.5) ? kNone : s.fresh(s.dtype(a), {}, {0, 20});
  const ValueId zero_b =
      s.random.chance(0.5) ? kNone : s.fresh(s.dtype(b), s.random.chance(0.5) ? Ints{} : Ints{n}, {0, 20});
  return s.add({op, {}, {a, b, zero_a, zero_b}});
}

}  // namespace

std::vector<Rule> quantize_rules() {
  return {{"QuantizeLinear", quantize, 2}, {"DequantizeLinear", dequantize, 2}, {"MatMulInteger", mat_mul_integer, 2}};
}

}  // namespace rondo::differential
