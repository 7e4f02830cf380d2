#include "backends/onednn/packed.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <array>

namespace rondo::onednn {
namespace {

constexpr std::array<float, 6> kNumbers{1, 2, 3, 4, 5, 6};

Desc transposed() { return strided({2, 3}, {1, 2}); }

TEST(OnednnPacked, MovesTheElements) {
  const auto packed_numbers = pack(dense({2, 3}), kNumbers.data(), transposed());
  const auto* at = reinterpret_cast<const float*>(packed_numbers->bytes.get());
  EXPECT_EQ((std::vector<float>(at, at + 6)), (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

TEST(OnednnPacked, IsMadeOnceForALayoutAndFreedWithItsLastUser) {
  Graph graph;
  const auto tensor = std::make_shared<const Tensor>(Tensor::of<float>(DType::float32, {2, 3}, kNumbers));
  graph.add_constant("numbers", tensor);
  WeightCache weights(graph);
  int made = 0;
  const auto get = [&](const char* form, const Desc& wanted) {
    return packed(weights, tensor->data(), form, wanted, [&] {
      ++made;
      return pack(dense({2, 3}), tensor->values<float>().data(), wanted);
    });
  };
  auto first = get("a", transposed());
  EXPECT_EQ(get("a", transposed()), first);
  EXPECT_EQ(made, 1);
  EXPECT_NE(get("b", transposed()), first);
  EXPECT_NE(get("a", dense({2, 3})), first);
  EXPECT_EQ(made, 3);
  const std::weak_ptr<const Packed> watch = first;
  first.reset();
  EXPECT_TRUE(watch.expired());
  get("a", transposed());
  EXPECT_EQ(made, 4);
}

// What an application does with OpenMP itself must not change.
TEST(OnednnThreads, AreBackAsTheyWere) {
  ASSERT_TRUE(OneThread::possible());
  const auto get = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
  const auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (get == nullptr || set == nullptr) return;  // a oneDNN without OpenMP has no threads to hold
  const int before = get();
  set(3);
  {
    const OneThread one_thread;
    EXPECT_EQ(get(), 1);
  }
  EXPECT_EQ(get(), 3);
  set(before);
}

}  // namespace
}  // namespace rondo::onednn
