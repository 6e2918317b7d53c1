// kill -9 at random moments.
#pragma once

#include <atomic>
#include <string>

#include "crash/centre.h"

namespace dure::crash {

// Kills the program that many times, each time another process, `every_ms` apart on the average.
void kill_often(const Options& options, const std::string& program, int times, int every_ms, unsigned seed,
                std::atomic<int>& killed);

}  // namespace dure::crash
