// A Loop that starts from an empty sequence and appends one tensor in every trip, as PyTorch writes a list that a loop
// fills, is a Loop with a scan output. Used by import, since the graph has no sequences.
#pragma once

#include <onnx/onnx_pb.h>

namespace rondo::importer {

// Rewrites such loops of the graph and its subgraphs: the scan output, which counts the elements along axis 0, takes
// the name of the sequence. Other uses of sequences stay as they are.
void collect_by_scan_outputs(onnx::GraphProto& graph);

}  // namespace rondo::importer
