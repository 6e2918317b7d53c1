// Faults on demand: fake.h says how they are written.
#pragma once

#include <cstdint>
#include <string>

namespace dure::gpu::fake {

struct Fault {
  enum class Action { kNone, kFail, kLie, kBlock, kKillBefore, kKillAfter };
  Action action = Action::kNone;
  std::uint64_t number = 0;  // a code, or milliseconds
};

// Adds those in `text`; "" removes all. False: not understood, and nothing is changed.
bool parse_faults(const std::string& text);
void forget_faults();
bool any_faults();
// Counts a call of the function by the process, and says what is to happen to it.
Fault next_fault(int process, const char* function);

}  // namespace dure::gpu::fake
