// Device time end to end, in virtual time: the gate and the node's rounds that ship, on a model card. The
// names of some are those of defects of other libraries (reference: HAMi-core's limiter), which these would
// be.
#include <gtest/gtest.h>

#include <cmath>

#include "bench/gpu/cell.h"
#include "bench/gpu/world.h"
#include "gpu/share/bucket.h"

namespace dure::bench {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kSecond = 1'000 * kMs;

using Body = std::function<void(ModelProcess&)>;

Body repeat(std::uint64_t kernel_ns, bool synchronous) {
  return [=](ModelProcess& process) {
    for (;;) {
      process.launch(static_cast<std::uint64_t>(static_cast<double>(kernel_ns) * process.noise(0.2)));
      if (synchronous) process.sync();
    }
  };
}

// Percent of the device from `from` to `to`.
double share(World& world, std::size_t container, std::uint64_t from, std::uint64_t to) {
  world.run_until(from);
  const double before = world.served_ns(container);
  world.run_until(to);
  return (world.served_ns(container) - before) * 100 / static_cast<double>(to - from);
}

std::vector<double> shares(World& world, std::size_t containers, std::uint64_t from, std::uint64_t to) {
  std::vector<double> all;
  world.run_until(from);
  for (std::size_t i = 0; i < containers; ++i) all.push_back(-world.served_ns(i));
  world.run_until(to);
  for (std::size_t i = 0; i < containers; ++i)
    all[i] = (all[i] + world.served_ns(i)) * 100 / static_cast<double>(to - from);
  return all;
}

// P1. A controller whose steps grow with the number of multiprocessors split 30 and 70 into 46 and 54 on 188
// of them.
TEST(DeviceTime, InertOnLargeCards_317) {
  World world({});
  world.add_process(world.add_container(300), repeat(2 * kMs, false));
  world.add_process(world.add_container(700), repeat(2 * kMs, false));
  const auto had = shares(world, 2, kSecond, 5 * kSecond);
  EXPECT_NEAR(had[0], 30, 0.5);
  EXPECT_NEAR(had[1], 70, 0.5);
}

// P1. Who waits for every kernel, and launches one that is longer than any bucket, was never throttled.
TEST(DeviceTime, BigKernelsPassFree) {
  for (const bool synchronous : {true, false}) {
    World world({});
    world.add_process(world.add_container(300), repeat(300 * kMs, synchronous));
    EXPECT_NEAR(share(world, 0, 2 * kSecond, 62 * kSecond), 30, 0.6);
  }
}

// P1. Graphs went round the limiter.
TEST(DeviceTime, GraphLaunchBypass_1445) {
  World world({});
  world.add_process(world.add_container(200), [](ModelProcess& process) {
    for (;;) process.launch_graph(10 * kMs, 7);
  });
  EXPECT_NEAR(share(world, 0, kSecond, 6 * kSecond), 20, 0.5);
}

// P1. Every process had a bucket of its own.
TEST(DeviceTime, ProcessesInOneContainerShareOneBucket) {
  World world({});
  const auto container = world.add_container(200);
  for (int i = 0; i < 5; ++i) world.add_process(container, repeat(kMs, i % 2 == 0));
  EXPECT_NEAR(share(world, container, kSecond, 6 * kSecond), 20, 0.5);
}

// P1. 10 against 90 gave one to six, and for a program that launches, waits and repeats nothing at all.
TEST(DeviceTime, LaunchSyncRepeat_2863) {
  World world({});
  world.add_process(world.add_container(100), repeat(5 * kMs, true));
  world.add_process(world.add_container(900), repeat(5 * kMs, true));
  const auto had = shares(world, 2, 2 * kSecond, 12 * kSecond);
  EXPECT_NEAR(had[0], 10, 0.3);
  EXPECT_NEAR(had[1], 90, 0.7);
}

// P1. A hard share ended where nobody else was on the card.
TEST(DeviceTime, AloneOnTheCardIsStillCapped_737) {
  World world({});
  world.add_process(world.add_container(300), repeat(kMs, false));
  EXPECT_NEAR(share(world, 0, kSecond, 6 * kSecond), 30, 0.1);
}

TEST(DeviceTime, WhoHasAllOfTheCardNeverWaits) {
  WorldOptions without;
  without.library = false;
  World bare(without);
  World held({});
  for (World* world : {&bare, &held}) world->add_process(world->add_container(1000), repeat(50'000, true));
  EXPECT_NEAR(share(held, 0, kSecond, 3 * kSecond), share(bare, 0, kSecond, 3 * kSecond), 2);
  EXPECT_EQ(held.usage(0).process[0].card[0].work.waiting_ns, 0u);
}

// Without a bound on what is in flight a program has launched a thousand kernels before the first is
// measured.
TEST(DeviceTime, AThousandLaunchesAtOnceDoNotRunAhead) {
  World world({});
  ModelProcess& process = world.add_process(world.add_container(800), repeat(50 * kMs, false));
  for (std::uint64_t at = 1; at <= 3000; at += 7) {
    world.run_until(at * kMs);
    ASSERT_LE(process.outstanding(), 2u) << at << " ms";
  }
  // Of a function that was never measured one is outstanding.
  World fresh({});
  ModelProcess& stranger = fresh.add_process(fresh.add_container(800), [](ModelProcess& mine) {
    for (std::uintptr_t function = 1;; ++function) mine.launch(kMs, function);
  });
  for (std::uint64_t at = 1; at <= 200; ++at) {
    fresh.run_until(at * kMs);
    ASSERT_LE(stranger.outstanding(), 1u) << at << " ms";
  }
}

TEST(DeviceTime, KernelsSideBySideCountOnce) {
  World world({});
  world.add_process(world.add_container(400), [](ModelProcess& process) {
    for (;;)
      for (std::uintptr_t stream = 1; stream <= 4; ++stream)
        process.launch(static_cast<std::uint64_t>(static_cast<double>(kMs) * process.noise(0.2)), stream,
                       stream);
  });
  EXPECT_NEAR(share(world, 0, kSecond, 6 * kSecond), 40, 1);
}

// What is recorded into a graph runs nothing: it neither waits nor is charged, and no event of ours is in it.
TEST(DeviceTime, AStreamThatIsCapturedIsLetThrough) {
  World world({});
  std::uint64_t took = 0;
  world.add_process(world.add_container(10), [&took](ModelProcess& process) {
    process.launch(50 * kMs);  // in debt for five seconds from now on
    process.sync();
    const std::uint64_t begin = process.now();
    process.begin_capture();
    for (int i = 0; i < 1000; ++i) process.launch(kMs, 2);
    process.end_capture();
    took = process.now() - begin;
  });
  world.run_until(kSecond);
  EXPECT_GT(took, 0u);
  EXPECT_LT(took, 10 * kMs);
  EXPECT_EQ(world.usage(0).process[0].card[0].work.launches, 1u);
}

TEST(DeviceTime, ALaunchThatFailsGivesItsEstimateBack) {
  World world({});
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  world.add_process(world.add_container(100), [&](ModelProcess& process) {
    const auto work = gpu::share::kernel_work(reinterpret_cast<CUfunction>(1), {{1, 1, 1}, {1, 1, 1}, 0});
    process.launch(kMs);
    process.sync();
    process.sleep(500 * kMs);
    gpu::share::Gate& gate = process.gate();
    gate.leave(gate.enter(nullptr, work), false);
    before = process.now();
    for (int i = 0; i < 1000; ++i) gate.leave(gate.enter(nullptr, work), false);
    after = process.now();
    process.sleep(kMs);
  });
  world.run_until(2 * kSecond);
  EXPECT_GT(before, 0u);
  EXPECT_LT(after - before, 5 * kMs);
  EXPECT_EQ(world.usage(0).process[0].card[0].work.outstanding_ns, 0u);
  EXPECT_EQ(world.usage(0).process[0].card[0].work.pending_from_ns, 0u);
}

TEST(DeviceTime, AnotherRateActsAtOnce) {
  World world({});
  world.add_process(world.add_container(10), repeat(10 * kMs, true));  // one in a second
  EXPECT_NEAR(share(world, 0, 2 * kSecond, 6 * kSecond), 1, 0.3);
  world.limits(0).card[0].guaranteed_milli = 500;
  EXPECT_GT(share(world, 0, 6 * kSecond, 6 * kSecond + 200 * kMs), 35);
  EXPECT_NEAR(share(world, 0, 7 * kSecond, 12 * kSecond), 50, 1);
  world.limits(0).card[0].guaranteed_milli = 50;
  EXPECT_NEAR(share(world, 0, 12 * kSecond + 200 * kMs, 22 * kSecond), 5, 0.5);
}

TEST(DeviceTime, WithoutTheNodeTheCapsHold) {
  WorldOptions options;
  options.node = false;
  World alone(options);
  alone.add_process(alone.add_container(200), repeat(kMs, false));
  EXPECT_NEAR(share(alone, 0, kSecond, 6 * kSecond), 20, 0.1);
  World two(options);
  two.add_process(two.add_container(300), repeat(kMs, false));
  two.add_process(two.add_container(600), repeat(kMs, false));
  const auto had = shares(two, 2, kSecond, 6 * kSecond);
  EXPECT_LE(had[0], 30.1);
  EXPECT_LE(had[1], 60.1);
  EXPECT_GE(had[0], 14);
}

TEST(DeviceTime, WhatWasLentEndsWithTheNode) {
  WorldOptions options;
  options.node = false;
  World world(options);
  world.add_process(world.add_container(100, DURE_POLICY_BORROW), repeat(kMs, false));
  dure_card_pace& pace = world.limits(0).pace[0];
  pace.rate_milli = 1000;  // its last word, long ago
  pace.own_milli = 1000;
  pace.at_ns = 1;
  EXPECT_NEAR(share(world, 0, kSecond, 4 * kSecond), 10, 0.1);
}

// kill -9 of a neighbour, which leaves all of its words as they are.
TEST(DeviceTime, AKilledNeighbourTakesNothingAlong) {
  for (const bool reaped : {true, false}) {
    World world({});
    world.add_process(world.add_container(500), repeat(20 * kMs, false));
    ModelProcess& killed = world.add_process(world.add_container(500), repeat(20 * kMs, false));
    EXPECT_NEAR(share(world, 0, kSecond, 5 * kSecond), 50, 1.5);
    world.kill(killed);
    if (!reaped) world.usage(1).process[0].pid = 1;
    EXPECT_NEAR(share(world, 0, 5 * kSecond, 9 * kSecond), 50, 1.5) << reaped;
  }
}

// Rounds that come too late for the rings: what was lost stays as it was charged, and nobody has more than
// its promise.
TEST(DeviceTime, LateRoundsOfTheNodeGiveNothingAway) {
  WorldOptions options;
  options.node_round_ns = 300 * kMs;
  World world(options);
  world.add_process(world.add_container(300), repeat(50'000, true));
  world.add_process(world.add_container(400), repeat(50'000, true));
  const auto had = shares(world, 2, 2 * kSecond, 6 * kSecond);
  EXPECT_LE(had[0], 30.5);
  EXPECT_LE(had[1], 40.5);
  EXPECT_GE(had[0], 20);
  EXPECT_GE(had[1], 25);
}

// P1. A hundred shares of 1 % that all want everything, with one, two and three processes each, which without
// the library would have 0.5, 1 and 1.5 %. Two hundred kernels take turns: one of 1 ms takes up to 200 ms.
TEST(DeviceTime, AHundredSharesOfOnePercentHaveOneEach) {
  World world({});
  for (int i = 0; i < 100; ++i) {
    const auto container = world.add_container(10);
    for (int process = 0; process <= i % 3; ++process) world.add_process(container, repeat(kMs, i % 2 == 0));
  }
  const auto had = shares(world, 100, 2 * kSecond, 7 * kSecond);
  for (std::size_t i = 0; i < had.size(); ++i) EXPECT_NEAR(had[i], 1, 0.1) << "share " << i;
}

TEST(DeviceTime, ABorrowerGivesBack) {
  for (const auto& result : run_borrowers(1))
    EXPECT_TRUE(result.passed) << result.name << " " << result.drained_ms;
}

// A dozen cells of the bench's grid.
TEST(DeviceTime, ADozenCellsOfTheGrid) {
  unsigned run = 0;
  for (const auto& spec : grid(3, 17)) {
    const bool wanted =
        spec.name == "1x5-50us-sync" || spec.name == "1x80-50us-async" || spec.name == "2x50-50us-async" ||
        spec.name == "4x10-50us-sync" || spec.name == "1x1-1ms-sync" || spec.name == "1x50-1ms-async" ||
        spec.name == "2x30-1ms-async" || spec.name == "4x30-1ms-sync" || spec.name == "8x10-1ms-async" ||
        spec.name == "8x80-1ms-async" || spec.name == "1x80-50ms-sync" || spec.name == "2x80-50ms-async";
    if (!wanted) continue;
    ++run;
    const auto result = run_cell(spec);
    EXPECT_LE(result.mae, result.allowed_mae) << spec.name;
    EXPECT_LE(result.longrun, 1) << spec.name;
  }
  EXPECT_EQ(run, 12u);
}

}  // namespace
}  // namespace dure::bench
