#include "importers/onnx/sha1.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace rondo::importer {

void Sha1::block(const unsigned char* p) {
  std::array<std::uint32_t, 80> w;
  for (std::size_t i = 0; i < 16; ++i)
    w[i] = std::uint32_t{p[4 * i]} << 24 | std::uint32_t{p[4 * i + 1]} << 16 | std::uint32_t{p[4 * i + 2]} << 8 |
           p[4 * i + 3];
  for (std::size_t i = 16; i < 80; ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  auto [a, b, c, d, e] = state_;
  for (std::size_t i = 0; i < 80; ++i) {
    const std::uint32_t f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    static constexpr std::array<std::uint32_t, 4> kRound{0x5A827999u, 0x6ED9EBA1u, 0x8F1BBCDCu, 0xCA62C1D6u};
    const std::uint32_t next = std::rotl(a, 5) + f + e + kRound[i / 20] + w[i];
    e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
  }
  state_[0] += a, state_[1] += b, state_[2] += c, state_[3] += d, state_[4] += e;
}

void Sha1::update(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t held = length_ % 64, take = std::min(bytes.size(), 64 - held);
    std::copy_n(bytes.begin(), take, pending_.begin() + static_cast<std::ptrdiff_t>(held));
    length_ += take;
    bytes.remove_prefix(take);
    if (length_ % 64 == 0) block(pending_.data());
  }
}

std::string Sha1::hex() {
  const std::uint64_t bits = length_ * 8;
  update("\x80");
  while (length_ % 64 != 56) update(std::string_view("\0", 1));
  std::string size;
  for (int shift = 56; shift >= 0; shift -= 8) size += static_cast<char>(bits >> shift & 0xFF);
  update(size);
  std::string out;
  for (std::uint32_t s : state_) out += fmt::format("{:08x}", s);
  return out;
}

}  // namespace rondo::importer
