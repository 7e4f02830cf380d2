// Data sets from CSV files (RFC 4180): one series or table with a column for each feature, or many sequences below each
// other with a column that says which is which.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "importers/data/dataset.h"

namespace rondo {

struct CsvOptions {
  char delimiter = ',';
  // Columns by their names in the first line, or by their numbers from 1 when it holds numbers only. Features are all
  // that are neither targets nor the sequence where none are named.
  std::vector<std::string> features{}, targets{};
  std::string sequence{};  // the column that says which sequence a row belongs to; empty: all rows are one
  // Steps of a sample, cut from each sequence every `stride` steps. 0: whole sequences, or where there is no sequence
  // column, each row by itself.
  std::int64_t window = 0, stride = 1;
  // With a window: how many of the rows behind it are the target. 0: its own last row.
  std::int64_t horizon = 1;
  // A target for each step: with a window, of the rows `horizon` later; else of the same rows. Otherwise the target of
  // a whole sequence must be the same in all of its rows.
  bool target_per_step = false;
};

// Fields "x" [.., features] and, if there are targets, "y" [.., targets], without the last dim for a single target. All
// are float64. Messages name file:line:column. NaN and Inf are read; check_finite refuses them. Throws Error(data),
// Error(limit) for lines above 16 MiB, Error(usage) for columns that are not there or options out of range, Error(io).
Dataset read_csv(const std::string& path, const CsvOptions& options = {});

}  // namespace rondo
