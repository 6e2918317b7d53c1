// The table of what a process allocated, against std::map and under threads.
#include "gpu/share/pointers.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>
#include <vector>

namespace dure::gpu::share {
namespace {

Allocation allocation(uint64_t pointer, AllocationKind kind = AllocationKind::kLinear) {
  return {pointer, pointer / 7, 0, 1, kind, 0, 0};
}

TEST(Pointers, RandomChangesAgainstAMap) {
  Pointers* pointers = Pointers::make();
  std::map<std::pair<AllocationKind, uint64_t>, uint64_t> oracle;
  std::mt19937_64 random(7);
  for (int i = 0; i < 100000; ++i) {
    // Few addresses, so that they meet; as far apart as the driver's; both kinds with the same numbers.
    const uint64_t pointer = (random() % 4000 + 1) << (random() % 2 == 0 ? 9 : 21);
    const auto kind = random() % 2 == 0 ? AllocationKind::kLinear : AllocationKind::kHandle;
    const auto key = std::pair{kind, pointer};
    Allocation found = {};
    switch (random() % 3) {
      case 0:
        ASSERT_EQ(pointers->insert(allocation(pointer, kind)), oracle.emplace(key, pointer / 7).second);
        break;
      case 1:
        ASSERT_EQ(pointers->erase(kind, pointer, &found), oracle.erase(key) == 1);
        break;
      default:
        ASSERT_EQ(pointers->find(kind, pointer, &found), oracle.count(key) == 1);
    }
    if (found.pointer != 0) {
      ASSERT_EQ(found.units, pointer / 7);
    }
  }
  EXPECT_EQ(pointers->count(), oracle.size());
  uint64_t visited = 0;
  pointers->each([](const Allocation&, void* count) { ++*static_cast<uint64_t*>(count); }, &visited);
  EXPECT_EQ(visited, oracle.size());
  for (const auto& [key, units] : oracle) {
    Allocation found = {};
    ASSERT_TRUE(pointers->erase(key.first, key.second, &found));
  }
  EXPECT_EQ(pointers->count(), 0u);
  pointers->destroy();
}

TEST(Pointers, FreedTwiceIsNotThere) {
  Pointers* pointers = Pointers::make();
  Allocation found = {};
  EXPECT_FALSE(pointers->erase(AllocationKind::kLinear, 512, &found));
  EXPECT_TRUE(pointers->insert(allocation(512)));
  EXPECT_FALSE(pointers->insert(allocation(512)));
  EXPECT_FALSE(pointers->find(AllocationKind::kLinear, 513, &found))
      << "an address inside is not the allocation";
  EXPECT_TRUE(pointers->erase(AllocationKind::kLinear, 512, &found));
  EXPECT_FALSE(pointers->erase(AllocationKind::kLinear, 512, &found));
  pointers->destroy();
}

TEST(Pointers, TheLastReferenceTakesTheEntryAway) {
  Pointers* pointers = Pointers::make();
  Allocation now = {};
  ASSERT_TRUE(pointers->insert(allocation(1, AllocationKind::kHandle)));
  ASSERT_TRUE(pointers->retain(AllocationKind::kHandle, 1));
  ASSERT_TRUE(pointers->drop(AllocationKind::kHandle, 1, &now));
  EXPECT_EQ(now.references, 1u);
  ASSERT_TRUE(pointers->drop(AllocationKind::kHandle, 1, &now));
  EXPECT_EQ(now.references, 0u);
  EXPECT_FALSE(pointers->drop(AllocationKind::kHandle, 1, &now));
  EXPECT_FALSE(pointers->retain(AllocationKind::kHandle, 1));
  pointers->destroy();
}

TEST(Pointers, ThreadsInsertAndEraseEachTheirOwn) {
  Pointers* pointers = Pointers::make();
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      Allocation found = {};
      for (uint64_t round = 0; round < 3; ++round) {
        for (uint64_t i = 1; i <= 1000; ++i) ASSERT_TRUE(pointers->insert(allocation((i * 8 + t) << 9)));
        for (uint64_t i = 1; i <= 1000; ++i)
          ASSERT_TRUE(pointers->erase(AllocationKind::kLinear, (i * 8 + t) << 9, &found));
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(pointers->count(), 0u);
  pointers->destroy();
}

}  // namespace
}  // namespace dure::gpu::share
