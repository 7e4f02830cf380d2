// DynamicQuantizeLSTM against LSTM with the weights that its bytes stand for: the same where quantization loses
// nothing, near elsewhere; and rows of a batch that never see each other.
#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "ir/graph.h"
#include "recurrent_layer.h"
#include "rondo/error.h"

namespace rondo::test {
namespace {

namespace in = ops::recurrent_input;
enum Extra : std::size_t { kWScale = in::count, kWZero, kRScale, kRZero };
constexpr std::int64_t kGates = 4;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

struct Form {
  const char* direction;
  DType bytes;
  bool per_column;

  std::int64_t D() const { return std::strcmp(direction, "bidirectional") == 0 ? 2 : 1; }
};

Tensor floats(Shape64 shape, const std::function<double()>& next) {
  Tensor t(DType::float32, std::move(shape));
  for (float& v : t.values<float>()) v = static_cast<float>(next());
  return t;
}

double byte_of(const Tensor& t, std::int64_t i) {
  const auto k = static_cast<std::size_t>(i);
  return t.dtype() == DType::int8 ? t.values<std::int8_t>()[k] : t.values<std::uint8_t>()[k];
}

Tensor random_bytes(DType type, Shape64 shape, std::int64_t bound, Numbers& numbers) {
  Tensor t(type, std::move(shape));
  for (auto& v : t.values<std::uint8_t>()) v = static_cast<std::uint8_t>(numbers.below(bound));
  return t;
}

// The float weights [D,4H,K] of bytes [D,K,4H].
Tensor float_weights(const Tensor& bytes, const Tensor& scale, const Tensor& zero) {
  const std::int64_t D = bytes.shape()[0], K = bytes.shape()[1], columns = bytes.shape()[2];
  Tensor out(DType::float32, {D, columns, K});
  for (std::int64_t i = 0; i < bytes.count(); ++i) {
    const std::int64_t d = i / (K * columns), k = i / columns % K, c = i % columns;
    const std::int64_t s = scale.shape().size() == 2 ? d * columns + c : d;
    const double v = (byte_of(bytes, i) - byte_of(zero, s)) * scale.values<float>()[static_cast<std::size_t>(s)];
    out.values<float>()[static_cast<std::size_t>((d * columns + c) * K + k)] = static_cast<float>(v);
  }
  return out;
}

Layer quantized_layer(const Form& form, Sizes s) {
  Numbers numbers(11);
  const std::int64_t D = form.D(), columns = kGates * s.H;
  Layer layer{"DynamicQuantizeLSTM", {}, {}, {}, "com.microsoft"};
  layer.set("direction", form.direction);
  layer.set("clip", 3.0f);
  layer.input(in::X) = floats({s.T, s.N, s.I}, std::ref(numbers));
  layer.input(in::W) = random_bytes(form.bytes, {D, s.I, columns}, 256, numbers);
  layer.input(in::R) = random_bytes(form.bytes, {D, s.H, columns}, 256, numbers);
  layer.input(in::B) = floats({D, 2 * columns}, std::ref(numbers));
  layer.input(in::initial_h) = floats({D, s.N, s.H}, std::ref(numbers));
  layer.input(in::initial_c) = floats({D, s.N, s.H}, std::ref(numbers));
  layer.input(in::P) = floats({D, 3 * s.H}, std::ref(numbers));
  const Shape64 scales = form.per_column ? Shape64{D, columns} : Shape64{D};
  for (std::size_t i : {kWScale, kRScale}) {
    layer.input(i) = floats(scales, [&] { return 0.002 + 0.001 * numbers(); });
    layer.input(i + 1) = random_bytes(form.bytes, scales, 128, numbers);
  }
  return layer;
}

Layer float_twin(const Layer& quantized) {
  Layer layer{"LSTM", quantized.attributes, {}};
  for (std::size_t i = 0; i < in::count; ++i)
    if (const Tensor& t = quantized.input(i); t.dtype() != DType::undefined) layer.input(i) = Tensor(t.view());
  layer.input(in::W) = float_weights(quantized.input(in::W), quantized.input(kWScale), quantized.input(kWZero));
  layer.input(in::R) = float_weights(quantized.input(in::R), quantized.input(kRScale), quantized.input(kRZero));
  return layer;
}

void expect_near(const std::vector<Tensor>& got, const std::vector<Tensor>& expected, double tolerance) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t k = 0; k < got.size(); ++k) {
    ASSERT_EQ(got[k].shape(), expected[k].shape());
    for (std::size_t i = 0; i < got[k].values<float>().size(); ++i)
      ASSERT_NEAR(got[k].values<float>()[i], expected[k].values<float>()[i], tolerance)
          << "output " << k << " at " << i;
  }
}

class DynamicQuantizeLstm : public testing::TestWithParam<Form> {};
INSTANTIATE_TEST_SUITE_P(All, DynamicQuantizeLstm,
                         testing::Values(Form{"forward", DType::int8, true}, Form{"reverse", DType::uint8, false},
                                         Form{"bidirectional", DType::uint8, true},
                                         Form{"bidirectional", DType::int8, false}));

// Values on a grid of 255 steps from the least to the greatest of a row are quantized without loss.
TEST_P(DynamicQuantizeLstm, IsLstmWhereNothingIsRounded) {
  Layer layer = quantized_layer(GetParam(), {1, 3, 5, 4});
  std::size_t place = 0;
  for (float& v : layer.input(in::X).values<float>()) {
    const float grid[] = {0, 255, 17, 200, 31};
    v = grid[place++ % 5] / 64;
  }
  place = 0;
  for (float& v : layer.input(in::initial_h).values<float>()) {
    const float grid[] = {-128, 127, 5, -77};
    v = grid[place++ % 4] / 256;
  }
  expect_near(layer.run(), float_twin(layer).run(), 1e-5);
}

TEST_P(DynamicQuantizeLstm, StaysNearLstm) {
  const Layer layer = quantized_layer(GetParam(), {7, 3, 5, 9});
  expect_near(layer.run(), float_twin(layer).run(), 0.02);
}

TEST_P(DynamicQuantizeLstm, RowsSeeNeitherNeighboursNorPadding) {
  const Sizes sizes{4, 2, 3, 5};
  Layer both = quantized_layer(GetParam(), sizes), loud = quantized_layer(GetParam(), sizes);
  for (Layer* layer : {&both, &loud}) layer->input(in::sequence_lens) = int32s({4, 2});
  // Row 0 grows, and what lies past the end of row 1 becomes NaN.
  for (std::int64_t i = 0; i < loud.input(in::X).count(); ++i) {
    const std::int64_t t = i / (sizes.N * sizes.I), n = i / sizes.I % sizes.N;
    float& v = loud.input(in::X).values<float>()[static_cast<std::size_t>(i)];
    if (n == 0) v *= 100;
    if (n == 1 && t >= 2) v = kNaN;
  }
  const std::vector<Tensor> quiet = both.run(), other = loud.run();
  for (std::size_t k = 0; k < quiet.size(); ++k)
    for (std::int64_t i = 0; i < quiet[k].count(); ++i) {
      const std::int64_t n = i / sizes.H % sizes.N;
      if (n == 0) continue;
      const auto at = static_cast<std::size_t>(i);
      EXPECT_EQ(quiet[k].values<float>()[at], other[k].values<float>()[at]) << "output " << k;
    }
}

TEST(DynamicQuantizeLstm, NanIsNotLost) {
  Layer layer = quantized_layer({"forward", DType::int8, true}, {3, 1, 2, 2});
  layer.input(in::X).values<float>()[1] = kNaN;
  const std::vector<Tensor> results = layer.run();
  for (float v : results[0].values<float>()) EXPECT_TRUE(std::isnan(v)) << v;
}

TEST(DynamicQuantizeLstm, NeedsNoOptionalInputs) {
  Layer layer = quantized_layer({"forward", DType::uint8, false}, {3, 2, 4, 3});
  for (std::size_t i : {in::B, in::initial_h, in::initial_c, in::P}) layer.input(i) = Tensor();
  layer.set("hidden_size", std::int64_t{3});
  layer.set("input_forget", std::int64_t{1});
  expect_near(layer.run(), float_twin(layer).run(), 0.02);
  layer.outputs = {false, true, false};
  EXPECT_EQ(layer.run()[1].shape(), (Shape64{1, 2, 3}));
}

TEST(DynamicQuantizeLstm, EmptySizesGiveEmptyOrInitialStates) {
  const Form form{"bidirectional", DType::uint8, true};
  Layer no_steps = quantized_layer(form, {0, 2, 3, 2});
  const std::vector<Tensor> results = no_steps.run();
  EXPECT_EQ(results[0].shape(), (Shape64{0, 2, 2, 2}));
  EXPECT_TRUE(identical(results[1].view(), no_steps.input(in::initial_h).view()));
  EXPECT_EQ(quantized_layer(form, {2, 0, 3, 2}).run()[0].shape(), (Shape64{2, 2, 0, 2}));
  EXPECT_EQ(quantized_layer(form, {2, 1, 0, 2}).run()[0].shape(), (Shape64{2, 2, 1, 2}));
}

struct BadLayer {
  std::size_t input;
  Tensor tensor;
  const char* says;
};

TEST(DynamicQuantizeLstm, BadInputIsAnErrorThatNamesTheNode) {
  const auto bytes = [](Shape64 shape) { return Tensor(DType::int8, std::move(shape)); };
  const auto reals = [](Shape64 shape) { return Tensor(DType::float32, std::move(shape)); };
  BadLayer cases[] = {{in::W, bytes({1, 8, 3}), "W has the wrong shape, it looks transposed"},
                      {in::R, bytes({1, 8, 2}), "R has the wrong shape"},
                      {in::W, bytes({1, 4, 8}), "W has the wrong shape"},
                      {in::W, bytes({3, 8}), "[num_directions,input_size,gates*hidden_size]"},
                      {in::W, reals({1, 3, 8}), "W"},
                      {in::B, reals({1, 8}), "B has the wrong shape"},
                      {in::sequence_lens, int32s({1, 9}), "sequence_lens[1]=9 > T=2"},
                      {kWScale, reals({2}), "W_scale has the wrong shape"},
                      {kRScale, reals({1, 7}), "R_scale has the wrong shape"},
                      {kRZero, bytes({}), "R_zero_point has the wrong shape"},
                      {kWZero, Tensor(DType::uint8, {1}), "another element type"},
                      {kWZero, Tensor(), "W_zero_point"}};
  for (BadLayer& bad : cases) {
    SCOPED_TRACE(bad.says);
    Layer layer = quantized_layer({"forward", DType::int8, false}, {2, 2, 3, 2});
    layer.set("hidden_size", std::int64_t{2});
    layer.input(bad.input) = std::move(bad.tensor);
    try {
      layer.run();
      ADD_FAILURE() << "was accepted";
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), testing::AllOf(testing::HasSubstr(bad.says), testing::HasSubstr("layer")));
    }
  }
}

}  // namespace
}  // namespace rondo::test
