#include "tools/rondo/training_flags.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <cstdlib>

#include "tools/rondo/input_files.h"
#include "tools/rondo/model.h"

namespace rondo::tool {
namespace {

Assignment checked(const std::string& text, const std::vector<TensorInfo>& names, const char* flag) {
  const auto given = assignment(text, names);
  if (given) return *given;
  throw Error(ErrorCode::usage, std::string(flag) + " names nothing the model has")
      .got(text)
      .expected("NAME=... with one of " + signature(names));
}

// "cross-entropy", "cross-entropy*0.5"
void read_loss(const std::string& text, train::LossRequest& loss) {
  const std::size_t star = text.find('*');
  loss.options.loss = train::loss_named(text.substr(0, star));
  if (star == std::string::npos) return;
  const std::string number = text.substr(star + 1);
  char* end = nullptr;
  loss.weight = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != '\0' || !(loss.weight > 0))
    throw Error(ErrorCode::usage, "the weight of a loss is a number above 0").got(number);
}

}  // namespace

void add_data_flags(CLI::App& verb, DataFlags& flags) {
  CsvOptions& csv = flags.reading.csv;
  verb.add_option("--map", flags.map, "An input, or the target of an output, is this field of the data")
      ->type_name("NAME=FIELD");
  verb.add_option("--constant", flags.constants, "An input that is the same for all samples: a number or a file")
      ->type_name("INPUT=VALUE");
  verb.add_option("--weights", flags.weights, "Field of weights, one for each sample or each step")->type_name("FIELD");
  verb.add_option("--features", csv.features, "CSV: columns that feed the model; default: all that are no targets")
      ->delimiter(',')
      ->type_name("COLUMN,...");
  verb.add_option("--target", csv.targets, "CSV: columns that are to be predicted")
      ->delimiter(',')
      ->type_name("COLUMN,...");
  verb.add_option("--sequence", csv.sequence, "CSV: the column that says which sequence a row belongs to")
      ->type_name("COLUMN");
  verb.add_option("--window", csv.window, "CSV: steps of a sample; default: whole sequences")->type_name("N");
  verb.add_option("--horizon", csv.horizon, "CSV: how many rows behind a window are its target; default 1")
      ->type_name("N");
  verb.add_option("--stride", csv.stride, "CSV: rows from one window to the next; default 1")->type_name("N");
  verb.add_flag("--target-per-step", csv.target_per_step, "CSV: every step has a target, not every sample");
  verb.add_option("--delimiter", flags.delimiter, "CSV: between columns; default a comma")->type_name("CHAR");
  verb.add_option("--non-finite", flags.non_finite, "NaN and Inf in the data; default refuse")
      ->check(CLI::IsMember({"refuse", "skip", "allow"}).description(""))
      ->type_name("refuse|skip|allow");
}

void add_loss_flags(CLI::App& verb, LossFlags& flags) {
  verb.add_option("--loss", flags.losses,
                  "mse, l1, huber, cross-entropy, bce-with-logits, nll, ctc; or OUTPUT=LOSS*WEIGHT, ...")
      ->required()
      ->type_name("LOSS");
  verb.add_option("--delta", flags.delta, "Of huber; default 1");
  verb.add_option("--label-smoothing", flags.label_smoothing, "Of cross-entropy; default 0");
  verb.add_option("--ignore-index", flags.ignore_index, "The class that counts for nothing; default -100");
  verb.add_option("--class-weights", flags.class_weights, "Of cross-entropy and nll, one for each class")
      ->delimiter(',');
  verb.add_option("--pos-weight", flags.pos_weight, "Of bce-with-logits")->delimiter(',');
  verb.add_option("--blank", flags.blank, "The blank of ctc; default 0");
  verb.add_flag("--zero-infinity", flags.zero_infinity, "ctc: targets that do not fit their rows count as 0");
}

std::vector<train::LossRequest> losses_of(const Session& model, const LossFlags& flags) {
  std::vector<train::LossRequest> losses;
  for (const std::string& text : flags.losses) {
    train::LossRequest loss;
    loss.options = {.delta = flags.delta,
                    .ignore_index = flags.ignore_index,
                    .class_weights = flags.class_weights,
                    .label_smoothing = flags.label_smoothing,
                    .pos_weight = flags.pos_weight,
                    .blank = flags.blank,
                    .zero_infinity = flags.zero_infinity};
    if (text.find('=') == std::string::npos) {
      read_loss(text, loss);
    } else {
      const Assignment a = checked(text, model.outputs(), "--loss");
      loss.output = a.index;
      read_loss(a.text, loss);
    }
    losses.push_back(std::move(loss));
  }
  return losses;
}

Dataset load_data(const std::string& path, const DataFlags& flags) {
  DataOptions options = flags.reading;
  if (flags.delimiter.size() != 1) throw Error(ErrorCode::usage, "--delimiter is one character").got(flags.delimiter);
  options.csv.delimiter = flags.delimiter[0];
  options.non_finite = flags.non_finite == "skip"    ? NonFinite::skip
                       : flags.non_finite == "allow" ? NonFinite::allow
                                                     : NonFinite::refuse;
  return load_dataset(path, options);
}

train::FeedOptions feed_options(const Session& model, const DataFlags& flags) {
  train::FeedOptions options;
  options.weights = flags.weights;
  for (const std::string& text : flags.map) {
    if (const auto input = assignment(text, model.inputs()))
      options.inputs.emplace(model.inputs()[input->index].name, input->text);
    else {
      const Assignment output = checked(text, model.outputs(), "--map");
      options.targets.emplace(model.outputs()[output.index].name, output.text);
    }
  }
  const std::vector<GivenInput> constants = given_inputs(model.inputs(), flags.constants);
  for (std::size_t i = 0; i < constants.size(); ++i)
    if (constants[i].tensor) options.constants.emplace(model.inputs()[i].name, Tensor(constants[i].tensor->view()));
  return options;
}

}  // namespace rondo::tool
