#include "runtime/late_nodes.h"

#include "runtime/control.h"

namespace rondo {

TensorView view_of(const Source& source, std::span<const TensorView> inputs, std::span<const TensorView> head,
                   std::span<const TensorView> late) {
  switch (source.from) {
    case Source::From::input:
      return inputs[source.index];
    case Source::From::head:
      return head[source.index];
    case Source::From::late:
      return late[source.index];
    case Source::From::constant:
      return source.constant->view();
    case Source::From::absent:
    case Source::From::rest:
      break;
  }
  return {};
}

LateNodes::LateNodes(const std::vector<LateNode>& nodes, const Environment& environment, RunMeter& meter)
    : nodes_(nodes), memory_(environment.memory) {
  std::size_t slots = 0;
  for (const LateNode& late : nodes) {
    slots += late.node.outputs.size();
    states_.push_back(late.control ? late.control->make_state(meter) : nullptr);
  }
  made_.resize(slots);
  results_.resize(slots);
}

void LateNodes::run(std::span<const TensorView> inputs, std::span<const TensorView> head, std::string_view graph_name) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const LateNode& late = nodes_[i];
    inputs_.clear();
    for (const Source& source : late.inputs) inputs_.push_back(view_of(source, inputs, head, results_));
    try {
      run_node(late, i, graph_name);
    } catch (Error& e) {
      if (e.where().node_index < 0)
        e.at_node(late.node.name, late.node.op->name, late.node_index, std::string(graph_name));
      throw;
    }
  }
}

void LateNodes::run_node(const LateNode& late, std::size_t i, std::string_view graph_name) {
  if (!late.control) return evaluate(late, graph_name);
  const auto& control = static_cast<const ControlStep&>(*late.control);
  const auto made = control.evaluate(inputs_, *states_[i]);
  for (std::size_t k = 0; k < late.node.outputs.size(); ++k) results_[late.first_slot + k] = made[k];
}

void LateNodes::evaluate(const LateNode& late, std::string_view graph_name) {
  std::vector<TensorType> types(inputs_.size());
  std::vector<InferContext::Input> known(inputs_.size());
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (!inputs_[i].present()) continue;
    types[i] = concrete_type(inputs_[i].dtype, inputs_[i].shape);
    known[i] = {&types[i], inputs_[i]};
  }
  InferContext ctx(late.node, late.node_index, graph_name, known, ErrorCode::data);
  late.node.op->infer(ctx);
  std::vector<MutableTensorView> outputs(late.node.outputs.size());
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    if (late.node.outputs[k] == kNone) continue;
    const auto dims = concrete_dims(ctx.outputs()[k]);
    if (!dims) throw Error(ErrorCode::unsupported, "the shape of its output cannot be told even from its inputs");
    GrowingTensor& made = made_[late.first_slot + k];
    made.reshape(ctx.outputs()[k].dtype, *dims, memory_);
    outputs[k] = made.view();
    results_[late.first_slot + k] = outputs[k];
  }
  if (late.node.op->scratch_bytes != nullptr) scratch_.resize(late.node.op->scratch_bytes(late.node, inputs_));
  late.node.op->eval({late.node, inputs_, outputs, scratch_.data()});
}

}  // namespace rondo
