// The share's two files as a process of the container finds them.
#include "gpu/share/page.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "gpu/share/test_share_folder.h"

namespace dure::gpu::share {
namespace {

TEST(Page, WhatIsMissingOrForeignIsRefusedWithASentence) {
  ShareFolder folder(1 << 20);
  const struct dure_limits* limits = nullptr;
  EXPECT_EQ(map_limits("/nowhere/at/all", &limits), PageFault::kMissing);
  auto& header = folder.limits()->header;
  header.version = 2;
  EXPECT_EQ(map_limits(folder.path(), &limits), PageFault::kVersion);
  header.version = DURE_PAGE_VERSION;
  header.magic = DURE_USAGE_MAGIC;
  EXPECT_EQ(map_limits(folder.path(), &limits), PageFault::kForeign);
  header.magic = DURE_LIMITS_MAGIC;
  header.size = sizeof(dure_limits) - 1;
  EXPECT_EQ(map_limits(folder.path(), &limits), PageFault::kSize);
  header.size = sizeof(dure_limits) + 1;
  EXPECT_EQ(map_limits(folder.path(), &limits), PageFault::kSize);
  header.size = sizeof(dure_limits);
  header.cards = 17;
  EXPECT_EQ(map_limits(folder.path(), &limits), PageFault::kSize);
  header.cards = 1;
  ASSERT_EQ(map_limits(folder.path(), &limits), PageFault::kNone);
  unmap_limits(limits);
  std::filesystem::rename(folder.file("limits"), folder.file("elsewhere"));
  std::filesystem::create_symlink("elsewhere", folder.file("limits"));
  EXPECT_EQ(map_limits(folder.path(), &limits), PageFault::kNoAccess) << "a link is not followed";
  int file = -1;
  std::filesystem::resize_file(folder.file("usage"), 8);
  EXPECT_EQ(open_usage(folder.path(), &file), PageFault::kForeign);
  for (int fault = 0; fault <= static_cast<int>(PageFault::kFull); ++fault)
    EXPECT_GT(std::string(sentence(static_cast<PageFault>(fault))).size(), 20u);
}

// Study 1.3, "Limit inconsistency": the limits are dure-node's alone; a process reads them, and always a
// whole set.
TEST(Page, LimitInconsistency) {
  ShareFolder folder(0);
  auto* page = folder.limits();
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (uint64_t n = 1; !stop; ++n) {
      __atomic_store_n(&page->sequence, 2 * n - 1, __ATOMIC_RELAXED);
      __atomic_thread_fence(__ATOMIC_RELEASE);
      __atomic_store_n(&page->generation, n, __ATOMIC_RELAXED);
      __atomic_store_n(&page->card[0].memory_bytes, n * 512, __ATOMIC_RELAXED);
      __atomic_store_n(&page->card[15].memory_bytes, n * 1024, __ATOMIC_RELAXED);
      __atomic_store_n(&page->sequence, 2 * n, __ATOMIC_RELEASE);
      if (n % 64 == 0) std::this_thread::yield();
    }
  });
  Limits limits = {};
  unsigned whole = 0;
  for (int i = 0; i < 20000; ++i) {
    if (!read_limits(page, &limits)) continue;
    ++whole;
    ASSERT_EQ(limits.card[0].memory_bytes, limits.generation * 512);
    ASSERT_EQ(limits.card[15].memory_bytes, limits.generation * 1024);
  }
  stop = true;
  writer.join();
  EXPECT_GT(whole, 0u);
  // A writer that died in the middle: what was read before stays, and nobody waits.
  page->sequence |= 1;
  EXPECT_FALSE(read_limits(page, &limits));
}

TEST(Page, MemoryLimitOfACard) {
  ShareFolder folder(1025, 2);
  EXPECT_EQ(memory_limit_units(folder.limits(), 1), 2u);
  EXPECT_EQ(memory_limit_units(folder.limits(), 2), 0u) << "not the container's";
  folder.limits()->card[0].memory_bytes = UINT64_MAX;
  EXPECT_EQ(memory_limit_units(folder.limits(), 0), kMostUnits);
}

}  // namespace
}  // namespace dure::gpu::share
