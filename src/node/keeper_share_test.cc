// The files of a share live as long as the replica's container, whatever becomes of dure-node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "gpu/node/share_folder.h"
#include "node/testing/stage.h"

namespace dure::node {
namespace {

using model::Desired;
using testing::IsEmpty;

class OneRealCard : public gpu::CardSource {
 public:
  base::Result<std::vector<gpu::Card>> list() override {
    gpu::Card card;
    card.report.id = model::CardId("GPU-1");
    card.report.health = model::CardHealth::kHealthy;
    return std::vector{card};
  }
  std::string describe() override { return "one"; }
};

class KeeperShare : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* folder : {"driver", "lib"}) std::filesystem::create_directories(files.file(folder));
    for (const char* file :
         {"driver/libcuda.so.1", "driver/libnvidia-ml.so.1", "lib/libdure-cuda.so", "lib/libdure-nvml.so"})
      std::ofstream(files.file(file)) << "x";
    begin_again();
  }
  void TearDown() override { stage.fall(); }

  // dure-node is killed and comes again.
  void begin_again() {
    stage.fall();
    shares.reset();
    auto opened = gpu::Shares::open({.folder = files.file("shares"),
                                     .driver_folder = files.file("driver"),
                                     .library_folder = files.file("lib"),
                                     .cdi_folder = "",
                                     .mount_tmpfs = false,
                                     .warn = [](const std::string&) {}});
    ASSERT_TRUE(opened.ok());
    shares = std::move(*opened);
    stage.source = &card;
    stage.shares = shares.get();
    stage.rise();
  }
  void order(std::int64_t blocks) {
    stage.books.edit(1).shares = {{model::CardId("GPU-1"), base::MilliGpu::blocks(blocks), {blocks << 30}}};
  }
  std::uint32_t milli() {
    const auto pages = gpu::SharePages::open(files.file("shares") + "/" + test_uuid(1));
    return pages.ok() ? pages->limits().front().guaranteed_milli : 0;
  }
  gpu::CardLimit limit() {
    const auto pages = gpu::SharePages::open(files.file("shares") + "/" + test_uuid(1));
    return pages.ok() ? pages->limits().front() : gpu::CardLimit{};
  }
  std::vector<std::string> folders() { return gpu::list_share_folders(files.file("shares")); }

  Scratch files{Scratch::kMemory};
  OneRealCard card;
  std::unique_ptr<gpu::Shares> shares;
  Stage stage{Scratch::kMemory};
};

TEST_F(KeeperShare, P3_TheShareIsThereBeforeTheContainerFollowsItsOrderAndGoesWithIt) {
  stage.books.order(1);
  order(30);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  const auto spec = stage.engine.spec(test_uuid(1));
  ASSERT_TRUE(spec.has_value());
  EXPECT_EQ(std::ranges::count(spec->mounts, "/run/dure/share/limits", &ports::Mount::target), 1);
  EXPECT_EQ(milli(), 300u);
  order(60);
  EXPECT_TRUE(stage.until([&] { return milli() == 600; })) << "while it runs";
  begin_again();
  for (int n = 0; n < 20; ++n) stage.step();
  EXPECT_EQ(milli(), 600u);
  EXPECT_EQ(stage.engine.starts(test_uuid(1)), 1);
  stage.books.edit(1).desired = Desired::kStopped;
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1) && !stage.exists(1); }));
  EXPECT_TRUE(stage.until([&] { return folders().empty(); }));
}

TEST_F(KeeperShare, P3_HowItIsHeldChangesWhileItRuns) {
  stage.books.order(1);
  order(30);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  EXPECT_EQ(limit().policy, DURE_POLICY_HARD);
  auto& share = stage.books.edit(1).shares.front();
  share.policy = model::SharePolicy::kBorrow;
  share.weight = 5;
  EXPECT_TRUE(stage.until([&] { return limit().policy == DURE_POLICY_BORROW && limit().weight == 5; }));
  share.policy = model::SharePolicy::kPriority;
  share.priority = 9;
  EXPECT_TRUE(stage.until([&] { return limit().policy == DURE_POLICY_PRIORITY && limit().priority == 9; }));
  share.priority = -1;
  EXPECT_TRUE(stage.until([&] { return limit().priority == 0; }));
  EXPECT_EQ(limit().guaranteed_milli, 300u);
  EXPECT_EQ(stage.engine.starts(test_uuid(1)), 1) << "nothing was restarted for it";
}

// Whatever a container writes into its books, the report can be taken.
TEST_F(KeeperShare, WhatIsReadOfItIsReportedAndBounded) {
  stage.books.order(1);
  order(30);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  const std::string folder = files.file("shares") + "/" + test_uuid(1);
  auto pages = gpu::SharePages::open(folder);
  ASSERT_TRUE(pages.ok());
  pages->limits_page()->pace[0].settled_device_ns = 5'000'000;
  pages->usage_page()->used = 1;
  pages->usage_page()->process[0].card[0].work.elapsed_ns = UINT64_MAX;
  pages->usage_page()->card[0].refused = 3;
  const auto report = stage.keeper->report();
  ASSERT_EQ(report.readings.size(), 1u);
  const auto& reading = report.readings.front();
  EXPECT_EQ(reading.replica_id.text, test_uuid(1));
  EXPECT_EQ(reading.card_id.text, "GPU-1");
  EXPECT_EQ(reading.device_ns, 5'000'000);
  EXPECT_EQ(reading.elapsed_ns, INT64_MAX);
  EXPECT_EQ(reading.refused, 3);
}

TEST_F(KeeperShare, WithoutTheDriverNothingStartsAndNoFilesStay) {
  std::filesystem::remove(files.file("driver/libcuda.so.1"));
  stage.books.order(1);
  order(30);
  for (int n = 0; n < 200; ++n) stage.step();
  EXPECT_FALSE(stage.books.started(1).has_value());
  EXPECT_THAT(folders(), IsEmpty());
  const auto troubles = stage.keeper->report().troubles;
  ASSERT_EQ(troubles.size(), 1u);
  EXPECT_EQ(troubles.front().reason.code, "card.share_files_missing");
}

}  // namespace
}  // namespace dure::node
