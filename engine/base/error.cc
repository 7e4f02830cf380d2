#include "rondo/error.h"

#include <array>

#include "base/escape.h"
#include "base/where.h"

namespace rondo {
namespace {

struct CodeRow {
  std::string_view name;
  int exit;
};
constexpr std::array<CodeRow, 9> kCodes{{{"E_USAGE", 2},
                                         {"E_MODEL", 3},
                                         {"E_UNSUP", 4},
                                         {"E_DATA", 5},
                                         {"E_LIMIT", 6},
                                         {"E_OOM", 6},
                                         {"E_IO", 7},
                                         {"E_NUM", 8},
                                         {"E_STATE", 9}}};
constexpr std::size_t kMaxListed = 20;  // further findings printed; the rest is counted
constexpr std::size_t kMaxLine = 2048;  // bytes of an error line without its list of further findings

const CodeRow& row(ErrorCode code) { return kCodes[static_cast<std::size_t>(code)]; }

}  // namespace

std::string_view name_of(ErrorCode code) noexcept { return row(code).name; }
int exit_code(ErrorCode code) noexcept { return row(code).exit; }

std::string to_string(const Where& where) {
  if (where.op.empty() && where.node_index < 0) return "";
  std::string s = "node '" + escaped(where.node) + "' (" + escaped(where.op);
  if (where.node_index >= 0) s += (where.op.empty() ? "#" : " #") + std::to_string(where.node_index);
  if (!where.graph.empty()) s += ", graph '" + escaped(where.graph) + "'";
  return s + ")";
}

Error::Error(ErrorCode code, std::string what) : code_(code), message_(std::move(what)) { compose(); }

Error& Error::got(std::string text) {
  got_ = std::move(text), compose();
  return *this;
}
Error& Error::expected(std::string text) {
  expected_ = std::move(text), compose();
  return *this;
}
Error& Error::fix(std::string action) {
  fix_ = std::move(action), compose();
  return *this;
}
Error& Error::at_attribute(std::string name) {
  where_.attribute = std::move(name), compose();
  return *this;
}
Error& Error::also(std::string other) {
  others_.push_back(std::move(other)), compose();
  return *this;
}

Error& Error::at_file(std::string file, std::int64_t byte) {
  where_.file = std::move(file);
  if (byte >= 0) where_.byte = byte;
  compose();
  return *this;
}

Error& Error::at_node(std::string node, std::string op, std::int64_t index, std::string graph) {
  where_.node = std::move(node);
  where_.op = std::move(op);
  where_.node_index = index;
  where_.graph = std::move(graph);
  compose();
  return *this;
}

void Error::compose() {
  std::string s = "error[" + std::string(name_of(code_)) + "]";
  if (!where_.file.empty()) s += " " + escaped(where_.file);
  if (where_.byte >= 0) s += "@" + std::to_string(where_.byte);
  s += ": ";
  if (const std::string place = to_string(where_); !place.empty()) s += place + ": ";
  if (!where_.attribute.empty()) s += "attribute '" + escaped(where_.attribute) + "': ";
  s += escaped(message_);
  if (!got_.empty() || !expected_.empty()) {
    s += " (";
    if (!got_.empty()) s += "got " + escaped(got_);
    if (!got_.empty() && !expected_.empty()) s += ", ";
    if (!expected_.empty()) s += "expected " + escaped(expected_);
    s += ")";
  }
  s += ".";
  if (!fix_.empty()) s += " Fix: " + escaped(fix_) + ".";
  if (s.size() > kMaxLine) s.resize(kMaxLine);
  for (std::size_t i = 0; i < others_.size() && i < kMaxListed; ++i) s += " Also: " + escaped(others_[i]) + ".";
  if (others_.size() > kMaxListed) s += " And " + std::to_string(others_.size() - kMaxListed) + " more.";
  line_ = std::move(s);
}

}  // namespace rondo
