// GroupNormalization: the channels are parted into num_groups groups; each group of each member of the batch is brought
// to mean 0 and variance 1, then scaled and shifted by the numbers of its channel.
#include "ops/normalization.h"
#include "ops/op_list.h"
#include "ops/term.h"
#include "ops/tolerance.h"

namespace rondo::ops {
namespace {

void infer(InferContext& ctx) {
  checked_stash_type(ctx, kFloats);
  const Dim channels = checked_channels(ctx, 1, 3);
  const std::int64_t groups = ctx.integer("num_groups");
  if (groups < 1 || (channels.known() && channels.value % groups != 0))
    throw ctx.attribute_error("num_groups", "num_groups does not divide the channels of X")
        .got(std::to_string(groups))
        .expected("a divisor of " + (channels.known() ? std::to_string(channels.value) : "them"));
  ctx.set(0, ctx.type(0));
}

void eval(const EvalContext& ctx) { normalize_channels(ctx, ctx.integer("num_groups")); }

void gradient(GradientContext& ctx) { channels_gradient(ctx, ctx.integer("num_groups")); }

}  // namespace

const OpDef& group_normalization() {
  static const OpDef def{
      .name = "GroupNormalization",
      .attributes = {attr("epsilon", 1e-5f), required_attr("num_groups", AttrKind::integer), attr("stash_type", 1)},
      .inputs = {{"X", "T"}, {"scale", "T"}, {"bias", "T"}},
      .outputs = {{"Y", "T"}},
      .types = {{"T", kFloats}},
      .infer = infer,
      .eval = eval,
      .tolerance = kAccumulated,
      .gradient = gradient};
  return def;
}

}  // namespace rondo::ops
