// How far a float32 result may be from the float64 one, for the kinds of operators; each operator picks one.
#pragma once

#include "ir/op_def.h"

namespace rondo::ops {

inline constexpr double kSmallest = 1.4e-45;  // the least positive float32: half of it is the error near zero

inline constexpr Tolerance kExact{};                      // moves, comparisons, integers
inline constexpr Tolerance kRounded{kSmallest, 6.0e-8};   // one correctly rounded operation
inline constexpr Tolerance kFunction{kSmallest, 3.0e-7};  // a transcendental function, or a few roundings
inline constexpr Tolerance kSaturating{1.0e-7, 3.0e-7};   // results near 1 whose complement cancels
inline constexpr Tolerance kSummed{1.0e-6, 1.0e-6};       // sums of many elements, wherever they are rounded
inline constexpr Tolerance kAccumulated{2.0e-5, 2.0e-5};  // sums of products in float32

}  // namespace rondo::ops
