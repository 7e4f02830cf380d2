// Uses the installed library as a stranger would. With a model as its argument it runs that model on zeros, every dim
// that has no number taken as 2; without one it sees an impossible model refused, an error that crosses the library's
// boundary.
#include <cstdio>
#include <vector>

#include "rondo/session.h"
#include "rondo/trainer.h"

namespace {

int refuse_nothing_for_a_model() {
  try {
    rondo::Session::load_from_memory({});
  } catch (const rondo::Error& error) {
    return error.code() == rondo::ErrorCode::model ? 0 : 2;
  }
  return 1;
}

int refuse_to_learn_nothing(const rondo::Session& session) {
  try {
    rondo::Trainer(session, {});
  } catch (const rondo::Error& error) {
    return error.code() == rondo::ErrorCode::usage ? 0 : 6;
  }
  return 7;
}

int run(const char* path) {
  const rondo::Session session = rondo::Session::load(path);
  std::vector<rondo::Tensor> tensors;
  std::vector<rondo::TensorView> inputs;
  for (const rondo::TensorInfo& input : session.inputs()) {
    std::vector<std::int64_t> shape;
    for (const rondo::DimInfo& dim : input.shape.value()) shape.push_back(dim.known() ? dim.value : 2);
    rondo::Tensor& tensor = tensors.emplace_back(input.dtype, shape);
    for (std::byte& byte : std::span(static_cast<std::byte*>(tensor.data()), tensor.bytes())) byte = std::byte{0};
  }
  for (const rondo::Tensor& tensor : tensors) inputs.push_back(tensor.view());

  rondo::RunContext context(session);
  const auto outputs = context.run(inputs);
  if (outputs.size() != session.outputs().size()) return 3;
  for (const rondo::TensorView& output : outputs)
    if (!output.present() || output.bytes() == 0) return 4;
  return refuse_to_learn_nothing(session);
}

}  // namespace

int main(int argc, char** argv) try {
  const int status = argc > 1 ? run(argv[1]) : refuse_nothing_for_a_model();
  if (status == 0) std::puts("consumer: ok");
  return status;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 5;
}
