// One function per way an operator's form changed between opsets; op_table.cc says which opsets each is for. All of
// them take the node in its old form and emit the newest one. Formulas and defaults are those of ONNX's operator
// changelog.
#pragma once

#include "importers/onnx/source_node.h"

namespace rondo::importer {

void legalize_axes(SourceNode& node, Emitter& out);  // Squeeze, Unsqueeze, Reduce*: `axes` was an attribute
void legalize_batch_normalization(SourceNode& node, Emitter& out);  // spatial, is_test, statistics as outputs
void legalize_broadcast(SourceNode& node, Emitter& out);            // binary operators with broadcast and axis
void legalize_cast(SourceNode& node, Emitter& out);                 // `to` was the name of the type
void legalize_clip(SourceNode& node, Emitter& out);                 // min and max were attributes
void legalize_concat(SourceNode& node, Emitter& out);               // axis was optional
void legalize_concat_from_sequence(SourceNode& node, Emitter& out);
void legalize_consumed_inputs(SourceNode& node, Emitter& out);      // opset < 6: a hint for reuse of memory
void legalize_dft(SourceNode& node, Emitter& out);                  // axis was an attribute
void legalize_dropout(SourceNode& node, Emitter& out);              // ratio was an attribute
void legalize_flat_axis(SourceNode& node, Emitter& out);            // Softmax and kin worked on a matrix
void legalize_gemm(SourceNode& node, Emitter& out);                 // broadcast of C was a switch
void legalize_group_normalization(SourceNode& node, Emitter& out);  // scale and bias were per group
void legalize_pad(SourceNode& node, Emitter& out);                  // pads and value were attributes
void legalize_prelu(SourceNode& node, Emitter& out);                // slope was per channel
void legalize_recurrent(SourceNode& node, Emitter& out);            // RNN, LSTM, GRU before opset 7
void legalize_reshape(SourceNode& node, Emitter& out);              // shape was an attribute
void legalize_scan(SourceNode& node, Emitter& out);                 // every input had a batch axis
void legalize_scatter(SourceNode& node, Emitter& out);              // the old name of ScatterElements
void legalize_selu(SourceNode& node, Emitter& out);                 // the defaults were shorter
void legalize_sequence_at(SourceNode& node, Emitter& out);          // sequences of tensors of one shape
void legalize_sequence_construct(SourceNode& node, Emitter& out);
void legalize_sequence_insert(SourceNode& node, Emitter& out);
void legalize_sequence_length(SourceNode& node, Emitter& out);
void legalize_slice(SourceNode& node, Emitter& out);    // starts, ends, axes were attributes
void legalize_split_1(SourceNode& node, Emitter& out);  // split was an optional input or an attribute
void legalize_split(SourceNode& node, Emitter& out);    // num_outputs followed from the outputs
void legalize_split_to_sequence(SourceNode& node, Emitter& out);
void legalize_tile(SourceNode& node, Emitter& out);  // one axis at a time
void legalize_topk(SourceNode& node, Emitter& out);  // k was an attribute

}  // namespace rondo::importer
