// Walks the list of operators: each one that takes and gives floating-point numbers has a gradient rule, or a reason
// here for having none.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "autodiff/differentiate.h"
#include "ops/op_list.h"

namespace rondo::test {
namespace {

const std::map<std::string, std::string> kWithoutRule{
    {"CTCLossGradient", "no second derivative is asked for"},
    {"ConvGradient", "no second derivative is asked for"},
    {"DequantizeLinear", "x holds integers, and scales are fitted to them when a model is quantized"},
    {"DynamicQuantizeLSTM", "its weights are bytes"},
    {"DynamicQuantizeLinear", "y holds integers, which y_scale only describes"},
    {"GRUGradient", "no second derivative is asked for"},
    {"If", "holds graphs: engine/autodiff"},
    {"LSTMGradient", "no second derivative is asked for"},
    {"Loop", "holds graphs: engine/autodiff"},
    {"RNNGradient", "no second derivative is asked for"},
    {"Scan", "holds graphs: engine/autodiff"},
};

bool some_port_is_floating(const OpDef& op, const std::vector<PortDef>& ports) {
  const DType floats[] = {DType::float32, DType::float64, DType::float16, DType::bfloat16};
  return std::ranges::any_of(ports, [&](const PortDef& port) {
    return std::ranges::any_of(floats, [&](DType t) { return op.type_of(port).allowed.contains(t); });
  });
}

TEST(GradientRules, EveryOperatorHasOneOrAReason) {
  for (const OpDef* op : all_ops()) {
    const bool could = some_port_is_floating(*op, op->inputs) && some_port_is_floating(*op, op->outputs);
    const bool has_rule = op->gradient != nullptr;
    EXPECT_TRUE(could || !has_rule) << op->name << " has a rule that nothing asks for";
    EXPECT_TRUE(!could || has_rule || kWithoutRule.contains(op->name)) << op->name;
  }
}

TEST(GradientRules, ReasonsAreForOperatorsThatHaveNone) {
  for (const OpDef* op : all_ops())
    EXPECT_TRUE(op->gradient == nullptr || !kWithoutRule.contains(op->name)) << op->name;
}

}  // namespace
}  // namespace rondo::test
