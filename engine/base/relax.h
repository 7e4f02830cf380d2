// What a thread does between two looks at a word that another thread is about to change.
#pragma once

namespace rondo {

inline void relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace rondo
