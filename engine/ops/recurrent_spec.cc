// From a node and its shapes to sizes and strides, and the check of a run's lengths.
#include <fmt/format.h>

#include <algorithm>

#include "ops/recurrent.h"

namespace rondo::ops {
namespace {

bool has_input(const Node& node, std::size_t i) { return i < node.inputs.size() && node.inputs[i] != kNone; }

// strides[a]: distance of neighbours along canonical axis a, when axis i of the stored tensor is axis perm[i].
template <std::size_t Rank>
std::array<std::int64_t, Rank> strides_of(const std::array<std::int64_t, Rank>& sizes,
                                          const std::array<std::int64_t, Rank>& perm) {
  std::array<std::int64_t, Rank> strides{};
  std::int64_t stride = 1;
  for (std::size_t i = Rank; i-- > 0;) {
    const auto axis = static_cast<std::size_t>(perm[i]);
    strides[axis] = stride;
    stride *= sizes[axis];
  }
  return strides;
}

}  // namespace

RecurrentSpec recurrent_spec(const Node& node, std::span<const std::int64_t> x_shape,
                             std::span<const std::int64_t> r_shape) {
  RecurrentSpec spec;
  static_cast<RecurrentForm&>(spec) = recurrent_form(node);
  std::array<std::int64_t, 3> x{};
  for (std::size_t i = 0; i < x.size(); ++i) x[static_cast<std::size_t>(spec.x_perm[i])] = x_shape[i];
  spec.T = x[0];
  spec.N = x[1];
  spec.I = x[2];
  spec.H = r_shape[spec.gates_last ? 1 : 2];

  const auto x_strides = strides_of<3>(x, spec.x_perm);
  spec.x_stride_t = x_strides[0];
  spec.x_stride_n = x_strides[1];
  const auto y_strides = strides_of<4>({spec.T, spec.D, spec.N, spec.H}, spec.y_perm);
  spec.y_stride_t = y_strides[0];
  spec.y_stride_d = y_strides[1];
  spec.y_stride_n = y_strides[2];
  spec.state_stride_d = spec.batch_first_states ? spec.H : spec.N * spec.H;
  spec.state_stride_n = spec.batch_first_states ? spec.D * spec.H : spec.H;

  spec.has_B = has_input(node, recurrent_input::B);
  spec.has_sequence_lens = has_input(node, recurrent_input::sequence_lens);
  spec.has_initial_h = has_input(node, recurrent_input::initial_h);
  spec.has_initial_c = has_input(node, recurrent_input::initial_c);
  spec.has_P = has_input(node, recurrent_input::P);
  return spec;
}

void check_sequence_lens(const Node& node, std::span<const std::int32_t> lens, std::int64_t T) {
  const auto bad = std::ranges::find_if(lens, [T](std::int32_t length) { return length < 0 || length > T; });
  if (bad == lens.end()) return;
  const std::string bound = *bad < 0 ? "< 0" : fmt::format("> T={}", T);
  throw Error(ErrorCode::data, fmt::format("sequence_lens[{}]={} {}", bad - lens.begin(), *bad, bound))
      .at_node(node.name, node.op->name, -1, "")
      .fix("give every row of the batch a length from 0 to the number of steps in X");
}

}  // namespace rondo::ops
