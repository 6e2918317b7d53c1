// The ledger of one process and of several: sums, limits, refusals.
#include "gpu/share/ledger.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "gpu/share/ledger_change.h"
#include "gpu/share/test_share_folder.h"

namespace dure::gpu::share {
namespace {

constexpr uint64_t kMiB = 1 << 20;

class Ledger : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(claim_slot(folder.path(), &slot), PageFault::kNone); }
  void TearDown() override {
    if (slot.usage != nullptr) leave_slot(&slot);
    trim_own_pools = nullptr;
  }
  ShareFolder folder{10 * kMiB};
  Slot slot = {};
  uint64_t units = 0;
};

// P3.
TEST_F(Ledger, ReserveSettleRelease) {
  ASSERT_EQ(reserve_memory(slot, 0, 1000, &units), CUDA_SUCCESS);
  EXPECT_EQ(units, 2u);
  EXPECT_EQ(folder.total(), 2u);
  ASSERT_EQ(settle_memory(slot, 0, &units, 2 * kMiB), CUDA_SUCCESS);
  EXPECT_EQ(folder.total(), units_of(2 * kMiB));
  ASSERT_EQ(settle_memory(slot, 0, &units, 512), CUDA_SUCCESS);
  EXPECT_EQ(folder.total(), 1u);
  EXPECT_EQ(own_memory_units(slot, 0), 1u);
  EXPECT_EQ(settle_memory(slot, 0, &units, 11 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(units, 1u);
  EXPECT_TRUE(release_memory(slot, 0, units));
  EXPECT_EQ(folder.total(), 0u);
  EXPECT_EQ(memory_totals(folder.usage(), 0).high, units_of(2 * kMiB));
  EXPECT_EQ(memory_totals(folder.usage(), 0).refused, 1u);
}

// Study 1.3, HAMi-core#55: out of memory is the driver's own code, and nothing else is.
TEST_F(Ledger, OomCode_55) {
  EXPECT_EQ(reserve_memory(slot, 0, 10 * kMiB + 1, &units), 2);
  EXPECT_EQ(units, 0u);
  EXPECT_EQ(reserve_memory(slot, 0, UINT64_MAX, &units), 2);
  EXPECT_EQ(reserve_memory(slot, 0, uint64_t{1} << 43, &units), 2) << "8 TiB is more than the word can say";
  EXPECT_EQ(reserve_memory(slot, 1, 512, &units), CUDA_ERROR_INVALID_DEVICE);
  EXPECT_EQ(folder.total(), 0u);
  EXPECT_EQ(reserve_memory(slot, 0, 10 * kMiB, &units), CUDA_SUCCESS) << "to the last byte";
}

// Study 1.3, HAMi#1181 and HAMi-core#200: "17 TB used".
TEST_F(Ledger, UsageUnderflow_1181) {
  ASSERT_EQ(reserve_memory(slot, 0, kMiB, &units), CUDA_SUCCESS);
  EXPECT_FALSE(release_memory(slot, 0, units + 1));
  EXPECT_EQ(folder.total(), units);
  EXPECT_TRUE(release_memory(slot, 0, units));
  EXPECT_FALSE(release_memory(slot, 0, 1));
  EXPECT_FALSE(release_memory(slot, 0, UINT64_MAX));
  EXPECT_EQ(folder.total(), 0u);
}

// Books that a program wrote nonsense into: it harms itself, and the reaper ends.
TEST_F(Ledger, ForgedBooksDoNotUnderflow) {
  Slot other = {};
  ASSERT_EQ(claim_slot(folder.path(), &other), PageFault::kNone);
  ASSERT_EQ(reserve_memory(slot, 0, kMiB, &units), CUDA_SUCCESS);
  auto& lane = folder.usage()->process[other.index].card[0].lane[2];
  lane.memory = pack_memory(units_of(9 * kMiB), 0);
  leave_slot(&other);
  EXPECT_EQ(folder.reap(), 1u);
  EXPECT_EQ(folder.total(), units_of(kMiB));
  EXPECT_EQ(folder.held_by_all(), units_of(kMiB));
}

// P5. Limits are changed while the container runs.
TEST_F(Ledger, ALimitLoweredBelowUseTakesNothingAway) {
  ASSERT_EQ(reserve_memory(slot, 0, 8 * kMiB, &units), CUDA_SUCCESS);
  folder.limits()->card[0].memory_bytes = 4 * kMiB;
  uint64_t more = 0;
  EXPECT_EQ(reserve_memory(slot, 0, 1, &more), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(folder.total(), units_of(8 * kMiB));
  ASSERT_EQ(settle_memory(slot, 0, &units, 3 * kMiB), CUDA_SUCCESS);
  EXPECT_EQ(reserve_memory(slot, 0, kMiB, &more), CUDA_SUCCESS);
  EXPECT_EQ(reserve_memory(slot, 0, 1, &more), CUDA_ERROR_OUT_OF_MEMORY);
}

TEST_F(Ledger, PoolsAreTrimmedBeforeARequestIsRefused) {
  static Slot* owner;
  static uint64_t pool;
  static unsigned calls;
  owner = &slot;
  calls = 0;
  ASSERT_EQ(reserve_memory(slot, 0, 8 * kMiB, &pool), CUDA_SUCCESS);
  trim_own_pools = [](unsigned card, uint64_t) noexcept {
    ++calls;
    if (pool == 0) return false;
    release_memory(*owner, card, pool);
    pool = 0;
    return true;
  };
  EXPECT_EQ(reserve_memory(slot, 0, 4 * kMiB, &units), CUDA_SUCCESS);
  EXPECT_EQ(calls, 1u);
  uint64_t more = 0;
  EXPECT_EQ(reserve_memory(slot, 0, 8 * kMiB, &more), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(calls, 2u);
  EXPECT_EQ(reserve_memory(slot, 0, 11 * kMiB, &more), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(calls, 2u) << "what an empty share has no room for";
}

// P3. The high mark is exact: the most that any total ever was, of random changes of several slots and lanes,
// against the plain sum.
TEST_F(Ledger, RandomChangesAgainstAPlainSum) {
  std::mt19937_64 random(20240131);
  std::vector<Slot> slots(3);
  for (auto& each : slots) ASSERT_EQ(claim_slot(folder.path(), &each), PageFault::kNone);
  std::vector<std::vector<uint64_t>> held(slots.size());
  uint64_t total = 0, high = 0, refused = 0;
  for (int i = 0; i < 20000; ++i) {
    const auto who = random() % slots.size();
    if (random() % 5 < 3) {
      const uint64_t bytes = random() % kMiB;
      const bool fits = total + (bytes + 511) / 512 <= 10 * kMiB / 512;
      ASSERT_EQ(reserve_memory(slots[who], 0, bytes, &units), fits ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY);
      if (fits) held[who].push_back(units), total += units;
      refused += !fits;
    } else if (!held[who].empty()) {
      std::swap(held[who][random() % held[who].size()], held[who].back());
      ASSERT_TRUE(release_memory(slots[who], 0, held[who].back()));
      total -= held[who].back();
      held[who].pop_back();
    }
    high = std::max(high, total);
    ASSERT_EQ(folder.total(), total);
  }
  EXPECT_EQ(memory_totals(folder.usage(), 0).high, high);
  EXPECT_EQ(memory_totals(folder.usage(), 0).refused, refused);
  EXPECT_GT(refused, 100u);
  EXPECT_EQ(folder.held_by_all(), total);
  for (auto& each : slots) leave_slot(&each);
  EXPECT_EQ(folder.reap(), 3u);
  EXPECT_EQ(folder.total(), 0u);
}

TEST(LedgerWords, PackAndRound) {
  EXPECT_EQ(units_of(0), 0u);
  EXPECT_EQ(units_of(1), 1u);
  EXPECT_EQ(units_of(UINT64_MAX), kMostUnits + 1);
  EXPECT_EQ(round_up(1, 2 << 20), 2u << 20);
  EXPECT_EQ(round_up(2 << 20, 2 << 20), 2u << 20);
  EXPECT_EQ(round_up(UINT64_MAX - 3, 1 << 20), UINT64_MAX);
  const uint64_t total = pack_total(kMostUnits, {1023, 3}, (1 << 18) + 5);
  EXPECT_EQ(total_units(total), kMostUnits);
  EXPECT_EQ(total_changer(total).slot, 1023u);
  EXPECT_EQ(total_changer(total).lane, 3u);
  EXPECT_EQ(total_sequence(total), 5u);
  EXPECT_EQ(intent_delta(pack_intent(-1)), (uint64_t{1} << 36) - 1);
}

}  // namespace
}  // namespace dure::gpu::share
