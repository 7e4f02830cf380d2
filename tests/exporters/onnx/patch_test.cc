// Patched models: what changes, and that nothing else does, for every way a file can hold elements.
#include "exporters/onnx/patch.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <bit>

#include "importers/onnx/import.h"
#include "rondo/error.h"
#include "support/wire.h"

namespace rondo::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Floats = std::vector<float>;
using Ints = std::vector<std::int64_t>;

constexpr std::uint64_t kFloat = 1, kInt8 = 3, kHalf = 10, kDouble = 11, kBFloat = 16;

std::string packed(const Floats& values) {
  std::string s;
  for (float v : values) s += wire_fixed(v);
  return s;
}
std::string packed_varints(const std::vector<std::uint64_t>& values) {
  std::string s;
  for (std::uint64_t v : values) s += wire_varint(v);
  return s;
}
std::string raw(const std::string& bytes) { return wire_field(9, bytes); }

// A model of one initializer "w" that is its output.
std::string model_of(const std::vector<std::uint64_t>& dims, std::uint64_t type, const std::string& elements) {
  return wire_model(wire_field(5, wire_tensor("w", dims, type, elements)) + wire_value(12, "w", type));
}

struct Values {
  Ints shape;
  std::vector<std::byte> bytes;
  DType dtype = DType::float32;
  TensorView view() const { return {dtype, shape, bytes.data()}; }
};
template <class T>
Values values_of(DType dtype, const std::vector<T>& list) {
  Values v{{static_cast<std::int64_t>(list.size())}, {}, dtype};
  const auto bytes = std::as_bytes(std::span(list));
  v.bytes.assign(bytes.begin(), bytes.end());
  return v;
}
Values floats(const Floats& list) { return values_of(DType::float32, list); }

PatchedModel patched(const std::string& model, const std::string& place, const Values& values) {
  const TensorPatch patch{place, values.view()};
  return patch_model(model, stored_tensors(model), {&patch, 1});
}
std::string patched_w(const std::string& model, const Values& values) {
  return patched(model, "graph/initializer[0]", values).bytes;
}

Error refusal(const std::string& model, const std::vector<TensorPatch>& patches) {
  try {
    patch_model(model, stored_tensors(model), patches);
  } catch (const Error& e) {
    return e;
  }
  ADD_FAILURE() << "patched";
  return Error(ErrorCode::usage, "");
}

// The first byte and the last one that differ in files of one length.
std::pair<std::size_t, std::size_t> difference(const std::string& a, const std::string& b) {
  EXPECT_EQ(a.size(), b.size());
  const auto first = std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin();
  const auto last = std::mismatch(a.rbegin(), a.rend(), b.rbegin()).first - a.rbegin();
  return {static_cast<std::size_t>(first), a.size() - static_cast<std::size_t>(last)};
}

TEST(Patch, RawData) {
  const std::string old = packed({1, 2, 3}), fresh = packed({-4, 5.5f, 1e-30f});
  const std::string model = model_of({3}, kFloat, raw(old));
  EXPECT_EQ(patched_w(model, floats({-4, 5.5f, 1e-30f})), model_of({3}, kFloat, raw(fresh)));
  EXPECT_EQ(patched_w(model, floats({1, 2, 3})), model);
}

TEST(Patch, FloatDataPackedAloneAndMixed) {
  const auto alone = [](float v) { return wire_tag(4, 5) + wire_fixed(v); };
  const auto elements = [&](float a, float b, float c, float d) {
    return wire_field(4, packed({a, b})) + alone(c) + wire_field(4, packed({d}));
  };
  const std::string model = model_of({2, 2}, kFloat, elements(1, 2, 3, 4));
  EXPECT_EQ(patched_w(model, floats({5, 6, 7, 8})), model_of({2, 2}, kFloat, elements(5, 6, 7, 8)));
}

TEST(Patch, DoubleDataPackedAndAlone) {
  const auto elements = [](double a, double b) {
    return wire_field(10, wire_fixed(a)) + wire_tag(10, 1) + wire_fixed(b);
  };
  const std::string model = model_of({2}, kDouble, elements(1, 2));
  EXPECT_EQ(patched_w(model, values_of<double>(DType::float64, {0.1, -7})), model_of({2}, kDouble, elements(0.1, -7)));
}

TEST(Patch, HalvesRoundToNearestEven) {
  const auto halves = [](std::uint16_t a, std::uint16_t b, std::uint16_t c) {
    return raw(wire_fixed(a) + wire_fixed(b) + wire_fixed(c));
  };
  const std::string half = model_of({3}, kHalf, halves(0, 0, 0));
  const Values ties = floats({1 + 0x1p-11f, 1 + 0x3p-11f, 65520.f});
  EXPECT_EQ(patched_w(half, ties), model_of({3}, kHalf, halves(0x3C00, 0x3C02, 0x7C00)));
  const std::string brain = model_of({3}, kBFloat, halves(0, 0, 0));
  const Values others = floats({1 + 0x1p-8f, 1 + 0x3p-8f, -0.f});
  EXPECT_EQ(patched_w(brain, others), model_of({3}, kBFloat, halves(0x3F80, 0x3F82, 0x8000)));
}

// A NaN of an odd payload and a negative zero survive the way through float32 when training did not touch them.
TEST(Patch, ValuesThatStayKeepTheirBits) {
  const std::string elements = wire_fixed<std::uint16_t>(0x7C01) + wire_fixed<std::uint16_t>(0x8000);
  const std::string model = model_of({2}, kHalf, raw(elements));
  const float nan = std::bit_cast<float>(0x7F802000u);
  EXPECT_EQ(patched_w(model, floats({nan, -0.f})), model);
  const std::string brain = model_of({1}, kBFloat, raw(wire_fixed<std::uint16_t>(0x7F81)));
  EXPECT_EQ(patched_w(brain, floats({std::bit_cast<float>(0x7F810000u)})), brain);
  EXPECT_NE(patched_w(model, floats({nan, 0.f})), model);
}

TEST(Patch, HalvesInInt32DataOfTheSameLength) {
  const auto elements = [](std::uint64_t a, std::uint64_t b) {
    return wire_field(5, wire_varint(a)) + wire_field(5, b);
  };
  const std::string model = model_of({2}, kHalf, elements(0x3C00, 0x4000));
  const PatchedModel p = patched(model, "graph/initializer[0]", floats({0.5f, -2}));
  EXPECT_EQ(p.bytes, model_of({2}, kHalf, elements(0x3800, 0xC000)));
  EXPECT_EQ(p.reencoded.size(), 0u);
}

// Zeros are one byte each, ones two, negative ones three: the tensor grows, and so do two graphs and a node around it.
TEST(Patch, HalvesThatNeedMoreBytesAreEncodedAnew) {
  const auto model = [](const std::vector<std::uint64_t>& bits) {
    const std::string tensor = wire_tensor("w", {60}, kHalf, wire_field(5, packed_varints(bits)) + wire_field(99, 7));
    const std::string inner = wire_field(5, tensor) + wire_value(12, "w", kHalf) + wire_field(2, std::string("inner"));
    const std::string branch =
        wire_attribute("then_branch", 5, wire_field(6, inner)) + wire_attribute("else_branch", 5, wire_field(6, inner));
    return wire_model(wire_value(11, "c", 9) + wire_node("If", {"c"}, {"y"}, branch) + wire_value(12, "y", kHalf),
                      wire_field(77, std::string("kept")));
  };
  const std::string before = model(std::vector<std::uint64_t>(60, 0));
  std::vector<std::uint64_t> bits(60, 0xBC00);
  bits[3] = 0x3C00;
  bits[4] = 0x1;
  Floats ones(60, -1);
  ones[3] = 1;
  ones[4] = 0x1p-24f;
  const Values values = floats(ones);
  const std::string place = "/g/initializer[0]";
  const std::vector<TensorPatch> both{{"graph/node[0]/attribute[0]" + place, values.view()},
                                      {"graph/node[0]/attribute[1]" + place, values.view()}};
  const PatchedModel p = patch_model(before, stored_tensors(before), both);
  EXPECT_EQ(p.bytes, model(bits));
  EXPECT_THAT(p.reencoded, ElementsAre("w", "w"));
  const Values zeros = floats(Floats(60, 0));
  const std::vector<TensorPatch> back{{both[0].place, zeros.view()}, {both[1].place, zeros.view()}};
  EXPECT_EQ(patch_model(p.bytes, stored_tensors(p.bytes), back).bytes, before);
}

TEST(Patch, ConstantsInEveryForm) {
  const auto model = [](float a, const Floats& b, const Floats& c) {
    const std::string tensor = wire_tensor("unused name", {1, 2}, kFloat, raw(packed(c)));
    return wire_model(wire_constant("a", wire_attribute("value_float", 1, wire_tag(2, 5) + wire_fixed(a))) +
                      wire_constant("b", wire_attribute("value_floats", 6, wire_field(7, packed(b)))) +
                      wire_constant("c", wire_attribute("value", 4, wire_field(5, tensor))) + wire_value(12, "a") +
                      wire_value(12, "b") + wire_value(12, "c"));
  };
  const std::string before = model(1, {2, 3}, {4, 5});
  const StoredTensors stored = stored_tensors(before);
  ASSERT_EQ(stored.all.size(), 3u);
  EXPECT_EQ(stored.all[0].name, "a");
  EXPECT_EQ(stored.all[2].name, "c");
  const Values a = floats({-1}), b = floats({-2, -3}), c = floats({-4, -5});
  const std::vector<TensorPatch> all{{"graph/node[0]/attribute[0]/f", a.view()},
                                     {"graph/node[1]/attribute[0]/floats", b.view()},
                                     {"graph/node[2]/attribute[0]/t", c.view()}};
  const std::string after = patch_model(before, stored, all).bytes;
  EXPECT_EQ(after, model(-1, {-2, -3}, {-4, -5}));
  const ImportedModel read = import_bytes(after);
  EXPECT_EQ(read.places.size(), 3u);
  EXPECT_EQ(read.graph.value(read.graph.find_value("b")).constant->values<float>()[1], -3);
}

// Fields of every wire type that nobody knows stand in the model, its graph, a node, an attribute and the tensor.
TEST(Patch, UnknownFieldsAndNeighboursStay) {
  const std::string odd = wire_field(1000, 5) + wire_tag(1001, 1) + wire_fixed(1.5) + wire_tag(1002, 5) +
                          wire_fixed(2.5f) + wire_field(1003, std::string("\x0a\xff\x01", 3));
  const std::string tensor = wire_tensor("w", {2}, kFloat, odd + raw(packed({1, 2})) + odd);
  const std::string other = wire_field(5, wire_tensor("v", {2}, kFloat, raw(packed({1, 2}))));
  const std::string node =
      wire_node("NobodyKnows", {"w"}, {"y"}, wire_field(5, odd + wire_field(1, std::string("x"))) + odd);
  const std::string model =
      odd + wire_model(odd + other + wire_field(5, tensor) + node + other + wire_value(12, "y") + odd, odd);
  const std::string after = patched(model, "graph/initializer[1]", floats({1, 3})).bytes;
  const auto [first, last] = difference(model, after);
  const std::size_t payload = model.find(tensor) + tensor.find(raw(packed({1, 2}))) + 2;
  EXPECT_GE(first, payload + 4);
  EXPECT_LE(last, payload + 8);
  EXPECT_EQ(after.substr(payload, 8), packed({1, 3}));
}

TEST(Patch, WhatCannotBePatchedSaysWhy) {
  const Values two = floats({1, 2});
  const std::string place = "graph/initializer[0]";
  const std::vector<TensorPatch> patch{{place, two.view()}};
  EXPECT_THAT(refusal(model_of({2}, kInt8, raw("ab")), patch).what(), HasSubstr("of type int8"));
  EXPECT_THAT(refusal(model_of({3}, kFloat, raw(packed({1, 2}))), patch).what(), HasSubstr("does not fit its shape"));
  EXPECT_THAT(refusal(model_of({2}, kFloat, wire_field(10, packed({1, 2, 3, 4}))), patch).what(),
              HasSubstr("wrong field"));
  const std::string sparse = wire_model(wire_field(15, wire_field(1, wire_tensor("w", {1}, kFloat, raw(packed({1}))))));
  EXPECT_THAT(refusal(sparse, {{"graph/sparse_initializer[0]", two.view()}}).what(), HasSubstr("sparse"));
  const std::string good = model_of({2}, kFloat, raw(packed({1, 2})));
  EXPECT_EQ(refusal(good, {patch[0], patch[0]}).code(), ErrorCode::usage);
  EXPECT_EQ(refusal(good, {{"graph/initializer[1]", two.view()}}).code(), ErrorCode::usage);
  const Values three = floats({1, 2, 3}), wide = values_of<double>(DType::float64, {1, 2});
  EXPECT_EQ(refusal(good, {{place, three.view()}}).code(), ErrorCode::usage);
  EXPECT_EQ(refusal(good, {{place, wide.view()}}).code(), ErrorCode::usage);
}

std::string external(const std::string& name, const std::string& location, int offset, const std::string& more = "") {
  const auto entry = [](const std::string& key, const std::string& value) {
    return wire_field(13, wire_field(1, key) + wire_field(2, value));
  };
  return wire_field(
      5, wire_tensor(name, {2}, kFloat,
                     entry("location", location) + entry("offset", std::to_string(offset)) + more + wire_field(14, 1)));
}

TEST(Patch, ExternalDataIsRelocatedAndSharedBytesAreRefused) {
  const auto model = [](const std::string& a) { return wire_model(external("w", a, 0) + external("v", "b", 8)); };
  const StoredTensors stored = stored_tensors(model("a"));
  EXPECT_TRUE(stored.all[0].patchable());
  EXPECT_EQ(stored.all[1].offset, 8);
  EXPECT_EQ(stored.all[1].length, 8);
  const Relocation far{"a", std::string(200, 'n')};
  EXPECT_EQ(patch_model(model("a"), stored, {}, {&far, 1}).bytes, model(far.to));
  const auto places =
      stored_tensors(wire_model(external("w", "a", 0) + external("v", "a", 8) + external("u", "a", 12)));
  EXPECT_EQ(places.all[0].refusal, "");
  EXPECT_THAT(places.all[1].refusal, HasSubstr("with 'u'"));
  EXPECT_THAT(places.all[2].refusal, HasSubstr("with 'v'"));
  const std::string sum = wire_field(13, wire_field(1, std::string("checksum")) + wire_field(2, std::string("abc")));
  EXPECT_THAT(stored_tensors(wire_model(external("w", "a", 0, sum))).all[0].refusal, HasSubstr("checksum"));
}

TEST(Patch, FunctionsAndNamesOfTheImporterAgree) {
  const std::string constant = wire_attribute("value_floats", 6, wire_field(7, packed({1, 2})));
  const std::string function = wire_field(1, std::string("Twice")) + wire_field(4, std::string("x")) +
                               wire_field(5, std::string("y")) + wire_node("Constant", {}, {"k"}, constant, 7) +
                               wire_node("Mul", {"x", "k"}, {"y"}, "", 7) +
                               wire_field(9, wire_field(2, std::uint64_t{17})) + wire_field(10, std::string("my"));
  const std::string call = wire_field(7, std::string("my"));
  const std::string model = wire_model(
      wire_value(11, "x") + wire_node("Twice", {"x"}, {"h"}, call) + wire_node("Twice", {"h"}, {"y"}, call) +
          wire_value(12, "y"),
      wire_field(8, wire_field(1, std::string("my")) + wire_field(2, std::uint64_t{1})) + wire_field(25, function));
  const ImportedModel read = import_bytes(model);
  ASSERT_EQ(read.places.size(), 1u);  // two calls, one tensor
  EXPECT_EQ(read.places.begin()->second, "functions[0]/node[0]/attribute[0]/floats");
  const std::string after = patched(model, read.places.begin()->second, floats({3, 4})).bytes;
  EXPECT_EQ(import_bytes(after).places.begin()->first->values<float>()[1], 4);
}

TEST(Patch, DamagedFramingIsAnErrorAndNoCrash) {
  const std::string model =
      wire_model(wire_constant("c", wire_attribute("value_floats", 6, wire_field(7, packed({1})))) +
                 external("w", "a", 0) + wire_value(12, "c"));
  for (std::size_t n = 0; n <= model.size(); ++n) {
    try {
      stored_tensors(model.substr(0, n));
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::model) << n;
    }
    std::string flipped = model;
    if (n == model.size()) break;
    for (int bit = 0; bit < 8; ++bit) {
      flipped[n] = static_cast<char>(model[n] ^ (1 << bit));
      try {
        stored_tensors(flipped);
      } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::model) << n;
      }
    }
  }
}

}  // namespace
}  // namespace rondo::test
