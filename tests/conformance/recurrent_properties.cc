#include "conformance/recurrent_properties.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <exception>
#include <limits>

#include "conformance/case_rows.h"
#include "exporters/onnx/export.h"
#include "oracle/random.h"
#include "oracle/recurrent_model.h"
#include "oracle/recurrent_parts.h"
#include "oracle/tensor_values.h"

namespace rondo::conformance {
namespace {

using oracle::RecurrentCase, oracle::RecurrentModel, oracle::Values;

using Outputs = std::vector<Tensor>;

// Multiply-adds that two threads certainly share, and the batch this may make of small cases.
constexpr std::int64_t kWorkForTwo = 1'000'000, kMostRows = 61;
// Long runs: made of every so many seeds, with so many values of gates, cut into so short ones.
constexpr std::uint64_t kLongEvery = 8, kLongStream = 200;
constexpr std::int64_t kLongElements = 200'000, kMostSteps = 1500, kShortSteps = 16;

// Every input of the operator but absent ones and weights can differ between runs.
RecurrentCase flexible(RecurrentCase c) {
  c.form.symbolic_dims = true;
  c.form.lengths_are_constant = c.form.states_are_constant = false;
  return c;
}

// With every state given and wanted, so that a run can go on where another ended.
RecurrentCase carrying(RecurrentCase c) {
  c = flexible(std::move(c));
  const Values zeros(static_cast<std::size_t>(c.D() * c.N * c.H));
  if (!c.initial_h) c.initial_h = zeros;
  if (c.op == oracle::RecurrentOp::lstm && !c.initial_c) c.initial_c = zeros;
  c.wants_y = c.wants_y_h = true;
  c.wants_y_c = c.op == oracle::RecurrentOp::lstm;
  return c;
}

// The outputs that `c` wants, of a run that wants them all.
Outputs wanted(const RecurrentCase& c, const Outputs& all) {
  const bool wants[] = {c.wants_y, c.wants_y_h, c.wants_y_c};
  Outputs result;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (wants[k]) result.emplace_back(all[k].view());
  }
  return result;
}

Outputs rows_of(const RecurrentCase& c, const Outputs& outputs, const Indices& rows) {
  Outputs result;
  for (std::size_t k = 0; k < outputs.size(); ++k) result.push_back(take(outputs[k].view(), batch_axis(c, k), rows));
  return result;
}

// The rows 0 .. N-1 again and again.
Indices repeated(std::int64_t N, std::int64_t count) {
  Indices rows = range(0, count);
  for (std::int64_t& row : rows) row %= N;
  return rows;
}

std::vector<Tensor> full_of_nan(const std::vector<Tensor>& inputs) {
  std::vector<Tensor> result;
  for (const Tensor& input : inputs) {
    Tensor& t = result.emplace_back(input.view());
    if (is_floating(t.dtype()) && t.bytes() != 0) std::memset(t.data(), 0xFF, t.bytes());
  }
  return result;
}

bool same_but_nans(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || a.shape() != b.shape()) return false;
  return std::ranges::equal(oracle::to_values(a.view()), oracle::to_values(b.view()), [](double x, double y) {
    return std::isnan(x) ? std::isnan(y) : std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  });
}

bool same_but_nans(const Outputs& a, const Outputs& b) {
  return std::ranges::equal(a, b, [](const Tensor& x, const Tensor& y) { return same_but_nans(x, y); });
}

class Properties {
 public:
  Properties(const RecurrentCase& c, const Choice& choice)
      : c_(c),
        flexible_(flexible(c)),
        choice_(choice),
        engine_(oracle::to_model(flexible_).bytes, choice),
        outputs_(run(flexible_)) {}

  BitsReport compare() {
    rerun();
    threads();
    form();
    exported();
    padding();
    if (engine_.backend_of(oracle::name_of(c_.op)) == "onednn") return report_;  // its kernels vary with the batch
    rows();
    time();
    long_time();
    return report_;
  }

 private:
  Outputs run(const RecurrentCase& c) { return engine_.run(oracle::to_model(c).inputs); }

  void expect(const Outputs& actual, const Outputs& expected, const std::string& property) {
    ++report_.compared;
    if (identical(actual, expected)) return;
    if (same_but_nans(actual, expected))
      ++report_.other_nans;
    else
      report_.failures.push_back(oracle::describe(c_) + ": " + property + " changes bits");
  }

  void rerun() {
    const std::vector<Tensor> inputs = oracle::to_model(flexible_).inputs;
    expect(engine_.run(inputs), outputs_, "another run");
    engine_.run(full_of_nan(inputs));
    expect(engine_.run(inputs), outputs_, "a run full of NaN before");
  }

  Choice other_threads() const { return {choice_.isa, choice_.backend, choice_.threads == 1 ? 2 : 1}; }

  void threads() {
    const RecurrentModel model = oracle::to_model(flexible_);
    expect(Engine(model.bytes, other_threads()).run(model.inputs), outputs_, to_string(other_threads()));
  }

  void form() {
    const RecurrentModel model = oracle::to_model(c_);
    expect(Engine(model.bytes, choice_).run(model.inputs), outputs_, "the form of the model");
  }

  void exported() {
    const std::string bytes = export_model(engine_.session().graph());
    expect(Engine(bytes, choice_).run(oracle::to_model(flexible_).inputs), outputs_, "export and import");
  }

  void padding() {
    if (!c_.sequence_lens) return;
    for (double value : {std::numeric_limits<double>::quiet_NaN(), 0.0}) {
      RecurrentCase padded = flexible_;
      for (std::int64_t n = 0; n < c_.N; ++n) {
        for (std::int64_t k = c_.length(n) * c_.I; k < c_.T * c_.I; ++k)
          padded.X[c_.x_index(k / c_.I, n, k % c_.I)] = value;
      }
      expect(run(padded), outputs_, "padding");
    }
  }

  void some_rows(const Indices& rows, const std::string& property) {
    expect(run(with_rows(flexible_, rows)), rows_of(c_, outputs_, rows), property);
  }

  void rows() {
    if (c_.N < 2) return;
    for (std::int64_t n = 0; n < c_.N; ++n) some_rows({n}, "row " + std::to_string(n) + " alone");
    some_rows(range(0, c_.N / 2), "the first half of the batch alone");
    some_rows(range(c_.N / 2, c_.N), "the second half of the batch alone");
    Indices turned = range(c_.N / 3 + 1, c_.N);
    for (std::int64_t n = c_.N / 3; n >= 0; --n) turned.push_back(n);
    some_rows(turned, "the batch in another order");
    repeated_rows();
  }

  void repeated_rows() {
    const std::int64_t work_of_row = c_.T * c_.D() * c_.G() * c_.H * (c_.I + c_.H);
    if (work_of_row == 0) return;
    const std::int64_t count = std::clamp(kWorkForTwo / work_of_row, c_.N, kMostRows);
    const Indices rows = repeated(c_.N, count);
    const RecurrentModel model = oracle::to_model(with_rows(flexible_, rows));
    expect(Engine(model.bytes, other_threads()).run(model.inputs), rows_of(c_, outputs_, rows),
           "the batch repeated to " + std::to_string(count) + " rows");
  }

  void time() {
    if (c_.D() != 1 || c_.T < 2 || size_of(c_.dtype) < 4) return;
    const RecurrentCase whole = carrying(c_);
    Engine engine(oracle::to_model(whole).bytes, choice_);
    const Outputs expected = engine.run(oracle::to_model(whole).inputs);
    expect(wanted(c_, expected), outputs_, "zero states given, states wanted");

    const std::int64_t cut = 1 + static_cast<std::int64_t>(c_.seed % static_cast<std::uint64_t>(c_.T - 1));
    const bool backwards = c_.walks_backwards(0);
    RecurrentCase first = oracle::time_span(whole, backwards ? cut : 0, backwards ? c_.T : cut);
    RecurrentCase second = oracle::time_span(whole, backwards ? 0 : cut, backwards ? cut : c_.T);
    const Outputs before = engine.run(oracle::to_model(first).inputs);
    second.initial_h = oracle::to_values(before[1].view());
    if (before.size() > 2) second.initial_c = oracle::to_values(before[2].view());
    Outputs after = engine.run(oracle::to_model(second).inputs);

    const std::string at = "a cut of time at " + std::to_string(cut);
    const auto y_of = [&](std::int64_t begin, std::int64_t end) {
      Outputs y;
      y.push_back(take(expected[0].view(), time_axis(c_), range(begin, end)));
      return y;
    };
    Outputs early, late;
    early.emplace_back((backwards ? after : before)[0].view());
    late.emplace_back((backwards ? before : after)[0].view());
    expect(early, y_of(0, cut), at + " (steps before it)");
    expect(late, y_of(cut, c_.T), at + " (steps after it)");
    after[0] = Tensor(expected[0].view());
    expect(after, expected, at + " (last states)");
  }

  // Backends work on many steps at a time; short spans chained by their states cannot tell where.
  void long_time() {
    if (c_.seed % kLongEvery != 0 || c_.D() != 1 || c_.T == 0 || c_.N == 0 || size_of(c_.dtype) < 4) return;
    const bool many_rows = c_.seed / kLongEvery % 2 == 1;
    RecurrentCase whole = carrying(many_rows ? with_rows(c_, repeated(c_.N, kMostRows)) : c_);
    whole.sequence_lens.reset();
    whole.T = std::clamp(kLongElements / (whole.N * c_.G() * c_.H), kShortSteps, kMostSteps);
    whole.X.resize(static_cast<std::size_t>(whole.T * whole.N * c_.I));
    oracle::Random random(c_.seed, kLongStream);
    for (double& x : whole.X) x = oracle::round_to(c_.dtype, random.uniform(-1, 1));

    const RecurrentModel model = oracle::to_model(whole);
    Engine engine(model.bytes, choice_);
    const Outputs expected = engine.run(model.inputs);
    if (engine.backend_of(oracle::name_of(c_.op)) == "onednn") return;  // which refused the lengths before
    const auto input = [&](const std::string& name) {
      return static_cast<std::size_t>(std::ranges::find(model.input_names, name) - model.input_names.begin());
    };
    std::vector<Tensor> inputs;
    for (const Tensor& t : model.inputs) inputs.emplace_back(t.view());
    for (std::int64_t done = 0; done < whole.T; done += kShortSteps) {
      const std::int64_t steps = std::min(kShortSteps, whole.T - done);
      const std::int64_t begin = c_.walks_backwards(0) ? whole.T - done - steps : done;
      const Indices span = range(begin, begin + steps);
      inputs[0] = take(model.inputs[0].view(), time_axis(c_), span);
      Outputs part = engine.run(inputs);
      Outputs y;
      y.push_back(take(expected[0].view(), time_axis(c_), span));
      inputs[input("initial_h")] = Tensor(part[1].view());
      if (part.size() > 2) inputs[input("initial_c")] = Tensor(part[2].view());
      part.resize(1);
      expect(part, y, std::to_string(whole.T) + " steps in one run, at " + std::to_string(begin) + ",");
    }
  }

  const RecurrentCase& c_;
  RecurrentCase flexible_;
  Choice choice_;
  Engine engine_;
  Outputs outputs_;
  BitsReport report_;
};

}  // namespace

BitsReport compare_bits(const RecurrentCase& c, const Choice& choice) {
  try {
    return Properties(c, choice).compare();
  } catch (const std::exception& error) {
    return {{oracle::describe(c) + ": " + error.what()}};
  }
}

}  // namespace rondo::conformance
