// A data set from named arrays, in the two forms people keep sequences in: dense with lengths, or flat with offsets.
// For the reader of .npz files.
#pragma once

#include <string>
#include <vector>

#include "importers/data/dataset.h"

namespace rondo {

struct NamedArray {
  std::string name;
  Tensor tensor;
};

// Dense: every array begins with the dim N of samples; those of rank 2 or more have steps at dim 1. Integers "lengths"
// [N] say how many of the steps are real, for the first floating array of rank 3 or more (else the first array of rank
// 2 or more) and all others with as many steps; "NAME_lengths" says it for one array.
// Flat: integers "offsets" [N+1], from 0 to R, say where the rows of each sample begin and end in arrays that begin
// with the dim R; "NAME_offsets" for one array. Arrays that begin with N have one row for each sample.
// Lengths and offsets do not become fields. Throws Error(data) that names `source` and the array.
Dataset dataset_of(std::string source, std::vector<NamedArray> arrays);

}  // namespace rondo
