#include "tools/rondo/fault.h"

#include <cstdio>
#include <string>

#include "base/way_out.h"
#include "tools/rondo/terminal.h"

namespace rondo::tool {

nlohmann::ordered_json to_json(const Error& error) {
  nlohmann::ordered_json j{{"code", name_of(error.code())}, {"exit", exit_code(error.code())}};
  const auto text = [&](const char* key, const std::string& value) {
    if (!value.empty()) j[key] = value;
  };
  const auto number = [&](const char* key, std::int64_t value) {
    if (value >= 0) j[key] = value;
  };
  const Where& where = error.where();
  text("message", error.message());
  text("got", error.got());
  text("expected", error.expected());
  text("fix", error.fix());
  text("file", where.file);
  number("byte", where.byte);
  text("node", where.node);
  text("op", where.op);
  number("node_index", where.node_index);
  text("graph", where.graph);
  text("attribute", where.attribute);
  if (!error.others().empty()) j["others"] = error.others();
  j["text"] = error.what();
  return j;
}

int report(const Error& bare, bool document) noexcept try {
  Error error = bare;
  add_way_out(error);
  print_error_line(error.what());
  if (document) print_document({{"error", to_json(error)}});
  return exit_code(error.code());
} catch (...) {  // stdout is gone or memory is: the line on stderr and the code are what is left
  return exit_code(bare.code());
}

}  // namespace rondo::tool
