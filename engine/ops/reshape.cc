// Reshape: the same elements under another shape. A 0 keeps the input's dim at that place (unless allowzero), one -1
// takes what is left. What is left is found by cancelling equal dims first, so [T,1,N,H] reshaped to [0,0,-1] is
// [T,1,N*H] also while T is a symbol, and when it is 0.
#include <fmt/format.h>

#include <algorithm>

#include "ops/axes.h"
#include "ops/dims.h"
#include "ops/elements.h"
#include "ops/op_list.h"
#include "ops/term.h"

namespace rondo::ops {
namespace {

// Input dims and output dims with everything that stands on both sides removed.
struct Remainder {
  Shape in, out;
};
Remainder cancelled(const Shape& in, const Shape& out) {
  Remainder r{in, {}};
  for (const Dim& d : out) {
    const bool comparable = d.known() || !d.symbol.empty();
    const auto same = comparable ? std::ranges::find(r.in, d) : r.in.end();
    if (same == r.in.end())
      r.out.push_back(d);
    else
      r.in.erase(same);
  }
  return r;
}

// The dim that -1 stands for; out holds the other dims.
Dim what_is_left(const InferContext& ctx, const Shape& in, const Shape& out, std::span<const std::int64_t> wanted) {
  const Remainder r = cancelled(in, out);
  const Dim total = product(ctx, r.in), rest = product(ctx, r.out);
  if (rest == Dim(1)) return total;
  if (!total.known() || !rest.known()) return {};
  if (rest.value == 0 || total.value % rest.value != 0)
    throw ctx
        .error(rest.value == 0 ? "-1 beside a dim of size 0 is undetermined" : "-1 has no whole number to stand for")
        .got(fmt::format("data {}, shape {}", to_string(in), list_text(wanted)));
  return total.value / rest.value;
}

void check_count(const InferContext& ctx, const Shape& in, const Shape& out) {
  const auto is_empty = [](const Shape& s) { return std::ranges::find(s, Dim(0)) != s.end(); };
  if (is_empty(in) && is_empty(out)) return;
  const Remainder r = cancelled(in, out);
  if (!may_equal(product(ctx, r.in), product(ctx, r.out)))
    throw ctx.error("the shape has another number of elements than data")
        .got(to_string(out))
        .expected("as many as " + to_string(in) + " has");
}

void check_wanted(const InferContext& ctx, std::span<const std::int64_t> wanted, bool zero_is_size) {
  check_rank(ctx, wanted.size(), "shape");
  const auto low = std::ranges::find_if(wanted, [](std::int64_t d) { return d < -1; });
  if (low != wanted.end())
    throw ctx.error("shape holds a negative size").got(list_text(wanted)).expected("sizes, 0, or one -1");
  const auto open = std::ranges::count(wanted, -1);
  if (open > 1) throw ctx.error("shape holds more than one -1").got(list_text(wanted)).expected("at most one");
  if (open == 1 && zero_is_size && std::ranges::find(wanted, 0) != wanted.end())
    throw ctx.error("shape holds both 0 and -1 while allowzero is 1").got(list_text(wanted));
}

// in: null while the input is unranked.
Shape reshaped(const InferContext& ctx, const Shape* in, std::span<const std::int64_t> wanted) {
  const bool zero_is_size = ctx.integer("allowzero") != 0;
  check_wanted(ctx, wanted, zero_is_size);
  Shape out, others;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool copies = wanted[i] == 0 && !zero_is_size;
    if (copies && in != nullptr && i >= in->size())
      throw ctx.error(fmt::format("shape copies dim {}, which data does not have", i))
          .got(fmt::format("data {}, shape {}", to_string(*in), list_text(wanted)));
    out.push_back(wanted[i] == -1 || (copies && in == nullptr) ? Dim() : copies ? (*in)[i] : Dim(wanted[i]));
    if (wanted[i] != -1) others.push_back(out.back());
  }
  if (in == nullptr) return out;
  const auto open = std::ranges::find(wanted, -1);
  if (open == wanted.end())
    check_count(ctx, *in, out);
  else
    out[static_cast<std::size_t>(open - wanted.begin())] = what_is_left(ctx, *in, others, wanted);
  return out;
}

void infer(InferContext& ctx) {
  const auto length = list_length(ctx, 1);
  const auto wanted = ctx.integers_of(1);
  std::optional<Shape> out;
  if (wanted) {
    out = reshaped(ctx, ctx.ranked(0) ? &ctx.shape(0) : nullptr, *wanted);
  } else if (length) {
    out = unknown_shape(ctx, *length);
  }
  ctx.set(0, ctx.dtype(0), std::move(out));
}

void gradient(GradientContext& ctx) { ctx.set(0, reshaped_like(grad(ctx), input(ctx, 0)).id()); }

}  // namespace

const OpDef& reshape() {
  static const OpDef def{.name = "Reshape",
                         .attributes = {attr("allowzero", 0)},
                         .inputs = {{"data", "T"}, {"shape", "shape"}},
                         .outputs = {{"reshaped", "T"}},
                         .types = {{"T", kAny}, {"shape", {DType::int64}}},
                         .infer = infer,
                         .eval = eval_view,
                         .is_view = true,
                         .moves = true,
                         .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
