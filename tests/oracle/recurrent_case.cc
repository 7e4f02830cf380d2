#include "oracle/recurrent_case.h"

#include <sstream>

namespace rondo::oracle {
namespace {

std::size_t row_major(std::initializer_list<std::int64_t> index, const std::vector<std::int64_t>& shape) {
  std::int64_t offset = 0;
  auto dim = shape.begin();
  for (std::int64_t i : index) offset = offset * *dim++ + i;
  return static_cast<std::size_t>(offset);
}

template <class List>
void print_list(std::ostream& out, const char* name, const List& list) {
  if (list.empty()) return;
  out << ' ' << name << '[';
  const char* separator = "";
  for (const auto& value : list) {
    out << separator << value;
    separator = ",";
  }
  out << ']';
}

std::string run_time_weights(const RecurrentCase& c) {
  std::string names;
  if (c.form.w_is_input) names += " W";
  if (c.form.r_is_input) names += " R";
  if (c.form.b_is_input && c.B) names += " B";
  if (c.form.p_is_input && c.P) names += " P";
  return names.empty() ? names : " run-time" + names;
}

}  // namespace

std::string name_of(RecurrentOp op) {
  constexpr const char* kNames[] = {"RNN", "LSTM", "GRU"};
  return kNames[static_cast<int>(op)];
}

std::string name_of(Direction direction) {
  constexpr const char* kNames[] = {"forward", "reverse", "bidirectional"};
  return kNames[static_cast<int>(direction)];
}

std::int64_t gates_of(RecurrentOp op) {
  constexpr std::int64_t kGates[] = {1, 4, 3};
  return kGates[static_cast<int>(op)];
}

std::int64_t functions_of(RecurrentOp op) {
  constexpr std::int64_t kFunctions[] = {1, 3, 2};
  return kFunctions[static_cast<int>(op)];
}

std::int64_t RecurrentCase::length(std::int64_t n) const {
  return sequence_lens ? (*sequence_lens)[static_cast<std::size_t>(n)] : T;
}

std::vector<std::int64_t> RecurrentCase::x_shape() const {
  if (layout == 1) return {N, T, I};
  return {T, N, I};
}

std::vector<std::int64_t> RecurrentCase::y_shape() const {
  if (layout == 1) return {N, T, D(), H};
  return {T, D(), N, H};
}

std::vector<std::int64_t> RecurrentCase::state_shape() const {
  if (layout == 1) return {N, D(), H};
  return {D(), N, H};
}

std::size_t RecurrentCase::x_index(std::int64_t t, std::int64_t n, std::int64_t i) const {
  return layout == 1 ? row_major({n, t, i}, x_shape()) : row_major({t, n, i}, x_shape());
}

std::size_t RecurrentCase::y_index(std::int64_t t, std::int64_t d, std::int64_t n, std::int64_t h) const {
  return layout == 1 ? row_major({n, t, d, h}, y_shape()) : row_major({t, d, n, h}, y_shape());
}

std::size_t RecurrentCase::state_index(std::int64_t d, std::int64_t n, std::int64_t h) const {
  return layout == 1 ? row_major({n, d, h}, state_shape()) : row_major({d, n, h}, state_shape());
}

std::string describe(const RecurrentCase& c) {
  std::ostringstream out;
  out << "seed " << c.seed << ": " << name_of(c.op) << '-' << c.opset << ' ' << rondo::name_of(c.dtype) << ' '
      << name_of(c.direction) << " T=" << c.T << " N=" << c.N << " I=" << c.I << " H=" << c.H << " layout=" << c.layout;
  print_list(out, "activations", c.activations);
  print_list(out, "alpha", c.activation_alpha);
  print_list(out, "beta", c.activation_beta);
  if (c.clip) out << " clip=" << *c.clip;
  if (c.input_forget) out << " input_forget";
  if (c.linear_before_reset) out << " linear_before_reset";
  if (c.sequence_lens) print_list(out, "lens", *c.sequence_lens);
  out << (c.B ? " B" : "") << (c.initial_h ? " h0" : "") << (c.initial_c ? " c0" : "") << (c.P ? " P" : "");
  out << run_time_weights(c) << " ->" << (c.wants_y ? " Y" : "") << (c.wants_y_h ? " Y_h" : "");
  out << (c.wants_y_c ? " Y_c" : "");
  return out.str();
}

}  // namespace rondo::oracle
