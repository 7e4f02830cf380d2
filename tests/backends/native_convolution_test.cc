// Conv and ConvTranspose on the native backend against their scalar references in float64: odd sizes, groups, strides,
// dilations and pads, on every instruction set there is.
#include <gtest/gtest.h>

#include "backends/native/native.h"
#include "ops/fused_activation.h"
#include "step_case.h"

namespace rondo::test {
namespace {

AttrValue ints(std::vector<std::int64_t> values) { return values; }

struct Layer {
  const char* name;
  Shape64 x, w;
  Attributes attributes = {};
  bool bias = true;
};

StepCase case_of(const std::string& op, const Layer& l, bool constant = true) {
  StepCase c{.candidates = native_candidates, .op = op, .attributes = l.attributes};
  std::int64_t group = 1;
  if (const AttrValue* given = find_attribute(c.attributes, "group")) group = std::get<std::int64_t>(*given);
  c.inputs.push_back(random_floats(l.x, 1));
  c.inputs.push_back(random_floats(l.w, 2));
  c.inputs.push_back(l.bias ? random_floats({op == "Conv" ? l.w[0] : l.w[1] * group}, 3) : Tensor());
  c.constant = {false, constant, constant};
  return c;
}

const Layer kConvs[] = {
    {"one element", {1, 1, 1}, {1, 1, 1}},
    {"one axis", {2, 3, 37}, {5, 3, 4}},
    {"one axis, all attributes",
     {1, 4, 101},
     {6, 2, 3},
     {{"group", 2}, {"strides", ints({3})}, {"dilations", ints({2})}, {"pads", ints({4, 1})}}},
    {"pointwise", {2, 17, 5, 13}, {7, 17, 1, 1}},
    {"odd kernel", {1, 3, 9, 33}, {4, 3, 3, 5}, {{"pads", ints({1, 2, 1, 2})}}},
    {"uneven pads", {1, 2, 5, 7}, {3, 2, 2, 3}, {{"pads", ints({0, 3, 2, 1})}, {"strides", ints({2, 3})}}, false},
    {"depthwise", {2, 16, 3, 33}, {16, 1, 3, 3}, {{"group", 16}, {"pads", ints({1, 1, 1, 1})}}},
    {"depthwise with a multiplier", {1, 5, 70}, {15, 1, 4}, {{"group", 5}, {"strides", ints({2})}}, false},
    {"dilated", {1, 2, 19, 6}, {3, 2, 3, 2}, {{"dilations", ints({5, 2})}, {"auto_pad", "SAME_LOWER"}}},
    {"three axes", {1, 2, 4, 5, 6}, {3, 2, 2, 3, 1}, {{"auto_pad", "SAME_UPPER"}, {"strides", ints({1, 2, 2})}}},
    {"pads wider than X", {1, 1, 2}, {2, 1, 3}, {{"pads", ints({5, 4})}}},
    {"many maps and panels", {1, 24, 20, 21}, {50, 24, 3, 3}, {{"pads", ints({1, 1, 1, 1})}}},
    {"few places", {2, 33, 9}, {71, 33, 3}, {{"strides", ints({2})}, {"pads", ints({1, 1})}}},
    {"few places, two groups", {1, 10, 4, 3}, {38, 5, 2, 2}, {{"group", 2}, {"dilations", ints({2, 1})}}, false},
    {"one place", {3, 40, 3}, {130, 40, 3}},
    {"no members", {0, 2, 5}, {3, 2, 2}},
    {"no channels", {1, 0, 5}, {3, 0, 2}},
};

const Layer kTransposed[] = {
    {"one element", {1, 1, 1}, {1, 1, 1}},
    {"one axis", {2, 3, 37}, {3, 5, 4}},
    {"stride past the kernel", {1, 2, 9}, {2, 3, 2}, {{"strides", ints({5})}}},
    {"one axis, all attributes",
     {1, 4, 21},
     {4, 3, 5},
     {{"group", 2},
      {"strides", ints({3})},
      {"dilations", ints({2})},
      {"pads", ints({3, 1})},
      {"output_padding", ints({2})}}},
    {"upsampling", {2, 6, 3, 17}, {6, 4, 3, 5}, {{"strides", ints({1, 2})}, {"pads", ints({1, 2, 1, 2})}}},
    {"uneven pads", {1, 2, 5, 7}, {2, 3, 2, 3}, {{"pads", ints({0, 2, 2, 1})}, {"strides", ints({2, 3})}}, false},
    {"depthwise", {1, 8, 5, 33}, {8, 1, 3, 3}, {{"group", 8}, {"pads", ints({1, 1, 1, 1})}}},
    {"given size", {1, 2, 6, 5}, {2, 2, 4, 3}, {{"strides", ints({3, 2})}, {"output_shape", ints({17, 10})}}},
    {"same size", {1, 2, 6}, {2, 2, 5}, {{"strides", ints({3})}, {"auto_pad", "SAME_UPPER"}}},
    {"three axes", {1, 2, 2, 3, 4}, {2, 3, 2, 3, 2}, {{"strides", ints({2, 1, 3})}}},
    {"many maps and panels", {1, 20, 13, 21}, {20, 30, 3, 3}, {{"strides", ints({2, 2})}}},
    {"few places", {2, 9, 3}, {9, 70, 5}, {{"strides", ints({2})}, {"pads", ints({1, 2})}}},
    {"no members", {0, 2, 5}, {2, 3, 2}},
};

template <class F>
void for_each_case(F&& f) {
  for (const Layer& l : kConvs) f("Conv", l);
  for (const Layer& l : kTransposed) f("ConvTranspose", l);
}

TEST(NativeConvolution, IsTheReference) {
  for (const Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (isa > detected_isa()) continue;
    for_each_case([&](const std::string& op, const Layer& l) {
      for (const bool constant : {true, false}) {
        SCOPED_TRACE(op + ", " + l.name + ", " + std::string(name_of(isa)) + (constant ? ", constant" : ""));
        StepCase c = case_of(op, l, constant);
        c.options.isa = isa;
        expect_matches_reference(c, 2e-5, 1e-5);
      }
    });
  }
}

// With the function behind it, on planes that are written whole and on such that are scattered.
TEST(NativeConvolution, AppliesTheFunctionItCarries) {
  using enum ops::ActivationKind;
  for (const Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (isa > detected_isa()) break;
    for (const ops::Activation& f : {ops::Activation{relu}, ops::Activation{leaky_relu, 0.3}, ops::Activation{sigmoid},
                                     ops::Activation{tanh}, ops::Activation{hard_sigmoid, 0.4, 0.45}}) {
      for_each_case([&](const std::string& op, const Layer& l) {
        SCOPED_TRACE(op + " " + l.name + " " + std::string(ops::def_of(f.kind).name));
        StepCase c = case_of(op, l);
        c.attributes = ops::fused(std::move(c.attributes), f);
        c.options.isa = isa;
        expect_matches_reference(c, 3e-5, 1e-5);
      });
    }
  }
}

TEST(NativeConvolution, HasTheSameBitsOnAnyNumberOfThreads) {
  for_each_case([](const std::string& op, const Layer& l) {
    const StepCase c = case_of(op, l);
    const std::vector<Tensor> one = c.run();
    for (const int threads : {2, 3, 8}) EXPECT_EQ(different_bits(one, c.run_with_threads(threads)), 0) << op << l.name;
  });
}

// A member of a batch has the bits it has alone.
TEST(NativeConvolution, BitsDoNotDependOnTheBatch) {
  for_each_case([](const std::string& op, const Layer& l) {
    if (l.x[0] == 0) return;
    Layer three = l;
    three.x[0] = 3;
    StepCase all = case_of(op, three), alone = case_of(op, l);
    const std::vector<Tensor> together = all.run();
    const std::size_t each = all.inputs[0].values<float>().size() / 3, out = together[0].values<float>().size() / 3;
    Shape64 shape = l.x;
    shape[0] = 1;
    Tensor last(DType::float32, shape), expected(DType::float32, {static_cast<std::int64_t>(out)});
    std::copy_n(all.inputs[0].values<float>().begin() + 2 * each, each, last.values<float>().begin());
    std::copy_n(together[0].values<float>().begin() + 2 * out, out, expected.values<float>().begin());
    alone.inputs[0] = std::move(last);
    std::vector<Tensor> wanted;
    wanted.push_back(std::move(expected));
    EXPECT_EQ(different_bits(wanted, alone.run()), 0) << op << l.name;
  });
}

// Whichever factor is packed: constant weights where places are few, and what the taps read otherwise.
TEST(NativeConvolution, HasTheSameBitsEitherWay) {
  for_each_case([](const std::string& op, const Layer& l) {
    const StepCase known = case_of(op, l), computed = case_of(op, l, false);
    EXPECT_EQ(computed.kernel().find("by places"), std::string::npos);
    EXPECT_EQ(different_bits(known.run(), computed.run()), 0) << op << l.name;
    const bool few = std::string_view(l.name).starts_with("few places");
    EXPECT_TRUE(!few || known.kernel().find("by places") != std::string::npos) << op << l.name;
  });
}

TEST(NativeConvolution, RefusesWithAReason) {
  StepCase wide = case_of("Conv", kConvs[0]);
  for (Tensor& t : wide.inputs) t = Tensor(DType::float64, t.shape());
  EXPECT_EQ(wide.refusal(), "element type float64");
  const StepCase far = case_of("ConvTranspose", {"", {1, 1, 2, 2}, {1, 1, 1, 1}, {{"strides", ints({60, 60})}}});
  EXPECT_EQ(far.refusal(), "the product of its strides is above 1024");
}

TEST(NativeConvolution, PacksConstantWeightsOnce) {
  const StepCase known = case_of("ConvTranspose", kTransposed[1]),
                 computed = case_of("ConvTranspose", kTransposed[1], false);
  EXPECT_EQ(known.kernel().find("each run"), std::string::npos);
  EXPECT_NE(computed.kernel().find("W arranged each run"), std::string::npos);
}

}  // namespace
}  // namespace rondo::test
