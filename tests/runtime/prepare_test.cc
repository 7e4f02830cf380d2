#include "runtime/prepare.h"

#include <gmock/gmock.h>

#include "models.h"
#include "runtime/session_state.h"

namespace rondo {
namespace {

using namespace test;  // NOLINT

TEST(Prepare, AShapeThatDependsOnComputedDataIsRefusedByName) {
  Graph g;
  const ValueId x = g.add_input("x", type_of(DType::float32, {Dim(6)}));
  const ValueId shape = add(g, ops::cast(), {{"to", std::int64_t{7}}}, {x}, "computed");
  g.outputs = {add(g, ops::constant_of_shape(), {}, {shape}, "y")};
  const Session session = load(g);
  RunContext context(session);
  const Tensor data = random_tensor(DType::float32, {6}, 1);
  const TensorView in = data.view();
  try {
    context.run({&in, 1});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
    EXPECT_THAT(e.what(), testing::HasSubstr("ConstantOfShape"));
  }
}

TEST(Prepare, PackedWeightsAreSharedByAllShapes) {
  const Session session = load(tagger(), {.backend = "native"});
  RunContext context(session);
  const auto first = tagger_inputs(2, 3), second = tagger_inputs(4, 5);
  context.run(views(first));
  context.run(views(second));
  const auto a = session.state()->prepared(views(first)), b = session.state()->prepared(views(second));
  EXPECT_NE(a, b);
  EXPECT_TRUE(a->fits(views(first)));
  EXPECT_FALSE(a->fits(views(second)));
}

}  // namespace
}  // namespace rondo
