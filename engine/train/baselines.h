// What a model must beat to be worth anything: the most frequent class, the mean, the last value. Printed before
// training beside the score of the model as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "importers/data/dataset.h"
#include "train/metrics.h"

namespace rondo::train {

// Always the class that is most frequent in the training samples (the first of equals), on the validation samples.
// targets: int64; elements that are ignore_index do not count.
ClassCounts majority_class(const Field& targets, std::span<const std::int64_t> training,
                           std::span<const std::int64_t> validation, std::int64_t num_classes,
                           std::int64_t ignore_index);

// Always the mean of the training targets, for each element of a row by itself. targets: float32 or float64.
ErrorSums mean_value(const Field& targets, std::span<const std::int64_t> training,
                     std::span<const std::int64_t> validation);

// What the features end with goes on: every target row of a sample is the features' last row. The elements of the
// targets are found among the features by their columns in a text file, or both have rows of the same size; nullopt
// where neither holds, and for samples without steps.
std::optional<ErrorSums> last_value(const Field& features, const Field& targets,
                                    std::span<const std::int64_t> validation);

}  // namespace rondo::train
