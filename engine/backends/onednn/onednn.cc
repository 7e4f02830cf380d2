#include "backends/onednn/onednn.h"

#include <array>

#include "backends/onednn/adapter.h"
#include "backends/onednn/product.h"
#include "backends/onednn/recurrent.h"

namespace rondo {

std::span<const Candidate> onednn_candidates() {
  static constexpr std::array kCandidates{
      Candidate{"onednn", "MatMul", onednn::refuse_matmul, onednn::make_matmul},
      Candidate{"onednn", "Gemm", onednn::refuse_gemm, onednn::make_gemm},
      Candidate{"onednn", "LSTM", onednn::refuse_recurrent, onednn::make_recurrent},
      Candidate{"onednn", "RNN", onednn::refuse_recurrent, onednn::make_recurrent},
      Candidate{"onednn", "GRU", onednn::refuse_recurrent, onednn::make_recurrent},
  };
  return kCandidates;
}

std::string onednn_version() { return onednn::version(); }

}  // namespace rondo
