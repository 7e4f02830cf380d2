#include "importers/data/arrays.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace rondo {
namespace {

constexpr std::string_view kLengths = "lengths", kOffsets = "offsets";

class Arrangement {
 public:
  Arrangement(std::string source, std::vector<NamedArray> arrays) : arrays_(std::move(arrays)) {
    set_.source = std::move(source);
  }

  Dataset arrange() {
    take_extents();
    if (arrays_.empty()) throw fail("there is no array to train on");
    count_samples();
    for (NamedArray& a : arrays_) set_.fields.push_back(field(std::move(a)));
    for (const Extents& e : extents_)
      if (!e.used) throw fail("'" + e.name + "' belongs to no array that has steps");
    return std::move(set_);
  }

 private:
  struct Extents {
    std::string name;
    std::vector<std::int64_t> numbers;
    bool used = false;
  };

  Error fail(std::string what) const {
    Error error(ErrorCode::data, std::move(what));
    error.at_file(set_.source);
    return error;
  }

  static bool is_extents(const std::string& name, std::string_view kind) {
    return name == kind || name.ends_with("_" + std::string(kind));
  }

  // Arrays that are named like extents leave the list.
  void take_extents() {
    for (auto a = arrays_.begin(); a != arrays_.end(); ++a)
      if (std::find_if(arrays_.begin(), a, [&](const NamedArray& b) { return b.name == a->name; }) != a)
        throw fail("the name '" + a->name + "' stands twice");
    std::vector<NamedArray> rest;
    for (NamedArray& a : arrays_) {
      if (is_extents(a.name, kLengths) || is_extents(a.name, kOffsets))
        extents_.push_back({a.name, integers(a), false});
      else
        rest.push_back(std::move(a));
    }
    arrays_ = std::move(rest);
    for (const NamedArray& a : arrays_)
      if (a.tensor.shape().empty()) throw fail("'" + a.name + "' is one number").expected("an array of samples");
  }

  std::vector<std::int64_t> integers(const NamedArray& a) const {
    const Tensor& t = a.tensor;
    if (t.shape().size() != 1 || (t.dtype() != DType::int64 && t.dtype() != DType::int32))
      throw fail("'" + a.name + "' is no list of whole numbers")
          .got(std::string(name_of(t.dtype())) + to_string(t.shape()))
          .expected("int64 or int32 of one dim");
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(t.count()));
    if (t.dtype() == DType::int64)
      std::ranges::copy(t.values<std::int64_t>(), numbers.begin());
    else
      std::ranges::copy(t.values<std::int32_t>(), numbers.begin());
    return numbers;
  }

  Extents* find(const std::string& name) {
    const auto found = std::ranges::find(extents_, name, &Extents::name);
    return found == extents_.end() ? nullptr : &*found;
  }

  void count_samples() {
    for (const Extents& e : extents_)
      if (is_extents(e.name, kOffsets)) {
        if (e.numbers.empty()) throw fail("'" + e.name + "' is empty").expected("one more than there are samples");
        size_ = static_cast<std::int64_t>(e.numbers.size()) - 1;
        flat_ = true;
      }
    if (!flat_) size_ = arrays_[0].tensor.shape()[0];
    if (size_ == 0) throw fail("there are no samples");
    const auto steps = [](const NamedArray& a, bool primary) {
      const std::size_t rank = a.tensor.shape().size();
      return primary ? rank >= 3 && is_floating(a.tensor.dtype()) : rank >= 2;
    };
    for (const bool primary : {true, false})
      for (const NamedArray& a : arrays_)
        if (!num_steps_ && steps(a, primary)) num_steps_ = a.tensor.shape()[1];
  }

  Field field(NamedArray array) {
    Field f;
    f.name = std::move(array.name);
    f.data = std::move(array.tensor);
    const std::vector<std::int64_t> shape = f.data.shape();
    Extents* offsets = find(f.name + "_offsets");
    if (offsets == nullptr && (offsets = find("offsets")) != nullptr && shape[0] != offsets->numbers.back() &&
        shape[0] == size_)
      offsets = nullptr;
    if (offsets != nullptr)
      offsets->used = true, flat(f, shape, *offsets);
    else
      dense(f, shape);
    return f;
  }

  void flat(Field& f, const std::vector<std::int64_t>& shape, const Extents& offsets) const {
    const std::vector<std::int64_t>& at = offsets.numbers;
    if (static_cast<std::int64_t>(at.size()) != size_ + 1)
      throw fail("'" + offsets.name + "' is for another number of samples")
          .got(std::to_string(at.size()) + " numbers")
          .expected(std::to_string(size_ + 1));
    if (at.front() != 0 || at.back() != shape[0])
      throw fail("'" + offsets.name + "' does not span '" + f.name + "'")
          .got(std::to_string(at.front()) + " to " + std::to_string(at.back()))
          .expected("0 to " + std::to_string(shape[0]));
    const auto down = std::ranges::adjacent_find(at, std::ranges::greater());
    if (down != at.end())
      throw fail("'" + offsets.name + "' goes down after number " + std::to_string(down - at.begin()));
    f.row_shape.assign(shape.begin() + 1, shape.end());
    f.num_rows = shape[0];
    f.begins.assign(at.begin(), at.end() - 1);
    for (std::size_t i = 0; i + 1 < at.size(); ++i) f.lengths.push_back(at[i + 1] - at[i]);
  }

  void dense(Field& f, const std::vector<std::int64_t>& shape) {
    if (shape[0] != size_)
      throw fail("the arrays have different numbers of samples")
          .got(std::to_string(shape[0]) + " in '" + f.name + "'")
          .expected(std::to_string(size_));
    f.one_row = shape.size() == 1 || flat_;
    const std::int64_t steps = f.one_row ? 1 : shape[1];
    f.row_shape.assign(shape.begin() + (f.one_row ? 1 : 2), shape.end());
    f.num_rows = size_ * steps;
    for (std::int64_t i = 0; i < size_; ++i) f.begins.push_back(i * steps);
    f.lengths.assign(static_cast<std::size_t>(size_), steps);
    Extents* lengths = find(f.name + "_lengths");
    if (lengths == nullptr && !f.one_row && steps == num_steps_) lengths = find("lengths");
    if (lengths == nullptr) return;
    lengths->used = true;
    check_lengths(*lengths, f, steps);
    f.lengths = lengths->numbers;
  }

  void check_lengths(const Extents& lengths, const Field& f, std::int64_t steps) const {
    const std::vector<std::int64_t>& n = lengths.numbers;
    if (f.one_row) throw fail("'" + f.name + "' has no steps that '" + lengths.name + "' could count");
    if (static_cast<std::int64_t>(n.size()) != size_)
      throw fail("'" + lengths.name + "' is for another number of samples")
          .got(std::to_string(n.size()) + " numbers")
          .expected(std::to_string(size_));
    const auto bad = std::ranges::find_if(n, [&](std::int64_t v) { return v < 0 || v > steps; });
    if (bad != n.end())
      throw fail("'" + lengths.name + "'[" + std::to_string(bad - n.begin()) + "] is out of range")
          .got(std::to_string(*bad))
          .expected("0 to " + std::to_string(steps));
  }

  Dataset set_;
  std::vector<NamedArray> arrays_;
  std::vector<Extents> extents_;
  std::int64_t size_ = 0;
  std::optional<std::int64_t> num_steps_;
  bool flat_ = false;
};

}  // namespace

Dataset dataset_of(std::string source, std::vector<NamedArray> arrays) {
  return Arrangement(std::move(source), std::move(arrays)).arrange();
}

}  // namespace rondo
