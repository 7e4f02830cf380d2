#include "tools/rondo/finetune_run.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace rondo::tool {

RunRecord::RunRecord(const std::string& path, bool resume, std::int64_t every, std::string model, std::string config)
    : resume_(resume), every_(every), model_(std::move(model)), config_(std::move(config)) {
  if (path.empty()) {
    if (resume) throw Error(ErrorCode::usage, "there is nothing to resume").fix("say where the run is: --run-dir DIR");
    return;
  }
  directory_ = std::make_unique<train::RunDirectory>(path);
  if (!resume && !directory_->checkpoints().empty()) {
    Error e(ErrorCode::state, "the run directory holds a run");
    throw e.fix("go on with it: --resume; or give another directory").at_file(path);
  }
}

std::int64_t RunRecord::resume(train::Trainer& trainer, train::Fit& fit) {
  std::int64_t step = 0;
  if (directory_ && resume_) {
    const auto warn = [](const std::string& line) { spdlog::warn("{}", line); };
    if (const auto checkpoint = directory_->load_latest(model_, config_, warn)) {
      train::restore(trainer, fit, *checkpoint);
      step = checkpoint->step;
      saved_epoch_ = checkpoint->epoch;
    }
  }
  if (directory_) metrics_ = std::make_unique<train::MetricsLog>(directory_->open_metrics(step > 0 ? step : -1));
  return step;
}

void RunRecord::step(const train::StepEvent& e) {
  if (!metrics_) return;
  metrics_->append({{"step", e.step},
                    {"epoch", e.epoch},
                    {"loss", e.loss},
                    {"lr", e.lr},
                    {"gradient_norm", e.gradient_norm},
                    {"samples", e.samples},
                    {"time_steps", e.time_steps}});
}

void RunRecord::epoch(const train::EpochEvent& e, std::int64_t step) {
  if (!metrics_) return;
  nlohmann::ordered_json line{{"step", step}, {"epoch", e.epoch}, {"training_loss", e.training_loss}};
  if (e.validation_loss) line.update({{"validation_loss", *e.validation_loss}, {"best", e.best}});
  for (const auto& [name, value] : e.metrics) line[name] = value;
  metrics_->append(line);
}

void RunRecord::save(train::Trainer& trainer, const train::Fit& fit, bool last) {
  if (!directory_ || fit.state().step == saved_step_) return;
  const std::int64_t epoch = fit.state().cursor.epoch;
  const bool due = every_ > 0 ? fit.state().step % every_ == 0 : epoch != saved_epoch_;
  if (!due && !last) return;
  metrics_->sync();
  directory_->save(train::snapshot(trainer, fit, model_, config_));
  saved_step_ = fit.state().step;
  saved_epoch_ = epoch;
}

}  // namespace rondo::tool
