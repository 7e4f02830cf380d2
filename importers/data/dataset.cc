#include "importers/data/dataset.h"

#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <new>

namespace rondo {
namespace {

class Hash {
 public:
  Hash() : state_(XXH3_createState()) {
    if (!state_) throw std::bad_alloc();
    XXH3_64bits_reset(state_.get());
  }
  void add(const void* data, std::size_t bytes) {
    if (bytes > 0) XXH3_64bits_update(state_.get(), data, bytes);
  }
  void add(std::int64_t number) { add(&number, sizeof number); }
  void add(const std::vector<std::int64_t>& numbers) {
    add(static_cast<std::int64_t>(numbers.size()));
    add(numbers.data(), numbers.size() * sizeof(std::int64_t));
  }
  std::uint64_t digest() const { return XXH3_64bits_digest(state_.get()); }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

}  // namespace

std::int64_t Field::longest() const noexcept { return lengths.empty() ? 0 : *std::ranges::max_element(lengths); }

bool Field::ragged() const noexcept {
  return std::ranges::any_of(lengths, [this](std::int64_t n) { return n != lengths[0]; });
}

const Field* Dataset::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

Field* Dataset::find(std::string_view name) noexcept {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

Error error_at(const Dataset& set, const Field& field, std::int64_t sample, std::int64_t row, std::int64_t element,
               const std::string& what) {
  const auto r = static_cast<std::size_t>(row), e = static_cast<std::size_t>(element);
  if (r < field.lines.size()) {
    std::string place = set.source + ':' + std::to_string(field.lines[r]);
    if (e < field.columns.size()) place += ':' + std::to_string(field.columns[e]);
    Error error(ErrorCode::data, what);
    error.at_file(place);
    return error;
  }
  std::string place = "'" + field.name + "' of sample " + std::to_string(sample);
  if (!field.one_row) place += ", step " + std::to_string(row - field.begins[static_cast<std::size_t>(sample)]);
  if (!field.row_shape.empty()) place += ", element " + std::to_string(element);
  Error error(ErrorCode::data, place + ": " + what);
  error.at_file(set.source);
  return error;
}

std::uint64_t fingerprint(const Dataset& set) {
  Hash hash;
  for (const Field& f : set.fields) {
    hash.add(static_cast<std::int64_t>(f.name.size()));
    hash.add(f.name.data(), f.name.size());
    hash.add(static_cast<std::int64_t>(f.data.dtype()));
    hash.add(f.row_shape);
    hash.add(f.one_row ? 1 : 0);
    hash.add(f.begins);
    hash.add(f.lengths);
    hash.add(f.data.data(), f.data.bytes());
  }
  return hash.digest();
}

}  // namespace rondo
