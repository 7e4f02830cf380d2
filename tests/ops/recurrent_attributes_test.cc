// The attributes of RNN, LSTM and GRU: what is refused, and what lists and defaults resolve to.
#include <gmock/gmock.h>

#include <functional>
#include <limits>

#include "ir/graph.h"
#include "recurrent_layer.h"

namespace rondo::test {
namespace {

using testing::HasSubstr;

std::string message_of(const std::function<void()>& f, ErrorCode code = ErrorCode::model) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}
std::string attribute_refusal(const std::string& op, Attributes attributes, ErrorCode code = ErrorCode::model) {
  Layer layer = random_layer(op, "forward", {}, 1);
  for (Attribute& a : attributes) layer.set(a.name, a.value);
  const std::string line = message_of([&] { layer.run(); }, code);
  EXPECT_THAT(line, HasSubstr("attribute '" + attributes.back().name + "'"));
  return line;
}
void attributes_pass(const std::string& op, const Attributes& attributes, const std::string& direction = "forward") {
  Layer layer = random_layer(op, direction, {}, 1);
  for (const Attribute& a : attributes) layer.set(a.name, a.value);
  EXPECT_NO_THROW(layer.run()) << op << " " << to_string(attributes.back().value);
}
using Names = std::vector<std::string>;
using Reals = std::vector<float>;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(RecurrentAttributes, Direction) {
  for (const char* bad : {"Forward", "", "up", "foward", "forward "})
    attribute_refusal("LSTM", {{"direction", std::string(bad)}});
  attribute_refusal("LSTM", {{"direction", std::string("forward\0", 8)}});
}

TEST(RecurrentAttributes, Flags) {
  for (std::int64_t bad : {2, -1}) {
    for (const char* op : {"RNN", "LSTM", "GRU"}) attribute_refusal(op, {{"layout", bad}});
    attribute_refusal("GRU", {{"linear_before_reset", bad}});
    attribute_refusal("LSTM", {{"input_forget", bad}});
  }
  attribute_refusal("LSTM", {{"linear_before_reset", std::int64_t{1}}});
  attribute_refusal("GRU", {{"input_forget", std::int64_t{1}}});
  attribute_refusal("GRU", {{"output_sequence", std::int64_t{1}}});
}

TEST(RecurrentAttributes, Clip) {
  for (float bad : {0.0f, -0.0f, -1.0f, -kInf, kNaN}) attribute_refusal("GRU", {{"clip", bad}});
  for (float legal : {1e-40f, 3.0f, kInf}) attributes_pass("GRU", {{"clip", legal}});
}

TEST(RecurrentAttributes, ActivationCountsAndNames) {
  for (std::size_t count : {1u, 2u, 4u, 6u}) attribute_refusal("LSTM", {{"activations", Names(count, "Tanh")}});
  for (std::size_t count : {1u, 3u, 4u}) attribute_refusal("GRU", {{"activations", Names(count, "Tanh")}});
  for (std::size_t count : {3u, 4u}) attribute_refusal("RNN", {{"activations", Names(count, "Tanh")}});
  attribute_refusal("RNN", {{"activations", Names{"Relu", "Relu"}}});
  attributes_pass("RNN", {{"activations", Names{"Tanh", "tanh"}}});
  attributes_pass("LSTM", {{"activations", Names(6, "Tanh")}}, "bidirectional");
  for (const char* bad : {"", "Sigmoidal", "Mish", "Sig"})
    EXPECT_THAT(attribute_refusal("RNN", {{"activations", Names{bad}}}), HasSubstr("unknown activation"));
  attribute_refusal("RNN", {{"activations", Names{std::string("Tanh\0", 5)}}});
  for (const char* name : {"RELU", "tanh", "sIGMOID", "affine", "leakyrelu", "THRESHOLDEDRELU", "scaledtanh",
                           "Hardsigmoid", "ELU", "SoftSign", "SoftPlus"})
    attributes_pass("RNN", {{"activations", Names{name}}});
}

TEST(RecurrentAttributes, AlphaAndBeta) {
  const Attribute two_users{"activations", Names{"HardSigmoid", "Tanh", "LeakyRelu"}};
  for (std::size_t legal : {0u, 2u, 3u}) attributes_pass("LSTM", {two_users, {"activation_alpha", Reals(legal, 1)}});
  for (std::size_t bad : {1u, 4u}) attribute_refusal("LSTM", {two_users, {"activation_alpha", Reals(bad, 1)}});
  for (std::size_t legal : {1u, 3u}) attributes_pass("LSTM", {two_users, {"activation_beta", Reals(legal, 1)}});
  attribute_refusal("LSTM", {two_users, {"activation_beta", Reals(2, 1)}});
  attribute_refusal("LSTM", {two_users, {"activation_alpha", Reals{1, kNaN}}});
  attribute_refusal("LSTM", {two_users, {"activation_beta", Reals{kNaN}}});
  attribute_refusal("LSTM", {{"activation_alpha", Reals(2, 1)}});
}

ops::RecurrentForm form_of(const std::string& op, const std::string& direction, Attributes attributes) {
  const Node node{"layer", find_op("", op), {}, {}, {}, 0};
  Node copy = node;
  attributes.push_back({"direction", direction});
  copy.attributes = normalized(*node.op, std::move(attributes));
  return ops::recurrent_form(copy);
}

TEST(RecurrentAttributes, ParametersArePackedOrOneToOne) {
  using ops::Activation;
  using enum ops::ActivationKind;
  const Attribute names{"activations", Names{"HardSigmoid", "Tanh", "LeakyRelu", "Sigmoid", "Affine", "Elu"}};
  const auto packed = form_of("LSTM", "bidirectional",
                              {names, {"activation_alpha", Reals{1, 2, 3, 4}}, {"activation_beta", Reals{5, 6}}});
  EXPECT_EQ(packed.activations[0][0], (Activation{hard_sigmoid, 1, 5}));
  EXPECT_EQ(packed.activations[0][1], (Activation{ops::ActivationKind::tanh, 0, 0}));
  EXPECT_EQ(packed.activations[0][2], (Activation{leaky_relu, 2, 0}));
  EXPECT_EQ(packed.activations[1][1], (Activation{affine, 3, 6}));
  EXPECT_EQ(packed.activations[1][2], (Activation{elu, 4, 0}));
  const auto each = form_of("LSTM", "bidirectional",
                            {names, {"activation_alpha", Reals{1, 2, 3, 4, 5, 6}}, {"activation_beta", Reals{}}});
  EXPECT_EQ(each.activations[0][0], (Activation{hard_sigmoid, 1, 0.5f}));
  EXPECT_EQ(each.activations[0][2], (Activation{leaky_relu, 3, 0}));
  EXPECT_EQ(each.activations[1][1], (Activation{affine, 5, 0}));
  EXPECT_EQ(each.activations[1][2], (Activation{elu, 6, 0}));
}

TEST(RecurrentAttributes, DefaultsAreThoseOfTheCell) {
  using ops::Activation;
  using enum ops::ActivationKind;
  const auto lstm = form_of("LSTM", "bidirectional", {});
  for (const auto& functions : lstm.activations) {
    EXPECT_EQ(functions[0], Activation{sigmoid});
    EXPECT_EQ(functions[1], Activation{ops::ActivationKind::tanh});
    EXPECT_EQ(functions[2], Activation{ops::ActivationKind::tanh});
  }
  EXPECT_FALSE(lstm.clip);
  EXPECT_EQ(lstm.reverse, (std::array<bool, 2>{false, true}));
  EXPECT_EQ(form_of("GRU", "reverse", {}).reverse[0], true);
  EXPECT_EQ(form_of("GRU", "reverse", {}).activations[0][0], Activation{sigmoid});
}

TEST(RecurrentAttributes, PermsMustKeepFeaturesLast) {
  using Perm = std::vector<std::int64_t>;
  for (const Perm& bad :
       {Perm{}, Perm{0, 1}, Perm{0, 2, 1}, Perm{0, 0, 2}, Perm{0, 1, 3}, Perm{0, 1, 2, 3}, Perm{-1, 0, 2}})
    attribute_refusal("RNN", {{"x_perm", bad}});
  for (const Perm& bad : {Perm{0, 1, 2}, Perm{0, 1, 3, 2}, Perm{1, 1, 2, 3}})
    attribute_refusal("RNN", {{"y_perm", bad}});
  for (const char* name : {"x_perm", "y_perm"}) EXPECT_TRUE(find_op("", "RNN")->find_attribute(name)->internal);
  EXPECT_FALSE(find_op("", "RNN")->find_attribute("clip")->internal);
}

}  // namespace
}  // namespace rondo::test
