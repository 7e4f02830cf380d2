// A function of the table of activations that a pass moved into the operator before it: Conv and ConvTranspose carry it
// in internal attributes and apply it to every element they give.
#pragma once

#include <optional>

#include "ir/graph.h"
#include "ops/recurrent_activation.h"

namespace rondo::ops {

// The function that a node applies to each element; none for operators that are not in the table. ThresholdedRelu is
// not: at alpha itself the operator gives 0, the function of recurrent layers alpha.
std::optional<Activation> elementwise_activation(const Node& node);

// The internal attributes, for a declaration and for a node.
std::vector<AttrDef> with_fused_activation(std::vector<AttrDef> attributes);
Attributes fused(Attributes attributes, const Activation& function);
std::optional<Activation> fused_activation(const Attributes& attributes);

// Applies the function that the node carries, if any, to output 0 in place. float and double.
void apply_fused_activation(const EvalContext& ctx);

}  // namespace rondo::ops
