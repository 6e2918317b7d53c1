// What the driver that does next to nothing and its program have in common: see quick_driver.cc.
#pragma once

#include <cstdint>

// The driver's variable of this name says how long the card needs for a launch.
inline constexpr char kKernelNs[] = "quick_kernel_ns";
