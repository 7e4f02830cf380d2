// When oneDNN is offered a node, kept as data in one place. The thresholds decide only while the backend is "auto";
// asked for by name, oneDNN takes whatever it can do. What it cannot do at all stands with each candidate.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "backends/step/step.h"

namespace rondo::onednn {

// MatMul and Gemm: below these, setting up a call costs more than its better blocking gains.
struct ProductRule {
  Isa isa;                     // at least this instruction set
  std::int64_t rows;           // of one product's result: never small batches
  std::int64_t multiply_adds;  // of one product
};
inline constexpr ProductRule kProductRule{Isa::avx2, 16, 1'000'000};

// A recurrent layer: only where a step is a true matrix product, and only with oneDNN's batch-reduced kernels.
struct RecurrentRule {
  std::string_view op;
  Isa isa;
  std::int64_t batch;
  std::int64_t hidden;
  std::string_view never;  // not empty: refused whatever its sizes and whoever asks
};
inline constexpr std::array kRecurrentRules{
    RecurrentRule{"LSTM", Isa::avx512, 16, 256, ""},
    RecurrentRule{"RNN", Isa::avx512, 16, 256, ""},
    RecurrentRule{"GRU", Isa::avx512, 16, 256, "oneDNN 2.6 runs a GRU gate by gate, slower than the own kernels"},
};

// How work is cut into pieces for the pool. They depend on shapes only, so results do not depend on the thread count.
struct PieceRule {
  std::int64_t multiply_adds;  // a piece of a product is at least this much work
  std::int64_t extent;         // ... and at least this many rows or columns; every piece packs the other operand anew
  std::int64_t unit;           // ... in multiples of this, except the last
  std::int64_t max_pieces;     // of one product; a power of two, as the number of pieces is
  std::int64_t batch;          // a recurrent layer of so many rows is cut in two,
  std::int64_t batch_piece;    // and in pieces of about so many once there are more than two of them
};
inline constexpr PieceRule kPieceRule{500'000, 32, 8, 8, 16, 32};

// Refusals that hold for every candidate, then those of the sizes. Empty: none.
std::string refuse_always(const Lowering& at);
std::string refuse_product_size(const LoweringOptions& options, std::int64_t rows, std::int64_t multiply_adds);
std::string refuse_recurrent_size(const LoweringOptions& options, const RecurrentRule& rule, std::int64_t batch,
                                  std::int64_t hidden);

const RecurrentRule& recurrent_rule(std::string_view op);

// One axis cut into pieces of `size`, the last one what is left.
struct Cut {
  std::int64_t count = 1;
  std::int64_t size = 0;
};
Cut cut_product_axis(std::int64_t extent, std::int64_t multiply_adds);
Cut cut_batch(std::int64_t rows);

}  // namespace rondo::onednn
