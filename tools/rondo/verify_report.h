// What rondo verify counts and prints, whatever it compares: data sets that passed, failed or were skipped, a line for
// each that did not pass, and the worst error of each element type.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rondo/error.h"
#include "rondo/tensor.h"
#include "tools/rondo/options.h"
#include "tools/rondo/terminal.h"

namespace rondo::tool {

class VerifyReport {
 public:
  // measure: how errors are called in documents, "abs" gives worst_abs.
  VerifyReport(const Options& options, std::size_t data_sets, std::string measure)
      : options_(options), measure_(std::move(measure)), bar_(data_sets, !options.quiet) {}

  // On the progress bar.
  void begin(const std::string& what);
  void note_worst(DType dtype, double error, const std::string& where);
  // Counts data sets and prints their lines. entry: the case's document, with "case" and "status".
  void settle(nlohmann::ordered_json entry, const std::vector<std::string>& lines, std::size_t data_sets = 1);
  // An error fails the data sets; one that says unsupported skips them.
  void settle_error(const std::string& name, const Error& e, std::size_t data_sets = 1);
  // Prints the summary or the document and gives the exit code.
  int finish();

 private:
  struct Worst {
    double error = -1;
    std::string where;
  };
  nlohmann::ordered_json document();
  std::string text() const;

  const Options& options_;
  std::string measure_;
  ProgressBar bar_;
  std::size_t done_ = 0, passed_ = 0, failed_ = 0, skipped_ = 0;
  std::map<DType, Worst> worst_;  // floating types that were compared
  nlohmann::ordered_json cases_ = nlohmann::ordered_json::array();
};

}  // namespace rondo::tool
