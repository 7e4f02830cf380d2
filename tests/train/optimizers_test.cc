// Five steps of three numbers, against what PyTorch 1.13 computes in double; then what PyTorch has no number for.
#include "train/optimizers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "rondo/error.h"
#include "train/clipping.h"

namespace rondo::train {
namespace {

constexpr double kStart[] = {0.5, -1.25, 2.0};
constexpr double kGradients[][3] = {
    {0.1, -2.0, 0.0}, {0.3, 0.75, -1e-3}, {-0.2, 4.0, 1e-6}, {0.05, -0.5, 3.0}, {0.0, 0.25, -0.125}};

template <class T>
Tensor vector_of(std::initializer_list<double> values) {
  Tensor t(std::is_same_v<T, double> ? DType::float64 : DType::float32, {static_cast<std::int64_t>(values.size())});
  std::ranges::transform(values, t.values<T>().begin(), [](double v) { return static_cast<T>(v); });
  return t;
}

template <class T>
Tensor gradient(std::size_t step) {
  return vector_of<T>({kGradients[step][0], kGradients[step][1], kGradients[step][2]});
}

struct Case {
  const char* name;
  Method method;
  void (*change)(OptimizerOptions&);
  double expected[3];
};

const Case kCases[] = {
    {"sgd", Method::sgd, [](OptimizerOptions& o) { o.lr = 0.1; }, {0.475, -1.4999999999999998, 1.7125999000000003}},
    {"sgd, dampened momentum",
     Method::sgd,
     [](OptimizerOptions& o) { o.lr = 0.1, o.momentum = 0.9, o.dampening = 0.2, o.weight_decay = 0.05; },
     {0.3855404385408, -1.3852038097472, 1.44301473627904}},
    {"sgd, nesterov",
     Method::sgd,
     [](OptimizerOptions& o) { o.lr = 0.1, o.momentum = 0.8, o.nesterov = true, o.weight_decay = 0.05; },
     {0.3771603996368775, -1.784085805727479, 1.155991940172502}},
    {"adam", Method::adam, [](OptimizerOptions&) {}, {0.49729577851614015, -1.2496231415301604, 2.000269818269413}},
    {"adam, all options",
     Method::adam,
     [](OptimizerOptions& o) { o.lr = 0.05, o.weight_decay = 0.1, o.beta1 = 0.8, o.beta2 = 0.99, o.epsilon = 1e-3; },
     {0.3436170468147253, -1.2300608645729982, 1.7836224325692127}},
    {"adamw", Method::adamw, [](OptimizerOptions&) {}, {0.497270854571082, -1.2495606822814418, 2.00016979226419}},
    {"adamw, more decay",
     Method::adamw,
     [](OptimizerOptions& o) { o.lr = 0.05, o.weight_decay = 0.2; },
     {0.3440169323053703, -1.1718366176618307, 1.9140847366068314}},
    {"rmsprop",
     Method::rmsprop,
     [](OptimizerOptions&) {},
     {0.34538512151156364, -1.268162252724961, 2.0040735063280652}},
    {"rmsprop, all options",
     Method::rmsprop,
     [](OptimizerOptions& o) { o.lr = 0.02, o.alpha = 0.9, o.momentum = 0.7, o.weight_decay = 0.1, o.centered = true; },
     {0.18713528855185582, -1.2255277892547367, 1.4784168418009438}},
    {"rmsprop, momentum",
     Method::rmsprop,
     [](OptimizerOptions& o) { o.lr = 0.02, o.momentum = 0.7; },
     {-0.3458500324583692, -1.2347603252728332, 2.1744771931702362}},
    {"adagrad",
     Method::adagrad,
     [](OptimizerOptions&) {},
     {0.48453385951260064, -1.2517835023652188, 2.0004063049859093}},
    {"adagrad, all options",
     Method::adagrad,
     [](OptimizerOptions& o) { o.lr = 0.1, o.lr_decay = 0.3, o.weight_decay = 0.1, o.initial_accumulator = 0.5; },
     {0.4491550234383551, -1.2237816617366386, 1.885401247183953}}};

OptimizerOptions options_of(const Case& c) {
  OptimizerOptions o = default_options(c.method);
  c.change(o);
  return o;
}

template <class T>
Tensor run(const OptimizerOptions& options, std::size_t from, std::size_t to, Tensor parameter,
           Optimizer* other = nullptr) {
  Optimizer own(options, {{"p", parameter.view(), 1}});
  if (other != nullptr) {
    auto kept = own.state();
    const auto given = other->state();
    for (std::size_t i = 0; i < kept.size(); ++i)
      std::memcpy(kept[i].value.data, given[i].value.data, kept[i].value.bytes());
  }
  for (std::size_t s = from; s < to; ++s) {
    const Tensor g = gradient<T>(s);
    const TensorView view = g.view();
    own.step(options.lr, {&view, 1});
  }
  return parameter;
}

TEST(Optimizers, StepAsPyTorchDoes) {
  for (const Case& c : kCases) {
    const Tensor wide = run<double>(options_of(c), 0, 5, vector_of<double>({kStart[0], kStart[1], kStart[2]}));
    const Tensor narrow = run<float>(options_of(c), 0, 5, vector_of<float>({kStart[0], kStart[1], kStart[2]}));
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(wide.values<double>()[i], c.expected[i], 1e-15 * 8) << c.name << " element " << i;
      EXPECT_NEAR(static_cast<double>(narrow.values<float>()[i]), c.expected[i], 1.2e-6) << c.name << " element " << i;
    }
  }
}

TEST(Optimizers, GoOnFromTheirState) {
  for (const Case& c : kCases) {
    const OptimizerOptions o = options_of(c);
    Tensor parameter = vector_of<float>({kStart[0], kStart[1], kStart[2]});
    Optimizer first(o, {{"p", parameter.view(), 1}});
    for (std::size_t s = 0; s < 2; ++s) {
      const Tensor g = gradient<float>(s);
      const TensorView view = g.view();
      first.step(o.lr, {&view, 1});
    }
    const Tensor resumed = run<float>(o, 2, 5, Tensor(parameter.view()), &first);
    const Tensor whole = run<float>(o, 0, 5, vector_of<float>({kStart[0], kStart[1], kStart[2]}));
    EXPECT_TRUE(identical(resumed.view(), whole.view())) << c.name;
  }
}

TEST(Optimizers, StateIsNamedAndShapedLikeItsParameter) {
  Tensor a(DType::float32, {2, 3}), b(DType::float64, {0});
  Optimizer adam(default_options(Method::adamw), {{"fc.W", a.view(), 1}, {"empty", b.view(), 1}});
  const auto state = adam.state();
  std::vector<std::string> names;
  for (const StateBuffer& s : state) names.push_back(s.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"step", "exp_avg/fc.W", "exp_avg_sq/fc.W", "exp_avg/empty", "exp_avg_sq/empty"}));
  EXPECT_EQ(state[0].value.dtype, DType::int64);
  EXPECT_EQ(to_string(state[1].value.shape), "[2,3]");
  EXPECT_EQ(state[3].value.dtype, DType::float64);
  EXPECT_EQ(Optimizer(default_options(Method::sgd), {{"fc.W", a.view(), 1}}).state().size(), 1u);
}

TEST(Optimizers, AbsentGradientsLeaveParameterAndStepAlone) {
  Tensor a = vector_of<float>({1}), b = vector_of<float>({1});
  Optimizer adam(default_options(Method::adam), {{"a", a.view(), 1}, {"b", b.view(), 1}});
  const Tensor g = vector_of<float>({1});
  const TensorView gradients[] = {g.view(), {}};
  adam.step(0.1, gradients);
  EXPECT_NEAR(a.values<float>()[0], 0.9f, 1e-6);
  EXPECT_EQ(b.values<float>()[0], 1.f);
  const auto steps = adam.state()[0].value.as<std::int64_t>();
  EXPECT_EQ(steps[0], 1);
  EXPECT_EQ(steps[1], 0);
}

TEST(Optimizers, EachParameterHasItsFactorOfTheRate) {
  Tensor a = vector_of<double>({1}), b = vector_of<double>({1});
  Optimizer sgd(default_options(Method::sgd), {{"a", a.view(), 1}, {"b", b.view(), 0.25}});
  const Tensor g = vector_of<double>({1});
  const TensorView gradients[] = {g.view(), g.view()};
  sgd.step(0.5, gradients);
  EXPECT_EQ(a.values<double>()[0], 0.5);
  EXPECT_EQ(b.values<double>()[0], 0.875);
}

TEST(Optimizers, RateZeroChangesNoBit) {
  for (const Case& c : kCases) {
    OptimizerOptions o = options_of(c);
    o.lr = 0;
    const Tensor start = vector_of<float>({-0.0, -1.25, 1e-42});
    EXPECT_TRUE(identical(run<float>(o, 0, 5, Tensor(start.view())).view(), start.view())) << c.name;
  }
}

TEST(Optimizers, RefuseWhatPyTorchRefuses) {
  Tensor a = vector_of<float>({1});
  const auto refused = [&](Method method, void (*change)(OptimizerOptions&)) {
    OptimizerOptions o = default_options(method);
    change(o);
    try {
      Optimizer(o, {{"a", a.view(), 1}});
    } catch (const Error& e) {
      return e.code() == ErrorCode::usage;
    }
    return false;
  };
  EXPECT_TRUE(refused(Method::sgd, [](OptimizerOptions& o) { o.lr = -1; }));
  EXPECT_TRUE(refused(Method::sgd, [](OptimizerOptions& o) { o.lr = std::numeric_limits<double>::quiet_NaN(); }));
  EXPECT_TRUE(refused(Method::sgd, [](OptimizerOptions& o) { o.nesterov = true; }));
  EXPECT_TRUE(refused(Method::sgd, [](OptimizerOptions& o) { o.nesterov = true, o.momentum = 1, o.dampening = 1; }));
  EXPECT_TRUE(refused(Method::adam, [](OptimizerOptions& o) { o.beta1 = 1; }));
  EXPECT_TRUE(refused(Method::adam, [](OptimizerOptions& o) { o.beta2 = -0.1; }));
  EXPECT_TRUE(refused(Method::adamw, [](OptimizerOptions& o) { o.epsilon = -1; }));
  EXPECT_TRUE(refused(Method::adamw, [](OptimizerOptions& o) { o.weight_decay = -1; }));
  EXPECT_FALSE(refused(Method::adam, [](OptimizerOptions&) {}));
  Tensor whole(DType::int64, {1});
  EXPECT_THROW(Optimizer(default_options(Method::adam), {{"a", whole.view(), 1}}), Error);
  EXPECT_THROW(method_named("lion"), Error);
  EXPECT_EQ(method_named("rmsprop"), Method::rmsprop);
}

TEST(Optimizers, RefuseGradientsThatDoNotFit) {
  Tensor a = vector_of<float>({1, 2});
  Optimizer sgd(default_options(Method::sgd), {{"a", a.view(), 1}});
  const Tensor wrong_type = vector_of<double>({1, 2}), wrong_shape = vector_of<float>({1});
  for (const TensorView& g : {wrong_type.view(), wrong_shape.view()}) EXPECT_THROW(sgd.step(1, {&g, 1}), Error);
  EXPECT_THROW(sgd.step(1, {}), Error);
  EXPECT_THROW(sgd.set_momentum(0.9), Error) << "there is no buffer for it";
}

TEST(Clipping, ByNormScalesWhatIsTooLong) {
  // 3, 4, 12: the norm is 13. PyTorch: clip_grad_norm_ of max_norm 2 gives 2 / (13 + 1e-6) times each.
  Tensor a = vector_of<double>({3, -4}), b = vector_of<double>({12});
  const MutableTensorView all[] = {a.view(), {}, b.view()};
  EXPECT_DOUBLE_EQ(clip_by_norm(all, 2), 13);
  EXPECT_DOUBLE_EQ(a.values<double>()[1], -4 * (2 / 13.000001));
  EXPECT_DOUBLE_EQ(b.values<double>()[0], 12 * (2 / 13.000001));
  const double norm = clip_by_norm(all, 3);
  EXPECT_NEAR(norm, 2, 1e-6);
  EXPECT_DOUBLE_EQ(global_norm(all), norm) << "short enough: not touched";
}

TEST(Clipping, LongVectorsAddUpInAllLanes) {
  Tensor a(DType::float32, {1003});
  std::ranges::fill(a.values<float>(), 2.f);
  const MutableTensorView all[] = {a.view()};
  EXPECT_DOUBLE_EQ(global_norm(all), std::sqrt(4 * 1003.0));
}

TEST(Clipping, NormsThatAreNotFiniteAreReportedAndNothingIsScaled) {
  Tensor a = vector_of<float>({1, std::numeric_limits<double>::infinity()});
  const MutableTensorView all[] = {a.view()};
  EXPECT_FALSE(std::isfinite(clip_by_norm(all, 1)));
  EXPECT_EQ(a.values<float>()[0], 1.f);
}

TEST(Clipping, ByValue) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Tensor a = vector_of<float>({-3, 0.5, 3, nan});
  const MutableTensorView all[] = {a.view()};
  clip_by_value(all, 1);
  EXPECT_EQ(a.values<float>()[0], -1.f);
  EXPECT_EQ(a.values<float>()[1], 0.5f);
  EXPECT_EQ(a.values<float>()[2], 1.f);
  EXPECT_TRUE(std::isnan(a.values<float>()[3]));
}

}  // namespace
}  // namespace rondo::train
