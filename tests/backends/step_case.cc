#include "step_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>

#include "base/aligned.h"
#include "ops/op_list.h"

namespace rondo::test {
namespace {

// The node with concrete shapes, and everything a Lowering and a run refer to.
struct Built {
  Graph graph;
  NodeId id{};
  std::vector<Tensor> outputs;
  std::vector<TensorView> lowered, given, results;
  std::vector<MutableTensorView> writable;

  Built(const StepCase& c, const std::vector<Tensor>& inputs);
  const Node& node() const { return graph.node(id); }
};

void fill_with_nan(Tensor& t) { std::memset(t.data(), 0xFF, t.bytes()); }

Built::Built(const StepCase& c, const std::vector<Tensor>& inputs) {
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& t = inputs[i];
    if (t.dtype() == DType::undefined) {
      ids.push_back(kNone);
      lowered.emplace_back();
      given.emplace_back();
      continue;
    }
    ids.push_back(graph.add_input("in" + std::to_string(i), concrete_type(t.dtype(), t.shape())));
    given.push_back(t.view());
    lowered.push_back(t.view());
    if (i >= c.constant.size() || !c.constant[i]) lowered.back().data = nullptr;
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < c.wanted.size(); ++i) names.push_back(c.wanted[i] ? "out" + std::to_string(i) : "");
  id = graph.add_node(*find_op(c.domain, c.op), "n", c.attributes, ids, names);
  for (const ValueId out : node().outputs) {
    if (out == kNone) {
      outputs.emplace_back();
      continue;
    }
    const TensorType& type = graph.value(out).type;
    outputs.emplace_back(type.dtype, *concrete_dims(type));
    fill_with_nan(outputs.back());
  }
  for (Tensor& t : outputs) {
    writable.push_back(t.dtype() == DType::undefined ? MutableTensorView{} : t.view());
    results.push_back({writable.back().dtype, writable.back().shape, nullptr});
  }
}

const Candidate& candidate(const StepCase& c) {
  const auto all = c.candidates();
  const auto found = std::find_if(all.begin(), all.end(), [&c](const Candidate& one) { return one.op == c.op; });
  if (found == all.end()) throw std::logic_error("no candidate for " + c.op);
  return *found;
}

constexpr std::size_t kGuardBytes = 256;  // behind the scratch memory, not to be written

AlignedArray<std::byte> nan_scratch(std::size_t bytes) {
  auto scratch = make_aligned<std::byte>(bytes + kGuardBytes);
  std::memset(scratch.get(), 0xFF, bytes + kGuardBytes);
  return scratch;
}
bool guard_is_whole(const std::byte* scratch, std::size_t bytes) {
  return std::all_of(scratch + bytes, scratch + bytes + kGuardBytes, [](std::byte b) { return b == std::byte{0xFF}; });
}

Tensor widened(const Tensor& t) {
  if (t.dtype() != DType::float32) return t.dtype() == DType::undefined ? Tensor() : Tensor(t.view());
  Tensor wide(DType::float64, t.shape());
  std::copy_n(t.values<float>().data(), t.count(), wide.values<double>().data());
  return wide;
}

}  // namespace

std::string StepCase::refusal() const {
  Built built(*this, inputs);
  WeightCache weights;
  return candidate(*this).refuse({built.graph, built.node(), built.lowered, built.results, options, weights});
}

std::string StepCase::kernel() const {
  Built built(*this, inputs);
  WeightCache weights;
  return candidate(*this).make({built.graph, built.node(), built.lowered, built.results, options, weights})->kernel();
}

std::vector<Tensor> StepCase::run() const { return std::move(run_at_once(1).front()); }

std::vector<std::vector<Tensor>> StepCase::run_at_once(int callers) const {
  std::vector<std::unique_ptr<Built>> built;
  for (int i = 0; i < callers; ++i) built.push_back(std::make_unique<Built>(*this, inputs));
  std::vector<std::vector<Tensor>> results;
  WeightCache weights;
  Built& first = *built.front();
  const Lowering at{first.graph, first.node(), first.lowered, first.results, options, weights};
  const std::string refused = candidate(*this).refuse(at);
  EXPECT_EQ(refused, "");
  if (refused.empty()) {
    const std::unique_ptr<Step> step = candidate(*this).make(at);
    const auto run_one = [&step, this](Built& b) {
      const auto scratch = nan_scratch(step->scratch_bytes());
      ThreadPool pool(options.threads);
      step->run({b.given, b.writable, scratch.get(), pool});
      EXPECT_TRUE(guard_is_whole(scratch.get(), step->scratch_bytes())) << "written past the scratch memory";
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < built.size(); ++i) threads.emplace_back([&, i] { run_one(*built[i]); });
    run_one(first);
    for (std::thread& t : threads) t.join();
  }
  for (const auto& b : built) results.push_back(std::move(b->outputs));
  return results;
}

std::vector<Tensor> StepCase::run_with_threads(int threads) const {
  LoweringOptions with = options;
  with.threads = threads;
  std::vector<Tensor> copies;
  for (const Tensor& t : inputs) copies.push_back(t.dtype() == DType::undefined ? Tensor() : Tensor(t.view()));
  return StepCase{candidates, op, attributes, std::move(copies), constant, wanted, with, domain}.run();
}

std::vector<Tensor> StepCase::reference() const {
  std::vector<Tensor> wide;
  for (const Tensor& t : inputs) wide.push_back(widened(t));
  Built built(*this, wide);
  const OpDef& def = *built.node().op;
  const std::size_t bytes = def.scratch_bytes == nullptr ? 0 : def.scratch_bytes(built.node(), built.given);
  const auto scratch = nan_scratch(bytes);
  def.eval({built.node(), built.given, built.writable, scratch.get()});
  EXPECT_TRUE(guard_is_whole(scratch.get(), bytes)) << "written past the scratch memory";
  return std::move(built.outputs);
}

Tensor random_floats(Shape64 shape, std::uint64_t seed, float scale) {
  Tensor t(DType::float32, std::move(shape));
  std::uint64_t state = seed * 2 + 1;
  for (float& v : t.values<float>()) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    v = (static_cast<float>(state >> 40) * 0x1p-23f - 1) * scale;
  }
  return t;
}

void expect_matches_reference(const StepCase& c, double absolute, double relative) {
  const std::vector<Tensor> got = c.run();
  const std::vector<Tensor> expected = c.reference();
  for (std::size_t o = 0; o < expected.size(); ++o) {
    if (expected[o].dtype() == DType::undefined) continue;
    const auto e = expected[o].values<double>();
    const auto g = got[o].values<float>();
    for (std::size_t i = 0; i < e.size(); ++i) {
      const double off = std::abs(static_cast<double>(g[i]) - e[i]);
      ASSERT_FALSE(!(off <= absolute + relative * std::abs(e[i])))
          << c.op << " output " << o << " element " << i << ": got " << g[i] << ", expected " << e[i];
    }
  }
}

std::int64_t different_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  std::int64_t n = 0;
  for (std::size_t o = 0; o < a.size(); ++o) {
    if (a[o].dtype() == DType::undefined) continue;
    for (std::size_t i = 0; i < static_cast<std::size_t>(a[o].count()); ++i) {
      n += std::memcmp(&a[o].values<float>()[i], &b[o].values<float>()[i], sizeof(float)) != 0;
    }
  }
  return n;
}

}  // namespace rondo::test
