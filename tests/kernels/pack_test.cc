#include "kernels/panel/pack.h"

#include <gtest/gtest.h>

#include <vector>

namespace rondo::tests {
namespace {

using kernels::PanelColumns;

// Two gates of three units over two rows of K, two lanes: written out by hand.
TEST(Pack, PutsTheGatesOfAUnitSideBySide) {
  const std::vector<float> r{10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 60, 61};  // [gate * 3 + unit][k]
  const int swapped[] = {1, 0};
  const PanelColumns columns{3, 2, 2, swapped};
  ASSERT_EQ(columns.panels(), 2);
  ASSERT_EQ(kernels::packed_size(2, columns, columns.width()), 16);
  std::vector<float> packed(16, -1);
  kernels::pack_matrix(r.data(), 1, 2, 2, columns, columns.width(), packed.data());
  const std::vector<float> want{40, 50, 10, 20, 41, 51, 11, 21,  // panel 0: units 0 and 1
                                60, 0,  30, 0,  61, 0,  31, 0};  // panel 1: unit 2 and padding
  EXPECT_EQ(packed, want);
}

TEST(Pack, CutsPlainColumnsIntoPanelsOfAnyWidth) {
  const std::vector<double> b{1, 2, 3, 4, 5, 6};  // [2][3]
  const PanelColumns columns = kernels::plain_columns(3);
  std::vector<double> packed(static_cast<std::size_t>(kernels::packed_size(2, columns, 2)), -1);
  kernels::pack_matrix(b.data(), 3, 1, 2, columns, 2, packed.data());
  EXPECT_EQ(packed, (std::vector<double>{1, 2, 4, 5, 3, 0, 6, 0}));
}

TEST(Pack, AddsBiasesAndLeavesOutSlotsWithoutAGate) {
  const std::vector<float> wb{1, 2, 3, 4, 5, 6};
  const std::vector<float> rb{10, 20, 30, 40, 50, 60};
  const int both[] = {0, 1};
  const int first[] = {0, -1};
  std::vector<float> folded(8, 0);
  kernels::add_packed_vector(wb.data(), {3, 2, 2, both}, folded.data());
  kernels::add_packed_vector(rb.data(), {3, 2, 2, first}, folded.data());
  EXPECT_EQ(folded, (std::vector<float>{11, 22, 4, 5, 33, 0, 6, 0}));
}

}  // namespace
}  // namespace rondo::tests
