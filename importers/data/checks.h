// What must hold of a data set before the first epoch. Every check names the file and the first place that breaks it.
#pragma once

#include <optional>

#include "importers/data/dataset.h"

namespace rondo {

enum class NonFinite { refuse, allow, skip };  // skip: samples that hold one are left out and counted

// NaN and Inf in floating fields, within the samples; padding may hold anything. Throws Error(data).
void check_finite(Dataset& set, NonFinite policy);

// The field's elements in another type: the type of the model's input, or int64 for classes. Throws Error(data) for a
// number that is no whole one, or out of range, where the type holds whole numbers.
void convert(Dataset& set, Field& field, DType dtype);

// Every element is a class below num_classes, or ignore_index. Gives how often each class stands in the samples; a
// caller may want to warn of a single one. The field is int64. Throws Error(data).
std::vector<std::int64_t> count_classes(const Dataset& set, const Field& field, std::int64_t num_classes,
                                        std::optional<std::int64_t> ignore_index);

// Gives the field the row shape `expected`, where dims that are -1 fit any, if it has that shape but for dims of size
// 1: a target of one number fits an output [1]. what: "input 'x' of the model". Throws Error(data).
void fit_row_shape(const Dataset& set, Field& field, std::span<const std::int64_t> expected, const std::string& what);

// Throws Error(data) when validation data is the training data: the same file or the same elements.
void check_apart(const Dataset& train, const Dataset& validation);

}  // namespace rondo
