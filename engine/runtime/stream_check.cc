#include "runtime/stream_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "base/slice.h"
#include "runtime/execution.h"

namespace rondo {
namespace {

constexpr std::int64_t kSteps = 6, kRows = 2;

Error refusal(const Session::State& session, const std::string& why) {
  return Error(ErrorCode::unsupported, "the model cannot be fed piece by piece: " + why)
      .fix("run whole sequences, or export the model with its states as inputs and outputs")
      .at_file(session.info.file);
}

// Floats in (-1, 1), other elements 0 or 1: small enough to be an index.
Tensor made_up(DType dtype, std::vector<std::int64_t> shape, std::mt19937& draw) {
  Tensor t(dtype, std::move(shape));
  std::memset(t.data(), 0, t.bytes());
  const std::size_t size = size_of(dtype);
  for (std::int64_t i = 0; i < t.count(); ++i) {
    const std::uint32_t bits = draw();
    const double v = static_cast<double>(bits) / 2147483648.0 - 1;
    if (dtype == DType::float32)
      t.values<float>()[static_cast<std::size_t>(i)] = static_cast<float>(v);
    else if (dtype == DType::float64)
      t.values<double>()[static_cast<std::size_t>(i)] = v;
    else if (!is_floating(dtype))
      static_cast<std::byte*>(t.data())[static_cast<std::size_t>(i) * size] = static_cast<std::byte>(bits >> 31);
  }
  return t;
}

Tensor piece(const Tensor& whole, int axis, std::int64_t step) {
  return axis < 0 ? Tensor(whole.view()) : slice_of(whole.view(), static_cast<std::size_t>(axis), step, 1);
}

bool close(const TensorView& a, const TensorView& b) {
  if (a.dtype != b.dtype || !std::ranges::equal(a.shape, b.shape)) return false;
  const auto near = [&]<class T>(const T* x, const T* y, double slack) {
    for (std::int64_t i = 0; i < a.count(); ++i) {
      const auto p = static_cast<double>(x[i]), q = static_cast<double>(y[i]);
      if (!(std::abs(p - q) <= slack * std::max(1.0, std::abs(q))) && !(std::isnan(p) && std::isnan(q))) return false;
    }
    return true;
  };
  if (a.dtype == DType::float32) return near(a.as<float>(), b.as<float>(), 1e-4);
  if (a.dtype == DType::float64) return near(a.as<double>(), b.as<double>(), 1e-9);
  return a.bytes() == 0 || is_floating(a.dtype) || std::memcmp(a.data, b.data, a.bytes()) == 0;
}

std::vector<Tensor> made_up_inputs(const Session::State& session, const Axes& axes) {
  std::mt19937 draw(1);
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < session.inputs.size(); ++i) {
    std::vector<std::int64_t> shape;
    if (!session.inputs[i].shape) throw refusal(session, fmt::format("input '{}' has no rank", session.inputs[i].name));
    for (std::size_t d = 0; d < session.inputs[i].shape->size(); ++d) {
      const DimInfo& dim = (*session.inputs[i].shape)[d];
      shape.push_back(static_cast<int>(d) == axes.inputs[i] ? kSteps : dim.known() ? dim.value : kRows);
    }
    inputs.push_back(made_up(session.inputs[i].dtype, std::move(shape), draw));
  }
  return inputs;
}

}  // namespace

void check_that_pieces_give_the_whole(Session::State& session, Program& stepped, const std::vector<HeldState>& held,
                                      const Axes& axes) {
  if (std::ranges::all_of(axes.inputs, [](int axis) { return axis < 0; }))
    throw refusal(session, "no axis of its inputs is known to count the time steps of its recurrent layers");
  const std::vector<Tensor> inputs = made_up_inputs(session, axes);
  RunMeter meter({session.options.max_loop_iterations, session.options.max_seconds});
  meter.start();
  Execution whole(session.program, meter), by_step(std::shared_ptr<Program>(std::shared_ptr<void>(), &stepped), meter);
  std::vector<TensorView> views;
  for (const Tensor& t : inputs) views.push_back(t.view());
  const auto expected = whole.run(views);
  const Graph& g = stepped.graph();
  std::vector<Tensor> states;
  for (const HeldState& s : held) {
    std::vector<std::int64_t> shape;
    for (const Dim& d : *g.value(g.inputs[s.input]).type.shape) shape.push_back(d.known() ? d.value : kRows);
    states.emplace_back(s.initial ? Tensor(s.initial->view()) : Tensor(g.value(g.inputs[s.input]).type.dtype, shape));
    if (!s.initial) std::memset(states.back().data(), 0, states.back().bytes());
  }
  for (std::int64_t step = 0; step < kSteps; ++step) {
    std::vector<Tensor> pieces;
    for (std::size_t i = 0; i < inputs.size(); ++i) pieces.push_back(piece(inputs[i], axes.inputs[i], step));
    views.clear();
    for (const auto* list : {&pieces, &states})
      for (const Tensor& t : *list) views.push_back(t.view());
    const auto got = by_step.run(views);
    for (std::size_t o = 0; o < expected.size(); ++o) {
      const int axis = axes.outputs[o];
      if (axis < 0 && step + 1 < kSteps) continue;  // what comes once is compared at the end
      if (!close(got[o], piece(Tensor(expected[o]), axis, step).view()))
        throw refusal(session, fmt::format("output '{}' depends on steps before or after its own by more than the "
                                           "states of the recurrent layers",
                                           session.outputs[o].name));
    }
    for (std::size_t k = 0; k < held.size(); ++k) states[k] = Tensor(got[held[k].output]);
  }
}

}  // namespace rondo
