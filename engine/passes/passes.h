// Rewrites of a graph, one file each. Every pass takes and leaves a valid Graph and keeps what it computes: the same
// outputs in the same order, the same bits except where its own text says otherwise. Passes work on one graph and leave
// the graphs that its nodes hold alone (subgraphs.h), except fold_constants and widen_half, which go into them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace rondo {

struct FoldLimits {
  std::size_t bytes_per_node = std::size_t{16} << 20;
  std::size_t bytes_in_all = std::size_t{256} << 20;
};

// Nodes whose inputs are all known become constants, in order, each after its types have been inferred again. A node
// whose result would exceed the limits stays. Errors of shape rules are reported with `code`. Gives the bytes of the
// new constants.
std::size_t fold_constants(Graph& graph, const FoldLimits& limits = {}, ErrorCode code = ErrorCode::model);

// Nodes that hand their input through go: Identity, Cast to the same type, Transpose that moves nothing, Concat of one,
// Expand and Slice that keep the shape. The last three need concrete shapes.
void remove_identities(Graph& graph);

// Moves that undo or repeat each other: a Cast that loses nothing and the Cast after it, Transposes in a row, views in
// a row become one or none. Bits stay, except that a NaN may keep more of its payload. Casts and Transposes need no
// shapes; views go where shapes are known. Dead nodes go too.
void cancel_pairs(Graph& graph);

// A BatchNormalization in inference form after a Conv, ConvTranspose, Gemm or MatMul of constant weights becomes part
// of the weights, which costs nothing at run time. Computed in double; results differ by rounding.
void fold_batch_normalization(Graph& graph);

// Conv and ConvTranspose take over the function behind them when nothing else reads what they give (internal attributes
// fused_activation and fused_parameters): Relu, LeakyRelu, Sigmoid, Tanh and the others of the table of activations,
// and PRelu of one constant slope.
void fuse_activations(Graph& graph);

// LSTM, GRU and RNN cells that an exporter wrote out as products, sums and functions become recurrent nodes of one
// step, for which there are kernels. Constant weights are laid out anew; results differ by rounding. Needs a known
// hidden size, and batch dims that are numbers or the same symbol.
void recover_cells(Graph& graph);

// A Scan, or a Loop that gathers element after element, whose body is one recurrent cell becomes that cell's operator
// over the whole sequence: no graph runs for each step. The trip count of a Loop must be known to be the length.
// Results differ by rounding.
void loops_to_layers(Graph& graph);

// A Transpose that moves only dims of size 1 becomes a Reshape, which costs nothing. Needs concrete shapes.
void transposes_to_views(Graph& graph);

// A Transpose into X or out of Y of a recurrent layer becomes the layer's own strides (x_perm, y_perm). A Squeeze
// between Y and the Transpose is passed over.
void fold_recurrent_glue(Graph& graph);

// Arithmetic on float16 and bfloat16 becomes: cast to float, compute, cast back. Operators that only move elements
// stay.
void widen_half(Graph& graph);

// An If whose condition is known gives way to the nodes of the branch it takes. True when there was one: what the
// branch makes constant or shapes may let more be folded.
bool inline_branches(Graph& graph);

// Nodes that no output needs go.
void remove_dead(Graph& graph);

// The graph for inputs of these types and shapes, and elements where data is not null: every shape as concrete as they
// make it, as the rules of the operators give it and not as the model declares it; constants folded, known branches
// taken. Throws Error(data).
Graph specialize(const Graph& graph, std::span<const TensorView> inputs);

}  // namespace rondo
