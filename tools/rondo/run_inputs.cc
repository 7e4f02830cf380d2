#include "tools/rondo/run_inputs.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <utility>

#include "base/slice.h"
#include "tools/rondo/generate.h"
#include "tools/rondo/model.h"
#include "tools/rondo/test_case.h"

namespace rondo::tool {
namespace {

void take_data_set(const Session& session, const std::string& folder, std::vector<GivenInput>& inputs) {
  std::vector<Tensor> tensors = read_tensors(folder, "input");
  if (tensors.size() != inputs.size()) {
    Error e(ErrorCode::data, "the data set has another number of inputs than the model");
    e.got(std::to_string(tensors.size())).expected(fmt::format("{}: {}", inputs.size(), signature(session.inputs())));
    throw e.at_file(folder);
  }
  for (std::size_t i = 0; i < tensors.size(); ++i)
    if (!inputs[i].tensor) inputs[i] = {std::move(tensors[i]), folder};
}

// A sound of one channel is a row of a batch, or of whatever stands before the samples.
void add_leading_axes(const TensorInfo& info, GivenInput& input) {
  if (input.rate == 0 || !info.shape) return;
  std::vector<std::int64_t> shape = input.tensor->shape();
  while (shape.size() < info.shape->size()) shape.insert(shape.begin(), 1);
  *input.tensor = reshaped(std::as_const(*input.tensor).view(), std::move(shape));
}

// Fills in what was not given. Gives what had to be assumed about shapes.
std::vector<std::string> complete(const Session& session, const InputFlags& flags, std::uint64_t seed,
                                  std::vector<GivenInput>& inputs) {
  std::vector<const std::vector<std::int64_t>*> given;
  for (const GivenInput& in : inputs) given.push_back(in.tensor ? &in.tensor->shape() : nullptr);
  const ShapeChoice choice = choose_shapes(session, flags.dims, given);
  const std::vector<std::int64_t> lengths = lengths_of_inputs(session, choice);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].tensor) continue;
    const bool is_lengths = lengths[i] >= 0;
    inputs[i].tensor = generate(session.inputs()[i], choice.shapes[i], seed, lengths[i]);
    inputs[i].source = is_lengths                               ? fmt::format("the number of steps, {}", lengths[i])
                       : is_floating(inputs[i].tensor->dtype()) ? fmt::format("seed {}", seed)
                                                                : "zeros";
  }
  return choice.assumed;
}

}  // namespace

void add_input_options(CLI::App& verb, InputFlags& flags) {
  verb.add_option("--input", flags.inputs,
                  "From a .npy, TensorProto or sound file, or a number; others come from the seed")
      ->type_name("NAME=FILE");
  verb.add_option("--data", flags.data, "Inputs from a test_data_set folder: input_0.pb, input_1.pb, ...")
      ->type_name("DIR");
  add_dim_options(verb, flags.dims);
}

void add_seed_option(CLI::App& verb, std::uint64_t& seed) {
  verb.add_option("--seed", seed, "Makes up the inputs that are not given; default 0")
      ->check([](const std::string& text) {
        const bool fits = text.size() < 20 && text.find_first_not_of("0123456789") == std::string::npos;
        return fits ? "" : "a seed is a whole number from 0 to 9999999999999999999";
      })
      ->type_name("N");
}

std::vector<TensorView> RunInputs::views() const {
  std::vector<TensorView> all;
  for (const GivenInput& in : inputs) all.push_back(std::as_const(*in.tensor).view());
  return all;
}

RunInputs inputs_of_run(const Session& session, const InputFlags& flags, std::uint64_t seed) {
  RunInputs run{given_inputs(session.inputs(), flags.inputs), {}};
  if (!flags.data.empty()) take_data_set(session, flags.data, run.inputs);
  for (std::size_t i = 0; i < run.inputs.size(); ++i) add_leading_axes(session.inputs()[i], run.inputs[i]);
  run.assumed = complete(session, flags, seed, run.inputs);
  return run;
}

}  // namespace rondo::tool
