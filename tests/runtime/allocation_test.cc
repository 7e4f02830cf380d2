// A prepared run allocates nothing: the global allocator is replaced by one that counts. Tensors and arenas come from
// posix_memalign, which is counted too.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "importers/onnx/model_text.h"
#include "models.h"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t bytes) noexcept {
  ++allocations;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void* counted_or_throw(std::size_t bytes) {
  if (void* p = counted(bytes)) return p;
  throw std::bad_alloc();
}

}  // namespace

extern "C" int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) {
  ++allocations;
  *out = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  return *out == nullptr ? ENOMEM : 0;
}
void* operator new(std::size_t bytes) { return counted_or_throw(bytes); }
void* operator new[](std::size_t bytes) { return counted_or_throw(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace rondo {
namespace {

using namespace test;  // NOLINT

struct Setting {
  const char* backend;
  int threads;
};

class PreparedRun : public testing::TestWithParam<Setting> {};

TEST_P(PreparedRun, AllocatesNothing) {
  const Session session = load(tagger(), {.threads = GetParam().threads, .backend = GetParam().backend});
  RunContext context(session);
  const auto first = tagger_inputs(3, 20), second = tagger_inputs(20, 33);
  const auto a = views(first), b = views(second);
  context.run(a);
  context.run(b);
  const long before = allocations;
  double seen = 0;
  for (int i = 0; i < 10; ++i) {
    seen += static_cast<double>(context.run(a)[0].as<float>()[0]);
    seen += static_cast<double>(context.run(b)[0].as<float>()[0]);
  }
  EXPECT_EQ(allocations - before, 0);
  EXPECT_GT(seen, 0);
}

TEST_P(PreparedRun, OfConvolutionsAllocatesNothing) {
  const Session session = load(filters(), {.threads = GetParam().threads, .backend = GetParam().backend});
  RunContext context(session);
  std::vector<Tensor> inputs;
  inputs.push_back(random_tensor(DType::float32, {3, 2, 9, 17}, 1));
  const auto x = views(inputs);
  context.run(x);
  const long before = allocations;
  double seen = 0;
  for (int i = 0; i < 10; ++i) seen += static_cast<double>(context.run(x)[0].as<float>()[0]);
  EXPECT_EQ(allocations - before, 0);
  EXPECT_GT(seen, 0);
}

INSTANTIATE_TEST_SUITE_P(Backends, PreparedRun,
                         testing::Values(Setting{"native", 1}, Setting{"native", 2}, Setting{"reference", 1}),
                         [](const auto& setting) {
                           return std::string(setting.param.backend) + std::to_string(setting.param.threads);
                         });

// If in a Loop beside a Scan, all shapes fixed.
std::string controlled() {
  const auto graph = [](const std::string& name, const std::string& body) {
    return "attribute { name: \"" + name + "\" type: GRAPH g { name: \"" + name + "\" " + body + " } } ";
  };
  const std::string branches = graph("then_branch", node("Tanh", "s", "t") + output("t")) +
                               graph("else_branch", node("Add", "s x", "e") + output("e"));
  const std::string body = input("i", "", 7) + input("go", "", 9) + input("s", "3,4") +
                           node("Cast", "i", "b", integer("to", 9)) + node("If", "b", "next", branches) +
                           node("Identity", "go", "on") + output("on") + output("next") + output("next");
  const std::string element = input("e", "4") + node("Neg", "e", "n") + output("n");
  return model_bytes(16, input("x", "3,4") + "initializer { name: \"M\" data_type: 7 int64_data: 5 } " +
                             node("Loop", "M _ x", "last all", graph("body", body)) +
                             node("Scan", "last", "y",
                                  graph("body", element) + integer("num_scan_inputs", 1) +
                                      ints("scan_output_axes", "1") + ints("scan_output_directions", "1")) +
                             output("y") + output("all"));
}

TEST(ControlFlow, AllocatesNothingOnceItRan) {
  const std::string bytes = controlled();
  const Session session = Session::load_from_memory(std::as_bytes(std::span(bytes)));
  RunContext context(session);
  const Tensor x = random_tensor(DType::float32, {3, 4}, 1);
  const TensorView in = x.view();
  context.run({&in, 1});
  const long before = allocations;
  for (int i = 0; i < 10; ++i) context.run({&in, 1});
  EXPECT_EQ(allocations - before, 0);
}

TEST(Allocations, AreCounted) {
  const long before = allocations;
  const auto p = std::make_unique<int>(3);
  EXPECT_EQ(allocations - before, 1);
  const Tensor t(DType::float32, {3});
  EXPECT_GT(allocations - before, 2);
}

}  // namespace
}  // namespace rondo
