// Cells as exporters write them out, for the tests of passes that recognize them. PyTorch's gates are i f g o and r z
// n.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo::test {

using Ints = std::vector<std::int64_t>;
using Values = std::vector<ValueId>;

inline constexpr std::int64_t I = 5, H = 7;
struct WrittenCell {
  Graph g;
  DType dtype = DType::float32;
  bool swapped = false;  // every sum and product the other way round
  std::int64_t inputs = I;

  ValueId input(const std::string& name, std::int64_t columns, Dim rows = Dim("N")) {
    return g.add_input(name, type_of(dtype, {std::move(rows), Dim(columns)}));
  }
  // A name stands for the same numbers in every graph.
  ValueId constant(const std::string& name, Ints shape) {
    std::uint64_t seed = 0;
    for (const char c : name) seed = 31 * seed + static_cast<unsigned char>(c);
    return g.add_constant(name, shared(random_tensor(dtype, std::move(shape), seed)));
  }
  ValueId ints(const std::string& name, Ints values) {
    return g.add_constant(name, shared(int64_tensor(std::move(values))));
  }
  ValueId op(const OpDef& def, Values in, const std::string& name, Attributes attributes = {}) {
    if (swapped && (&def == &ops::add() || &def == &ops::mul())) std::swap(in[0], in[1]);
    return add(g, def, std::move(attributes), std::move(in), name);
  }
  ValueId linear(ValueId v, ValueId w, ValueId b, const std::string& name) {
    return op(ops::gemm(), {v, w, b}, name, {{"transB", std::int64_t{1}}});
  }
  Values split(ValueId v, std::int64_t parts, const std::string& name) {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < parts; ++i) names.push_back(name + std::to_string(i));
    const ValueId sizes = ints(name + ".sizes", Ints(static_cast<std::size_t>(parts), H));
    return g.node(g.add_node(ops::split(), name, {{"axis", std::int64_t{-1}}}, {v, sizes}, names)).outputs;
  }

  // c' and h' of gates that are not yet squashed.
  Values lstm_state(const Values& ifgo, ValueId c, const std::string& n) {
    const ValueId i = op(ops::sigmoid(), {ifgo[0]}, n + "i"), f = op(ops::sigmoid(), {ifgo[1]}, n + "f");
    const ValueId cell = op(ops::tanh(), {ifgo[2]}, n + "g"), o = op(ops::sigmoid(), {ifgo[3]}, n + "o");
    const ValueId next =
        op(ops::add(), {op(ops::mul(), {f, c}, n + "fc"), op(ops::mul(), {i, cell}, n + "ig")}, n + "c");
    return {op(ops::mul(), {o, op(ops::tanh(), {next}, n + "squashed")}, n + "h"), next};
  }
  Values torch_lstm(ValueId x, ValueId h, ValueId c, const Values& w, const std::string& n) {
    const ValueId sum = op(ops::add(), {linear(x, w[0], w[2], n + "gx"), linear(h, w[1], w[3], n + "gh")}, n + "sum");
    return lstm_state(split(sum, 4, n + "gates"), c, n);
  }
  Values torch_weights(std::int64_t gates) {
    return {constant("weight_ih", {gates * H, inputs}), constant("weight_hh", {gates * H, H}),
            constant("bias_ih", {gates * H}), constant("bias_hh", {gates * H})};
  }
};

}  // namespace rondo::test
