// Many tenants whose kernels nobody has measured yet and who all begin in the same instant, in virtual time:
// the gate and the node's rounds that ship, on a model card.
//
// What the model says. n contexts with a kernel of K each take turns, so that the first kernel is measured
// after about n K, a rotation; until then nobody knows more than that everybody is at it. All have 1/n of the
// card from the first instant, which is what they were promised here. So nobody need ever wait for longer
// than what it has had beyond its promise is worth: with kernels of 0.8 to 1.2 K one kernel, 1.2 rotations,
// by one process. A container of several processes has as many launches under way before the first of them is
// charged for good, and one more by the one that ends first. After two rotations all have been measured, and
// what is settled for good is right from then on: in eight rotations each has its promise, but for one kernel
// at the edges.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "bench/gpu/world.h"

namespace dure::bench {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kWindow = 8;  // rotations
constexpr double kEdges = 1.2 / kWindow;

// Every kernel is 0.8 to 1.2 of its length.
std::function<void(ModelProcess&)> repeat(std::uint64_t kernel_ns, bool synchronous,
                                          std::uint64_t begin_ns = 0) {
  return [=](ModelProcess& process) {
    if (begin_ns != 0) process.sleep(begin_ns);
    for (;;) {
      process.launch(static_cast<std::uint64_t>(static_cast<double>(kernel_ns) * process.noise(0.2)));
      if (synchronous) process.sync();
    }
  };
}

// What one container had.
struct Had {
  double at_begin = 0;  // of the window, in device ns, as all of these
  double seen = 0;
  double in_window = 0;
  std::uint64_t since_ns = 0;    // it has had nothing since
  std::uint64_t without_ns = 0;  // the longest time without
};

// Looks at all containers of a world in steps.
class Watch {
 public:
  Watch(World& world, std::size_t containers, std::uint64_t step_ns)
      : world_(world), step_ns_(step_ns), had_(containers) {
    world_.run_until(1);
  }

  // The window is the time of this call.
  void run_until(std::uint64_t to_ns) {
    for (std::size_t i = 0; i < had_.size(); ++i) had_[i].at_begin = world_.served_ns(i);
    begin_ns_ = world_.now();
    while (world_.now() < to_ns) {
      world_.run_until(std::min(world_.now() + step_ns_, to_ns));
      for (std::size_t i = 0; i < had_.size(); ++i) look(had_[i], world_.served_ns(i));
    }
    for (std::size_t i = 0; i < had_.size(); ++i) had_[i].in_window = world_.served_ns(i) - had_[i].at_begin;
  }
  // In the last window; 1 is all of the card.
  double part(std::size_t container) const {
    return had_[container].in_window / static_cast<double>(world_.now() - begin_ns_);
  }
  const Had& of(std::size_t container) const { return had_[container]; }

 private:
  void look(Had& had, double served) const {
    if (served > had.seen) had.since_ns = world_.now();
    had.seen = served;
    had.without_ns = std::max(had.without_ns, world_.now() - had.since_ns);
  }

  World& world_;
  std::uint64_t step_ns_;
  std::uint64_t begin_ns_ = 0;
  std::vector<Had> had_;
};

struct Start {
  std::size_t tenants;
  std::uint64_t kernel_ns;
  std::size_t processes = 1;  // of the container that has most: the others have from one to that many
};

// Every other container waits for each of its kernels.
void expect_even(const Start& start) {
  World world({});
  const auto promise = static_cast<std::uint32_t>(1000 / start.tenants);
  std::size_t contexts = 0;
  for (std::size_t i = 0; i < start.tenants; ++i) {
    const auto container = world.add_container(promise);
    for (std::size_t k = 0; k <= i % start.processes; ++k, ++contexts)
      world.add_process(container, repeat(start.kernel_ns, i % 2 == 0));
  }
  const std::uint64_t rotation = contexts * start.kernel_ns;
  const std::uint64_t step = std::max(rotation / 10, kMs / 2);
  Watch watch(world, start.tenants, step);
  watch.run_until(2 * rotation + 100 * kMs);
  watch.run_until(world.now() + std::max(kWindow * rotation, 500 * kMs));
  const std::string name = std::to_string(start.tenants) + " tenants, kernels of " +
                           std::to_string(start.kernel_ns / kMs) + " ms, ";
  // What the container with the most processes has launched before the first is charged, less what it had.
  const double one = static_cast<double>(start.tenants * start.kernel_ns);
  const double bound = start.processes == 1 ? 1.2 * one
                                            : static_cast<double>(start.processes + 1) * 1.2 * one -
                                                  0.8 * static_cast<double>(rotation);
  for (std::size_t i = 0; i < start.tenants; ++i) {
    EXPECT_NEAR(watch.part(i) * 1000 / promise, 1, kEdges) << name << "tenant " << i;
    EXPECT_LE(static_cast<double>(watch.of(i).without_ns), bound + static_cast<double>(step))
        << name << "tenant " << i;
  }
}

// P1.
TEST(Start, FewAtOnce) {
  for (const std::size_t tenants : {2, 8})
    for (const std::uint64_t ms : {1, 10, 50}) expect_even({tenants, ms * kMs});
}

// P1. 1 % each. Some had nothing for as long as three rotations.
TEST(Start, AHundredAtOnce) {
  for (const std::uint64_t ms : {1, 10, 50}) expect_even({100, ms * kMs});
}

// P1. 199 contexts: a rotation is longer than the node waits for anybody. Some had nothing ever.
TEST(Start, AHundredOfSeveralProcessesAtOnce) {
  for (const std::uint64_t ms : {1, 10}) expect_even({100, ms * kMs, 3});
}

// P1. Lengths of all kinds, also of promises that are worth half of what they say. When the long kernels end,
// the short ones go faster, and are charged for it as soon as that is reported: they get ahead by some.
TEST(Start, LongAndShortKernelsAtOnce) {
  for (const std::uint32_t promise : {33U, 66U}) {
    World world({});
    constexpr std::size_t kTenants = 30;
    constexpr std::uint64_t kLengths[] = {kMs, 10 * kMs, 50 * kMs};
    for (std::size_t i = 0; i < kTenants; ++i)
      world.add_process(world.add_container(promise), repeat(kLengths[i % 3], i % 2 == 0));
    Watch watch(world, kTenants, 10 * kMs);
    watch.run_until(2 * kTenants * kLengths[2]);
    watch.run_until(world.now() + kWindow * kTenants * kLengths[2]);
    for (std::size_t i = 0; i < kTenants; ++i) {
      EXPECT_NEAR(watch.part(i) / 0.033, 1, i % 3 == 2 ? kEdges : 0.05) << "tenant " << i;
      EXPECT_LE(watch.of(i).without_ns, 1200 * kLengths[i % 3] / 33 + 120 * kMs) << "tenant " << i;
    }
  }
}

// P1. One comes late, whose kernel is ten times as long as those of the others.
TEST(Start, OneMoreThatComesLateWithALongKernel) {
  for (const bool synchronous : {true, false}) {
    World world({});
    constexpr std::size_t kTenants = 20;
    constexpr std::uint64_t kRotation = kTenants * 10 * kMs;
    constexpr std::uint64_t kLongRotation = 10 * kRotation;
    for (std::size_t i = 0; i + 1 < kTenants; ++i)
      world.add_process(world.add_container(50), repeat(10 * kMs, i % 2 == 0));
    world.add_process(world.add_container(50), repeat(100 * kMs, synchronous, 2 * kRotation));
    Watch watch(world, kTenants, 10 * kMs);
    watch.run_until(2 * kRotation);
    watch.run_until(world.now() + 2 * kLongRotation);
    watch.run_until(world.now() + kWindow * kLongRotation);
    for (std::size_t i = 0; i < kTenants; ++i) {
      const bool late = i + 1 == kTenants;
      EXPECT_NEAR(watch.part(i) * 20, 1, late ? kEdges : 0.05) << "tenant " << i;
      EXPECT_LE(watch.of(i).without_ns, 12 * (late ? kLongRotation : kRotation) / 10 + 20 * kMs)
          << "tenant " << i;
    }
  }
}

// P1. Two are killed before anybody's first kernel has been measured; one of them while it waits for its
// kernel in the driver. The node finds out after a second.
TEST(Start, WhoIsKilledTakesNothingAlong) {
  World world({});
  constexpr std::size_t kTenants = 20;
  constexpr std::uint64_t kRotation = kTenants * 50 * kMs;
  std::vector<ModelProcess*> processes;
  for (std::size_t i = 0; i < kTenants; ++i)
    processes.push_back(&world.add_process(world.add_container(50), repeat(50 * kMs, i % 2 == 0)));
  Watch watch(world, kTenants, 10 * kMs);
  watch.run_until(kRotation / 2);
  for (const std::size_t killed : {4, 7}) {
    world.kill(*processes[killed]);
    world.usage(killed).process[0].pid = 1;  // it leaves all of its words as they are
  }
  watch.run_until(world.now() + 1000 * kMs);
  for (const std::size_t killed : {4, 7}) world.usage(killed).process[0].pid = 0;
  watch.run_until(2 * kRotation + 100 * kMs);
  watch.run_until(world.now() + kWindow * kRotation);
  for (std::size_t i = 0; i < kTenants; ++i) {
    if (i == 4 || i == 7) continue;
    EXPECT_NEAR(watch.part(i) * 20, 1, kEdges) << "tenant " << i;
    EXPECT_LE(watch.of(i).without_ns, 12 * kRotation / 10 + 20 * kMs) << "tenant " << i;
  }
}

}  // namespace
}  // namespace dure::bench
