#include "importers/onnx/op_table.h"

#include <fmt/format.h>

#include <string>
#include <unordered_map>

#include "importers/onnx/legalize/legalizers.h"

namespace rondo::importer {
namespace {

using Forms = std::vector<OldForm>;
using Added = std::vector<NewAttribute>;

const Forms kBroadcast{{7, legalize_broadcast}};
const Forms kConsumed{{6, legalize_consumed_inputs}};
const Forms kAxes13{{13, legalize_axes}};
const Forms kAxes18{{18, legalize_axes}};
const Forms kFlat{{13, legalize_flat_axis}};
const Forms kRecurrent{{7, legalize_recurrent}};
const Added kReduceAdded{{"noop_with_empty_axes", 18}};

// Operators that the graph has no form for in any opset.
constexpr std::int64_t kAlways = kNewestOpset + 1;

const std::vector<OpRow>& rows() {
  static const std::vector<OpRow> kRows{
      {"Abs", 1, kConsumed},
      {"Acos", 7},
      {"Acosh", 9},
      {"Add", 1, kBroadcast},
      {"And", 1, kBroadcast},
      {"ArgMax", 1, {}, {{"select_last_index", 12}}},
      {"ArgMin", 1, {}, {{"select_last_index", 12}}},
      {"Asin", 7},
      {"Asinh", 9},
      {"Atan", 7},
      {"Atanh", 9},
      {"AveragePool", 1, {}, {{"count_include_pad", 7}, {"ceil_mode", 10}, {"dilations", 19}}},
      {"BatchNormalization", 1, {{14, legalize_batch_normalization}}, {{"training_mode", 14}}},
      {"Cast", 1, {{6, legalize_cast}}, {{"saturate", 19}, {"round_mode", 24}}},
      {"CastLike", 15, {}, {{"saturate", 19}, {"round_mode", 24}}},
      {"Ceil", 1, kConsumed},
      {"Celu", 12},
      {"Clip", 1, {{11, legalize_clip}}},
      {"Compress", 9},
      {"Concat", 1, {{4, legalize_concat}}},
      {"ConcatFromSequence", 11, {{kAlways, legalize_concat_from_sequence}}, {}, "", "Transpose"},
      {"Constant", 1},
      {"ConstantOfShape", 9},
      {"Conv", 1},
      {"ConvTranspose", 1},
      {"Cos", 7},
      {"Cosh", 9},
      {"CumSum", 11},
      {"DFT", 17, {{20, legalize_dft}}},
      {"DequantizeLinear", 10, {}, {{"axis", 13}, {"block_size", 21}, {"output_dtype", 23}}},
      {"Div", 1, kBroadcast},
      {"Dropout", 1, {{12, legalize_dropout}}, {{"seed", 12}}},
      {"DynamicQuantizeLinear", 11},
      {"DynamicQuantizeLSTM", 1, {}, {}, "com.microsoft"},
      {"Einsum", 12},
      {"Elu", 1, kConsumed},
      {"Equal", 1, kBroadcast},
      {"Erf", 9},
      {"Exp", 1, kConsumed},
      {"Expand", 8},
      {"EyeLike", 9},
      {"Flatten", 1},
      {"Floor", 1, kConsumed},
      {"GRU", 1, kRecurrent, {{"linear_before_reset", 3}, {"layout", 14}}},
      {"Gather", 1},
      {"GatherElements", 11},
      {"GatherND", 11, {}, {{"batch_dims", 12}}},
      {"Gelu", 20},
      {"Gemm", 1, {{7, legalize_gemm}}},
      {"GlobalAveragePool", 1},
      {"GlobalMaxPool", 1},
      {"Greater", 1, kBroadcast},
      {"GreaterOrEqual", 12},
      {"GroupNormalization", 18, {{21, legalize_group_normalization}}, {{"stash_type", 21}}},
      {"HardSigmoid", 1, kConsumed},
      {"HardSwish", 14},
      {"Hardmax", 1, kFlat},
      {"Identity", 1},
      {"If", 1},
      {"InstanceNormalization", 1, kConsumed},
      {"IsInf", 10},
      {"IsNaN", 9},
      {"LSTM", 1, kRecurrent, {{"layout", 14}}},
      {"LayerNormalization", 17},
      {"LeakyRelu", 1, kConsumed},
      {"Less", 1, kBroadcast},
      {"LessOrEqual", 12},
      {"Log", 1, kConsumed},
      {"LogSoftmax", 1, kFlat},
      {"Loop", 1},
      {"LpNormalization", 1},
      {"MatMul", 1},
      {"MatMulInteger", 10},
      {"Max", 1, kConsumed},
      {"MaxPool", 1, {}, {{"storage_order", 8}, {"ceil_mode", 10}, {"dilations", 10}}},
      {"Mean", 1, kConsumed},
      {"MeanVarianceNormalization", 9},
      {"Min", 1, kConsumed},
      {"Mish", 18},
      {"Mod", 10},
      {"Mul", 1, kBroadcast},
      {"Neg", 1, kConsumed},
      {"NegativeLogLikelihoodLoss", 12},
      {"NonZero", 9},
      {"Not", 1},
      {"OneHot", 9},
      {"Or", 1, kBroadcast},
      {"PRelu", 1, {{7, legalize_prelu}}},
      {"Pad", 1, {{11, legalize_pad}}},
      {"Pow", 1, kBroadcast},
      {"QuantizeLinear",
       10,
       {},
       {{"axis", 13}, {"saturate", 19}, {"block_size", 21}, {"output_dtype", 21}, {"precision", 23}}},
      {"RMSNormalization", 23},
      {"RNN", 1, kRecurrent, {{"layout", 14}}},
      {"Range", 11},
      {"Reciprocal", 1, kConsumed},
      {"ReduceL1", 1, kAxes18, kReduceAdded},
      {"ReduceL2", 1, kAxes18, kReduceAdded},
      {"ReduceLogSum", 1, kAxes18, kReduceAdded},
      {"ReduceLogSumExp", 1, kAxes18, kReduceAdded},
      {"ReduceMax", 1, kAxes18, kReduceAdded},
      {"ReduceMean", 1, kAxes18, kReduceAdded},
      {"ReduceMin", 1, kAxes18, kReduceAdded},
      {"ReduceProd", 1, kAxes18, kReduceAdded},
      {"ReduceSum", 1, kAxes13, {{"noop_with_empty_axes", 13}}},
      {"ReduceSumSquare", 1, kAxes18, kReduceAdded},
      {"Relu", 1, kConsumed},
      {"Reshape", 1, {{5, legalize_reshape}}, {{"allowzero", 14}}},
      {"ReverseSequence", 10},
      {"Round", 11},
      {"STFT", 17},
      {"Scan", 8, {{9, legalize_scan}}},
      {"Scatter", 9, {{kAlways, legalize_scatter}}, {}, "", "ScatterElements"},
      {"ScatterElements", 11, {}, {{"reduction", 16}}},
      {"ScatterND", 11, {}, {{"reduction", 16}}},
      {"Selu", 1, {{6, legalize_selu}}},
      {"SequenceAt", 11, {{kAlways, legalize_sequence_at}}, {}, "", "Gather"},
      {"SequenceConstruct", 11, {{kAlways, legalize_sequence_construct}}, {}, "", "Concat"},
      {"SequenceInsert", 11, {{kAlways, legalize_sequence_insert}}, {}, "", "Concat"},
      {"SequenceLength", 11, {{kAlways, legalize_sequence_length}}, {}, "", "Gather"},
      {"Shape", 1, {}, {{"start", 15}, {"end", 15}}},
      {"Sigmoid", 1, kConsumed},
      {"Sign", 9},
      {"Sin", 7},
      {"Sinh", 9},
      {"Size", 1},
      {"Slice", 1, {{10, legalize_slice}}},
      {"Softmax", 1, kFlat},
      {"SoftmaxCrossEntropyLoss", 12},
      {"Softplus", 1},
      {"Softsign", 1},
      {"Split", 1, {{2, legalize_split_1}, {18, legalize_split}}, {{"num_outputs", 18}}},
      {"SplitToSequence", 11, {{kAlways, legalize_split_to_sequence}}, {}, "", "Transpose"},
      {"Sqrt", 1, kConsumed},
      {"Squeeze", 1, kAxes13},
      {"Sub", 1, kBroadcast},
      {"Sum", 1, kConsumed},
      {"Swish", 24},
      {"Tan", 7},
      {"Tanh", 1, kConsumed},
      {"ThresholdedRelu", 10},
      {"Tile", 1, {{6, legalize_tile}}},
      {"TopK", 1, {{10, legalize_topk}}, {{"largest", 11}, {"sorted", 11}}},
      {"Transpose", 1},
      {"Trilu", 14},
      {"Unsqueeze", 1, kAxes13},
      {"Where", 9},
      {"Xor", 1, kBroadcast},
  };
  return kRows;
}

std::string key(std::string_view domain, std::string_view op_type) {
  return std::string(domain == "ai.onnx" ? "" : domain) + ":" + std::string(op_type);
}

}  // namespace

Legalizer OpRow::legalizer(std::int64_t opset) const noexcept {
  for (const OldForm& form : old_forms)
    if (opset < form.below) return form.legalize;
  return nullptr;
}

const OpRow* find_row(std::string_view domain, std::string_view op_type) {
  static const auto kIndex = [] {
    std::unordered_map<std::string, const OpRow*> index;
    for (const OpRow& row : rows()) index.emplace(key(row.domain, row.name), &row);
    return index;
  }();
  const auto it = kIndex.find(key(domain, op_type));
  return it == kIndex.end() ? nullptr : it->second;
}

void check_attribute_versions(const OpRow& row, const SourceNode& node) {
  for (const NewAttribute& added : row.new_attributes)
    if (node.opset < added.since && find_attribute(node.attributes, added.name) != nullptr)
      throw node
          .attribute_error(added.name,
                           fmt::format("{} has this attribute only from opset {} on", row.name, added.since))
          .got(fmt::format("opset {}", node.opset))
          .fix("export the model again, stating the opset its nodes are written for");
}

}  // namespace rondo::importer
