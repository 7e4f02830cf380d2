#include "train/judge.h"

#include <algorithm>
#include <optional>

#include "train/baselines.h"
#include "train/batches.h"

namespace rondo::train {
namespace {

bool chooses_classes(Loss loss) { return loss == Loss::cross_entropy || loss == Loss::nll; }
bool is_real(Loss loss) { return loss == Loss::mse || loss == Loss::l1 || loss == Loss::huber; }

// What is added up for one loss.
struct Sums {
  std::optional<ClassCounts> classes;
  ErrorSums errors;

  void add(const LossOptions& o, const TensorView& output, const FedBatch& batch, const FedBatch::Target& target) {
    Places places{o.batch_axis, o.time_axis, o.class_axis, {}, o.ignore_index};
    if (o.lengths) places.lengths = batch.lengths.values<std::int64_t>();
    if (chooses_classes(o.loss)) {
      const std::int64_t rank = static_cast<std::int64_t>(output.shape.size());
      const std::int64_t axis = o.class_axis < 0 ? o.class_axis + rank : o.class_axis;
      if (!classes) classes.emplace(output.shape[static_cast<std::size_t>(axis)]);
      classes->add(output, target.target.view(), places);
    } else if (o.loss == Loss::bce_with_logits) {
      if (!classes) classes.emplace(2);
      classes->add_binary(output, target.target.view(), 0, places);
    } else if (is_real(o.loss)) {
      errors.add(output, target.target.view(), places);
    }
  }
};

Metrics metrics_of(const ClassCounts& counts) {
  return {{"accuracy", counts.accuracy()}, {"row_accuracy", counts.row_accuracy()}, {"macro_f1", counts.macro_f1()}};
}
Metrics metrics_of(const ErrorSums& errors) { return {{"mae", errors.mae()}, {"rmse", errors.rmse()}}; }

Metrics metrics_of(Loss loss, const Sums& sums, const LossValue& value) {
  if (loss == Loss::bce_with_logits && sums.classes) return {{"accuracy", sums.classes->accuracy()}};
  if (is_real(loss)) return metrics_of(sums.errors);
  if (!sums.classes) return {};
  Metrics metrics = metrics_of(*sums.classes);
  metrics.emplace_back("perplexity", perplexity(value.sum, value.count));
  return metrics;
}

}  // namespace

Score judge(Trainer& trainer, const Feeds& feeds, std::span<const std::int64_t> samples, std::int64_t batch_size) {
  const std::vector<std::int64_t> all = feeds.lengths();
  std::vector<std::int64_t> lengths;
  for (std::int64_t s : samples) lengths.push_back(all[static_cast<std::size_t>(s)]);
  Batches batches({samples.begin(), samples.end()}, lengths,
                  {.batch_size = batch_size,
                   .shuffle = false,
                   .by_length = true,
                   .equal_lengths = !feeds.needs_equal_lengths().empty(),
                   .drop_last = feeds.fixed_batch() > 0});
  std::vector<LossValue> values(feeds.num_losses());
  std::vector<Sums> sums(feeds.num_losses());
  for (std::int64_t b = 0; b < batches.batches_per_epoch(); ++b) {
    const StepReport report = trainer.evaluate(feeds, batches.at({0, b}),
                                               [&](std::size_t l, const TensorView& output, const FedBatch& batch) {
                                                 sums[l].add(feeds.loss(l), output, batch, batch.targets[l]);
                                               });
    for (std::size_t l = 0; l < values.size(); ++l) {
      values[l].sum += report.losses[l].sum;
      values[l].count += report.losses[l].count;
    }
  }
  Score score{trainer.weighted(values), {}};
  for (std::size_t l = 0; l < values.size(); ++l)
    for (auto& [name, value] : metrics_of(feeds.loss(l).loss, sums[l], values[l]))
      score.metrics.emplace_back(values.size() == 1 ? name : feeds.output(l) + "/" + name, value);
  return score;
}

std::vector<Baseline> baselines(const Feeds& training, std::span<const std::int64_t> training_samples,
                                const Feeds& validation, std::span<const std::int64_t> samples) {
  std::vector<Baseline> list;
  if (training.num_losses() != 1 || &training != &validation) return list;
  const LossOptions& o = training.loss(0);
  const Field& target = training.target(0);
  if (chooses_classes(o.loss) && training.num_classes(0) > 0)
    list.push_back({"majority class", metrics_of(majority_class(target, training_samples, samples,
                                                                training.num_classes(0), o.ignore_index))});
  if (!is_real(o.loss)) return list;
  list.push_back({"mean", metrics_of(mean_value(target, training_samples, samples))});
  if (const Field* features = training.stepped())
    if (const auto last = last_value(*features, target, samples)) list.push_back({"last value", metrics_of(*last)});
  return list;
}

}  // namespace rondo::train
