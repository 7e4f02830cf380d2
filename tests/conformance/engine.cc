#include "conformance/engine.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <ostream>
#include <span>

#include "base/cpu.h"

namespace rondo::conformance {
namespace {

constexpr int kNaNByte = 0xFF;  // all bits set are a NaN in every floating type

Session load(const std::string& model, const Choice& choice) {
  SessionOptions options;
  options.isa = choice.isa;
  options.backend = choice.backend;
  options.threads = choice.threads;
  return Session::load_from_memory(std::as_bytes(std::span(model)), options);
}

std::vector<TensorView> views(const std::vector<Tensor>& tensors) {
  std::vector<TensorView> result;
  for (const Tensor& tensor : tensors) result.push_back(tensor.view());
  return result;
}

}  // namespace

std::string to_string(const Choice& choice) {
  return "--isa " + choice.isa + " --backend " + choice.backend + " --threads " + std::to_string(choice.threads);
}

std::string test_name(const Choice& choice) { return choice.isa + "_" + choice.backend; }

void PrintTo(const Choice& choice, std::ostream* out) { *out << to_string(choice); }

std::vector<Choice> choices() {
  const Isa widest = allowed_isa();
  std::vector<Choice> result;
  for (Isa isa : std::array{Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (isa <= widest) result.push_back({std::string(name_of(isa)), "native"});
  }
#ifdef RONDO_HAVE_ONEDNN
  result.push_back({std::string(name_of(widest)), "onednn"});
#endif
  result.push_back({"scalar", "reference"});
  return result;
}

Engine::Engine(const std::string& model, const Choice& choice) : session_(load(model, choice)), context_(session_) {}

std::vector<Tensor> Engine::run(const std::vector<Tensor>& inputs) {
  const std::vector<TensorView> given = views(inputs);
  std::vector<Tensor> outputs;
  for (const TensorView& wanted : context_.prepare(given)) {
    Tensor& output = outputs.emplace_back(wanted.dtype, std::vector(wanted.shape.begin(), wanted.shape.end()));
    if (output.bytes() != 0) std::memset(output.data(), kNaNByte, output.bytes());
  }
  std::vector<MutableTensorView> memory;
  for (Tensor& output : outputs) memory.push_back(output.view());
  context_.run(given, memory);
  return outputs;
}

std::string Engine::backend_of(const std::string& op) const {
  const std::vector<StepInfo> infos = context_.explain();
  const auto step = std::ranges::find(infos, op, &StepInfo::op);
  return step == infos.end() ? "" : step->backend;
}

bool identical(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::ranges::equal(a, b,
                            [](const Tensor& x, const Tensor& y) { return rondo::identical(x.view(), y.view()); });
}

}  // namespace rondo::conformance
