// How much a test of the share library does: everything in the full tier (DURE_TEST_TIER=full, as ./test
// --full sets it), a little in continuous integration, and less under a sanitizer, with which a process takes
// ten times as long to start and to end. Counts differ by it and nothing else.
#pragma once

#include <cstdlib>
#include <string_view>

namespace dure::gpu {

inline bool is_full_tier() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full";
}

// gcc says it by a macro, clang by a feature.
#if defined(__SANITIZE_THREAD__)
#define DURE_THREAD_SANITIZED
#elif defined(__SANITIZE_ADDRESS__)
#define DURE_ADDRESS_SANITIZED
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DURE_THREAD_SANITIZED
#elif __has_feature(address_sanitizer)
#define DURE_ADDRESS_SANITIZED
#endif
#endif

#ifdef DURE_THREAD_SANITIZED
inline constexpr bool kThreadSanitized = true;
#else
inline constexpr bool kThreadSanitized = false;
#endif
#ifdef DURE_ADDRESS_SANITIZED
inline constexpr bool kAddressSanitized = true;
#else
inline constexpr bool kAddressSanitized = false;
#endif
#if defined(DURE_THREAD_SANITIZED) || defined(DURE_ADDRESS_SANITIZED)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace dure::gpu
