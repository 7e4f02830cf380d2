// libcsv is C: what is thrown inside its callbacks is kept and thrown again outside.
#include "importers/data/csv_rows.h"

#include <csv.h>

#include <algorithm>
#include <exception>
#include <new>

#include "importers/data/text_file.h"

namespace rondo {
namespace {

constexpr std::size_t kMaxColumns = std::size_t{1} << 16;

class Rows {
 public:
  Rows(const std::string& path, char delimiter,
       const std::function<void(std::int64_t, const std::vector<std::string>&)>& each)
      : path_(path), each_(each) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) throw std::bad_alloc();
    csv_set_blk_size(&parser_, std::size_t{64} << 10);  // a long field grows in steps of that, of 128 bytes else
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter));
  }
  ~Rows() { csv_free(&parser_); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  void parse(std::string_view text) {
    constexpr std::size_t kPiece = std::size_t{1} << 16;
    while (!text.empty()) {
      const std::string_view piece = text.substr(0, kPiece);
      text.remove_prefix(piece.size());
      const std::size_t done = csv_parse(&parser_, piece.data(), piece.size(), on_cell, on_row, this);
      if (thrown_) std::rethrow_exception(thrown_);
      if (done != piece.size()) throw broken();
      if (csv_get_buffer_size(&parser_) > kMaxLine) throw too_long("the line is too long", kMaxLine, " bytes");
    }
    const int status = csv_fini(&parser_, on_cell, on_row, this);
    if (thrown_) std::rethrow_exception(thrown_);
    if (status != 0) throw broken();
  }

 private:
  static void on_cell(void* data, std::size_t bytes, void* self) {
    static_cast<Rows*>(self)->guarded([&](Rows& rows) { rows.cell({static_cast<const char*>(data), bytes}); });
  }
  static void on_row(int terminator, void* self) {
    static_cast<Rows*>(self)->guarded([&](Rows& rows) { rows.end(terminator); });
  }
  template <class F>
  void guarded(F&& f) noexcept {
    if (thrown_) return;
    try {
      f(*this);
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  void cell(std::string_view text) {
    if (count_ == kMaxColumns) throw too_long("the row has too many columns", kMaxColumns, "");
    if (count_ == cells_.size()) cells_.emplace_back();
    cells_[count_++].assign(text);
    bytes_ += text.size();
    inner_lines_ += std::ranges::count(text, '\n');
    if (bytes_ > kMaxLine) throw too_long("the line is too long", kMaxLine, " bytes");
  }

  // A row ends, or a blank line; the line feed of a carriage return before it is neither.
  void end(int terminator) {
    const bool second_half = terminator == '\n' && after_return_ && count_ == 0;
    after_return_ = terminator == '\r';
    if (second_half) return;
    if (count_ > 0) {
      cells_.resize(count_);
      each_(line_, cells_);
    }
    line_ += 1 + inner_lines_;
    count_ = bytes_ = 0;
    inner_lines_ = 0;
  }

  Error broken() {
    if (csv_error(&parser_) == CSV_ENOMEM) return Error(ErrorCode::memory, "no memory for the file's text");
    return text_error(path_, line_ + inner_lines_, static_cast<std::int64_t>(count_) + 1, "the quotes are malformed")
        .expected("a quoted cell as a whole in quotes, and quotes inside it doubled");
  }
  Error too_long(std::string what, std::size_t most, const std::string& unit) const {
    Error error(ErrorCode::limit, std::move(what));
    error.at_file(path_ + ':' + std::to_string(line_)).expected("at most " + std::to_string(most) + unit);
    return error;
  }

  const std::string& path_;
  const std::function<void(std::int64_t, const std::vector<std::string>&)>& each_;
  csv_parser parser_{};
  std::exception_ptr thrown_;
  std::vector<std::string> cells_;  // the first count_ are those of this row
  std::size_t count_ = 0, bytes_ = 0;
  std::int64_t line_ = 1, inner_lines_ = 0;
  bool after_return_ = false;
};

}  // namespace

void for_csv_rows(const std::string& path, std::string_view text, char delimiter,
                  const std::function<void(std::int64_t, const std::vector<std::string>&)>& each) {
  Rows(path, delimiter, each).parse(text);
}

}  // namespace rondo
