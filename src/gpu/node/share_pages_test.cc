// dure-node's side of a share's files, with the share library's own code as the container.
#include "gpu/node/share_pages.h"
#include "gpu/node/test_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "gpu/share/ledger.h"
#include "gpu/share/slot.h"

namespace dure::gpu {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPageMiB = 1 << 20;

class SharePagesTest : public testing::Test {
 protected:
  static std::vector<CardLimit> two_cards() {
    return {{.uuid = "GPU-1", .memory_bytes = 10 * kPageMiB, .guaranteed_milli = 300},
            {.uuid = "MIG-2",
             .memory_bytes = 20 * kPageMiB,
             .guaranteed_milli = 500,
             .policy = DURE_POLICY_BORROW}};
  }
  SharePages made(const std::vector<CardLimit>& cards) {
    auto pages = SharePages::make(folder, cards, {::getuid(), ::getgid()});
    EXPECT_TRUE(pages.ok());
    return std::move(*pages);
  }
  unsigned mode(const char* name) const {
    struct stat status = {};
    EXPECT_EQ(::stat((folder + "/" + name).c_str(), &status), 0);
    return status.st_mode & 07777;
  }

  TestFolder scratch;
  const std::string folder = scratch.path().string();
};

// P3.
TEST_F(SharePagesTest, MadeWholeWithTheirModesAndNothingElse) {
  const SharePages pages = made(two_cards());
  EXPECT_EQ(pages.limits(), two_cards());
  EXPECT_EQ(mode("limits"), 0644u);
  EXPECT_EQ(mode("usage"), 0660u);
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  EXPECT_THAT(names, testing::UnorderedElementsAre("limits", "usage"));
  EXPECT_EQ(pages.processes(), 0u);
}

TEST_F(SharePagesTest, MadeAgainIsOpenedAndKeepsTheBooks) {
  SharePages pages = made(two_cards());
  share::Slot slot = {};
  ASSERT_EQ(share::claim_slot(folder.c_str(), &slot), share::PageFault::kNone);
  std::uint64_t units = 0;
  ASSERT_EQ(share::reserve_memory(slot, 0, kPageMiB, &units), CUDA_SUCCESS);
  // What a dure-node that was killed in the middle leaves.
  std::ofstream(folder + "/.limits.new") << "half";
  auto cards = two_cards();
  cards[0].memory_bytes = 5 * kPageMiB;
  SharePages again = made(cards);
  EXPECT_EQ(again.totals()[0].memory_bytes, kPageMiB);
  EXPECT_EQ(pages.limits(), cards) << "one file";
  EXPECT_EQ(SharePages::make(folder, {two_cards()[0]}, {}).failure().reason.code, "node.state_unusable");
  share::leave_slot(&slot);
}

// P5. The limits of a running workload change; what it has stays.
TEST_F(SharePagesTest, LimitsChangeWhileProcessesRun) {
  SharePages pages = made(two_cards());
  share::Slot slot = {};
  ASSERT_EQ(share::claim_slot(folder.c_str(), &slot), share::PageFault::kNone);
  std::uint64_t units = 0;
  ASSERT_EQ(share::reserve_memory(slot, 0, 8 * kPageMiB, &units), CUDA_SUCCESS);
  auto cards = two_cards();
  cards[0].memory_bytes = 4 * kPageMiB;
  cards[1].uuid = "MIG-a-longer-name";
  pages.change(cards);
  std::uint64_t more = 0;
  EXPECT_EQ(share::reserve_memory(slot, 0, 1, &more), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(pages.totals()[0].memory_bytes, 8 * kPageMiB);
  EXPECT_EQ(pages.totals()[0].refused, 1u);
  share::Limits limits = {};
  ASSERT_TRUE(share::read_limits(slot.limits, &limits));
  EXPECT_EQ(limits.generation, 2u);
  EXPECT_STREQ(limits.card[1].uuid, "MIG-a-longer-name");
  // A dure-node that died while it wrote: nobody waits, and its successor mends it.
  pages.limits_page()->sequence |= 1;
  EXPECT_FALSE(share::read_limits(slot.limits, &limits));
  pages.change(cards);
  EXPECT_TRUE(share::read_limits(slot.limits, &limits));
  share::leave_slot(&slot);
}

// P22. What the meter reads stays when processes go, but for what they held.
TEST_F(SharePagesTest, TheDeadAreReapedAndTheirTimeStaysCounted) {
  SharePages pages = made(two_cards());
  const pid_t pid = ::fork();
  if (pid == 0) {
    static share::Slot slot = {};
    std::uint64_t units = 0;
    if (share::claim_slot(folder.c_str(), &slot) != share::PageFault::kNone) ::_exit(2);
    if (share::reserve_memory(slot, 1, 3 * kPageMiB, &units) != CUDA_SUCCESS) ::_exit(3);
    auto& work = slot.usage->process[slot.index].card[1].work;
    work.elapsed_ns = 77, work.launches = 5, work.waiting_ns = 9;
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(pages.totals()[1].memory_bytes, 3 * kPageMiB);
  EXPECT_EQ(pages.processes(), 1u);
  EXPECT_EQ(pages.reap(), 1u);
  EXPECT_EQ(pages.reap(), 0u);
  const auto totals = pages.totals();
  EXPECT_EQ(totals[1].memory_bytes, 0u);
  EXPECT_EQ(totals[1].memory_high_bytes, 3 * kPageMiB);
  EXPECT_EQ(totals[1].elapsed_ns, 77u);
  EXPECT_EQ(totals[1].launches, 5u);
  EXPECT_EQ(pages.usage_page()->process[0].card[1].work.waiting_ns, 0u);
  EXPECT_EQ(pages.processes(), 0u);
}

// The container can write `usage`: it can harm itself, not dure-node.
TEST_F(SharePagesTest, WhatTheContainerCutsOffDoesNotKillTheNode) {
  SharePages pages = made(two_cards());
  ASSERT_EQ(::truncate((folder + "/usage").c_str(), 0), 0);
  EXPECT_EQ(pages.totals().size(), 2u);
  EXPECT_EQ(pages.totals()[0].memory_bytes, 0u);
  EXPECT_EQ(pages.processes(), 0u);
  EXPECT_EQ(pages.reap(), 0u);
  EXPECT_EQ(SharePages::open(folder).failure().reason.code, "node.state_unusable");
}

TEST_F(SharePagesTest, WhatIsNotAShareIsRefused) {
  EXPECT_EQ(SharePages::open(folder).failure().reason.code, "node.state_unusable");
  made(two_cards());
  fs::rename(folder + "/usage", folder + "/elsewhere");
  fs::create_symlink("elsewhere", folder + "/usage");
  EXPECT_EQ(SharePages::open(folder).failure().reason.code, "node.state_unusable")
      << "a link is not followed";
}

}  // namespace
}  // namespace dure::gpu
