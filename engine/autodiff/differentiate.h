// Reverse-mode differentiation: appends to a graph the nodes that compute gradients, so that one graph, one set of
// passes and one runtime serve the forward and the backward pass. For training and its checks.
//   const ValueId grads[] = differentiate(graph, loss, {w, b});   // d loss / d w, d loss / d b
//
// The gradient of each operator is its own rule (OpDef::gradient, ir/gradient.h); If, Loop and Scan, which hold graphs,
// are differentiated here. Where a function has a kink a gradient is what PyTorch gives; the rule says which.
#pragma once

#include <span>
#include <vector>

#include "ir/graph.h"

namespace rondo {

// The gradient of the loss by one value of the graph, from where differentiation goes back: both have the same type and
// shape. A value may stand in several seeds, whose gradients add up.
struct Seed {
  ValueId value;
  ValueId grad;
};

// The gradients of what `seeds` stand for by the values in `wanted`, in that order: each of the type and shape of its
// value, and kNone, which means zero, where no change of the value has an influence that can be differentiated. Values
// in `wanted` are floating-point inputs, captures or results of nodes, and may be anything between. Constants have no
// gradient path of their own: what is to be trained must be an input.
//
// Only nodes between wanted values and seeds are visited; integers and booleans have no gradient, so nothing flows
// through them. Nodes are appended behind all others. A Loop or Scan on the way gets more outputs, which keep its
// states of every iteration.
//
// Throws Error(unsupported) naming every node on the way that has no rule, or that its attributes or unknown rank keep
// from being differentiated; the graph is then not to be used any more. Throws Error(usage) for a value that is not
// floating-point.
std::vector<ValueId> differentiate(Graph& graph, std::span<const Seed> seeds, std::span<const ValueId> wanted);

// The gradients of one number: `loss` has a single element.
std::vector<ValueId> differentiate(Graph& graph, ValueId loss, std::span<const ValueId> wanted);

}  // namespace rondo
