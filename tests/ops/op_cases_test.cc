// Every case of every operator: the shape rule under all that may be known of the inputs, and the values, in every
// type.
#include <gmock/gmock.h>

#include <cmath>

#include "op_case.h"
#include "ops/op_list.h"
#include "rondo/error.h"

namespace rondo::test {
namespace {

using Input = InferContext::Input;

std::vector<Tensor> tensors(const std::vector<Data>& data, DType type) {
  std::vector<Tensor> out;
  for (const Data& d : data) out.push_back(tensor_of(d, type).value());
  return out;
}

// Sizes as symbols, equal sizes the same one; 1 stays a number because a broadcast must see it.
TensorType symbolic(const Tensor& t) {
  Shape shape;
  for (std::int64_t d : t.shape()) shape.push_back(d == 1 ? Dim(1) : Dim("d" + std::to_string(d)));
  return {t.dtype(), shape};
}

void expect_compatible(const std::vector<TensorType>& types, const std::vector<Tensor>& expected) {
  ASSERT_EQ(types.size(), expected.size());
  for (std::size_t k = 0; k < types.size(); ++k) {
    EXPECT_EQ(types[k].dtype, expected[k].dtype());
    if (!types[k].ranked()) continue;
    ASSERT_EQ(types[k].shape->size(), expected[k].shape().size()) << to_string(types[k]);
    for (std::size_t d = 0; d < types[k].shape->size(); ++d)
      EXPECT_TRUE(may_equal((*types[k].shape)[d], expected[k].shape()[d])) << to_string(types[k]);
  }
}

void check_rule(const OneNode& node, const OpCase& c, const std::vector<Tensor>& expected) {
  const auto types = node.infer();
  for (std::size_t k = 0; k < expected.size(); ++k)
    EXPECT_EQ(types[k], concrete_type(expected[k].dtype(), expected[k].shape())) << to_string(types[k]);
  std::vector<TensorType> concrete, open, unranked;
  for (const Tensor& t : node.inputs()) {
    concrete.push_back(concrete_type(t.dtype(), t.shape()));
    open.push_back(symbolic(t));
    unranked.push_back({t.dtype(), std::nullopt});
  }
  const auto is_list = [&](std::size_t i) { return c.inputs[i].dtype != DType::undefined; };
  expect_compatible(node.infer([&](std::size_t i) { return Input{&concrete[i], {}}; }), expected);
  expect_compatible(node.infer([&](std::size_t i) { return Input{&open[i], {}}; }), expected);
  expect_compatible(node.infer([&](std::size_t i) { return Input{&unranked[i], {}}; }), expected);
  const auto lists_known = [&](std::size_t i) {
    return is_list(i) ? Input{&concrete[i], node.inputs()[i].view()} : Input{&open[i], {}};
  };
  expect_compatible(node.infer(lists_known), expected);
  const auto lists_known_unranked = [&](std::size_t i) {
    return is_list(i) ? Input{&concrete[i], node.inputs()[i].view()} : Input{&unranked[i], {}};
  };
  expect_compatible(node.infer(lists_known_unranked), expected);
}

double slack(const OpDef& op, DType type, double value) {
  if (type == DType::float64) return 1e-13 * std::max(1.0, std::abs(value));
  if (type != DType::float32) return 0;
  // The expected value itself is rounded to float32.
  return op.tolerance.absolute + (op.tolerance.relative + 6e-8) * std::abs(value);
}

void check_values(OneNode& node, const std::vector<Tensor>& expected) {
  const std::vector<Tensor> got = node.eval();
  EXPECT_EQ(node.allocations(), 0u);
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t k = 0; k < got.size(); ++k)
    for (std::int64_t i = 0; i < expected[k].count(); ++i) {
      const double g = element(got[k].view(), i), e = element(expected[k].view(), i);
      if (g == e || (std::isnan(g) && std::isnan(e))) continue;
      EXPECT_NEAR(g, e, slack(*node.node().op, got[k].dtype(), e)) << "output " << k << ", element " << i;
    }
}

TEST(Ops, CasesHold) {
  std::size_t index = 0;
  for (const OpCase& c : all_cases()) {
    const std::vector<DType> types = types_of(c);
    EXPECT_FALSE(types.empty()) << "case " << index << " of " << c.op << " fits no type";
    for (DType type : types) {
      SCOPED_TRACE(c.op + " case " + std::to_string(index) + " in " + std::string(name_of(type)));
      const std::vector<Tensor> expected = tensors(c.outputs, type);
      try {
        OneNode node(c.op, c.attributes, tensors(c.inputs, type), c.outputs.size());
        check_rule(node, c, expected);
        check_values(node, expected);
      } catch (const Error& e) {
        ADD_FAILURE() << e.what();
      }
    }
    ++index;
  }
}

TEST(Ops, BadInputIsAnErrorThatNamesTheNode) {
  for (const BadCase& c : all_bad_cases()) {
    SCOPED_TRACE(c.op + ": " + c.says);
    try {
      OneNode(c.op, c.attributes, tensors(c.inputs, DType::float32), c.num_outputs).eval();
      ADD_FAILURE() << "was accepted";
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), ::testing::AllOf(::testing::HasSubstr(c.says), ::testing::HasSubstr("the_node")));
      EXPECT_TRUE(e.code() == ErrorCode::model || e.code() == ErrorCode::data) << e.what();
    }
  }
}

// A graph input that no shape depends on is known to the reference alone.
TEST(Ops, ValuesThatTheRuleDidNotSeeAreCheckedByTheReference) {
  struct Late {
    std::string op;
    std::vector<Data> seen, evaluated;
    std::string says;
  };
  const Data six = any({2, 3}, {1, 2, 3, 4, 5, 6});
  const Data on = typed(DType::boolean, {}, {1}), off = typed(DType::boolean, {}, {0});
  const std::vector<Late> cases{{"CumSum", {six, i64({0})}, {six, i64({-3})}, "axis is out of range"},
                                {"Dropout", {six, absent(), off}, {six, absent(), on}, "at random"},
                                {"Dropout", {six, any({}, {0}), on}, {six, any({}, {0.5}), on}, "at random"}};
  for (const Late& c : cases) {
    SCOPED_TRACE(c.op);
    OneNode node(c.op, {}, tensors(c.seen, DType::float32), 1);
    try {
      node.eval(tensors(c.evaluated, DType::float32));
      ADD_FAILURE() << "was accepted";
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), ::testing::AllOf(::testing::HasSubstr(c.says), ::testing::HasSubstr("the_node")));
      EXPECT_EQ(e.code(), ErrorCode::data);
    }
  }
}

}  // namespace
}  // namespace rondo::test
