#include "kernels/panel/pack.h"

#include <string.h>

namespace rondo::kernels {
namespace {
constexpr int kOnlyGate[] = {0};

bool in_order(const PanelColumns& columns) { return columns.width() == 1 && columns.gates[0] == 0; }

// Rows of B are contiguous and keep the order of their columns: each panel takes a piece of each row.
template <class T>
void pack_rows(const T* b, int64_t k_stride, int64_t k, int64_t columns, int64_t width, T* packed) {
  for (int64_t first = 0; first < columns; first += width) {
    const int64_t there = columns - first < width ? columns - first : width;
    for (int64_t i = 0; i < k; ++i, packed += width) {
      memcpy(packed, b + i * k_stride + first, static_cast<size_t>(there) * sizeof(T));
      for (int64_t j = there; j < width; ++j) packed[j] = T(0);
    }
  }
}

}  // namespace

int64_t PanelColumns::source(int64_t column) const {
  const int64_t in_panel = column % width();
  const int64_t unit = column / width() * lanes + in_panel % lanes;
  const int gate = gates[in_panel / lanes];
  return column >= count() || unit >= hidden || gate < 0 ? -1 : gate * hidden + unit;
}

PanelColumns plain_columns(int64_t n) { return {n, 1, 1, kOnlyGate}; }

int64_t packed_size(int64_t k, const PanelColumns& columns, int64_t width) {
  return (columns.count() + width - 1) / width * width * k;
}

template <class T>
void pack_matrix(const T* b, int64_t k_stride, int64_t column_stride, int64_t k, const PanelColumns& columns,
                 int64_t width, T* packed) {
  if (column_stride == 1 && in_order(columns)) return pack_rows(b, k_stride, k, columns.count(), width, packed);
  const int64_t padded = (columns.count() + width - 1) / width * width;
  for (int64_t column = 0; column < padded; ++column) {
    const int64_t source = columns.source(column);
    T* out = packed + column / width * k * width + column % width;
    for (int64_t i = 0; i < k; ++i) out[i * width] = source < 0 ? T(0) : b[i * k_stride + source * column_stride];
  }
}

template <class T>
void add_packed_vector(const T* v, const PanelColumns& columns, T* packed) {
  for (int64_t column = 0; column < columns.count(); ++column) {
    const int64_t source = columns.source(column);
    if (source >= 0) packed[column] += v[source];
  }
}

template void pack_matrix(const float*, int64_t, int64_t, int64_t, const PanelColumns&, int64_t, float*);
template void pack_matrix(const double*, int64_t, int64_t, int64_t, const PanelColumns&, int64_t, double*);
template void add_packed_vector(const float*, const PanelColumns&, float*);
template void add_packed_vector(const double*, const PanelColumns&, double*);

}  // namespace rondo::kernels
