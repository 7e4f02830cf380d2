// Which samples make up which batch: a validation split, then, epoch for epoch, shuffled batches of samples of nearly
// equal length. Everything is a function of seed and epoch, so that a cursor of two numbers finds the way back. For the
// trainer; pack.h turns a batch into tensors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rondo::train {

// What random numbers of a run are for (base/random.h).
enum Purpose : std::uint64_t { kSplitting = 1, kSampleOrder, kBatchOrder, kDropout };

struct Split {
  std::vector<std::int64_t> training, validation;  // samples, each in rising order
};

enum class SplitOrder { random, chronological };  // chronological: the last samples validate

// round(fraction * size) samples validate; at least one where fraction > 0, and at least one trains. Throws
// Error(usage) for a fraction outside [0, 1), Error(data) when there are too few samples to split.
Split split(std::int64_t size, double fraction, SplitOrder order, std::uint64_t seed);

struct BatchOptions {
  std::int64_t batch_size = 32;
  std::uint64_t seed = 0;
  bool shuffle = true;               // false: the order of the data, for validation and for streams
  bool by_length = true;             // batches of samples of nearly equal length
  std::int64_t batches_sorted = 64;  // how many batches' worth of shuffled samples are sorted by length together
  bool equal_lengths = false;        // only samples of the same length share a batch
  bool drop_last = false;            // batches smaller than batch_size are left out; of the other samples next time
};

// The next batch to run.
struct Cursor {
  std::int64_t epoch = 0, batch = 0;
  bool operator==(const Cursor&) const = default;
};

class Batches {
 public:
  // samples: those that take part; lengths[i] is that of samples[i]. Throws Error(usage) for a batch size below 1,
  // Error(data) when there is no batch.
  Batches(std::vector<std::int64_t> samples, std::vector<std::int64_t> lengths, const BatchOptions& options);

  // Of any epoch. The same number in all of them.
  std::int64_t batches_per_epoch() const noexcept { return batches_per_epoch_; }

  // The samples of the batch at the cursor, longest first (ties in shuffled order), so that rows end from the back.
  std::span<const std::int64_t> at(const Cursor& cursor);

  // The cursor after it; the last batch of an epoch is followed by the first of the next.
  Cursor after(const Cursor& cursor) const noexcept;

 private:
  void arrange(std::int64_t epoch);
  void cut(std::span<std::size_t> pool);

  BatchOptions options_;
  std::vector<std::int64_t> samples_, lengths_;
  std::int64_t batches_per_epoch_ = 0;
  // Of the epoch arranged last: samples batch after batch, and where each batch begins; one more at the end.
  std::int64_t arranged_ = -1;
  std::vector<std::int64_t> order_;
  std::vector<std::size_t> begins_;
};

}  // namespace rondo::train
