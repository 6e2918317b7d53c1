// What the driver that does next to nothing and its program have in common: see quick_driver.cc.
#pragma once

#include <cstdint>

inline constexpr std::uint64_t kQuickKernelNs = 50'000;
