#include "train/training_graph.h"

#include <algorithm>

#include "autodiff/differentiate.h"
#include "base/memory_budget.h"
#include "ir/real_tensor.h"
#include "ops/internal_op_list.h"
#include "ops/op_list.h"
#include "passes/layers.h"
#include "passes/padding.h"
#include "runtime/prepare.h"
#include "train/free_parameters.h"

namespace rondo::train {
namespace {

int index_of(const std::vector<ValueId>& list, ValueId value) {
  if (value == kNone) return -1;
  return static_cast<int>(std::ranges::find(list, value) - list.begin());
}

ValueId scalar(Graph& g, const std::string& name, DType dtype, double value) {
  return g.add_constant(g.fresh_name(name), make_real(dtype, {}, [value](std::int64_t) { return value; }));
}

// What the gradient of a loss starts from.
ValueId seed(Graph& g, const LossNodes& loss, double weight, bool only) {
  const DType dtype = g.value(loss.sum).type.dtype;
  const ValueId factor = scalar(g, "loss.weight", dtype, only ? 1 : weight);
  if (only) return factor;
  const NodeId made =
      g.add_node(ops::div(), g.fresh_name("loss.seed"), {}, {factor, loss.count}, {g.fresh_name("loss.seed")});
  return g.node(made).outputs[0];
}

// Returns the input for the seed. Layers inside If, Loop and Scan get none.
ValueId drop_between_layers(Graph& g, double ratio) {
  const ValueId seed = g.add_input(g.fresh_name("dropout.seed"), {DType::int64, Shape{}});
  std::int64_t places = 0;
  for (const RecurrentLayer& layer : recurrent_layers(g)) {
    if (layer.graph != &g || layer.position == 0) continue;
    const ValueId x = layer.input(ops::recurrent_input::X);
    const NodeId made =
        g.add_node(ops::seeded_dropout(), g.fresh_name("dropout"),
                   {{"ratio", static_cast<float>(ratio)}, {"stream", places++}}, {x, seed}, {g.fresh_name("dropout")});
    g.node(layer.node).inputs[ops::recurrent_input::X] = g.node(made).outputs[0];
  }
  if (places == 0)
    throw Error(ErrorCode::usage, "there is nothing between two recurrent layers to drop")
        .fix("leave --dropout out: no recurrent layer of this model stands directly on another one");
  g.sort();
  return seed;
}

}  // namespace

TrainingGraph training_graph(const Graph& model, const TrainingGraphOptions& options) {
  TrainingGraph made;
  Graph& g = made.graph;
  g = model;
  made.first_parameter = g.inputs.size();
  const std::vector<ValueId> parameters = free_parameters(g, options.trained);
  simplify(g, default_memory_budget());
  if (options.lengths) made.lengths = index_of(g.inputs, add_lengths(g));
  made.states = find_states(g);
  if (options.hold_states && made.states.empty()) made.states = hold_layer_states(g);

  std::vector<LossNodes> losses;
  for (const LossRequest& request : options.losses)
    losses.push_back(attach_loss(g, g.outputs[request.output], request.options));
  for (const LossNodes& l : losses)
    made.losses.push_back({index_of(g.inputs, l.target), index_of(g.inputs, l.weight), index_of(g.inputs, l.lengths),
                           index_of(g.inputs, l.target_lengths), l.note});

  const std::vector<ValueId> of_model = g.outputs;
  g.outputs.clear();
  for (const LossNodes& l : losses) g.outputs.insert(g.outputs.end(), {l.sum, l.count});
  for (HeldState& state : made.states) {
    g.outputs.push_back(of_model[state.output]);
    state.output = g.outputs.size() - 1;
  }
  made.first_prediction = g.outputs.size();
  if (options.predictions)
    for (const LossRequest& request : options.losses) g.outputs.push_back(of_model[request.output]);
  made.first_gradient = g.outputs.size();
  if (!options.gradients) return made;
  if (options.dropout > 0) made.dropout_seed = index_of(g.inputs, drop_between_layers(g, options.dropout));

  std::vector<Seed> seeds;
  for (std::size_t i = 0; i < losses.size(); ++i)
    seeds.push_back({losses[i].sum, seed(g, losses[i], options.losses[i].weight, losses.size() == 1)});
  for (ValueId gradient : differentiate(g, seeds, parameters)) {
    const bool has = gradient != kNone;
    made.gradient_of.push_back(has ? static_cast<int>(g.outputs.size() - made.first_gradient) : -1);
    if (has) g.outputs.push_back(gradient);
  }
  return made;
}

}  // namespace rondo::train
