// Uses the installed library as a stranger would: a tensor, and an error that crosses the library's boundary.
#include <array>
#include <cstdio>
#include <limits>

#include "rondo/error.h"
#include "rondo/tensor.h"

int main() {
  const std::array<float, 6> values{0, 1, 2, 3, 4, 5};
  const auto tensor = rondo::Tensor::of<float>(rondo::DType::float32, {2, 3}, values);
  if (tensor.bytes() != 24 || !rondo::identical(tensor.view(), rondo::Tensor(tensor.view()).view())) return 1;

  try {
    constexpr auto kHuge = std::numeric_limits<std::int64_t>::max();
    rondo::Tensor impossible(rondo::DType::float32, {kHuge, kHuge});
    return 2;
  } catch (const rondo::Error& error) {
    if (error.code() != rondo::ErrorCode::limit) return 3;
  }
  std::puts("consumer: ok");
  return 0;
}
