// Models for runtime tests, built from the graph and written by the project's own exporter.
#pragma once

#include <span>
#include <string>

#include "exporters/onnx/export.h"
#include "ops/op_list.h"
#include "rondo/session.h"
#include "support/graphs.h"

namespace rondo::test {

inline Session load(const Graph& g, const SessionOptions& options = {}) {
  const std::string bytes = export_model(g);
  return Session::load_from_memory(std::as_bytes(std::span(bytes)), options);
}

// X [N,T,8] -> Transpose -> two bidirectional LSTMs -> MatMul -> Softmax, batch first, as exporters write it; with
// sequence_lens as a second input. Outputs the probabilities [N,T,5] and the last state of the second layer.
inline Graph tagger() {
  constexpr std::int64_t I = 8, H = 24, kTags = 5;
  Graph g;
  const ValueId x = g.add_input("X", type_of(DType::float32, {Dim("N"), Dim("T"), Dim(I)}));
  const ValueId lens = g.add_input("lengths", type_of(DType::int32, {Dim("N")}));
  const auto weight = [&](const std::string& name, std::vector<std::int64_t> shape, std::uint64_t seed) {
    return g.add_constant(name, shared(random_tensor(DType::float32, std::move(shape), seed)));
  };
  const auto ints = [&](const std::string& name, std::vector<std::int64_t> v) {
    return g.add_constant(name, shared(int64_tensor(std::move(v))));
  };
  const auto transpose = [&](ValueId v, std::vector<std::int64_t> perm, const std::string& name) {
    return add(g, ops::transpose(), {{"perm", std::move(perm)}}, {v}, name);
  };
  const ValueId merged = ints("merged", {0, 0, -1});
  ValueId v = transpose(x, {1, 0, 2}, "xt"), state = kNone;
  for (std::int64_t layer = 0; layer < 2; ++layer) {
    const std::string name = "lstm" + std::to_string(layer);
    const auto seed = static_cast<std::uint64_t>(10 * layer);
    const NodeId node =
        g.add_node(ops::lstm(), name, {{"direction", std::string("bidirectional")}},
                   {v, weight(name + ".W", {2, 4 * H, layer == 0 ? I : 2 * H}, seed + 1),
                    weight(name + ".R", {2, 4 * H, H}, seed + 2), weight(name + ".B", {2, 8 * H}, seed + 3), lens},
                   {name + ".Y", layer == 1 ? "last" : ""});
    v = add(g, ops::reshape(), {}, {transpose(g.node(node).outputs[0], {0, 2, 1, 3}, name + ".t"), merged},
            name + ".y");
    if (layer == 1) state = g.node(node).outputs[1];
  }
  const ValueId scores =
      add(g, ops::mat_mul(), {}, {transpose(v, {1, 0, 2}, "yt"), weight("fc.W", {2 * H, kTags}, 30)}, "scores");
  g.outputs = {add(g, ops::softmax(), {}, {scores}, "tags"), state};
  return g;
}

// X [N,2,9,17] -> Conv -> Relu -> ConvTranspose, then the product of every plane with its transpose and a Softmax:
// convolutions and batched products in one model. Outputs [N,2,11,11].
inline Graph filters() {
  Graph g;
  const auto weight = [&](const std::string& name, std::vector<std::int64_t> shape, std::uint64_t seed) {
    return g.add_constant(name, shared(random_tensor(DType::float32, std::move(shape), seed)));
  };
  const auto ints = [](std::vector<std::int64_t> v) { return AttrValue(std::move(v)); };
  const ValueId x = g.add_input("X", type_of(DType::float32, {Dim("N"), Dim(2), Dim(9), Dim(17)}));
  const ValueId wide = add(g, ops::conv(), {{"pads", ints({1, 1, 1, 1})}},
                           {x, weight("conv.W", {4, 2, 3, 3}, 1), weight("conv.B", {4}, 2)}, "wide");
  const ValueId planes = add(g, ops::conv_transpose(), {{"strides", ints({1, 2})}},
                             {add(g, ops::relu(), {}, {wide}, "relu"), weight("back.W", {4, 2, 3, 2}, 3)}, "planes");
  const ValueId turned = add(g, ops::transpose(), {{"perm", ints({0, 1, 3, 2})}}, {planes}, "turned");
  const ValueId products = add(g, ops::mat_mul(), {}, {planes, turned}, "products");
  g.outputs = {
      add(g, ops::softmax(), {}, {add(g, ops::mul(), {}, {products, weight("scale", {1}, 4)}, "scaled")}, "y")};
  return g;
}

inline Tensor int32_tensor(std::vector<std::int32_t> values) {
  return Tensor::of<std::int32_t>(DType::int32, {static_cast<std::int64_t>(values.size())}, values);
}

// Inputs of the tagger for N rows of T steps; lengths run down from T.
inline std::vector<Tensor> tagger_inputs(std::int64_t N, std::int64_t T, std::uint64_t seed = 1) {
  std::vector<std::int32_t> lens;
  for (std::int64_t n = 0; n < N; ++n) lens.push_back(static_cast<std::int32_t>(std::max<std::int64_t>(T - n, 0)));
  std::vector<Tensor> inputs;
  inputs.push_back(random_tensor(DType::float32, {N, T, 8}, seed));
  inputs.push_back(int32_tensor(std::move(lens)));
  return inputs;
}

inline std::vector<TensorView> views(const std::vector<Tensor>& tensors) {
  std::vector<TensorView> out;
  for (const Tensor& t : tensors) out.push_back(t.view());
  return out;
}

inline std::vector<Tensor> run(const Session& session, const std::vector<Tensor>& inputs) {
  RunContext context(session);
  std::vector<Tensor> outputs;
  for (const TensorView& v : context.run(views(inputs))) outputs.emplace_back(v);
  return outputs;
}

}  // namespace rondo::test
