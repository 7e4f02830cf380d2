// --trace: what the command spent its time on, as Chrome trace events.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace rondo::tool {

class Trace {
  using Clock = std::chrono::steady_clock;

 public:
  // path empty: records nothing. Throws as check_can_save does, so a run is not made for a file that cannot be written.
  Trace(std::string path, bool force);

  // Lasts from its making to its end.
  class Span {
   public:
    Span(Trace& trace, std::string name) : trace_(trace), name_(std::move(name)), start_(Clock::now()) {}
    ~Span() { trace_.add(std::move(name_), start_); }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    Trace& trace_;
    std::string name_;
    Clock::time_point start_;
  };
  Span span(std::string name) { return Span(*this, std::move(name)); }

  void save() const;

 private:
  struct Event {
    std::string name;
    double start_us, duration_us;
  };
  void add(std::string name, Clock::time_point start);

  std::string path_;
  bool force_;
  Clock::time_point origin_ = Clock::now();
  std::vector<Event> events_;
};

}  // namespace rondo::tool
