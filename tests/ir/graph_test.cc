#include "ir/graph.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "ops/op_list.h"
#include "support/graphs.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT
using testing::HasSubstr;

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "no error";
}

// a -> Relu -> b -> Tanh -> c
struct Chain {
  Graph g;
  ValueId a, b, c;
  Chain() {
    g.name = "chain";
    a = g.add_input("a", type_of(DType::float32, {Dim("n"), Dim(3)}));
    b = add(g, ops::relu(), {}, {a}, "b");
    c = add(g, ops::tanh(), {}, {b}, "c");
    g.outputs = {c};
  }
};

TEST(Graph, PrintsInOneForm) {
  Chain chain;
  EXPECT_EQ(print(chain.g),
            "graph \"chain\"\n"
            "  input %a : float32[n,3]\n"
            "  %b = Relu(%a) \"b\" : float32[n,3]\n"
            "  %c = Tanh(%b) \"c\" : float32[n,3]\n"
            "  output %c\n");
}

TEST(Graph, DefaultsAreFilledInAndNotPrinted) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(2), Dim(3)}));
  const NodeId plain = g.add_node(ops::softmax(), "s", {}, {x}, {"y"});
  EXPECT_NE(find_attribute(g.node(plain).attributes, "axis"), nullptr);
  g.add_node(ops::softmax(), "t", {{"axis", std::int64_t{0}}}, {x}, {"z"});
  EXPECT_THAT(print(g), HasSubstr("Softmax(%x) \"s\""));
  EXPECT_THAT(print(g), HasSubstr("Softmax(%x) {axis=0} \"t\""));
}

TEST(Graph, RefusesWhatTheOperatorDoesNotTake) {
  Graph g;
  g.name = "main";
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(2)}));
  const ValueId i = g.add_input("i", type_of(DType::int64, {Dim(2)}));
  const auto refused = [&](const OpDef& op, Attributes attributes, std::vector<ValueId> inputs,
                           std::vector<std::string> outputs) {
    return error_of([&] { g.add_node(op, "n", std::move(attributes), std::move(inputs), std::move(outputs)); });
  };
  EXPECT_THAT(refused(ops::relu(), {{"slope", 1.0f}}, {x}, {"y"}),
              HasSubstr("node 'n' (Relu #0, graph 'main'): attribute 'slope': unknown attribute"));
  EXPECT_THAT(refused(ops::softmax(), {{"axis", 1.0f}}, {x}, {"y"}), HasSubstr("got float, expected int"));
  EXPECT_THAT(refused(ops::softmax(), {{"axis", std::int64_t{0}}, {"axis", std::int64_t{0}}}, {x}, {"y"}),
              HasSubstr("given twice"));
  EXPECT_THAT(refused(ops::cast(), {}, {x}, {"y"}), HasSubstr("attribute 'to': required attribute is missing"));
  EXPECT_THAT(refused(ops::relu(), {}, {}, {"y"}), HasSubstr("required input 'X' is absent"));
  EXPECT_THAT(refused(ops::relu(), {}, {kNone}, {"y"}), HasSubstr("required input 'X' is absent"));
  EXPECT_THAT(refused(ops::relu(), {}, {x, x}, {"y"}), HasSubstr("too many inputs (got 2, expected at most 1)"));
  EXPECT_THAT(refused(ops::relu(), {}, {x}, {"y", "z"}), HasSubstr("too many outputs"));
  EXPECT_THAT(refused(ops::add(), {}, {x, i}, {"y"}), HasSubstr("another element type"));
  EXPECT_THAT(refused(ops::sigmoid(), {}, {i}, {"y"}), HasSubstr("element type this operator does not take"));
  EXPECT_THAT(refused(ops::relu(), {}, {x}, {"x"}), HasSubstr("two values are named 'x'"));
  EXPECT_EQ(op_names(g), "");
}

TEST(Graph, ChainsOfReplacementsAreFollowed) {
  Chain chain;
  Graph& g = chain.g;
  auto map = g.identity_map();
  map[Graph::index(chain.c)] = chain.b;
  map[Graph::index(chain.b)] = chain.a;
  g.replace_uses(map);
  EXPECT_EQ(g.outputs[0], chain.a);
}

TEST(Graph, ErasedNamesMayBeUsedAgain) {
  Chain chain;
  Graph& g = chain.g;
  g.replace_uses(chain.c, chain.b);
  g.erase(g.value(chain.c).producer);
  EXPECT_EQ(g.find_value("c"), kNone);
  g.outputs = {add(g, ops::sigmoid(), {}, {chain.b}, "c")};
  verify(g);
  EXPECT_EQ(op_names(g), "Relu Sigmoid");
  EXPECT_EQ(g.fresh_name("c"), "c_1");
}

TEST(Graph, SortKeepsProducersBeforeReaders) {
  Chain chain;
  Graph& g = chain.g;
  const ValueId late = add(g, ops::sigmoid(), {}, {chain.a}, "late");
  g.node(g.value(chain.b).producer).inputs[0] = late;  // Relu now reads what is made after it
  EXPECT_THAT(error_of([&] { verify(g); }), HasSubstr("before it is made"));
  g.sort();
  verify(g);
  EXPECT_EQ(op_names(g), "Sigmoid Relu Tanh");
  g.node(g.value(late).producer).inputs[0] = chain.c;
  EXPECT_THAT(error_of([&] { g.sort(); }), HasSubstr("cycle"));
}

TEST(Graph, TheVerifierSeesBrokenTypesAndOutputs) {
  Chain chain;
  chain.g.value(chain.c).type = type_of(DType::float32, {Dim(7)});
  EXPECT_THAT(error_of([&] { verify(chain.g); }), HasSubstr("'c' has type float32[7]"));
  Chain other;
  other.g.outputs = {other.g.add_value("nobody", type_of(DType::float32, {}))};
  EXPECT_THAT(error_of([&] { verify(other.g); }), HasSubstr("output is not made"));
}

TEST(Graph, EqualityIgnoresIdsButNotNamesAttributesOrBits) {
  const Chain one, two;
  EXPECT_TRUE(equal(one.g, two.g));
  Chain renamed;
  renamed.g.value(renamed.b).name = "other";
  EXPECT_FALSE(equal(one.g, renamed.g));
  const auto with_constant = [](std::uint64_t seed, bool first) {
    Graph g;
    if (first) g.add_constant("unused", shared(random_tensor(DType::float32, {1}, 9)));
    const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(2)}));
    const ValueId c = g.add_constant("c", shared(random_tensor(DType::float32, {2}, seed)));
    g.outputs = {add(g, ops::add(), {}, {x, c}, "y")};
    return g;
  };
  EXPECT_TRUE(equal(with_constant(1, false), with_constant(1, true)));
  EXPECT_FALSE(equal(with_constant(1, false), with_constant(2, false)));
}

TEST(Type, ASpecificDimWinsOverASymbolOverNothing) {
  EXPECT_EQ(more_specific(Dim("n"), Dim(3)), Dim(3));
  EXPECT_EQ(more_specific(Dim(), Dim("n")), Dim("n"));
  EXPECT_TRUE(may_equal(Dim("n"), Dim(3)));
  EXPECT_FALSE(may_equal(Dim(2), Dim(3)));
  EXPECT_EQ(to_string(TensorType{DType::int64, std::nullopt}), "int64[*]");
  EXPECT_EQ(to_string(type_of(DType::float16, {Dim(), Dim("n"), Dim(0)})), "float16[?,n,0]");
}

}  // namespace
}  // namespace rondo
