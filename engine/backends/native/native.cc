#include "backends/native/native.h"

#include <array>

#include "backends/native/broadcast.h"
#include "backends/native/convolution.h"
#include "backends/native/elementwise.h"
#include "backends/native/product.h"
#include "backends/native/recurrent.h"
#include "backends/native/recurrent_gradient.h"
#include "backends/native/scatter_nd.h"
#include "backends/native/softmax.h"

namespace rondo {

std::span<const Candidate> native_candidates() {
  using namespace native;  // NOLINT
  static const std::array kCandidates{
      Candidate{"native", "RNN", refuse_recurrent, make_recurrent},
      Candidate{"native", "LSTM", refuse_recurrent, make_recurrent},
      Candidate{"native", "GRU", refuse_recurrent, make_recurrent},
      Candidate{"native", "RNNGradient", refuse_recurrent_gradient, make_recurrent_gradient},
      Candidate{"native", "LSTMGradient", refuse_recurrent_gradient, make_recurrent_gradient},
      Candidate{"native", "GRUGradient", refuse_recurrent_gradient, make_recurrent_gradient},
      Candidate{"native", "MatMul", refuse_mat_mul, make_mat_mul},
      Candidate{"native", "Gemm", refuse_gemm, make_gemm},
      Candidate{"native", "Conv", refuse_convolution, make_conv},
      Candidate{"native", "ConvTranspose", refuse_conv_transpose, make_conv_transpose},
      Candidate{"native", "Add", refuse_broadcast, make_broadcast},
      Candidate{"native", "Sub", refuse_broadcast, make_broadcast},
      Candidate{"native", "Mul", refuse_broadcast, make_broadcast},
      Candidate{"native", "Div", refuse_broadcast, make_broadcast},
      Candidate{"native", "PRelu", refuse_broadcast, make_broadcast},
      Candidate{"native", "Pow", refuse_power, make_broadcast},
      Candidate{"native", "Elu", refuse_elementwise, make_elementwise},
      Candidate{"native", "HardSigmoid", refuse_elementwise, make_elementwise},
      Candidate{"native", "LeakyRelu", refuse_elementwise, make_elementwise},
      Candidate{"native", "Relu", refuse_elementwise, make_elementwise},
      Candidate{"native", "Sigmoid", refuse_elementwise, make_elementwise},
      Candidate{"native", "Softplus", refuse_elementwise, make_elementwise},
      Candidate{"native", "Tanh", refuse_elementwise, make_elementwise},
      Candidate{"native", "ScatterND", refuse_scatter_nd, make_scatter_nd},
      Candidate{"native", "Softmax", refuse_softmax, make_softmax},
  };
  return kCandidates;
}

}  // namespace rondo
