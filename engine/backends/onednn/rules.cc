#include "backends/onednn/rules.h"

#include <algorithm>
#include <bit>

#include "backends/onednn/adapter.h"
#include "base/checked.h"

namespace rondo::onednn {
namespace {

std::string below(std::string_view what, std::int64_t value, std::int64_t least) {
  return std::string(what) + " " + std::to_string(value) + " is below " + std::to_string(least);
}

std::string refuse_isa(Isa has, Isa least) {
  if (has >= least) return {};
  return "worth it from " + std::string(name_of(least)) + " on";
}

// Pieces of equal size rounded up to `unit`; count is what the rounding leaves of them.
Cut cut_evenly(std::int64_t extent, std::int64_t pieces, std::int64_t unit) {
  const std::int64_t size = std::min(extent, round_up(ceil_div(extent, pieces), unit));
  return {ceil_div(extent, size), size};
}

}  // namespace

std::string refuse_always(const Lowering& at) {
  if (!OneThread::possible()) return "its threads cannot be held to one";
  // oneDNN takes its instruction set from the processor, for the whole process.
  if (at.options.isa != detected_isa()) return "cannot be held to " + std::string(name_of(at.options.isa));
  for (const TensorView& input : at.inputs) {
    if (input.present() && input.count() == 0) return "an input is empty";
  }
  return {};
}

std::string refuse_product_size(const LoweringOptions& options, std::int64_t rows, std::int64_t multiply_adds) {
  if (options.backend == "onednn") return {};
  if (std::string reason = refuse_isa(options.isa, kProductRule.isa); !reason.empty()) return reason;
  if (rows < kProductRule.rows) return below("rows", rows, kProductRule.rows);
  if (multiply_adds < kProductRule.multiply_adds) {
    return below("multiply-adds", multiply_adds, kProductRule.multiply_adds);
  }
  return {};
}

std::string refuse_recurrent_size(const LoweringOptions& options, const RecurrentRule& rule, std::int64_t batch,
                                  std::int64_t hidden) {
  if (!rule.never.empty()) return std::string(rule.never);
  if (options.backend == "onednn") return {};
  if (std::string reason = refuse_isa(options.isa, rule.isa); !reason.empty()) return reason;
  if (batch < rule.batch) return below("batch", batch, rule.batch);
  if (hidden < rule.hidden) return below("hidden_size", hidden, rule.hidden);
  return {};
}

const RecurrentRule& recurrent_rule(std::string_view op) {
  return *std::find_if(kRecurrentRules.begin(), kRecurrentRules.end(),
                       [op](const RecurrentRule& rule) { return rule.op == op; });
}

Cut cut_product_axis(std::int64_t extent, std::int64_t multiply_adds) {
  const std::int64_t most =
      std::min({multiply_adds / kPieceRule.multiply_adds, extent / kPieceRule.extent, kPieceRule.max_pieces});
  const auto pieces = std::bit_floor(static_cast<std::uint64_t>(std::max<std::int64_t>(most, 1)));
  return cut_evenly(extent, static_cast<std::int64_t>(pieces), kPieceRule.unit);
}

Cut cut_batch(std::int64_t rows) {
  if (rows < kPieceRule.batch) return {1, rows};
  return cut_evenly(rows, std::max<std::int64_t>(2, rows / kPieceRule.batch_piece), 1);
}

}  // namespace rondo::onednn
