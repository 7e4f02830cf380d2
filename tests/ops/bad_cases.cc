// Inputs that every operator must refuse.
#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kHuge = 4611686018427387904.0;  // 2^62

std::vector<BadCase> bad_shapes(const Data& six) {
  return {
      {"Reshape", {}, {six, i64({-1, -1})}, "more than one -1"},
      {"Reshape", {}, {six, i64({4, -1})}, "no whole number"},
      {"Reshape", {}, {six, i64({4})}, "another number of elements"},
      {"Reshape", {}, {six, i64({-2, 3})}, "negative size"},
      {"Reshape", {}, {six, i64({6, 1, 0})}, "copies dim 2"},
      {"Reshape", {}, {six, i64({kHuge, kHuge, -1})}, "overflows"},
      {"Reshape", {}, {six, typed(DType::int64, {1, 1}, {6})}, "must be a list"},
      {"Reshape", {{"allowzero", 1}}, {six, i64({0, -1})}, "both 0 and -1"},
      {"Reshape", {{"allowzero", 1}}, {six, i64({0, 6})}, "another number of elements"},
      {"Reshape", {}, {any({2, 0}, {}), i64({0, 3, 0, -1})}, "copies dim 2"},
      {"Reshape", {{"allowzero", 0}}, {any({0, 0}, {}), i64({0, 2, -1, 0})}, "copies dim 3"},
      {"Reshape", {}, {six, typed(DType::float32, {1}, {6})}, "shape"},
      {"Reshape", {}, {six, i64({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1})}, "too many dims"},
      {"Squeeze", {}, {six, i64({0})}, "cannot be squeezed"},
      {"Squeeze", {}, {six, i64({2})}, "axes is out of range"},
      {"Squeeze", {}, {any({1, 1}, {1}), i64({0, -2})}, "names axis 0 twice"},
      {"Unsqueeze", {}, {six, i64({3})}, "axes is out of range"},
      {"Unsqueeze", {}, {six, i64({0, 0})}, "names axis 0 twice"},
      {"Flatten", {{"axis", 3}}, {six}, "axis is out of range"},
      {"Expand", {}, {six, i64({3, 3})}, "does not broadcast"},
      {"Expand", {}, {six, i64({-1})}, "negative size"},
      {"ConstantOfShape", {}, {i64({2, -1})}, "negative size"},
      {"ConstantOfShape",
       {{"value", std::make_shared<const Tensor>(DType::float32, std::vector<std::int64_t>{2})}},
       {i64({1})},
       "one element"},
  };
}

std::vector<BadCase> bad_moves(const Data& six) {
  const Data truth = typed(DType::boolean, {1}, {1});
  return {
      {"Transpose", {{"perm", ints({0})}}, {six}, "wrong length"},
      {"Transpose", {{"perm", ints({0, 2})}}, {six}, "perm is out of range"},
      {"Transpose", {{"perm", ints({1, 1})}}, {six}, "names axis 1 twice"},
      {"Slice", {}, {six, i64({0}), i64({1}), i64({0}), i64({0})}, "steps holds 0"},
      {"Slice", {}, {six, i64({0}), i64({1, 2})}, "another length"},
      {"Slice", {}, {six, i64({0}), i64({1}), i64({2})}, "axes is out of range"},
      {"Slice", {}, {six, i64({0, 0}), i64({1, 1}), i64({1, -1})}, "names axis 1 twice"},
      {"Slice", {}, {six, i64({0, 0, 0}), i64({1, 1, 1})}, "more dims"},
      {"Split", {{"axis", 1}}, {six, i64({1, 1})}, "do not add up", 2},
      {"Split", {{"axis", 1}}, {six, i64({-1, 4})}, "negative size", 2},
      {"Split", {{"axis", 1}}, {six, i64({3})}, "another length", 2},
      {"Split", {{"axis", 1}}, {six, i64({kHuge, kHuge})}, "do not add up", 2},
      {"Split", {}, {six}, "neither", 2},
      {"Split", {{"num_outputs", 2}}, {six, i64({1, 1})}, "both", 2},
      {"Split", {{"num_outputs", 3}}, {six}, "number of outputs", 2},
      {"Split", {{"num_outputs", 2}, {"axis", 2}}, {six}, "axis is out of range", 2},
      {"Concat", {{"axis", 2}}, {six, six}, "axis is out of range"},
      {"Concat", {{"axis", 0}}, {six, any({2, 2}, {1, 2, 3, 4})}, "does not fit"},
      {"Concat", {{"axis", 0}}, {six, any({3}, {1, 2, 3})}, "another number of dims"},
      {"Gather", {}, {six, i64({2})}, "out of range at element 0"},
      {"Gather", {{"axis", 1}}, {six, i64({0, -4})}, "axis 1 of data has size 3"},
      {"Gather", {}, {any({0}, {}), i64({0})}, "size 0"},
      {"Gather", {{"axis", 2}}, {six, i64({0})}, "axis is out of range"},
      {"Gather", {}, {any({}, {1}), i64({0})}, "scalar"},
      {"Where", {}, {truth, six, any({2}, {1, 2})}, "do not broadcast"},
      {"Where", {}, {six, six, six}, "does not take"},
      {"ScatterND", {}, {six, typed(DType::int64, {1, 1}, {2}), any({1, 3}, {1, 2, 3})}, "out of range at element 0"},
      {"ScatterND", {}, {six, typed(DType::int64, {1, 2}, {0, -4}), any({1}, {1})}, "axis 1 of data has size 3"},
      {"ScatterND", {}, {six, typed(DType::int64, {1, 1}, {0}), any({1, 2}, {1, 2})}, "updates has the wrong shape"},
      {"ScatterND", {}, {six, typed(DType::int64, {1, 3}, {0, 0, 0}), any({1}, {1})}, "more entries"},
      {"ScatterND",
       {{"reduction", "avg"}},
       {six, typed(DType::int64, {1, 1}, {0}), any({1, 3}, {1, 2, 3})},
       "no such reduction"},
      {"Pad", {}, {six, i64({1, 1})}, "wrong length"},
      {"Pad", {{"mode", "mirror"}}, {six, i64({0, 0, 0, 0})}, "no such mode"},
      {"Pad", {}, {six, i64({-3, 0, 0, 0})}, "leave no valid size"},
      {"Pad", {}, {six, i64({-9223372036854775808.0, 0, kHuge, 0})}, "leave no valid size"},
      {"Pad", {}, {six, i64({kHuge, 0, kHuge, 0})}, "leave no valid size"},
      {"Pad", {{"mode", "edge"}}, {any({0}, {}), i64({1, 0})}, "no elements to pad with"},
      {"Pad", {}, {six, i64({1, 1}), any({}, {0}), i64({2})}, "axes is out of range"},
      {"Cast", {{"to", 8}}, {six}, "no such element type"},
      {"Cast", {{"to", 99}}, {six}, "no such element type"},
  };
}

std::vector<BadCase> bad_windows() {
  const Data x = any({1, 2, 3}, {1, 2, 3, 4, 5, 6}), w = any({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  const Data three = any({3}, {1, 1, 1});
  return {
      {"Conv", {}, {any({1, 2}, {1, 2}), any({1, 2}, {1, 2})}, "no spatial axis"},
      {"Conv", {}, {x, any({1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8})}, "larger than the padded input"},
      {"Conv", {}, {x, any({1, 1, 1}, {1})}, "channels"},
      {"Conv", {{"group", 0}}, {x, w}, "group"},
      {"Conv", {{"group", 3}}, {x, w}, "group"},
      {"Conv", {{"strides", ints({0})}}, {x, w}, "strides holds"},
      {"Conv", {{"strides", ints({1, 1})}}, {x, w}, "wrong length"},
      {"Conv", {{"dilations", ints({std::int64_t{1} << 40})}}, {x, w}, "dilations holds"},
      {"Conv", {{"pads", ints({-1, 0})}}, {x, w}, "pads holds"},
      {"Conv", {{"kernel_shape", ints({3})}}, {x, w}, "not that of W"},
      {"Conv", {{"auto_pad", "SAME"}}, {x, w}, "no such mode"},
      {"Conv", {{"auto_pad", "VALID"}, {"pads", ints({1, 1})}}, {x, w}, "exclude each other"},
      {"Conv", {}, {x, w, three}, "B has the wrong size"},
      {"ConvTranspose", {}, {x, any({1, 2, 1}, {1, 2})}, "channels"},
      {"ConvTranspose", {{"pads", ints({9, 9})}}, {x, w}, "more than there is"},
      {"ConvTranspose", {{"output_shape", ints({-4})}}, {x, w}, "output_shape is not valid"},
      {"ConvTranspose", {{"output_padding", ints({0, 0})}}, {x, w}, "output_padding is not valid"},
  };
}

std::vector<BadCase> bad_pools() {
  const Data x = any({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  const auto two = ints({2});
  return {
      {"MaxPool", {{"kernel_shape", ints({2, 2})}}, {x}, "wrong number of dims"},
      {"MaxPool", {{"kernel_shape", ints({})}}, {any({1, 1}, {1})}, "no spatial axis"},
      {"MaxPool", {{"kernel_shape", ints({0})}}, {x}, "kernel_shape holds"},
      {"MaxPool", {{"kernel_shape", ints({4})}}, {x}, "larger than the padded input"},
      {"MaxPool", {{"kernel_shape", two}, {"strides", ints({0})}}, {x}, "strides holds"},
      {"MaxPool", {{"kernel_shape", two}, {"dilations", ints({-1})}}, {x}, "dilations holds"},
      {"MaxPool", {{"kernel_shape", two}, {"pads", ints({1})}}, {x}, "pads has the wrong length"},
      {"MaxPool", {{"kernel_shape", two}, {"pads", ints({0, -1})}}, {x}, "pads holds"},
      {"MaxPool", {{"kernel_shape", two}, {"auto_pad", "same"}}, {x}, "no such mode"},
      {"MaxPool", {{"kernel_shape", two}, {"storage_order", 2}}, {x}, "no such order"},
      {"MaxPool", {{"kernel_shape", two}}, {typed(DType::int32, {1, 1, 2}, {1, 2})}, "does not take"},
      {"AveragePool", {{"kernel_shape", two}}, {any({1, 2}, {1, 2})}, "wrong number of dims"},
      {"AveragePool",
       {{"kernel_shape", two}, {"auto_pad", "VALID"}, {"pads", ints({1, 1})}},
       {x},
       "exclude each other"},
      {"GlobalAveragePool", {}, {any({1, 2}, {1, 2})}, "no spatial axis"},
      {"GlobalMaxPool", {}, {any({}, {1})}, "no spatial axis"},
  };
}

std::vector<BadCase> bad_normalizations() {
  const Data x = any({1, 2, 3}, {1, 2, 3, 4, 5, 6}), pair = any({2}, {1, 1}), three = any({3}, {1, 1, 1});
  const Attributes groups{{"num_groups", 2}};
  return {
      {"BatchNormalization", {}, {x, pair, pair, pair, three}, "another size"},
      {"BatchNormalization", {}, {x, pair, pair, pair, pair}, "need training_mode", 3},
      {"BatchNormalization", {}, {three, pair, pair, pair, pair}, "no channels"},
      {"LayerNormalization", {{"axis", 3}}, {x, three}, "axis is out of range"},
      {"LayerNormalization", {{"axis", -4}}, {x, three}, "axis is out of range"},
      {"LayerNormalization", {}, {any({}, {1}), any({}, {1})}, "scalar"},
      {"LayerNormalization", {}, {x, pair}, "Scale does not broadcast to X"},
      {"LayerNormalization", {}, {x, three, any({2, 1, 3}, {1, 1, 1, 1, 1, 1})}, "B does not broadcast to X"},
      {"LayerNormalization", {{"stash_type", 11}}, {x, three}, "no such element type here"},
      {"LayerNormalization", {}, {i64({1}), i64({1})}, "does not take"},
      {"RMSNormalization", {{"axis", 3}}, {x, three}, "axis is out of range"},
      {"RMSNormalization", {}, {x, pair}, "scale does not broadcast to X"},
      {"RMSNormalization", {{"stash_type", 7}}, {x, three}, "no such element type here"},
      {"InstanceNormalization", {}, {x, three, pair}, "scale has another size"},
      {"InstanceNormalization", {}, {x, pair, any({1, 2}, {1, 1})}, "wrong number of dims"},
      {"InstanceNormalization", {}, {three, pair, pair}, "no channels"},
      {"GroupNormalization", groups, {x, pair, three}, "bias has another size"},
      {"GroupNormalization", groups, {any({1, 3}, {1, 2, 3}), three, three}, "does not divide the channels"},
      {"GroupNormalization", {{"num_groups", 0}}, {x, pair, pair}, "does not divide the channels"},
      {"MeanVarianceNormalization", {}, {x}, "axes is out of range"},
      {"MeanVarianceNormalization", {{"axes", ints({0, -3})}}, {x}, "names axis 0 twice"},
  };
}

std::vector<BadCase> bad_lines(const Data& six) {
  const Data classes = i64({2, 0}), on = typed(DType::boolean, {}, {1});
  const std::string nll = "NegativeLogLikelihoodLoss", sce = "SoftmaxCrossEntropyLoss";
  return {
      {"Hardmax", {{"axis", 2}}, {six}, "axis is out of range"},
      {"Hardmax", {}, {i64({1})}, "does not take"},
      {"LpNormalization", {{"p", 3}}, {six}, "no such norm"},
      {"LpNormalization", {{"axis", -3}}, {six}, "axis is out of range"},
      {"CumSum", {}, {six, i64({2})}, "axis is out of range"},
      {"CumSum", {}, {any({}, {1}), i64({0})}, "scalar"},
      {"CumSum", {}, {six, i64({0, 1})}, "must be one element"},
      {"CumSum", {}, {six, i64({})}, "must be one element"},
      {"CumSum", {}, {typed(DType::int8, {1}, {1}), i64({0})}, "does not take"},
      {nll, {}, {six, i64({2, 3})}, "holds no class at element 1"},
      {nll, {}, {six, i64({-1, 0})}, "holds no class at element 0"},
      {nll, {{"ignore_index", 7}}, {six, i64({7, -7})}, "or 7 to ignore"},
      {nll, {}, {six, i64({1})}, "target does not fit input"},
      {nll, {}, {six, typed(DType::int64, {2, 1}, {0, 0})}, "wrong number of dims"},
      {nll, {}, {six, classes, any({2}, {1, 1})}, "weight does not fit input"},
      {nll, {}, {six, classes, any({}, {1})}, "wrong number of dims"},
      {nll, {{"reduction", "max"}}, {six, classes}, "no such reduction"},
      {nll, {}, {any({3}, {1, 2, 3}), classes}, "no classes"},
      {sce, {}, {any({2, 0}, {}), classes}, "no classes"},
      {sce, {}, {six, i64({0, 3})}, "labels holds no class"},
      {sce, {}, {six, typed(DType::float32, {2}, {0, 1})}, "does not take"},
      {"Trilu", {}, {any({3}, {1, 2, 3})}, "no matrix"},
      {"Trilu", {}, {six, i64({1, 2})}, "must be one element"},
      {"EyeLike", {}, {any({3}, {1, 2, 3})}, "wrong number of dims"},
      {"EyeLike", {{"dtype", 8}}, {six}, "no such element type"},
      {"Gelu", {{"approximate", "erf"}}, {six}, "no such approximation"},
      {"Celu", {}, {typed(DType::float64, {1}, {1})}, "does not take"},
      {"IsInf", {}, {i64({1})}, "does not take"},
      {"Dropout", {}, {six, absent(), on}, "at random"},
      {"Dropout", {}, {six, any({}, {0.5}), on}, "at random"},
      {"Dropout", {}, {six, any({2}, {0, 0}), on}, "must be one element"},
  };
}

}  // namespace

std::vector<BadCase> all_bad_cases() {
  const Data six = any({2, 3}, {1, 2, 3, 4, 5, 6});
  std::vector<BadCase> cases{
      {"Add", {}, {six, any({2}, {1, 2})}, "do not broadcast"},
      {"Add", {}, {six, i64({1, 2, 3})}, "another element type"},
      {"Add", {}, {typed(DType::boolean, {1}, {1}), typed(DType::boolean, {1}, {1})}, "does not take"},
      {"Add", {}, {any(std::vector<std::int64_t>(17, 1), {1}), six}, "too many dims"},
      {"Div", {}, {typed(DType::int32, {2}, {1, 2}), typed(DType::int32, {2}, {1, 0})}, "0 at element 1"},
      {"Div", {}, {i64({1}), i64({0})}, "division by zero"},
      {"Mod", {}, {i64({1}), i64({0})}, "division by zero"},
      {"Mod", {}, {six, six}, "need fmod"},
      {"PRelu", {}, {any({2}, {1, 2}), six}, "does not broadcast"},
      {"Clip", {}, {six, any({2}, {1, 2})}, "must be one element"},
      {"Max", {}, {}, "at least one input"},
      {"ArgMax", {{"axis", 2}}, {six}, "axis is out of range"},
      {"ArgMin", {}, {any({0, 2}, {})}, "no elements to choose"},
      {"Not", {}, {six}, "does not take"},
      {"Pow", {}, {i64({0}), i64({-1})}, "negative exponent"},
      {"Softmax", {{"axis", 2}}, {six}, "axis is out of range"},
      {"Softmax", {}, {any({}, {1})}, "scalar"},
      {"MatMul", {}, {six, six}, "inner dims"},
      {"MatMul", {}, {six, any({}, {1})}, "scalar"},
      {"MatMul", {}, {any({2, 1, 1}, {1, 2}), any({3, 1, 1}, {1, 2, 3})}, "leading dims"},
      {"Gemm", {}, {six, six}, "inner dims"},
      {"Gemm", {}, {any({3}, {1, 2, 3}), six}, "number of dims"},
      {"Gemm", {{"transB", 1}}, {six, six, any({3}, {1, 2, 3})}, "C does not broadcast"},
      {"Gemm", {{"transB", 1}}, {any({1, 3}, {1, 2, 3}), six, any({2, 2}, {1, 2, 3, 4})}, "C does not broadcast"},
      {"ReduceSum", {}, {six, i64({2})}, "axes is out of range"},
      {"ReduceSum", {}, {six, i64({0, -2})}, "names axis 0 twice"},
      {"ReduceMean", {}, {typed(DType::int32, {0}, {})}, "no integers"},
  };
  for (const auto& more : {bad_lines(six), bad_moves(six), bad_shapes(six), bad_windows(), bad_index_cases(),
                           bad_quantize_cases(), bad_transform_cases(), bad_pools(), bad_normalizations()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

}  // namespace rondo::test
