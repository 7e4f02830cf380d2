#include "kernels/gemm/gemm.h"

#include <gtest/gtest.h>

#include "kernels/panel/pack.h"
#include "reference.h"
#include "variants.h"

namespace rondo::tests {
namespace {

using kernels::Gemm;
using kernels::GemmKernels;
using kernels::PanelColumns;

template <class T>
std::vector<TestedVariant<GemmKernels<T>>> variants() {
  const TestedVariant<GemmKernels<T>> all[] = {
#define RONDO_GEMM(isa) {Isa::isa, #isa, &kernels::select_gemm<T>(Isa::isa)},
#include "kernels/gemm/gemm.inc"
#undef RONDO_GEMM
  };
  return runnable<GemmKernels<T>>(all);
}

enum class Start { none, bias, c };

struct Shape {
  std::int64_t m, n, k;
};

template <class T>
struct Problem {
  Shape s;
  Block<T> a, b, c;  // b is [K, N]
  std::vector<T> bias;

  explicit Problem(Shape shape) : s(shape), a(0, 0), b(0, 0), c(0, 0) {
    std::mt19937 random(11);
    a = Block<T>(random, s.m, s.k, 1);
    b = Block<T>(random, s.k, s.n, 1);
    c = Block<T>(random, s.m, s.n, 1);
    bias = random_values<T>(random, s.n, 1);
  }

  std::vector<T> packed(const GemmKernels<T>& k) const {
    const PanelColumns columns = kernels::plain_columns(s.n);
    std::vector<T> p(static_cast<std::size_t>(kernels::packed_size(s.k, columns, k.panel_columns)));
    kernels::pack_matrix(b.values.data(), b.stride, 1, s.k, columns, k.panel_columns, p.data());
    return p;
  }

  Gemm<T> arguments(const GemmKernels<T>& k, const std::vector<T>& b_packed, Block<T>& result, Start start) const {
    const std::int64_t panels = (s.n + k.panel_columns - 1) / k.panel_columns;
    const T* from = start == Start::none ? nullptr : start == Start::bias ? bias.data() : result.values.data();
    return {s.k,
            s.n,
            0,
            s.m,
            0,
            panels,
            a.values.data(),
            a.stride,
            1,
            b_packed.data(),
            from,
            start == Start::c ? result.stride : 0,
            result.values.data(),
            result.stride};
  }

  Block<T> result(Start start) const { return start == Start::c ? c : Block<T>(s.m, s.n); }

  Block<T> run(const GemmKernels<T>& k, Start start) const {
    const std::vector<T> b_packed = packed(k);
    Block<T> r = result(start);
    k.multiply(arguments(k, b_packed, r, start));
    return r;
  }

  void expect_right(const Block<T>& got, Start start, const char* what) const {
    for (std::int64_t i = 0; i < s.m; ++i)
      for (std::int64_t j = 0; j < s.n; ++j) {
        Real want = start == Start::none ? 0 : start == Start::bias ? bias[static_cast<std::size_t>(j)] : c.at(i, j);
        Real terms = std::fabs(want);
        for (std::int64_t p = 0; p < s.k; ++p) {
          want += Real(a.at(i, p)) * Real(b.at(p, j));
          terms += std::fabs(Real(a.at(i, p)) * Real(b.at(p, j)));
        }
        // Every rounding, of a product or of a sum, errs by at most half an epsilon of what the terms add up to.
        const double bound = double(terms) * double(s.k + 1) * double(std::numeric_limits<T>::epsilon());
        ASSERT_NEAR(got.at(i, j), double(want), bound)
            << what << " M " << s.m << " N " << s.n << " K " << s.k << " at " << i << ',' << j;
      }
    EXPECT_TRUE(got.gaps_untouched()) << what;
  }
};

std::vector<Shape> shapes() {
  std::vector<Shape> all;
  for (std::int64_t m = 1; m <= 17; ++m) all.push_back({m, 2 * m + 31, 13});
  for (const std::int64_t n : {1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 129, 200, 400}) {
    all.push_back({1, n, 21});
    all.push_back({2, n, 5});
    all.push_back({7, n, 1});
  }
  all.push_back({5, 33, 0});
  all.push_back({300, 20, 301});
  return all;
}

template <class T>
class GemmKernel : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(GemmKernel, Types);

TYPED_TEST(GemmKernel, IsTheProduct) {
  using T = TypeParam;
  for (const auto& v : variants<T>())
    for (const Shape shape : shapes())
      for (const Start start : {Start::none, Start::bias, Start::c}) {
        const Problem<T> p(shape);
        p.expect_right(p.run(*v.kernels, start), start, v.symbol);
      }
}

TYPED_TEST(GemmKernel, TransposedOperandsGiveTheSameBits) {
  using T = TypeParam;
  for (const auto& v : variants<T>()) {
    const Problem<T> p({9, 37, 19});
    const Block<T> whole = p.run(*v.kernels, Start::bias);
    Block<T> a(p.s.k, p.s.m), b(p.s.n, p.s.k);
    for (std::int64_t k = 0; k < p.s.k; ++k) {
      for (std::int64_t m = 0; m < p.s.m; ++m) a.at(k, m) = p.a.at(m, k);
      for (std::int64_t n = 0; n < p.s.n; ++n) b.at(n, k) = p.b.at(k, n);
    }
    const PanelColumns columns = kernels::plain_columns(p.s.n);
    std::vector<T> packed(p.packed(*v.kernels).size());
    kernels::pack_matrix(b.values.data(), 1, b.stride, p.s.k, columns, v.kernels->panel_columns, packed.data());
    EXPECT_EQ(packed, p.packed(*v.kernels));
    Block<T> got = p.result(Start::bias);
    Gemm<T> g = p.arguments(*v.kernels, packed, got, Start::bias);
    g.a = a.values.data();
    g.a_row_stride = 1;
    g.a_k_stride = a.stride;
    v.kernels->multiply(g);
    EXPECT_TRUE(same_bits(whole, got)) << v.symbol;
  }
}

TYPED_TEST(GemmKernel, BitsDoNotDependOnTheSplit) {
  using T = TypeParam;
  for (const auto& v : variants<T>())
    for (const Shape shape : shapes()) {
      const Problem<T> p(shape);
      const Block<T> whole = p.run(*v.kernels, Start::bias);
      EXPECT_TRUE(same_bits(whole, p.run(*v.kernels, Start::bias))) << v.symbol << " rerun";
      const std::vector<T> packed = p.packed(*v.kernels);
      Block<T> by_row = p.result(Start::bias), by_panel = by_row;
      const Gemm<T> rows = p.arguments(*v.kernels, packed, by_row, Start::bias);
      for (std::int64_t m = 0; m < shape.m; ++m) {
        Gemm<T> one = rows;
        one.row_begin = m;
        one.row_end = m + 1;
        v.kernels->multiply(one);
      }
      const Gemm<T> panels = p.arguments(*v.kernels, packed, by_panel, Start::bias);
      for (std::int64_t i = 0; i < panels.panel_end; ++i) {
        Gemm<T> one = panels;
        one.panel_begin = i;
        one.panel_end = i + 1;
        v.kernels->multiply(one);
      }
      ASSERT_TRUE(same_bits(whole, by_row)) << v.symbol << " M " << shape.m << " N " << shape.n;
      ASSERT_TRUE(same_bits(whole, by_panel)) << v.symbol << " M " << shape.m << " N " << shape.n;
    }
}

// W [gates*H, I] packed in the column order of panels of hidden units makes the product write XP.
TYPED_TEST(GemmKernel, ProjectsTheInputIntoPanelsOfHiddenUnits) {
  using T = TypeParam;
  constexpr std::int64_t kHidden = 11, kInput = 5, kRows = 4;
  const int gates[] = {2, 0, 1};
  std::mt19937 random(3);
  const std::vector<T> w = random_values<T>(random, 3 * kHidden * kInput, 1);
  const Block<T> x(random, kRows, kInput, 1);
  for (const auto& v : variants<T>())
    for (const int lanes : {4, 8, 16}) {
      const PanelColumns columns{kHidden, lanes, 3, gates};
      const int width = v.kernels->panel_columns;
      std::vector<T> packed(static_cast<std::size_t>(kernels::packed_size(kInput, columns, width)));
      kernels::pack_matrix(w.data(), 1, kInput, kInput, columns, width, packed.data());
      Block<T> xp(kRows, columns.count());
      v.kernels->multiply({kInput, columns.count(), 0, kRows, 0, (columns.count() + width - 1) / width, x.values.data(),
                           x.stride, 1, packed.data(), nullptr, 0, xp.values.data(), xp.stride});
      for (std::int64_t r = 0; r < kRows; ++r)
        for (std::int64_t c = 0; c < columns.count(); ++c) {
          const std::int64_t lane = c % lanes, slot = c / lanes % 3, unit = c / (3 * lanes) * lanes + lane;
          Real want = 0;
          for (std::int64_t i = 0; i < kInput && unit < kHidden; ++i)
            want += Real(x.at(r, i)) * Real(w[static_cast<std::size_t>((gates[slot] * kHidden + unit) * kInput + i)]);
          ASSERT_NEAR(xp.at(r, c), double(want), 8 * double(std::numeric_limits<T>::epsilon())) << v.symbol;
        }
    }
}

TYPED_TEST(GemmKernel, EachInstructionSetSelectsItsOwnVariant) {
  for (const auto& v : variants<TypeParam>()) EXPECT_STREQ(v.kernels->name, v.symbol);
}

}  // namespace
}  // namespace rondo::tests
