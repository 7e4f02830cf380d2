#include "tools/rondo/verify_report.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/escape.h"
#include "tools/rondo/element.h"
#include "tools/rondo/fault.h"

namespace rondo::tool {
namespace {

constexpr int kFoundDifference = 10;

}  // namespace

void VerifyReport::begin(const std::string& what) { bar_.show(done_, escaped(what)); }

void VerifyReport::note_worst(DType dtype, double error, const std::string& where) {
  Worst& worst = worst_[dtype];
  if (error > worst.error) worst = {error, where};
}

void VerifyReport::settle(nlohmann::ordered_json entry, const std::vector<std::string>& lines, std::size_t data_sets) {
  const std::string status = entry["status"], name = entry["case"];
  done_ += data_sets;
  (status == "passed" ? passed_ : status == "failed" ? failed_ : skipped_) += data_sets;
  spdlog::debug("{} {}", status, escaped(name));
  if (options_.json) return cases_.push_back(std::move(entry));
  if (!lines.empty()) bar_.clear();
  for (const std::string& line : lines)
    print(coloured(status, status == "failed" ? Colour::red : Colour::yellow) + " " + escaped(name) + ": " + line +
          "\n");
}

void VerifyReport::settle_error(const std::string& name, const Error& e, std::size_t data_sets) {
  const bool skip = e.code() == ErrorCode::unsupported;
  nlohmann::ordered_json entry{{"case", name}, {"status", skip ? "skipped" : "failed"}};
  entry.update({{"data_sets", data_sets}, {"error", to_json(e)}});
  settle(std::move(entry), {e.what()}, data_sets);
}

int VerifyReport::finish() {
  bar_.clear();
  if (options_.json)
    print_document(document());
  else
    print(text());
  if (failed_ > 0) return kFoundDifference;
  return passed_ > 0 ? 0 : exit_code(ErrorCode::unsupported);  // nothing could be verified at all
}

nlohmann::ordered_json VerifyReport::document() {
  const std::string key = "worst_" + measure_;
  double worst = 0;
  nlohmann::ordered_json by_type = nlohmann::ordered_json::object();
  for (const auto& [dtype, w] : worst_) {
    worst = std::max(worst, w.error);
    by_type[std::string(name_of(dtype))] = {{key, json_number(w.error)}, {"where", w.where}};
  }
  return {{"passed", passed_},       {"failed", failed_},        {"skipped", skipped_},
          {key, json_number(worst)}, {"worst_by_type", by_type}, {"cases", std::move(cases_)}};
}

std::string VerifyReport::text() const {
  std::string text;
  for (const auto& [dtype, w] : worst_)
    text += fmt::format("worst {}: {:.3g}{}{}\n", name_of(dtype), w.error, w.error > 0 ? " in " : "",
                        w.error > 0 ? w.where : "");
  const std::string counts = fmt::format("{} passed, {} failed, {} skipped", passed_, failed_, skipped_);
  const Colour colour = failed_ > 0 ? Colour::red : skipped_ > 0 ? Colour::yellow : Colour::green;
  return text + coloured(counts, colour) + "\n";
}

}  // namespace rondo::tool
