// Where the command's text goes: results to stdout, everything else to stderr, colour and progress only on a terminal.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace rondo::tool {

// Throws Error(io) when stdout does not take it. A document is one line of ASCII.
void print(std::string_view text);
void print_document(const nlohmann::ordered_json& document);

// "error[...] ..." and a newline to stderr.
void print_error_line(std::string_view line) noexcept;

// Missing standard streams are opened so that no file takes their place; the log goes to stderr.
void set_up_streams();

enum class Colour { red, green, yellow };
// text in that colour when stdout is a terminal and NO_COLOR is not set.
std::string coloured(std::string_view text, Colour colour);

// One line on stderr that is drawn over itself; nothing when stderr is no terminal.
class ProgressBar {
 public:
  ProgressBar(std::size_t total, bool wanted);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(std::size_t done, std::string_view what);
  void clear();  // before anything else is printed

 private:
  std::size_t total_;
  bool shown_;
  bool drawn_ = false;
};

// A column of names: text, then spaces up to the width.
std::string padded(std::string_view text, std::size_t width);

}  // namespace rondo::tool
