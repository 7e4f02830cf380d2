// Notation as in the specification: t step, d direction, n batch row, h hidden unit. One Walk is one direction; it
// takes one row through its steps, and a step turns (H, C) of the row into the next (H, C).
#include "oracle/recurrent_oracle.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "oracle/activation.h"

namespace rondo::oracle {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

void validate(const RecurrentCase& c) {
  const std::int64_t D = c.D(), G = c.G();
  require(c.T >= 0 && c.N >= 0 && c.I >= 0 && c.H >= 1, "a size is out of range");
  require(c.layout == 0 || c.layout == 1, "layout is neither 0 nor 1");
  require(c.X.size() == at(c.T * c.N * c.I), "X has a wrong size");
  require(c.W.size() == at(D * G * c.H * c.I), "W has a wrong size");
  require(c.R.size() == at(D * G * c.H * c.H), "R has a wrong size");
  require(!c.B || c.B->size() == at(D * 2 * G * c.H), "B has a wrong size");
  require(!c.P || (c.op == RecurrentOp::lstm && c.P->size() == at(D * 3 * c.H)), "P has a wrong size");
  require(!c.initial_h || c.initial_h->size() == at(D * c.N * c.H), "initial_h has a wrong size");
  require(!c.initial_c || (c.op == RecurrentOp::lstm && c.initial_c->size() == at(D * c.N * c.H)),
          "initial_c has a wrong size");
  require(!c.clip || *c.clip > 0, "clip is not positive");
  if (!c.sequence_lens) return;
  require(c.sequence_lens->size() == at(c.N), "sequence_lens has a wrong size");
  for (std::int32_t length : *c.sequence_lens) require(length >= 0 && length <= c.T, "a length is out of range");
}

template <class Real>
class Walk {
 public:
  using Vector = std::vector<Real>;

  Walk(const RecurrentCase& c, std::int64_t d, const std::vector<Activation>& functions) : c_(c), d_(d) {
    for (std::int64_t k = 0; k < functions_of(c.op); ++k) {
      functions_.push_back(functions[at(d * functions_of(c.op) + k)]);
    }
  }

  double nearest_jump() const { return nearest_jump_; }

  void step(const Vector& x, Vector& H, Vector& C) {
    switch (c_.op) {
      case RecurrentOp::rnn:
        return rnn_step(x, H);
      case RecurrentOp::lstm:
        return lstm_step(x, H, C);
      case RecurrentOp::gru:
        return gru_step(x, H);
    }
  }

 private:
  // Ht = f(Xt*Wi^T + Ht-1*Ri^T + Wbi + Rbi)
  void rnn_step(const Vector& x, Vector& H) {
    Vector next(H.size());
    for (std::int64_t h = 0; h < c_.H; ++h) next[at(h)] = gate(0, xw(0, h, x) + hr(0, h, H) + wb(0, h) + rb(0, h));
    H = next;
  }

  // it = f(Xt*Wi^T + Ht-1*Ri^T + Pi (.) Ct-1 + Wbi + Rbi)
  // ft = f(Xt*Wf^T + Ht-1*Rf^T + Pf (.) Ct-1 + Wbf + Rbf), or 1 - it
  // ct = g(Xt*Wc^T + Ht-1*Rc^T + Wbc + Rbc)
  // Ct = ft (.) Ct-1 + it (.) ct
  // ot = f(Xt*Wo^T + Ht-1*Ro^T + Po (.) Ct + Wbo + Rbo)
  // Ht = ot (.) h(Ct)
  void lstm_step(const Vector& x, Vector& H, Vector& C) {
    constexpr std::int64_t kI = 0, kO = 1, kF = 2, kC = 3;  // gates in W, R, B
    constexpr std::int64_t kPi = 0, kPo = 1, kPf = 2;       // peepholes in P
    Vector next(H.size());
    for (std::int64_t h = 0; h < c_.H; ++h) {
      const Real before = C[at(h)];
      const auto sum = [&](std::int64_t g) { return xw(g, h, x) + hr(g, h, H) + wb(g, h) + rb(g, h); };
      const Real i = gate(0, sum(kI) + peephole(kPi, h, before));
      const Real f = c_.input_forget ? 1 - i : gate(0, sum(kF) + peephole(kPf, h, before));
      const Real candidate = gate(1, sum(kC));
      C[at(h)] = f * before + i * candidate;
      const Real o = gate(0, sum(kO) + peephole(kPo, h, C[at(h)]));
      next[at(h)] = o * activate(2, C[at(h)]);
    }
    H = next;
  }

  // zt = f(Xt*Wz^T + Ht-1*Rz^T + Rbz + Wbz)
  // rt = f(Xt*Wr^T + Ht-1*Rr^T + Rbr + Wbr)
  // ht = g(Xt*Wh^T + (rt (.) Ht-1)*Rh^T + Rbh + Wbh), or with linear_before_reset
  // ht = g(Xt*Wh^T + rt (.) (Ht-1*Rh^T + Rbh) + Wbh)
  // Ht = (1 - zt) (.) ht + zt (.) Ht-1
  void gru_step(const Vector& x, Vector& H) {
    constexpr std::int64_t kZ = 0, kR = 1, kH = 2;
    Vector r(H.size()), reset(H.size()), next(H.size());
    for (std::int64_t h = 0; h < c_.H; ++h) {
      r[at(h)] = gate(0, xw(kR, h, x) + hr(kR, h, H) + rb(kR, h) + wb(kR, h));
      reset[at(h)] = r[at(h)] * H[at(h)];
    }
    for (std::int64_t h = 0; h < c_.H; ++h) {
      const Real z = gate(0, xw(kZ, h, x) + hr(kZ, h, H) + rb(kZ, h) + wb(kZ, h));
      const Real recurrent =
          c_.linear_before_reset ? r[at(h)] * (hr(kH, h, H) + rb(kH, h)) : hr(kH, h, reset) + rb(kH, h);
      const Real candidate = gate(1, xw(kH, h, x) + recurrent + wb(kH, h));
      next[at(h)] = (1 - z) * candidate + z * H[at(h)];
    }
    H = next;
  }

  // The k-th function of the direction, on an argument bounded by clip.
  Real gate(std::size_t k, Real argument) {
    if (c_.clip && !std::isnan(argument)) {
      const Real bound = static_cast<Real>(*c_.clip);
      argument = std::min(std::max(argument, -bound), bound);
    }
    return activate(k, argument);
  }

  Real activate(std::size_t k, Real argument) {
    const Activation& f = functions_[k];
    if (f.kind == ActivationKind::thresholded_relu && f.alpha != 0) {
      nearest_jump_ = std::fmin(nearest_jump_, std::abs(static_cast<double>(argument) - f.alpha));
    }
    return apply(f, argument);
  }

  // Row (g, h) of W times x, of R times state.
  Real xw(std::int64_t g, std::int64_t h, const Vector& x) const { return dot(c_.W, row(g, h) * c_.I, x); }
  Real hr(std::int64_t g, std::int64_t h, const Vector& state) const { return dot(c_.R, row(g, h) * c_.H, state); }
  std::int64_t row(std::int64_t g, std::int64_t h) const { return (d_ * c_.G() + g) * c_.H + h; }

  static Real dot(const Values& matrix, std::int64_t offset, const Vector& vector) {
    Real sum = 0;
    for (std::size_t k = 0; k < vector.size(); ++k) sum += static_cast<Real>(matrix[at(offset) + k]) * vector[k];
    return sum;
  }

  // B is [Wb | Rb] of each direction.
  Real wb(std::int64_t g, std::int64_t h) const { return bias(g, h); }
  Real rb(std::int64_t g, std::int64_t h) const { return bias(c_.G() + g, h); }
  Real bias(std::int64_t block, std::int64_t h) const {
    return c_.B ? static_cast<Real>((*c_.B)[at((d_ * 2 * c_.G() + block) * c_.H + h)]) : Real{0};
  }

  Real peephole(std::int64_t block, std::int64_t h, Real cell) const {
    return c_.P ? static_cast<Real>((*c_.P)[at((d_ * 3 + block) * c_.H + h)]) * cell : Real{0};
  }

  const RecurrentCase& c_;
  std::int64_t d_;
  std::vector<Activation> functions_;
  double nearest_jump_ = 1e300;
};

template <class Real>
std::vector<Real> initial_state(const RecurrentCase& c, const std::optional<Values>& state, std::int64_t d,
                                std::int64_t n) {
  std::vector<Real> row(at(c.H), Real{0});
  for (std::int64_t h = 0; state && h < c.H; ++h) row[at(h)] = static_cast<Real>((*state)[c.state_index(d, n, h)]);
  return row;
}

template <class Real>
void run_row(const RecurrentCase& c, Walk<Real>& walk, std::int64_t d, std::int64_t n, RecurrentResult& result) {
  std::vector<Real> H = initial_state<Real>(c, c.initial_h, d, n);
  std::vector<Real> C = initial_state<Real>(c, c.initial_c, d, n);
  std::vector<Real> x(at(c.I));
  const std::int64_t length = c.length(n);
  for (std::int64_t step = 0; step < length; ++step) {
    const std::int64_t t = c.walks_backwards(d) ? length - 1 - step : step;
    for (std::int64_t i = 0; i < c.I; ++i) x[at(i)] = static_cast<Real>(c.X[c.x_index(t, n, i)]);
    walk.step(x, H, C);
    for (std::int64_t h = 0; h < c.H; ++h) {
      result.Y[c.y_index(t, d, n, h)] = static_cast<double>(H[at(h)]);
      result.largest_cell = std::fmax(result.largest_cell, static_cast<double>(std::abs(C[at(h)])));
    }
  }
  for (std::int64_t h = 0; h < c.H; ++h) {
    result.Y_h[c.state_index(d, n, h)] = static_cast<double>(H[at(h)]);
    if (c.op == RecurrentOp::lstm) result.Y_c[c.state_index(d, n, h)] = static_cast<double>(C[at(h)]);
  }
}

}  // namespace

template <class Real>
RecurrentResult run_oracle_in(const RecurrentCase& c) {
  validate(c);
  const std::vector<Activation> functions = activations_of(c);
  RecurrentResult result;
  result.Y.assign(at(c.T * c.D() * c.N * c.H), 0.0);
  result.Y_h.assign(at(c.D() * c.N * c.H), 0.0);
  if (c.op == RecurrentOp::lstm) result.Y_c = result.Y_h;
  for (std::int64_t d = 0; d < c.D(); ++d) {
    Walk<Real> walk(c, d, functions);
    for (std::int64_t n = 0; n < c.N; ++n) run_row(c, walk, d, n, result);
    result.nearest_jump = std::fmin(result.nearest_jump, walk.nearest_jump());
  }
  return result;
}

template RecurrentResult run_oracle_in<float>(const RecurrentCase&);
template RecurrentResult run_oracle_in<double>(const RecurrentCase&);
template RecurrentResult run_oracle_in<long double>(const RecurrentCase&);

RecurrentResult run_oracle(const RecurrentCase& c) { return run_oracle_in<double>(c); }

}  // namespace rondo::oracle
