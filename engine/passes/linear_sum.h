// A matrix value taken apart into what it is a sum of: products with constant matrices, constant rows and the rest. For
// passes that recognize layers by their arithmetic, however an exporter cut and grouped it.
#pragma once

#include <compare>
#include <optional>
#include <vector>

#include "ir/graph.h"

namespace rondo {

// Part of a constant: element (k, j) is factor * data[offset + k * row_stride + j * column_stride]. A constant row has
// one row; a stride of 0 repeats.
struct ConstantBlock {
  ValueId constant = kNone;
  std::int64_t offset = 0, row_stride = 0, column_stride = 0;
  double factor = 1;

  auto operator<=>(const ConstantBlock&) const = default;
};

// The value is, row by row, the sum of source * matrix over products, of biases, and of others.
struct LinearSum {
  struct Product {
    ValueId source;  // [N,rows]
    std::int64_t rows;
    ConstantBlock matrix;  // [rows,columns]
  };
  struct Bias {
    ConstantBlock row;
    ValueId beside;  // the one source of the products it was added to; kNone when there are several or none
  };
  std::int64_t columns = 0;
  std::vector<Product> products;
  std::vector<Bias> biases;
  std::vector<ValueId> others;  // addends that are neither, of the value's shape
  std::vector<NodeId> nodes;    // that compute the value from all of these; a node may stand twice
};

// Goes through Gemm, MatMul, Add, Sum, and through Split and Slice of columns. nullopt when `value` is no float matrix
// of a known number of columns, when something broadcasts along its rows but a constant row, or when there are more
// terms than a layer has.
std::optional<LinearSum> linear_sum(const Graph& graph, ValueId value);

// The sum with every product of `concat`, a Concat of columns, as products of its inputs. nullopt when `concat` is
// none.
std::optional<LinearSum> through_concat(const Graph& graph, LinearSum sum, ValueId concat);

// [N,C] with C known and N the same dim in both: the same number or the same symbol.
bool has_same_rows(const Graph& graph, ValueId a, ValueId b);
// C of a ranked [N,C]; -1 for anything else.
std::int64_t columns_of(const Graph& graph, ValueId value);

}  // namespace rondo
