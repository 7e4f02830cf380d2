// Files and tensors for the tests of readers of data.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "rondo/error.h"
#include "rondo/tensor.h"

namespace rondo::test {

template <class T>
Tensor tensor_of(DType dtype, std::vector<std::int64_t> shape, std::vector<T> values) {
  return Tensor::of<T>(dtype, std::move(shape), values);
}
inline Tensor floats(std::vector<std::int64_t> shape, std::vector<float> values) {
  return tensor_of<float>(DType::float32, std::move(shape), std::move(values));
}
inline Tensor whole(std::vector<std::int64_t> shape, std::vector<std::int64_t> values) {
  return tensor_of<std::int64_t>(DType::int64, std::move(shape), std::move(values));
}

// 0, 1, 2, ...
inline Tensor counting(std::vector<std::int64_t> shape) {
  Tensor t(DType::float32, std::move(shape));
  for (std::int64_t i = 0; i < t.count(); ++i) t.values<float>()[static_cast<std::size_t>(i)] = static_cast<float>(i);
  return t;
}

// What the error says that f throws; "" and a failure when it throws none.
template <class F>
std::string failure_of(F&& f, ErrorCode code = ErrorCode::data) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rondo-data-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(*this / name, std::ios::binary) << bytes;
    return *this / name;
  }

 private:
  std::string path_;
};

}  // namespace rondo::test
