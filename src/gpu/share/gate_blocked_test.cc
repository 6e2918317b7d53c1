// The gate while a thread is held up by the driver: a stream's queue is full, so that the record of an event
// in it waits, for as long as the program likes. Nobody else may launch unmeasured meanwhile, and nobody
// waits who has nothing to do with that stream.
#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "gpu/share/test_gate.h"

namespace dure::gpu::share {
namespace {

constexpr std::uintptr_t kFull = 64;
constexpr std::uintptr_t kFree = 128;

// A card that has done everything as soon as it is told, once its queue takes it.
std::atomic<bool> g_full = false;
std::atomic<unsigned> g_blocked = 0;
std::atomic<bool> g_refuses = false;
std::atomic<bool> g_slow = false;  // to answer

// That card, with a stream that is full and answers that take their time.
const EventDriver kDriver = [] {
  EventDriver driver = kDoneAtOnce;
  driver.event_record = [](CUevent event, CUstream stream) -> CUresult {
    if (reinterpret_cast<std::uintptr_t>(stream) == kFull) {
      ++g_blocked;
      while (g_full) std::this_thread::yield();
      --g_blocked;
      if (g_refuses) return CUDA_ERROR_INVALID_HANDLE;
    }
    return kDoneAtOnce.event_record(event, stream);
  };
  driver.event_query = [](CUevent) -> CUresult {
    if (g_slow) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return CUDA_SUCCESS;
  };
  return driver;
}();

class BlockedGate : public testing::Test {
 protected:
  BlockedGate() {
    words->limits.guaranteed_milli = 900;
    gate->attach({&words->limits, &words->pace, &words->bucket, &words->work, 0}, machine(), kDriver);
    launch(kFree, 1);
    launch(kFree, 2);
    gate->after_sync();
    g_refuses = false;
  }
  void launch(std::uintptr_t stream, std::uintptr_t function) {
    gate->leave(gate->enter(std::bit_cast<CUstream>(stream), work_of(function)), true);
  }
  // A thread is held up by the record of an event in the full stream while `act` runs.
  template <class Enter, class Act>
  void while_blocked(Enter enter, Act act) {
    g_full = true;
    std::thread other(enter);
    while (g_blocked == 0) std::this_thread::yield();
    act();
    g_full = false;
    other.join();
    gate->before_sync();
    for (int i = 0; i < 200; ++i) gate->after_sync();
    EXPECT_EQ(words->work.outstanding_ns, 0u);
    EXPECT_EQ(words->work.pending_from_ns, 0u);
    EXPECT_EQ(words->work.waiting_ns, 0u);
  }
  std::unique_ptr<Words> words = std::make_unique<Words>();
  std::unique_ptr<Gate> gate = std::make_unique<Gate>();
};

// What was launched meanwhile was charged by a guess, and never measured.
TEST_F(BlockedGate, WhatOthersLaunchMeanwhileIsMeasured) {
  while_blocked([this] { launch(kFull, 1); },
                [this] {
                  for (std::uintptr_t function = 10; function < 20; ++function) {
                    const Pass pass = gate->enter(std::bit_cast<CUstream>(kFree), work_of(function));
                    EXPECT_NE(pass.track, nullptr);
                    gate->leave(pass, true);
                  }
                });
}

TEST_F(BlockedGate, OthersDoNotWaitForAStopThatCannotBeRecorded) {
  Pass first = gate->enter(std::bit_cast<CUstream>(kFull), work_of(1));
  while_blocked([this, &first] { gate->leave(first, true); },
                [this] {
                  for (std::uintptr_t function = 10; function < 20; ++function) {
                    const Pass pass = gate->enter(std::bit_cast<CUstream>(kFree), work_of(function));
                    EXPECT_NE(pass.track, nullptr);
                    gate->leave(pass, true);
                    gate->before_sync();
                    gate->after_sync();
                  }
                });
}

// Of functions that are not known one launch is outstanding at a time. It may wait for what another thread
// does after a launch.
TEST_F(BlockedGate, WhoWaitsForAnUnknownLaunchWaitsForASecondAtMost) {
  while_blocked([this] { launch(kFull, 40); },
                [this] {
                  const std::uint64_t begin = machine().now_ns();
                  const Pass pass = gate->enter(std::bit_cast<CUstream>(kFree), work_of(41));
                  EXPECT_GE(machine().now_ns() - begin, 900'000'000u);
                  EXPECT_NE(pass.track, nullptr);
                  gate->leave(pass, true);
                });
}

// Another one on the same stream would come before the start of the batch, or its stop.
TEST_F(BlockedGate, AnotherLaunchOnThatStreamWaits) {
  std::atomic<bool> through = false;
  std::thread second;
  while_blocked([this] { launch(kFull, 1); },
                [&] {
                  second = std::thread([&] {
                    launch(kFull, 2);
                    through = true;
                  });
                  std::this_thread::sleep_for(std::chrono::milliseconds(30));
                  EXPECT_FALSE(through);
                  EXPECT_EQ(g_blocked, 1u);
                  g_full = false;
                  second.join();
                });
  EXPECT_EQ(words->work.launches, 4u);
}

// At last the driver refuses the event: the launch is as one that cannot be measured, and nothing stays
// behind.
TEST_F(BlockedGate, ARefusalAfterAllLeavesNothing) {
  while_blocked([this] { launch(kFull, 1); },
                [this] {
                  launch(kFree, 30);
                  g_refuses = true;
                });
  Pass first = {};
  g_refuses = false;
  first = gate->enter(std::bit_cast<CUstream>(kFull), work_of(1));
  while_blocked([this, &first] { gate->leave(first, true); },
                [this] {
                  launch(kFree, 30);
                  g_refuses = true;
                });
}

// However long another one has the books, nobody is let through without them.
TEST_F(BlockedGate, WhoCannotHaveTheBooksWaitsForThem) {
  constexpr unsigned kThreads = 8;
  g_slow = true;
  std::atomic<unsigned> unmeasured = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kThreads; ++t)
    threads.emplace_back([this, t, &unmeasured] {
      for (std::uintptr_t i = 0; i < 10; ++i) {
        const Pass pass =
            gate->enter(std::bit_cast<CUstream>(std::uintptr_t{1000 + 16 * t}), work_of(100 + i % 20));
        if (pass.track == nullptr) ++unmeasured;
        gate->leave(pass, true);
      }
    });
  for (auto& thread : threads) thread.join();
  g_slow = false;
  EXPECT_EQ(unmeasured, 0u);
  EXPECT_EQ(words->work.launches, 2 + kThreads * 10);
}

}  // namespace
}  // namespace dure::gpu::share
