// Walks the list of operators: each is fully declared, and each has cases here or in the test file named for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "op_case.h"
#include "ops/op_list.h"

namespace rondo::test {
namespace {

// Operators whose cases do not fit one line of a table: recurrent_*_test.cc and dynamic_quantize_lstm_test.cc in this
// folder, runtime/control_test.cc.
const std::set<std::string> kTestedElsewhere{"DynamicQuantizeLSTM", "GRU",  "GRUGradient", "If",          "LSTM",
                                             "LSTMGradient",        "Loop", "RNN",         "RNNGradient", "Scan"};

// Operators that hold graphs are run by the runtime.
bool holds_graphs(const OpDef& op) {
  return std::ranges::any_of(op.attributes, [](const AttrDef& a) { return a.kind == AttrKind::graph; });
}

TEST(Ops, EveryOperatorIsDeclaredInFull) {
  for (const OpDef* op : all_ops()) {
    SCOPED_TRACE(op->name);
    EXPECT_NE(op->infer, nullptr);
    EXPECT_EQ(op->eval == nullptr, holds_graphs(*op));
    EXPECT_FALSE(op->outputs.empty());
    for (const auto* ports : {&op->inputs, &op->outputs})
      for (const PortDef& port : *ports)
        EXPECT_TRUE(std::ranges::any_of(op->types, [&](const TypeDef& t) { return t.name == port.type; })) << port.name;
    EXPECT_EQ(find_op(op->domain, op->name), op);
  }
}

TEST(Ops, EveryOperatorHasCases) {
  std::set<std::string> tested = kTestedElsewhere;
  for (const OpCase& c : all_cases()) tested.insert(c.op);
  for (const OpDef* op : all_ops()) EXPECT_TRUE(tested.contains(op->name)) << op->name;
}

TEST(Ops, HalvesAreMovedWithoutWidening) {
  std::set<std::string> moved;
  for (const OpCase& c : all_cases()) {
    const auto types = types_of(c);
    if (std::ranges::find(types, DType::bfloat16) != types.end()) moved.insert(c.op);
  }
  for (const OpDef* op : all_ops()) {
    const bool takes_halves = !op->inputs.empty() && op->type_of(op->inputs[0]).allowed.contains(DType::bfloat16);
    EXPECT_TRUE(!op->moves || !takes_halves || moved.contains(op->name)) << op->name;
  }
}

}  // namespace
}  // namespace rondo::test
