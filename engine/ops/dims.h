// Arithmetic on dims that may be symbols or unknown, for shape rules.
#pragma once

#include <optional>
#include <span>

#include "ir/op_def.h"

namespace rondo::ops {

// The product: a number when all are numbers or one is 0, the symbol when the others are 1, otherwise unknown.
// Throws when the number overflows.
Dim product(const InferContext& ctx, std::span<const Dim> dims);
// The sum, in the same manner.
Dim sum(const InferContext& ctx, std::span<const Dim> dims);

// The agreement of two dims that must be equal; nullopt when they are different numbers.
std::optional<Dim> agreed(const Dim& a, const Dim& b);

// A shape of that many unknown dims.
Shape unknown_shape(const InferContext& ctx, std::int64_t rank);

// Throws naming the input when it is ranked and its rank is another.
void require_rank(const InferContext& ctx, std::size_t input, std::int64_t rank);

// Throws naming the input when its shape is known to hold more or less than one element.
void require_one_element(const InferContext& ctx, std::size_t input);
// The number that an int32 or int64 input of one element holds; nullopt while it is absent or not known.
std::optional<std::int64_t> integer_of(const InferContext& ctx, std::size_t input);

}  // namespace rondo::ops
