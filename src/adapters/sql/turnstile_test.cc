#include "adapters/sql/turnstile.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace dure::sql {
namespace {

using std::chrono::milliseconds;

TEST(Turnstile, RefusesWhenNoPlaceComesFreeInTime) {
  Turnstile turn(1);
  ASSERT_TRUE(turn.enter(milliseconds(0)));
  EXPECT_FALSE(turn.enter(milliseconds(20)));
  turn.leave();
  EXPECT_TRUE(turn.enter(milliseconds(0)));
}

TEST(Turnstile, ServesInTheOrderOfAsking) {
  Turnstile turn(1);
  ASSERT_TRUE(turn.enter(milliseconds(0)));
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&, i] {
      ASSERT_TRUE(turn.enter(milliseconds(5000)));
      order.push_back(i);
      turn.leave();
    });
    while (turn.waiting() <= static_cast<std::size_t>(i)) std::this_thread::yield();
  }
  turn.leave();
  for (auto& each : threads) each.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Turnstile, PassesThePlaceOnOnlyWhereSomebodyWaits) {
  Turnstile turn(1);
  ASSERT_TRUE(turn.enter(milliseconds(0)));
  EXPECT_FALSE(turn.pass_on());
  std::atomic<bool> inside = false;
  std::thread waiter([&] {
    ASSERT_TRUE(turn.enter(milliseconds(5000)));
    inside = true;
  });
  while (!turn.pass_on()) std::this_thread::yield();
  waiter.join();
  EXPECT_TRUE(inside);
  EXPECT_FALSE(turn.enter(milliseconds(10)));  // the waiter holds it now
}

}  // namespace
}  // namespace dure::sql
