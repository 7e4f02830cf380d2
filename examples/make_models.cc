// rondo-make-examples FOLDER: writes the models that ship in examples/, each with data sets to verify them by, and
// sentences for the tagger to learn.
//
// The weights are drawn from a seed and trained on nothing. A model is built twice from the same numbers: in float, to
// be written, and in double, to be evaluated by the scalar references of its operators; the rounded results are the
// outputs of the data sets. So an expected output owes nothing to the kernels it will judge.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <span>
#include <string>

#include "exporters/onnx/export.h"
#include "exporters/onnx/tensor_file.h"
#include "ops/op_list.h"
#include "passes/passes.h"

namespace rondo {
namespace {

using Ints = std::vector<std::int64_t>;

// SplitMix64: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // A float in [-scale, scale).
  float next(double scale) noexcept {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return static_cast<float>((static_cast<double>(z >> 40) * 0x1p-23 - 1) * scale);
  }

  Tensor tensor(Ints shape, double scale) {
    Tensor t(DType::float32, std::move(shape));
    for (float& v : t.values<float>()) v = next(scale);
    return t;
  }

 private:
  std::uint64_t state_;
};

Tensor zeros(Ints shape) {
  Tensor t(DType::float32, std::move(shape));
  for (float& v : t.values<float>()) v = 0;
  return t;
}

Tensor widened(const Tensor& t) {
  const auto floats = t.values<float>();
  return Tensor::of<double>(DType::float64, t.shape(), std::vector<double>(floats.begin(), floats.end()));
}

Tensor rounded(const TensorView& t) {
  const std::vector<float> floats(t.as<double>(), t.as<double>() + t.count());
  return Tensor::of<float>(DType::float32, {t.shape.begin(), t.shape.end()}, floats);
}

// A graph in the making, in float32 or float64, whose weights are the same numbers in both.
struct Builder {
  Graph graph;
  DType dtype;
  Random random;

  Builder(std::string name, DType type, std::uint64_t seed) : dtype(type), random(seed) {
    graph.name = std::move(name);
  }

  ValueId input(const std::string& name, Shape shape) { return graph.add_input(name, {dtype, std::move(shape)}); }

  // Evenly distributed up to 1 / sqrt(fan), which is how PyTorch starts a layer.
  ValueId weight(const std::string& name, Ints shape, std::int64_t fan) {
    Tensor t = random.tensor(std::move(shape), 1 / std::sqrt(static_cast<double>(fan)));
    return graph.add_constant(name, std::make_shared<Tensor>(dtype == DType::float64 ? widened(t) : std::move(t)));
  }

  ValueId integers(const std::string& name, const Ints& values) {
    const Ints shape{static_cast<std::int64_t>(values.size())};
    return graph.add_constant(name, std::make_shared<Tensor>(Tensor::of<std::int64_t>(DType::int64, shape, values)));
  }

  // A node named like its first output, which is returned.
  ValueId add(const OpDef& op, Attributes attributes, std::vector<ValueId> inputs, std::vector<std::string> outputs) {
    const std::string name = outputs[0];
    const NodeId id = graph.add_node(op, name, std::move(attributes), std::move(inputs), std::move(outputs));
    return graph.node(id).outputs[0];
  }
};

Attributes perm(Ints order) { return {{"perm", std::move(order)}}; }

// One bidirectional layer and the glue behind it: [time,batch,inputs] to [time,batch,2*hidden].
ValueId lstm_layer(Builder& b, const std::string& name, ValueId x, ValueId lengths, std::int64_t inputs,
                   std::int64_t hidden) {
  const ValueId W = b.weight(name + ".W", {2, 4 * hidden, inputs}, hidden);
  const ValueId R = b.weight(name + ".R", {2, 4 * hidden, hidden}, hidden);
  const ValueId B = b.weight(name + ".B", {2, 8 * hidden}, hidden);
  const Attributes attributes{{"direction", std::string("bidirectional")}, {"hidden_size", hidden}};
  const ValueId y = b.add(ops::lstm(), attributes, {x, W, R, B, lengths}, {name});
  const ValueId moved = b.add(ops::transpose(), perm({0, 2, 1, 3}), {y}, {name + ".batch_before_direction"});
  const ValueId shape = b.integers(name + ".joined_shape", {0, 0, -1});
  return b.add(ops::reshape(), {}, {moved, shape}, {name + ".joined"});
}

// A batch-first stack of two layers on sequences of unequal length, with the glue that PyTorch's exporter writes.
Graph tagger(DType dtype) {
  constexpr std::int64_t kFeatures = 8, kHidden = 16, kTags = 5;
  Builder b("tagger", dtype, 1);
  const ValueId X = b.input("X", {Dim("batch"), Dim("time"), Dim(kFeatures)});
  const ValueId lengths = b.graph.add_input("lengths", {DType::int64, Shape{Dim("batch")}});
  const ValueId lens = b.add(ops::cast(), {{"to", static_cast<std::int64_t>(DType::int32)}}, {lengths}, {"lens"});
  const ValueId x = b.add(ops::transpose(), perm({1, 0, 2}), {X}, {"time_first"});
  const ValueId first = lstm_layer(b, "lstm_0", x, lens, kFeatures, kHidden);
  const ValueId second = lstm_layer(b, "lstm_1", first, lens, 2 * kHidden, kHidden);
  const ValueId states = b.add(ops::transpose(), perm({1, 0, 2}), {second}, {"batch_first"});
  const ValueId product =
      b.add(ops::mat_mul(), {}, {states, b.weight("head.W", {2 * kHidden, kTags}, 2 * kHidden)}, {"head"});
  const ValueId scores = b.add(ops::add(), {}, {product, b.weight("head.B", {kTags}, 2 * kHidden)}, {"scores"});
  b.graph.outputs = {b.add(ops::softmax(), {{"axis", std::int64_t{-1}}}, {scores}, {"probabilities"})};
  return std::move(b.graph);
}

// A time-first layer whose state comes in and goes out, so that a series can be fed piece by piece.
Graph forecaster(DType dtype) {
  constexpr std::int64_t kSeries = 3, kHidden = 24;
  Builder b("forecaster", dtype, 2);
  const ValueId x = b.input("series", {Dim("time"), Dim("batch"), Dim(kSeries)});
  const ValueId h = b.input("state", {Dim(1), Dim("batch"), Dim(kHidden)});
  const ValueId W = b.weight("gru.W", {1, 3 * kHidden, kSeries}, kHidden);
  const ValueId R = b.weight("gru.R", {1, 3 * kHidden, kHidden}, kHidden);
  const ValueId B = b.weight("gru.B", {1, 6 * kHidden}, kHidden);
  const Attributes attributes{{"hidden_size", kHidden}, {"linear_before_reset", std::int64_t{1}}};
  const ValueId y = b.add(ops::gru(), attributes, {x, W, R, B, kNone, h}, {"gru", "next_state"});
  const ValueId states = b.add(ops::squeeze(), {}, {y, b.integers("direction_axis", {1})}, {"states"});
  const ValueId product =
      b.add(ops::mat_mul(), {}, {states, b.weight("head.W", {kHidden, kSeries}, kHidden)}, {"head"});
  b.graph.outputs = {b.add(ops::add(), {}, {product, b.weight("head.B", {kSeries}, kHidden)}, {"forecast"}),
                     b.graph.find_value("next_state")};
  return std::move(b.graph);
}

// The outputs by the scalar references alone: with every input known, folding constants is evaluation.
std::vector<Tensor> evaluated(const Graph& wide, const std::vector<Tensor>& inputs) {
  std::vector<Tensor> doubles;
  for (const Tensor& t : inputs) doubles.push_back(t.dtype() == DType::float32 ? widened(t) : Tensor(t.view()));
  std::vector<TensorView> views;
  for (const Tensor& t : doubles) views.push_back(t.view());
  const Graph known = specialize(wide, views);
  std::vector<Tensor> outputs;
  for (const ValueId id : known.outputs) outputs.push_back(rounded(known.value(id).constant->view()));
  return outputs;
}

class Example {
 public:
  Example(const std::filesystem::path& folder, Graph (*build)(DType))
      : graph_(build(DType::float32)), wide_(build(DType::float64)), folder_(folder / graph_.name) {
    std::filesystem::create_directories(folder_);
    ExportOptions options;
    options.producer_name = "rondo-make-examples";
    options.doc_string = "Weights drawn from a seed, trained on nothing.";
    export_file(graph_, folder_ / "model.onnx", Overwrite::yes, options);
  }

  // Writes the next data set and returns its outputs.
  std::vector<Tensor> add_data_set(const std::vector<Tensor>& inputs) {
    const auto set = folder_ / ("test_data_set_" + std::to_string(data_sets_++));
    std::filesystem::create_directories(set);
    std::vector<Tensor> outputs = evaluated(wide_, inputs);
    write(set, "input_", graph_.inputs, inputs);
    write(set, "output_", graph_.outputs, outputs);
    return outputs;
  }

 private:
  void write(const std::filesystem::path& set, const std::string& kind, const std::vector<ValueId>& ids,
             const std::vector<Tensor>& tensors) const {
    for (std::size_t i = 0; i < tensors.size(); ++i)
      write_tensor_file(set / (kind + std::to_string(i) + ".pb"), tensors[i].view(), graph_.value(ids[i]).name,
                        Overwrite::yes);
  }

  Graph graph_, wide_;
  std::filesystem::path folder_;
  int data_sets_ = 0;
};

std::string in_hundredths(int v) {
  const std::string digits = std::to_string(std::abs(v) + 100).substr(1);
  return (v < 0 ? "-" : "") + std::to_string(std::abs(v) / 100) + "." + digits.substr(digits.size() - 2);
}

void write_tagger(const std::filesystem::path& folder) {
  Example example(folder, tagger);
  Random random(11);
  const Ints lengths{7, 4, 1};
  std::vector<Tensor> inputs;
  inputs.push_back(random.tensor({3, 7, 8}, 1));
  inputs.push_back(Tensor::of<std::int64_t>(DType::int64, {3}, lengths));
  example.add_data_set(inputs);
}

// Sentences to learn from, a JSON object a line. The tag of a word is the place of the largest of the first five
// numbers of the word behind it, and of its own for the last word: nobody can tell it from what came before.
void write_tagger_data(const std::filesystem::path& folder) {
  constexpr std::int64_t kSentences = 240, kFeatures = 8, kTags = 5;
  Random random(13);
  std::string text;
  for (std::int64_t i = 0; i < kSentences; ++i) {
    const std::int64_t words = 3 + i % 6;
    std::vector<int> hundredths(static_cast<std::size_t>(words * kFeatures));
    for (int& v : hundredths) v = static_cast<int>(std::lround(random.next(100)));
    std::string vectors, tags;
    for (std::int64_t w = 0; w < words; ++w) {
      const auto begin = hundredths.begin() + w * kFeatures;
      vectors += w == 0 ? "[" : ",[";
      for (std::int64_t k = 0; k < kFeatures; ++k) vectors += (k == 0 ? "" : ",") + in_hundredths(begin[k]);
      vectors += "]";
      const auto next = hundredths.begin() + std::min(w + 1, words - 1) * kFeatures;
      tags += (w == 0 ? "" : ",") + std::to_string(std::max_element(next, next + kTags) - next);
    }
    text += "{\"X\":[" + vectors + "],\"target\":[" + tags + "]}\n";
  }
  save_file((folder / "tagger" / "data.jsonl").string(), std::as_bytes(std::span(text)), Overwrite::yes);
}

// The second data set goes on where the first one ended.
void write_forecaster(const std::filesystem::path& folder) {
  Example example(folder, forecaster);
  Random random(12);
  std::vector<Tensor> inputs;
  inputs.push_back(random.tensor({9, 2, 3}, 1));
  inputs.push_back(zeros({1, 2, 24}));
  std::vector<Tensor> outputs = example.add_data_set(inputs);
  inputs[0] = random.tensor({5, 2, 3}, 1);
  inputs[1] = std::move(outputs[1]);
  example.add_data_set(inputs);
}

}  // namespace
}  // namespace rondo

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fputs("usage: rondo-make-examples FOLDER\n", stderr);
    return 2;
  }
  rondo::write_tagger(argv[1]);
  rondo::write_tagger_data(argv[1]);
  rondo::write_forecaster(argv[1]);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "rondo-make-examples: %s\n", e.what());
  return 7;
}
