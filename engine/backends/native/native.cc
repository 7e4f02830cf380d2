#include "backends/native/native.h"

#include <array>

#include "backends/native/convolution.h"
#include "backends/native/elementwise.h"
#include "backends/native/product.h"
#include "backends/native/recurrent.h"

namespace rondo {

std::span<const Candidate> native_candidates() {
  using namespace native;  // NOLINT
  static const std::array kCandidates{
      Candidate{"native", "RNN", refuse_recurrent, make_recurrent},
      Candidate{"native", "LSTM", refuse_recurrent, make_recurrent},
      Candidate{"native", "GRU", refuse_recurrent, make_recurrent},
      Candidate{"native", "MatMul", refuse_mat_mul, make_mat_mul},
      Candidate{"native", "Gemm", refuse_gemm, make_gemm},
      Candidate{"native", "Conv", refuse_convolution, make_conv},
      Candidate{"native", "ConvTranspose", refuse_conv_transpose, make_conv_transpose},
      Candidate{"native", "Sigmoid", refuse_elementwise, make_elementwise},
      Candidate{"native", "Tanh", refuse_elementwise, make_elementwise},
  };
  return kCandidates;
}

}  // namespace rondo
