// rondo-memory-check DIR...: loads DIR/model.onnx and runs it 10,000 times, with a size of its own for every open dim
// in every run and elements out of test_data_set_0. Prints the resident memory after 1,000 runs and at the end; the
// exit code is 1 when it grew by more than --bound kilobytes.
#include <CLI/CLI.hpp>
#include <cstring>
#include <exception>
#include <iostream>
#include <map>
#include <string>

#include "memory/resident.h"
#include "oracle/random.h"
#include "rondo/session.h"
#include "tools/rondo/test_case.h"

namespace rondo::memory {
namespace {

struct Options {
  std::int64_t early = 1000, late = 10000, bound = 1024, largest = 12;
  int threads = 1;
};

// The data set's elements, over and over, in a shape whose open dims are drawn.
Tensor drawn(const TensorInfo& info, const Tensor& sample, std::map<std::string, std::int64_t>& sizes,
             oracle::Random& random, std::int64_t largest) {
  std::vector<std::int64_t> shape = sample.shape();
  for (std::size_t d = 0; info.shape && d < shape.size(); ++d) {
    const DimInfo& dim = (*info.shape)[d];
    if (!dim.known()) shape[d] = sizes.try_emplace(dim.symbol, random.between(1, largest)).first->second;
  }
  Tensor t(sample.dtype(), std::move(shape));
  const std::size_t bytes = size_of(t.dtype());
  for (std::size_t i = 0; i < t.bytes() && sample.bytes() != 0; i += bytes)
    std::memcpy(static_cast<std::byte*>(t.data()) + i,
                static_cast<const std::byte*>(sample.data()) + i % sample.bytes(), bytes);
  return t;
}

class Runs {
 public:
  Runs(const std::string& folder, const Options& options)
      : options_(options),
        test_(tool::find_test_case(folder)),
        samples_(tool::read_tensors(test_.data_sets.at(0), "input")),
        session_(Session::load(test_.model, {.threads = options.threads})),
        context_(session_) {}

  // Sizes that the model does not take are replaced by those of the data set.
  void once() {
    std::map<std::string, std::int64_t> sizes;
    std::vector<Tensor> inputs;
    for (std::size_t i = 0; i < samples_.size(); ++i)
      inputs.push_back(drawn(session_.inputs().at(i), samples_[i], sizes, random_, options_.largest));
    try {
      run(inputs);
      varied_ += !sizes.empty();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::data || sizes.empty()) throw;
      run(samples_);
    }
  }
  std::int64_t varied() const { return varied_; }

 private:
  void run(const std::vector<Tensor>& inputs) {
    std::vector<TensorView> views;
    for (const Tensor& t : inputs) views.push_back(t.view());
    context_.run(views);
  }

  const Options& options_;
  tool::TestCase test_;
  std::vector<Tensor> samples_;
  Session session_;
  RunContext context_;
  oracle::Random random_{1, 1};
  std::int64_t varied_ = 0;
};

bool check(const std::string& folder, const Options& options) {
  Runs runs(folder, options);
  const Growth growth = watch(options.early, options.late, [&](std::int64_t) { runs.once(); });
  const bool small = growth.bytes() <= options.bound * 1024;
  std::cout << (small ? "passed " : "FAILED ") << folder << ": " << to_string(growth) << "; " << runs.varied()
            << " runs with sizes of their own" << std::endl;
  return small;
}

}  // namespace
}  // namespace rondo::memory

int main(int argc, char** argv) {
  CLI::App app{"Runs models again and again and watches the resident memory"};
  rondo::memory::Options options;
  std::vector<std::string> folders;
  app.add_option("folders", folders, "Folders with model.onnx and test_data_set_0")->required();
  app.add_option("--early", options.early, "Runs before the first look")->capture_default_str();
  app.add_option("--runs", options.late, "Runs in all")->capture_default_str();
  app.add_option("--bound", options.bound, "Kilobytes it may grow by in between")->capture_default_str();
  app.add_option("--largest", options.largest, "Largest size drawn for an open dim")->capture_default_str();
  app.add_option("--threads", options.threads, "Threads of a session")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    bool all = true;
    for (const std::string& folder : folders) all &= rondo::memory::check(folder, options);
    return all ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "rondo-memory-check: " << error.what() << '\n';
    return 2;
  }
}
