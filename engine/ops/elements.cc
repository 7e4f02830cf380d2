#include "ops/elements.h"

namespace rondo::ops {

void copy_strided(std::size_t size, std::span<const std::int64_t> shape, void* to, const Dims& to_strides,
                  const void* from, const Dims& from_strides) noexcept {
  with_element(size, [&]<class U>(TypeTag<U>) {
    for (Walk<2> w(shape, {to_strides, from_strides}); !w.done(); w.next()) {
      U* y = static_cast<U*>(to) + w.at(0);
      const U* x = static_cast<const U*>(from) + w.at(1);
      const std::int64_t n = w.length(), sy = w.step(0), sx = w.step(1);
      if (sy == 1 && sx == 1) {
        copy_elements(y, x, n, sizeof(U));
      } else {
        for (std::int64_t i = 0; i < n; ++i) y[i * sy] = x[i * sx];
      }
    }
  });
}

}  // namespace rondo::ops
