// Tensors: an owning, 64-byte aligned, dense row-major one, and views of memory that somebody else owns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rondo/dtype.h"
#include "rondo/export.h"

namespace rondo {

// Number of elements; throws Error(limit) when the product overflows or a dim is negative.
RONDO_API std::int64_t element_count(std::span<const std::int64_t> shape);

// "[2,3]"; a scalar prints "[]".
RONDO_API std::string to_string(std::span<const std::int64_t> shape);
inline std::string to_string(const std::vector<std::int64_t>& shape) { return to_string(std::span(shape)); }

// Read-only dense row-major memory. An absent optional tensor has dtype undefined and no data.
struct TensorView {
  DType dtype = DType::undefined;
  std::span<const std::int64_t> shape;
  const void* data = nullptr;

  bool present() const noexcept { return dtype != DType::undefined; }
  std::int64_t rank() const noexcept { return static_cast<std::int64_t>(shape.size()); }
  std::int64_t count() const noexcept {
    std::int64_t n = 1;
    for (std::int64_t d : shape) n *= d;
    return n;
  }
  std::size_t bytes() const noexcept { return static_cast<std::size_t>(count()) * size_of(dtype); }
  template <class T>
  const T* as() const noexcept {
    return static_cast<const T*>(data);
  }
};

struct MutableTensorView {
  DType dtype = DType::undefined;
  std::span<const std::int64_t> shape;
  void* data = nullptr;

  operator TensorView() const noexcept { return {dtype, shape, data}; }
  bool present() const noexcept { return dtype != DType::undefined; }
  std::int64_t rank() const noexcept { return static_cast<std::int64_t>(shape.size()); }
  std::int64_t count() const noexcept { return TensorView(*this).count(); }
  std::size_t bytes() const noexcept { return TensorView(*this).bytes(); }
  template <class T>
  T* as() const noexcept {
    return static_cast<T*>(data);
  }
};

class RONDO_API Tensor {
 public:
  Tensor() = default;
  // Uninitialized elements. Throws Error(limit) when the size overflows, Error(memory) when there is no memory.
  Tensor(DType dtype, std::vector<std::int64_t> shape);
  // A copy of the viewed elements.
  explicit Tensor(const TensorView& view);

  template <class T>
  static Tensor of(DType dtype, std::vector<std::int64_t> shape, std::span<const T> values);

  DType dtype() const noexcept { return dtype_; }
  const std::vector<std::int64_t>& shape() const noexcept { return shape_; }
  std::int64_t count() const noexcept { return count_; }
  std::size_t bytes() const noexcept { return static_cast<std::size_t>(count_) * size_of(dtype_); }
  const void* data() const noexcept { return data_.get(); }
  void* data() noexcept { return data_.get(); }
  template <class T>
  std::span<const T> values() const noexcept {
    return {static_cast<const T*>(data()), static_cast<std::size_t>(count_)};
  }
  template <class T>
  std::span<T> values() noexcept {
    return {static_cast<T*>(data()), static_cast<std::size_t>(count_)};
  }

  TensorView view() const noexcept { return {dtype_, shape_, data_.get()}; }
  MutableTensorView view() noexcept { return {dtype_, shape_, data_.get()}; }

 private:
  struct Free {
    void operator()(std::byte* p) const noexcept;
  };
  DType dtype_ = DType::undefined;
  std::vector<std::int64_t> shape_;
  std::int64_t count_ = 0;
  std::unique_ptr<std::byte[], Free> data_;
};

// Same type, shape and bits.
RONDO_API bool identical(const TensorView& a, const TensorView& b) noexcept;

template <class T>
Tensor Tensor::of(DType dtype, std::vector<std::int64_t> shape, std::span<const T> values) {
  Tensor t(dtype, std::move(shape));
  auto* out = static_cast<T*>(t.data());
  for (std::size_t i = 0; i < values.size() && i < static_cast<std::size_t>(t.count()); ++i) out[i] = values[i];
  return t;
}

}  // namespace rondo
