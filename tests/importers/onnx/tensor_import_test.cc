// Initializers of every element type and storage, and everything about them that can be wrong.
#include <gtest/gtest.h>

#include <chrono>

#include "base/half.h"
#include "importers/onnx/tensor_file.h"
#include "model_text.h"

namespace rondo::test {
namespace {

std::string initializer(const std::string& body) { return "initializer { name: \"w\" " + body + " } "; }

Error tensor_error(const std::string& body, const ImportOptions& options = {}) {
  return import_error(model_bytes(13, initializer(body) + output("w")), options);
}

TensorPtr tensor(const std::string& body) {
  const auto model = import_text(13, initializer(body) + output("w"));
  return model.graph.value(model.graph.outputs.at(0)).constant;
}

template <class T>
std::vector<T> elements(const std::string& body) {
  const TensorPtr t = tensor(body);
  return {t->values<T>().begin(), t->values<T>().end()};
}

TEST(TensorImport, TypedFieldsOfEveryType) {
  using testing::ElementsAre;
  EXPECT_THAT(elements<float>("dims: 2 data_type: 1 float_data: [1.5, -2]"), ElementsAre(1.5f, -2.f));
  EXPECT_THAT(elements<double>("dims: 2 data_type: 11 double_data: [1.5, -2]"), ElementsAre(1.5, -2.));
  EXPECT_THAT(elements<std::int64_t>("dims: 1 data_type: 7 int64_data: -9000000000"), ElementsAre(-9000000000));
  EXPECT_THAT(elements<std::int32_t>("dims: 2 data_type: 6 int32_data: [-7, 2147483647]"), ElementsAre(-7, 2147483647));
  EXPECT_THAT(elements<std::int16_t>("dims: 2 data_type: 5 int32_data: [-7, 32767]"), ElementsAre(-7, 32767));
  EXPECT_THAT(elements<std::int8_t>("dims: 2 data_type: 3 int32_data: [-128, 127]"), ElementsAre(-128, 127));
  EXPECT_THAT(elements<std::uint8_t>("dims: 2 data_type: 2 int32_data: [0, 255]"), ElementsAre(0, 255));
  EXPECT_THAT(elements<std::uint16_t>("dims: 2 data_type: 4 int32_data: [0, 65535]"), ElementsAre(0, 65535));
  EXPECT_THAT(elements<std::uint32_t>("dims: 1 data_type: 12 uint64_data: 4294967295"), ElementsAre(4294967295u));
  EXPECT_THAT(elements<std::uint64_t>("dims: 1 data_type: 13 uint64_data: 18446744073709551615"),
              ElementsAre(~std::uint64_t{0}));
  EXPECT_THAT(elements<std::uint8_t>("dims: 2 data_type: 9 int32_data: [0, 1]"), ElementsAre(0, 1));
  EXPECT_EQ(to_float(tensor("data_type: 10 int32_data: 0x3E00")->values<Float16>()[0]), 1.5f);
  EXPECT_EQ(to_float(tensor("data_type: 16 int32_data: 0x3FC0")->values<BFloat16>()[0]), 1.5f);
}

TEST(TensorImport, RawBytesAreTakenAsTheyAre) {
  EXPECT_THAT(elements<std::int16_t>("dims: 2 data_type: 5 raw_data: \"\\001\\000\\377\\377\""),
              testing::ElementsAre(1, -1));
  const TensorPtr empty = tensor("dims: [3, 0] data_type: 1");
  EXPECT_THAT(empty->shape(), testing::ElementsAre(3, 0));
  EXPECT_EQ(tensor("data_type: 1 float_data: 4")->shape().size(), 0u);
}

TEST(TensorImport, DisagreementIsAModelError) {
  const auto expect = [](const std::string& body, const char* part) {
    EXPECT_THAT(tensor_error(body), Is(ErrorCode::model, part)) << body;
  };
  expect("dims: [2, -1] data_type: 1", "axis 1 (got -1)");
  expect("dims: -9223372036854775808 data_type: 1", "negative dim on axis 0");
  expect("dims: [0, 3] data_type: 1 float_data: 1", "float_data");
  expect("dims: [0, 3] data_type: 1 raw_data: \"abcd\"", "got 4 bytes, expected 0 bytes");
  expect("dims: 3 data_type: 1", "got 0 bytes, expected 12 bytes");
  expect("dims: 2 data_type: 1 raw_data: \"abcdefg\"", "got 7 bytes, expected 8 bytes");
  expect("dims: 1 data_type: 1 raw_data: \"abcdefgh\"", "got 8 bytes, expected 4 bytes");
  expect("dims: 1 data_type: 1 raw_data: \"abcd\" float_data: 1", "both raw_data and float_data");
  expect("dims: 1 data_type: 1 int32_data: 1 float_data: 1", "both float_data and int32_data");
  expect("dims: 2 data_type: 1 float_data: 1", "got 1 elements, expected 2 elements");
  expect("dims: 1 data_type: 1 int32_data: 1", "wrong field");
  expect("dims: 1 data_type: 11 float_data: 1", "wrong field");
  expect("dims: 1 data_type: 12 uint64_data: 4294967296", "does not fit uint32");
  expect("dims: 1 data_type: 3 int32_data: 128", "does not fit int8");
  expect("dims: 1 data_type: 9 int32_data: 2", "another value than 0 and 1");
  expect("dims: 1 data_type: 10 int32_data: 65536", "does not fit float16");
  expect("dims: 1 float_data: 1", "no element type");
  expect("dims: 1 data_type: 99 raw_data: \"a\"", "unknown element type");
}

TEST(TensorImport, TensorsOfAttributesAndFunctionsAreCheckedToo) {
  const std::string constant =
      node("Constant", "", "c",
           "attribute { name: \"value\" type: TENSOR t { dims: 1 data_type: 1 raw_data: \"abcd\" float_data: 1 } }");
  EXPECT_THAT(import_error(model_bytes(13, constant + output("c"))),
              Is(ErrorCode::model, "both raw_data and float_data"));
  const std::string function =
      "opset_import { domain: \"f\" version: 1 } functions { name: \"F\" domain: \"f\" output: \"c\" "
      "opset_import { version: 13 } " +
      constant + "}";
  EXPECT_THAT(import_error(model_bytes(13, node("F", "", "y", "domain: \"f\"") + output("y"), function)),
              Is(ErrorCode::model, "(Constant #0, graph 'F')"));
}

TEST(TensorImport, TypesThatRondoLacksAreUnsupported) {
  for (const auto& [type, name] :
       {std::pair{8, "string"}, std::pair{14, "complex64"}, std::pair{17, "float8e4m3fn"}, std::pair{22, "int4"}})
    EXPECT_THAT(tensor_error(fmt::format("dims: 1 data_type: {}", type)), Is(ErrorCode::unsupported, name));
  EXPECT_THAT(tensor_error("dims: 1 data_type: 1 float_data: 1 segment { begin: 0 end: 1 }"),
              Is(ErrorCode::unsupported, "segments"));
  EXPECT_THAT(import_error(model_bytes(13, "sparse_initializer { dims: 4 } " + input("x", "1") + output("x"))),
              Is(ErrorCode::unsupported, "sparse"));
  EXPECT_THAT(import_error(model_bytes(13,
                                       "sparse_initializer { values { dims: 1 data_type: 1 data_location: EXTERNAL "
                                       "external_data { key: \"location\" value: \"../secret\" } } dims: 4 } " +
                                           input("x", "1") + output("x"))),
              Is(ErrorCode::unsupported, "sparse"));
}

TEST(TensorImport, SizesThatCannotBeAreALimit) {
  for (const char* dims : {"[4294967296, 4294967296]", "[4611686018427387904, 4]", "[1099511627776]"})
    EXPECT_THAT(tensor_error(fmt::format("dims: {} data_type: 1 raw_data: \"abcd\"", dims)),
                testing::AnyOf(Is(ErrorCode::limit, "initializer 'w'")))
        << dims;
  ImportOptions options;
  options.limits.tensor_bytes = 16;
  EXPECT_THAT(tensor_error("dims: 5 data_type: 1 float_data: [1, 2, 3, 4, 5]", options),
              Is(ErrorCode::limit, "memory"));
}

TEST(TensorImport, OddValuesAreWarnedOfOnce) {
  const auto model =
      import_text(13, initializer("dims: 4 data_type: 1 float_data: [nan, inf, 1, 1e-40]") + output("w"));
  EXPECT_THAT(model.warnings,
              testing::ElementsAre("initializer 'w' holds 2 NaN or infinite values and 1 subnormal values"));
  ImportOptions strict;
  strict.strict = true;
  EXPECT_THAT(tensor_error("dims: 1 data_type: 11 double_data: nan", strict), Is(ErrorCode::numeric, "1 NaN"));
  EXPECT_NO_THROW(import_text(13, initializer("data_type: 1 float_data: 1") + output("w"), "", strict));
}

TEST(TensorImport, NamesMustBeThereAndUnique) {
  const std::string one = "dims: 1 data_type: 1 float_data: 1 ";
  EXPECT_THAT(import_error(model_bytes(13, "initializer { " + one + "}" + input("x", "1") + output("x"))),
              Is(ErrorCode::model, "no name"));
  EXPECT_THAT(import_error(model_bytes(13, initializer(one) + initializer(one) + output("w"))),
              Is(ErrorCode::model, "two initializers are named 'w'"));
  EXPECT_THAT(import_error(model_bytes(13, initializer(one) + node("Relu", "w", "w") + output("w"))),
              Is(ErrorCode::model, "already an input or initializer"));
}

TEST(TensorImport, ManyAlikeNamesTakeLinearTime) {
  std::string text;
  onnx::ModelProto model = parse_model(model_text(13, input("x", "1") + output("x")));
  for (int i = 0; i < 100'000; ++i) {
    auto* t = model.mutable_graph()->add_initializer();
    std::string name = "aaaaaaaaaaaaaaaaa";
    for (std::size_t bit = 0; bit < name.size(); ++bit)
      if ((i >> bit & 1) != 0) name[bit] = 'A';
    t->set_name(name);
    t->set_data_type(1);
    t->add_float_data(1);
  }
  const std::string bytes = model.SerializeAsString();
  const auto start = std::chrono::steady_clock::now();
  import_bytes(bytes);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(TensorFile, ReadsWhatOnnxTestsHold) {
  onnx::TensorProto proto;
  proto.set_name("X");
  proto.set_data_type(1);
  proto.add_dims(2);
  proto.add_float_data(1);
  proto.add_float_data(2);
  const NamedTensor read = read_tensor_bytes(proto.SerializeAsString());
  EXPECT_EQ(read.name, "X");
  EXPECT_THAT(std::vector<float>(read.tensor.values<float>().begin(), read.tensor.values<float>().end()),
              testing::ElementsAre(1.f, 2.f));
}

TEST(TensorFile, BadFilesAreDataErrors) {
  const auto code = [](const std::string& bytes) {
    try {
      read_tensor_bytes(bytes);
    } catch (const Error& e) {
      return e.code();
    }
    return ErrorCode::usage;
  };
  EXPECT_EQ(code(""), ErrorCode::data);
  EXPECT_EQ(code("\x12"), ErrorCode::data);
  EXPECT_EQ(code("\x08\x02\x10\x01"), ErrorCode::data);
  EXPECT_THROW(read_tensor_file("/no/such/file.pb"), Error);
}

}  // namespace
}  // namespace rondo::test
