#include "train/batches.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "rondo/error.h"

namespace rondo::train {
namespace {

// Fisher and Yates.
template <class T>
void shuffle(std::span<T> items, const RandomSequence& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i, i)]);
}

}  // namespace

Split split(std::int64_t size, double fraction, SplitOrder order, std::uint64_t seed) {
  if (!(fraction >= 0 && fraction < 1))
    throw Error(ErrorCode::usage, "the part to validate with is out of range")
        .got(std::to_string(fraction))
        .expected("0 or more and below 1");
  std::vector<std::int64_t> all(static_cast<std::size_t>(size));
  std::iota(all.begin(), all.end(), 0);
  if (fraction == 0) return {std::move(all), {}};
  if (size < 2)
    throw Error(ErrorCode::data, "there are too few samples to split some off")
        .got(std::to_string(size))
        .expected("2 or more");
  const auto wanted = static_cast<std::int64_t>(std::llround(fraction * static_cast<double>(size)));
  const auto held = static_cast<std::ptrdiff_t>(std::clamp<std::int64_t>(wanted, 1, size - 1));
  if (order == SplitOrder::random) shuffle(std::span(all), RandomSequence(seed, kSplitting));
  Split parts{{all.begin(), all.end() - held}, {all.end() - held, all.end()}};
  std::ranges::sort(parts.training);
  std::ranges::sort(parts.validation);
  return parts;
}

Batches::Batches(std::vector<std::int64_t> samples, std::vector<std::int64_t> lengths, const BatchOptions& options)
    : options_(options), samples_(std::move(samples)), lengths_(std::move(lengths)) {
  if (options_.batch_size < 1 || options_.batches_sorted < 1)
    throw Error(ErrorCode::usage, "the batch size is out of range")
        .got(std::to_string(options_.batch_size))
        .expected("1 or more");
  arrange(0);
  batches_per_epoch_ = static_cast<std::int64_t>(begins_.size()) - 1;
  if (batches_per_epoch_ == 0)
    throw Error(ErrorCode::data, "there are too few samples for a batch").got(std::to_string(samples_.size()));
}

// Cuts samples, given by their place in samples_, into batches behind those there are.
void Batches::cut(std::span<std::size_t> pool) {
  const auto most = static_cast<std::size_t>(options_.batch_size);
  const auto longer = [this](std::size_t a, std::size_t b) { return lengths_[a] > lengths_[b]; };
  if (options_.by_length || options_.equal_lengths) std::ranges::stable_sort(pool, longer);
  for (std::size_t i = 0; i < pool.size();) {
    std::size_t n = std::min(most, pool.size() - i);
    if (options_.equal_lengths)
      while (lengths_[pool[i + n - 1]] != lengths_[pool[i]]) --n;
    const std::span batch = pool.subspan(i, n);
    i += n;
    if (options_.drop_last && n < most) continue;
    std::ranges::stable_sort(batch, longer);
    for (const std::size_t k : batch) order_.push_back(samples_[k]);
    begins_.push_back(order_.size());
  }
}

void Batches::arrange(std::int64_t epoch) {
  const auto number = static_cast<std::uint64_t>(epoch);
  std::vector<std::size_t> places(samples_.size());
  std::iota(places.begin(), places.end(), 0);
  if (options_.shuffle) shuffle(std::span(places), RandomSequence(options_.seed, kSampleOrder, number));

  order_.clear();
  begins_ = {0};
  // Batches of equal lengths are cut from all samples at once, which keeps their number the same in every epoch.
  const auto whole = options_.equal_lengths || !options_.by_length
                         ? places.size()
                         : static_cast<std::size_t>(options_.batch_size * options_.batches_sorted);
  for (std::size_t i = 0; i < places.size(); i += whole)
    cut(std::span(places).subspan(i, std::min(whole, places.size() - i)));
  arranged_ = epoch;
  if (!options_.shuffle) return;

  std::vector<std::size_t> batches(begins_.size() - 1);
  std::iota(batches.begin(), batches.end(), 0);
  shuffle(std::span(batches), RandomSequence(options_.seed, kBatchOrder, number));
  std::vector<std::int64_t> order;
  std::vector<std::size_t> begins{0};
  for (const std::size_t b : batches) {
    const auto at = order_.begin();
    order.insert(order.end(), at + static_cast<std::ptrdiff_t>(begins_[b]),
                 at + static_cast<std::ptrdiff_t>(begins_[b + 1]));
    begins.push_back(order.size());
  }
  order_ = std::move(order);
  begins_ = std::move(begins);
}

std::span<const std::int64_t> Batches::at(const Cursor& cursor) {
  if (cursor.batch < 0 || cursor.batch >= batches_per_epoch_)
    throw Error(ErrorCode::state, "there is no such batch in an epoch")
        .got(std::to_string(cursor.batch))
        .expected("0 to " + std::to_string(batches_per_epoch_ - 1));
  if (arranged_ != cursor.epoch) arrange(cursor.epoch);
  const auto b = static_cast<std::size_t>(cursor.batch);
  return std::span(order_).subspan(begins_[b], begins_[b + 1] - begins_[b]);
}

Cursor Batches::after(const Cursor& cursor) const noexcept {
  return cursor.batch + 1 < batches_per_epoch_ ? Cursor{cursor.epoch, cursor.batch + 1} : Cursor{cursor.epoch + 1, 0};
}

}  // namespace rondo::train
