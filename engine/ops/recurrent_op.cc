// What the declarations of RNN, LSTM and GRU share.
#include "ops/recurrent_eval.h"
#include "ops/recurrent_gradient.h"

namespace rondo::ops {

OpDef recurrent_op(Cell cell, std::vector<AttrDef> own_attributes, void (*eval)(const EvalContext&)) {
  std::vector<AttrDef> attributes{attr("direction", std::string("forward")),
                                  optional_attr("hidden_size", AttrKind::integer),
                                  optional_attr("activations", AttrKind::texts),
                                  optional_attr("activation_alpha", AttrKind::reals),
                                  optional_attr("activation_beta", AttrKind::reals),
                                  optional_attr("clip", AttrKind::real),
                                  attr("layout", std::int64_t{0}),
                                  internal_attr("x_perm", AttrKind::integers),
                                  internal_attr("y_perm", AttrKind::integers)};
  attributes.insert(attributes.end(), own_attributes.begin(), own_attributes.end());

  std::vector<PortDef> inputs{{"X", "T"},
                              {"W", "T"},
                              {"R", "T"},
                              {"B", "T", Presence::optional},
                              {"sequence_lens", "T1", Presence::optional},
                              {"initial_h", "T", Presence::optional}};
  std::vector<PortDef> outputs{{"Y", "T", Presence::optional}, {"Y_h", "T", Presence::optional}};
  if (cell == Cell::lstm) {
    inputs.push_back({"initial_c", "T", Presence::optional});
    inputs.push_back({"P", "T", Presence::optional});
    outputs.push_back({"Y_c", "T", Presence::optional});
  }
  outputs.push_back({"workspace", "T", Presence::optional});
  return {.name = std::string(def_of(cell).name),
          .attributes = std::move(attributes),
          .inputs = std::move(inputs),
          .outputs = std::move(outputs),
          .types = {{"T", kFloats}, {"T1", {DType::int32}}},
          .infer = infer_recurrent,
          .eval = eval,
          .tolerance = {.absolute = 2e-6},
          .scratch_bytes = recurrent_scratch_bytes,
          .gradient = emit_recurrent_gradient};
}

}  // namespace rondo::ops
