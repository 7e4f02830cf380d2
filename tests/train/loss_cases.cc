#include "loss_cases.h"

#include <cmath>

#include "support/graphs.h"

namespace rondo::test {
namespace {

using train::Loss;
using train::LossOptions;
using train::Weighting;

constexpr std::int64_t kRows = 2, kSteps = 3, kClasses = 4;
const std::vector<double> kClassWeights{0.5, 1, 2, 0.25};

// The four ways in which steps may count.
LossOptions with(LossOptions options, Weighting weighting, bool lengths) {
  options.time_axis = 1;
  options.weighting = weighting;
  options.lengths = lengths;
  return options;
}
LossOptions plain(LossOptions o) { return with(std::move(o), Weighting::none, false); }
LossOptions ended(LossOptions o) { return with(std::move(o), Weighting::none, true); }
LossOptions by_sample(LossOptions o) { return with(std::move(o), Weighting::sample, false); }
LossOptions by_step(LossOptions o) { return with(std::move(o), Weighting::step, true); }

// What the targets and weights are for an element in the order [N,T,...].
double real_target(Loss loss, std::int64_t i) {
  return loss == Loss::bce_with_logits ? (i * i % 3 == 1 ? 1 : 0) : std::cos(0.9 * static_cast<double>(i));
}

template <class T>
Tensor places(DType dtype, const LossCase& c, std::int64_t last, T (*value)(const LossCase&, std::int64_t)) {
  std::vector<std::int64_t> shape{kRows, kSteps};
  if (c.time_first) std::swap(shape[0], shape[1]);
  if (last > 0) shape.push_back(last);
  const std::int64_t width = last > 0 ? last : 1;
  Tensor out(dtype, shape);
  for (std::int64_t n = 0; n < kRows; ++n)
    for (std::int64_t t = 0; t < kSteps; ++t)
      for (std::int64_t k = 0; k < width; ++k) {
        const std::int64_t at = (c.time_first ? t * kRows + n : n * kSteps + t) * width + k;
        out.values<T>()[static_cast<std::size_t>(at)] = value(c, (n * kSteps + t) * width + k);
      }
  return out;
}

Tensor target_of(const LossCase& c) {
  if (c.options.loss == Loss::cross_entropy || c.options.loss == Loss::nll)
    return places<std::int64_t>(DType::int64, c, 0, [](const LossCase&, std::int64_t i) {
      constexpr std::int64_t kTargets[] = {1, 3, -100, 2, 0, 3};
      return kTargets[i];
    });
  return places<double>(DType::float64, c, kClasses,
                        [](const LossCase& k, std::int64_t i) { return real_target(k.options.loss, i); });
}

Tensor weights_of(const LossCase& c) {
  if (c.options.weighting == Weighting::sample)
    return Tensor::of<double>(DType::float64, {2}, std::vector<double>{0.5, 2});
  return places<double>(DType::float64, c, 0, [](const LossCase&, std::int64_t i) {
    constexpr double kWeights[] = {1, 0, 0.5, 2, 0.25, 3};
    return kWeights[i];
  });
}

}  // namespace

std::vector<LossCase> loss_cases() {
  const LossOptions mse{.loss = Loss::mse}, l1{.loss = Loss::l1}, huber{.loss = Loss::huber, .delta = 0.7},
      bce{.loss = Loss::bce_with_logits}, bce_pos{.loss = Loss::bce_with_logits, .pos_weight = {1, 2, 0.5, 3}},
      ce{.loss = Loss::cross_entropy}, ce_w{.loss = Loss::cross_entropy, .class_weights = kClassWeights},
      ce_sm{.loss = Loss::cross_entropy, .label_smoothing = 0.1},
      ce_w_sm{.loss = Loss::cross_entropy, .class_weights = kClassWeights, .label_smoothing = 0.1},
      nll_w{.loss = Loss::nll, .class_weights = kClassWeights};
  return {
      {"mse", plain(mse), 59.48276379517109, 24.0, 237.93105518068435, 17.81014954815808},
      {"mse/lengths", ended(mse), 37.78153050180543, 16.0, 151.1261220072217, -35.50849893762776},
      {"mse/sample", by_sample(mse), 83.82714750964097, 30.0, 600.3404199157253, 19.431886462227908},
      {"mse/step", by_step(mse), 33.71286797920868, 14.0, 245.1060498155517, -79.85177343516806},
      {"l1", plain(l1), 32.36234861666331, 24.0, 24.0, -32.0},
      {"l1/lengths", ended(l1), 21.916620121632427, 16.0, 16.0, 10.0},
      {"l1/sample", by_sample(l1), 42.228178598889016, 30.0, 51.0, -79.0},
      {"l1/step", by_step(l1), 18.953793215694052, 14.0, 21.0, 4.0},
      {"huber", plain(huber), 17.1833844922147, 24.0, 9.874871987854105, 0.757278731063316},
      {"huber/lengths", ended(huber), 11.496366913989117, 16.0, 7.082569820344776, 4.199717759172799},
      {"huber/sample", by_sample(huber), 22.91956492209136, 30.0, 20.001576500196528, -6.1590340343080925},
      {"huber/step", by_step(huber), 9.899512846591527, 14.0, 9.51140393935379, 0.288450562382387},
      {"bce", plain(bce), 18.594321513757915, 24.0, 6.658052839170816, -52.382083863860984},
      {"bce/lengths", ended(bce), 14.708075415762782, 16.0, 5.415186659313932, -16.876406560473598},
      {"bce/sample", by_sample(bce), 25.02868445508718, 30.0, 15.907720346652162, -77.37693390348286},
      {"bce/step", by_step(bce), 17.7461660632037, 14.0, 11.557156834358086, -3.589970100935844},
      {"bce+pos", plain(bce_pos), 22.82246352008808, 24.0, 13.986700697217845, -92.83319886796778},
      {"bce+pos/lengths", ended(bce_pos), 16.950712797546085, 16.0, 10.591392151312654, -36.86942666632687},
      {"bce+pos/sample", by_sample(bce_pos), 30.460710257223027, 30.0, 29.129528593687215, -133.21941849291954},
      {"bce+pos/step", by_step(bce_pos), 17.693668288138817, 14.0, 14.958040907032249, -12.013628219455732},
      {"ce", plain(ce), 8.576122115134645, 5.0, 3.752463239333176, -2.2819660604141667},
      {"ce/lengths", ended(ce), 7.250489789189852, 3.0, 2.9008936509779444, -3.484182879063651},
      {"ce/step", by_step(ce), 8.540022188731134, 3.0, 5.968628933668322, -2.0775037842853816},
      {"ce+w", plain(ce_w), 9.825765006194136, 4.0, 6.242202494849116, -1.9169451924846204},
      {"ce+w/lengths", ended(ce_w), 9.244534741015347, 3.25, 6.05086047839848, -2.673723183138504},
      {"ce+w/step", by_step(ce_w), 16.755187406087394, 5.0, 23.502388927159934, -4.033900785553829},
      {"ce+sm", plain(ce_sm), 8.808238724061153, 5.0, 3.167663015952469, -2.1319660604141655},
      {"ce+sm/lengths", ended(ce_sm), 7.173866854749513, 3.0, 2.48315374394832, -3.3341828790636514},
      {"ce+sm/step", by_step(ce_sm), 8.350915516712092, 3.0, 5.163813063508432, -2.027503784285379},
      {"ce+w+sm", plain(ce_w_sm), 10.126258665969594, 4.0, 5.370070236043613, -1.8141849913999817},
      {"ce+w+sm/lengths", ended(ce_w_sm), 9.070884277354294, 3.25, 5.202244417567154, -2.6017430097368663},
      {"ce+w+sm/step", by_step(ce_w_sm), 15.886532637956796, 5.0, 20.23762607477317, -3.7877766867751888},
      {"nll+w", plain(nll_w), 0.6003327736445998, 4.0, 5.375, -48.5},
      {"nll+w/lengths", ended(nll_w), 1.7953477979067682, 3.25, 5.0625, -34.0},
      {"nll+w/step", by_step(nll_w), 5.051061167228072, 5.0, 17.0, -62.0},
  };
}

Tensor loss_scores(DType dtype) {
  Tensor x(dtype, {kRows, kSteps, kClasses});
  for (std::int64_t i = 0; i < x.count(); ++i) {
    const double v = 2 * std::sin(1.7 * static_cast<double>(i) + 0.3);
    if (dtype == DType::float64)
      x.values<double>()[static_cast<std::size_t>(i)] = v;
    else
      x.values<float>()[static_cast<std::size_t>(i)] = static_cast<float>(v);
  }
  return x;
}

LossRun::LossRun(const LossCase& c) {
  const Shape shape = c.time_first ? Shape{kSteps, kRows, kClasses} : Shape{kRows, kSteps, kClasses};
  const ValueId x = graph.add_input("x", type_of(DType::float64, shape));
  nodes = train::attach_loss(graph, x, c.options);
  graph.outputs = {nodes.sum, nodes.count};
  for (std::size_t i = 1; i < graph.inputs.size(); ++i) {
    const ValueId in = graph.inputs[i];
    if (in == nodes.target) more.push_back(target_of(c));
    if (in == nodes.weight) more.push_back(weights_of(c));
    if (in == nodes.lengths) more.push_back(int64_tensor({3, 1}));
  }
}

std::pair<double, double> LossRun::value(const TensorView& scores) const {
  std::vector<Tensor> inputs;
  inputs.emplace_back(scores);
  for (const Tensor& t : more) inputs.emplace_back(t.view());
  const auto out = interpret(graph, inputs);
  return {out[0].values<double>()[0], out[1].values<double>()[0]};
}

}  // namespace rondo::test
