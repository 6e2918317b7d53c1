// Programs that learn of a kernel's end without asking the driver (mapped memory), while their launches are
// between events with others: the stop comes too late to say how long the last one took.
#include <gtest/gtest.h>

#include "bench/gpu/world.h"

namespace dure::bench {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kSecond = 1'000 * kMs;

// Percent of the card that it has of which 20 were promised.
double share_of(const std::function<void(ModelProcess&)>& body) {
  World world({});
  const std::size_t container = world.add_container(200);
  world.add_process(container, body);
  world.run_until(2 * kSecond);
  const double before = world.served_ns(container);
  world.run_until(12 * kSecond);
  return (world.served_ns(container) - before) * 100 / (10.0 * kSecond);
}

// Waits for the card by looking at memory.
void spin(ModelProcess& process) {
  while (process.outstanding() > 0) process.sleep(kMs / 10);
  process.sleep(kMs / 5);
}

// P1. It was charged what its function had once taken, for ever.
TEST(Pauses, AKernelThatBecomesLongBesideAnOpenBatchIsMeasured) {
  EXPECT_LE(share_of([](ModelProcess& process) {
              for (int i = 0; i < 20; ++i) {
                process.launch(kMs / 10, 1, 1);
                process.sync();
              }
              for (;;) {
                process.launch(kMs / 100, 2, 2);
                process.launch(20 * kMs, 1, 1);
                spin(process);
              }
            }),
            22);
}

// Nor does it help to be short where it is measured alone.
TEST(Pauses, WhatIsShortAndLongInTurnIsMeasured) {
  for (const int every : {2, 3, 5, 17}) {
    EXPECT_LE(share_of([every](ModelProcess& process) {
                for (int i = 0;; ++i) {
                  process.launch(kMs / 100, 2, 2);
                  process.launch(i % every == 0 ? 20 * kMs : kMs / 10, 1, 1);
                  spin(process);
                }
              }),
              22)
        << every;
  }
}

// A program that fetches data between its steps has what it was promised, and pays for what it used.
TEST(Pauses, WhoFetchesDataBetweenItsStepsPaysNoMoreThanItUses) {
  const double had = share_of([](ModelProcess& process) {
    for (;;) {
      for (int i = 0; i < 20; ++i) process.launch(kMs / 2, 1 + static_cast<std::uintptr_t>(i) % 3, 1);
      process.launch(kMs / 100, 9, 2);
      process.sleep(15 * kMs);
    }
  });
  EXPECT_NEAR(had, 20, 0.5);
}

}  // namespace
}  // namespace dure::bench
