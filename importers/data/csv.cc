#include "importers/data/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <unordered_set>

#include "importers/data/csv_rows.h"
#include "importers/data/text_file.h"

namespace rondo {
namespace {

struct Parsed {
  std::errc status = std::errc::invalid_argument;
  double value = 0;
};

// As in the C locale, with an optional plus sign.
Parsed parsed(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return {};
  return {status, value};
}
std::optional<double> number_in(std::string_view text) {
  const Parsed p = parsed(text);
  return p.status == std::errc() ? std::optional(p.value) : std::nullopt;
}

// A cell as it stands in a message.
std::string quoted(const std::string& text) {
  constexpr std::size_t kShown = 40;
  return '\'' + text.substr(0, kShown) + (text.size() > kShown ? "...'" : "'");
}

// Columns that go into one field, and what was read from them.
struct Table {
  std::vector<std::size_t> columns;
  std::vector<double> values;
};

class Reader {
 public:
  Reader(const std::string& path, const CsvOptions& options) : path_(path), o_(options) {
    if (o_.window < 0 || o_.stride < 1 || o_.horizon < 0)
      throw Error(ErrorCode::usage, "window, stride or horizon is out of range")
          .expected("a window and a horizon of 0 or more, a stride of 1 or more");
    if (o_.delimiter == '"' || o_.delimiter == '\n' || o_.delimiter == '\r')
      throw Error(ErrorCode::usage, "this cannot separate columns").expected("such as , or ;");
  }

  Dataset read() {
    const TextFile file = read_text(path_);
    for_csv_rows(path_, file.text, o_.delimiter,
                 [this](std::int64_t line, const std::vector<std::string>& cells) { row(line, cells); });
    if (!width_) throw text_error(path_, 0, 0, "there are no rows");
    if (lines_.empty()) throw text_error(path_, 0, 0, "there are no rows behind the names of the columns");
    begins_.push_back(num_rows());
    return samples();
  }

 private:
  std::int64_t num_rows() const { return static_cast<std::int64_t>(lines_.size()); }

  void row(std::int64_t line, const std::vector<std::string>& cells) {
    if (!width_) {
      width_ = cells.size();
      const auto is_number = [](const std::string& c) { return number_in(c).has_value(); };
      if (std::ranges::none_of(cells, is_number)) return name_columns(cells);
      const auto text = std::ranges::find_if_not(cells, is_number);
      if (text != cells.end())
        throw text_error(path_, line, text - cells.begin() + 1,
                         quoted(*text) + " is not a number, and the first line is not one of names")
            .fix("correct it, or put the names of the columns into the first line");
      std::vector<std::string> numbers;
      for (std::size_t c = 1; c <= cells.size(); ++c) numbers.push_back(std::to_string(c));
      name_columns(numbers);
    }
    if (cells.size() != width_)
      throw text_error(path_, line, 0, "the row has another number of columns")
          .got(std::to_string(cells.size()))
          .expected(std::to_string(*width_))
          .fix("write decimals with a point and put text that holds the delimiter in quotes");
    if (sequence_) begin_sequence(line, cells[*sequence_]);
    for (Table* table : {&features_, &targets_})
      for (const std::size_t c : table->columns) table->values.push_back(number(line, c, cells[c]));
    lines_.push_back(line);
  }

  double number(std::int64_t line, std::size_t column, const std::string& cell) const {
    if (const auto value = number_in(cell)) return *value;
    const auto at = static_cast<std::int64_t>(column) + 1;
    if (cell.empty()) throw text_error(path_, line, at, "the cell is empty").expected("a number");
    if (parsed(cell).status == std::errc::result_out_of_range)
      throw text_error(path_, line, at, quoted(cell) + " is beyond the range of numbers");
    const bool comma = cell.find(',') != std::string::npos;
    throw text_error(path_, line, at, quoted(cell) + " is not a number")
        .fix(comma ? "write decimals with a point" : "correct it, or name the columns that are features");
  }

  void name_columns(const std::vector<std::string>& names) {
    const auto column = [&](const std::string& name) {
      const auto found = std::ranges::find(names, name);
      if (found == names.end())
        throw Error(ErrorCode::usage, "there is no column " + quoted(name))
            .at_file(path_)
            .expected("one of " +
                      std::accumulate(names.begin() + 1, names.end(), names[0],
                                      [](std::string all, const std::string& n) { return all + ", " + n; }));
      return static_cast<std::size_t>(found - names.begin());
    };
    for (std::size_t c = 0; c < names.size(); ++c)
      if (std::ranges::find(names, names[c]) - names.begin() != static_cast<std::ptrdiff_t>(c))
        throw text_error(path_, 1, static_cast<std::int64_t>(c) + 1, "the name " + quoted(names[c]) + " stands twice");
    if (!o_.sequence.empty()) sequence_ = column(o_.sequence);
    for (const std::string& name : o_.targets) targets_.columns.push_back(column(name));
    for (const std::string& name : o_.features) features_.columns.push_back(column(name));
    for (std::size_t c = 0; o_.features.empty() && c < names.size(); ++c)
      if (c != sequence_ && std::ranges::find(targets_.columns, c) == targets_.columns.end())
        features_.columns.push_back(c);
    if (features_.columns.empty()) throw text_error(path_, 1, 0, "no column is left for features");
  }

  void begin_sequence(std::int64_t line, const std::string& id) {
    if (!begins_.empty() && id == id_) return;
    if (!seen_.insert(id).second)
      throw text_error(path_, line, static_cast<std::int64_t>(*sequence_) + 1,
                       "the rows of sequence " + quoted(id) + " are not together")
          .fix("sort the rows by sequence");
    id_ = id;
    begins_.push_back(num_rows());
  }

  Field field(std::string name, Table table, bool single_is_scalar) const {
    Field f;
    f.name = std::move(name);
    f.num_rows = num_rows();
    const auto width = static_cast<std::int64_t>(table.columns.size());
    if (width > 1 || !single_is_scalar) f.row_shape = {width};
    f.data = Tensor::of<double>(DType::float64, {f.num_rows, width}, table.values);
    f.lines = lines_;
    for (const std::size_t c : table.columns) f.columns.push_back(static_cast<std::int64_t>(c) + 1);
    return f;
  }

  Dataset samples() {
    Dataset set;
    set.source = path_;
    Field x = field("x", std::move(features_), false), y = field("y", std::move(targets_), true);
    if (o_.window > 0)
      windows(x, y);
    else if (sequence_)
      whole_sequences(x, y);
    else
      rows(x, y);
    if (x.begins.empty())
      throw text_error(path_, 0, 0, "no sequence is long enough for a window and its target")
          .expected(std::to_string(o_.window + o_.horizon) + " rows or more");
    set.fields.push_back(std::move(x));
    if (!o_.targets.empty()) set.fields.push_back(std::move(y));
    return set;
  }

  void rows(Field& x, Field& y) const {
    for (Field* f : {&x, &y}) {
      f->one_row = true;
      f->begins.resize(lines_.size());
      std::iota(f->begins.begin(), f->begins.end(), 0);
      f->lengths.assign(lines_.size(), 1);
    }
  }

  void whole_sequences(Field& x, Field& y) const {
    y.one_row = !o_.target_per_step;
    for (std::size_t s = 0; s + 1 < begins_.size(); ++s) {
      const std::int64_t begin = begins_[s], length = begins_[s + 1] - begin;
      x.begins.push_back(begin);
      x.lengths.push_back(length);
      y.begins.push_back(begin);
      y.lengths.push_back(y.one_row ? 1 : length);
      if (y.one_row) check_constant(y, begin, length);
    }
  }

  void check_constant(const Field& y, std::int64_t begin, std::int64_t length) const {
    const std::int64_t width = y.row_elements();
    const double* all = static_cast<const double*>(y.data.data());
    for (std::int64_t i = (begin + 1) * width; i < (begin + length) * width; ++i) {
      const double first = all[begin * width + i % width];
      if (all[i] == first || (std::isnan(all[i]) && std::isnan(first))) continue;
      throw text_error(path_, lines_[static_cast<std::size_t>(i / width)],
                       y.columns[static_cast<std::size_t>(i % width)], "the target changes within a sequence")
          .fix("make it the same in all rows, or ask for a target for each step");
    }
  }

  void windows(Field& x, Field& y) const {
    y.one_row = !o_.target_per_step && o_.horizon <= 1;
    const std::int64_t none = num_rows();
    const std::vector<std::int64_t> all{0, none};
    const std::vector<std::int64_t>& begins = sequence_ ? begins_ : all;
    for (std::size_t s = 0; s + 1 < begins.size(); ++s)
      for (std::int64_t b = begins[s]; b + o_.window + o_.horizon <= begins[s + 1]; b += o_.stride) {
        x.begins.push_back(b);
        x.lengths.push_back(o_.window);
        const std::int64_t behind = o_.horizon == 0 ? b + o_.window - 1 : b + o_.window;
        y.begins.push_back(o_.target_per_step ? b + o_.horizon : behind);
        y.lengths.push_back(o_.target_per_step ? o_.window : std::max<std::int64_t>(1, o_.horizon));
      }
  }

  const std::string& path_;
  const CsvOptions& o_;
  std::optional<std::size_t> width_, sequence_;
  Table features_, targets_;
  std::vector<std::int64_t> lines_, begins_;  // of rows; the first row of each sequence, and one past the last
  std::string id_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

Dataset read_csv(const std::string& path, const CsvOptions& options) { return Reader(path, options).read(); }

}  // namespace rondo
