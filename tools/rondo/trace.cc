#include "tools/rondo/trace.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <span>

#include "base/save_file.h"
#include "rondo/error.h"
#include "tools/rondo/interrupt.h"

namespace rondo::tool {

Trace::Trace(std::string path, bool force) : path_(std::move(path)), force_(force) {
  if (path_.empty()) return;
  // With a name of their own, traces can take the place of no model, tensor or array, whatever --force allows.
  if (!path_.ends_with(".json"))
    throw Error(ErrorCode::usage, "a trace is JSON").got(path_).expected("a name that ends in .json");
  check_can_save(path_, force_ ? Overwrite::yes : Overwrite::no);
}

void Trace::add(std::string name, Clock::time_point start) {
  if (path_.empty()) return;
  using Microseconds = std::chrono::duration<double, std::micro>;
  events_.push_back(
      {std::move(name), Microseconds(start - origin_).count(), Microseconds(Clock::now() - start).count()});
}

void Trace::save() const {
  if (path_.empty()) return;
  nlohmann::ordered_json events = nlohmann::ordered_json::array();
  const auto pid = ::getpid();
  for (const Event& e : events_)
    events.push_back(
        {{"name", e.name}, {"ph", "X"}, {"ts", e.start_us}, {"dur", e.duration_us}, {"pid", pid}, {"tid", 1}});
  const nlohmann::ordered_json document{{"traceEvents", std::move(events)}, {"displayTimeUnit", "ms"}};
  const std::string text = document.dump(1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  const HoldInterrupts hold;
  save_file(path_, std::as_bytes(std::span(text)), force_ ? Overwrite::yes : Overwrite::no);
}

}  // namespace rondo::tool
