#include "differential/noise.h"

#include <cmath>

namespace rondo::differential {
namespace {

// Operators that are exact for every input are left alone, and so are those that only move elements.
bool may_err(const OpDef& op) {
  return !op.moves && !op.is_view && (op.tolerance.relative != 0 || op.tolerance.absolute != 0);
}

// Of the type that kernels compute in: float for halves.
double half_unit(DType stored) { return stored == DType::float64 ? 0x1p-53 : 0x1p-24; }

}  // namespace

void Noise::disturb_input(const OpDef& op, const MutableTensorView& tensor, DType stored) {
  if (may_err(op)) disturb(tensor, {0, half_unit(stored)});
}

// The tolerance of an operator is for float32; it shrinks for double, and halves round anew after every node.
void Noise::disturb_result(const OpDef& op, const MutableTensorView& tensor, DType stored, double moved) {
  const double scale = stored == DType::float64 ? 0x1p-29 : 1;
  Tolerance by{op.tolerance.absolute * scale + moved, op.tolerance.relative * scale};
  if (may_err(op)) {
    by.relative += half_unit(stored);
    if (stored == DType::float16) by.relative += 0x1p-11;
    if (stored == DType::bfloat16) by.relative += 0x1p-8;
  }
  disturb(tensor, by);
}

void Noise::disturb(const MutableTensorView& tensor, const Tolerance& by) {
  if (by.relative == 0 && by.absolute == 0) return;
  for (std::int64_t i = 0; i < tensor.count(); ++i) {
    const double v = element(tensor, i);
    if (!std::isfinite(v)) continue;
    // Rounded away from v: half a unit would else often come back to it.
    const double d = by.absolute + by.relative * std::abs(v);
    set_element(tensor, i, random_.chance(0.5) ? v + 1.01 * d : v - 1.01 * d);
  }
}

}  // namespace rondo::differential
