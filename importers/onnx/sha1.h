// SHA-1 (FIPS 180-4), only because ONNX states the checksum of external data with it. Not for anything that must resist
// an attacker.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rondo::importer {

class Sha1 {
 public:
  void update(std::string_view bytes);
  std::string hex();  // ends the message; call once

 private:
  void block(const unsigned char* p);

  std::array<std::uint32_t, 5> state_{0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u};
  std::array<unsigned char, 64> pending_{};
  std::uint64_t length_ = 0;  // bytes so far
};

}  // namespace rondo::importer
