// The shape rule of RNN, LSTM and GRU. Each input's shape is a list of terms, a size times a factor; sizes become known
// from whichever input states them, and every input is then held against them. A dim that is not known fits.
#include <fmt/format.h>

#include <limits>

#include "ops/recurrent.h"

namespace rondo::ops {
namespace {

namespace in = recurrent_input;
namespace out = recurrent_output;

struct Sizes {
  Dim T, N, I, H, D;
};

struct Term {
  Dim Sizes::*size;
  std::int64_t factor = 1;
};
using Terms = std::vector<Term>;

constexpr std::array<std::string_view, in::count> kExpectedAxes{"[seq_length,batch_size,input_size]",
                                                                "[num_directions,gates*hidden_size,input_size]",
                                                                "[num_directions,gates*hidden_size,hidden_size]",
                                                                "[num_directions,2*gates*hidden_size]",
                                                                "[batch_size]",
                                                                "[num_directions,batch_size,hidden_size]",
                                                                "[num_directions,batch_size,hidden_size]",
                                                                "[num_directions,3*hidden_size]"};
// What gates_last changes.
constexpr std::string_view kGatesLastW = "[num_directions,input_size,gates*hidden_size]";
constexpr std::string_view kGatesLastR = "[num_directions,hidden_size,gates*hidden_size]";
constexpr std::array<std::size_t, in::count> kRanks{3, 3, 3, 2, 1, 3, 3, 2};

// What is known of a wrong shape when a hint is looked for.
struct Mismatch {
  std::size_t input;
  const Shape& got;
  Shape expected;
  const RecurrentForm& form;

  bool differs(std::size_t axis) const { return !may_equal(got[axis], expected[axis]); }
  bool swapped(std::size_t a, std::size_t b) const {
    return got[a].known() && got[b].known() && got[a] == expected[b] && got[b] == expected[a];
  }
  bool is_weight() const { return input == in::W || input == in::R; }
  bool is_state() const { return input == in::initial_h || input == in::initial_c; }
};

// R read as [D,H,G*H]: its own dims say so, whatever hidden_size was taken from.
bool is_transposed(const Mismatch& m) {
  if (m.form.gates_last) return m.is_weight() && m.swapped(1, 2);
  if (m.input == in::R && m.got[1].known() && m.got[2].known() && m.got[1] != m.got[2])
    return m.got[1].value == m.got[2].value / m.form.G() && m.got[2].value % m.form.G() == 0;
  return m.input == in::W && m.swapped(1, 2);
}

bool lacks_recurrent_bias(const Mismatch& m) {
  return m.input == in::B && m.got[1].known() && m.got[1].value * 2 == m.expected[1].value;
}

bool is_of_another_cell(const Mismatch& m) {
  if (m.form.gates_last || !m.is_weight() || m.differs(2) || !m.differs(1)) return false;
  for (Cell cell : {Cell::rnn, Cell::lstm, Cell::gru})
    if (m.got[1].value == m.expected[1].value / m.form.G() * static_cast<std::int64_t>(def_of(cell).gates)) return true;
  return false;
}

bool has_other_directions(const Mismatch& m) { return m.input != in::sequence_lens && m.differs(0); }

struct Hint {
  bool (*fits)(const Mismatch&);
  std::string_view suspicion;  // goes on after "has the wrong shape"
  std::string_view fix;
};
// The first that fits is printed.
constexpr std::array kHints{
    Hint{is_transposed, ", it looks transposed", "swap its last two dims"},
    Hint{lacks_recurrent_bias, "", "ONNX wants Wb and Rb concatenated along dim 1"},
    Hint{is_of_another_cell, ", it looks like the weights of another recurrent operator", "check the operator's type"},
    Hint{[](const Mismatch& m) { return m.is_state() && m.swapped(0, 1); }, ", it looks like the other layout",
         "transpose its first two dims or set the attribute layout"},
    Hint{[](const Mismatch& m) { return !m.is_state() && has_other_directions(m); }, "",
         "dim 0 is num_directions: 2 when direction is bidirectional, otherwise 1"},
    Hint{[](const Mismatch& m) { return m.input == in::W && m.differs(2); }, "",
         "the last dim of W is input_size, the last dim of X: check the order of X's dims"},
};

class ShapeRule {
 public:
  ShapeRule(const InferContext& ctx, const RecurrentForm& form) : ctx_(ctx), form_(form) { sizes_.D = Dim(form.D); }

  RecurrentShapes run() {
    check_ranks();
    find_hidden_size();
    const std::int64_t G = form_.G();
    const auto both = static_cast<std::int64_t>(kBiases);
    const Terms state = form_.batch_first_states ? Terms{{&Sizes::N}, {&Sizes::D}, {&Sizes::H}}
                                                 : Terms{{&Sizes::D}, {&Sizes::N}, {&Sizes::H}};
    match(in::X, {x_term(0), x_term(1), x_term(2)});
    if (sizes_.T.known() && sizes_.T.value > kMaxSteps)
      throw limit("X has too many time steps", sizes_.T.value, kMaxSteps);
    match(in::R, weight_terms({&Sizes::H, G}, {&Sizes::H}));
    match(in::W, weight_terms({&Sizes::H, G}, {&Sizes::I}));
    match(in::B, {{&Sizes::D}, {&Sizes::H, both * G}});
    match(in::P, {{&Sizes::D}, {&Sizes::H, static_cast<std::int64_t>(kPeepholes)}});
    match(in::sequence_lens, {{&Sizes::N}});
    match(in::initial_h, state);
    match(in::initial_c, state);
    check_lengths();
    return {shape_of({y_term(0), y_term(1), y_term(2), y_term(3)}), shape_of(state),
            shape_of({{&Sizes::D}, {&Sizes::T}, {&Sizes::N}, {&Sizes::H, form_.kept()}})};
  }

 private:
  Term x_term(std::size_t i) const {
    constexpr std::array kAxes{&Sizes::T, &Sizes::N, &Sizes::I};
    return {kAxes[static_cast<std::size_t>(form_.x_perm[i])]};
  }
  Term y_term(std::size_t i) const {
    constexpr std::array kAxes{&Sizes::T, &Sizes::D, &Sizes::N, &Sizes::H};
    return {kAxes[static_cast<std::size_t>(form_.y_perm[i])]};
  }

  Terms weight_terms(const Term& gates, const Term& other) const {
    return form_.gates_last ? Terms{{&Sizes::D}, other, gates} : Terms{{&Sizes::D}, gates, other};
  }
  // The axis of W and R along which the gates stand.
  std::size_t gates_axis() const { return form_.gates_last ? 2 : 1; }

  std::string_view expected_axes(std::size_t input) const {
    if (form_.gates_last && input == in::W) return kGatesLastW;
    return form_.gates_last && input == in::R ? kGatesLastR : kExpectedAxes[input];
  }

  void check_ranks() const {
    for (std::size_t i = 0; i < kRanks.size(); ++i) {
      if (!ctx_.ranked(i) || ctx_.shape(i).size() == kRanks[i]) continue;
      throw ctx_.error(ctx_.input_label(i) + " has the wrong rank")
          .got(to_string(ctx_.shape(i)))
          .expected(fmt::format("rank {}, {}", kRanks[i], expected_axes(i)));
    }
  }

  // H is the attribute, or what the first input that tells says; R's last dim is what ONNX means.
  void find_hidden_size() {
    if (form_.hidden_size) {
      sizes_.H = Dim(*form_.hidden_size);
      return check_against_r();
    }
    struct Source {
      std::size_t input, axis;
      std::int64_t factor;
    };
    const std::int64_t G = form_.G();
    const std::array<Source, 7> sources{{{in::R, 3 - gates_axis(), 1},
                                         {in::R, gates_axis(), G},
                                         {in::W, gates_axis(), G},
                                         {in::B, 1, static_cast<std::int64_t>(kBiases) * G},
                                         {in::P, 1, static_cast<std::int64_t>(kPeepholes)},
                                         {in::initial_h, 2, 1},
                                         {in::initial_c, 2, 1}}};
    for (const Source& s : sources) {
      if (!ctx_.ranked(s.input)) continue;
      const Dim& dim = ctx_.shape(s.input)[s.axis];
      if (!dim.known() || dim.value % s.factor != 0) continue;
      sizes_.H = Dim(dim.value / s.factor);
      return check_inferred(s.input);
    }
  }

  void check_inferred(std::size_t input) const {
    const std::int64_t h = sizes_.H.value;
    const std::string what =
        fmt::format("{} {} gives a hidden_size out of range", ctx_.input_label(input), to_string(ctx_.shape(input)));
    if (h < 1) throw ctx_.error(what).got(std::to_string(h)).expected("at least 1");
    if (h <= kMaxHiddenSize) return;
    throw limit(what, h, kMaxHiddenSize);
  }

  Error limit(const std::string& what, std::int64_t got, std::int64_t most) const {
    const Where where = ctx_.error("").where();
    return Error(ErrorCode::limit, what)
        .at_node(where.node, where.op, where.node_index, where.graph)
        .got(std::to_string(got))
        .expected(fmt::format("at most {}", most));
  }

  // An R that is right in itself but of another size is more likely right than the attribute.
  void check_against_r() const {
    if (!ctx_.ranked(in::R)) return;
    const Dim &rows = ctx_.shape(in::R)[gates_axis()], &h = ctx_.shape(in::R)[3 - gates_axis()];
    if (!rows.known() || !h.known() || h == sizes_.H || rows.value % form_.G() != 0 ||
        rows.value / form_.G() != h.value)
      return;
    throw ctx_.attribute_error("hidden_size", "hidden_size does not agree with R " + to_string(ctx_.shape(in::R)))
        .got(std::to_string(sizes_.H.value))
        .expected(std::to_string(h.value))
        .fix("leave the attribute out or give it R's last dim");
  }

  void match(std::size_t input, const Terms& terms) {
    if (!ctx_.ranked(input)) return;
    const Shape& got = ctx_.shape(input);
    for (std::size_t i = 0; i < terms.size(); ++i)
      if (!fits(got[i], terms[i])) throw wrong_shape(input, terms);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      Dim& size = sizes_.*terms[i].size;
      if (terms[i].factor == 1) size = more_specific(size, got[i]);
    }
  }

  bool fits(const Dim& got, const Term& term) const {
    if (!got.known()) return true;
    const Dim& size = sizes_.*term.size;
    return size.known() ? got.value == size.value * term.factor : got.value % term.factor == 0;
  }

  Dim dim_of(const Term& term) const {
    const Dim& size = sizes_.*term.size;
    if (term.factor == 1) return size;
    return size.known() ? Dim(size.value * term.factor) : Dim(fmt::format("{}*hidden_size", term.factor));
  }

  Shape shape_of(const Terms& terms) const {
    Shape shape;
    for (const Term& term : terms) shape.push_back(dim_of(term));
    return shape;
  }

  Error wrong_shape(std::size_t input, const Terms& terms) const {
    const Mismatch mismatch{input, ctx_.shape(input), shape_of(terms), form_};
    std::string what = ctx_.input_label(input) + " has the wrong shape";
    std::string_view fix;
    for (const Hint& hint : kHints) {
      if (!hint.fits(mismatch)) continue;
      what += hint.suspicion;
      fix = hint.fix;
      break;
    }
    Error e = ctx_.error(std::move(what)).got(to_string(mismatch.got)).expected(to_string(mismatch.expected));
    if (!fix.empty()) e.fix(std::string(fix));
    return e;
  }

  // Lengths that are known already, because a model states them or at run time.
  void check_lengths() const {
    const TensorView* v = ctx_.value(in::sequence_lens);
    if (v == nullptr) return;
    const std::span lens(v->as<std::int32_t>(), static_cast<std::size_t>(v->count()));
    const std::int64_t T = sizes_.T.known() ? sizes_.T.value : std::numeric_limits<std::int64_t>::max();
    check_sequence_lens(ctx_.node(), lens, T);
  }

  const InferContext& ctx_;
  const RecurrentForm& form_;
  Sizes sizes_;
};

}  // namespace

RecurrentShapes recurrent_shapes(const InferContext& ctx) {
  try {
    const RecurrentForm form = recurrent_form(ctx.node());
    return ShapeRule(ctx, form).run();
  } catch (Error& e) {
    const Where where = ctx.error("").where();
    throw e.at_node(where.node, where.op, where.node_index, where.graph);
  }
}

void infer_recurrent(InferContext& ctx) {
  const RecurrentShapes shapes = recurrent_shapes(ctx);
  const Cell cell = recurrent_form(ctx.node()).cell;
  const DType dtype = ctx.dtype(in::X);
  ctx.set(out::Y, dtype, shapes.Y);
  ctx.set(out::Y_h, dtype, shapes.state);
  if (cell == Cell::lstm) ctx.set(out::Y_c, dtype, shapes.state);
  ctx.set(workspace_output(cell), dtype, shapes.workspace);
}

}  // namespace rondo::ops
