// A share's files, mounts and CDI device, over a folder that plays the driver's; no GPU, no mount.
#include "gpu/node/shares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "gpu/node/cdi.h"
#include "gpu/node/share_folder.h"
#include "gpu/node/test_folder.h"

namespace dure::gpu {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t kGiB = 1LL << 30;
constexpr char kReplica[] = "01900000-0000-7000-8000-000000000001";
constexpr char kOther[] = "01900000-0000-7000-8000-000000000002";

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class SharesTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(root / "driver");
    fs::create_directories(root / "lib");
    fs::create_directories(root / "shares");
    for (const char* file : {"driver/libcuda.so.580.1", "driver/libnvidia-ml.so.580.1",
                             "driver/libOpenCL.so.1", "driver/libnvidia-opencl.so.580.1",
                             "driver/libnvidia-nvvm.so.580.1", "lib/libdure-cuda.so", "lib/libdure-nvml.so"})
      std::ofstream(root / file) << file;
    fs::create_symlink("libcuda.so.580.1", root / "driver/libcuda.so.1");
    fs::create_symlink("libnvidia-ml.so.580.1", root / "driver/libnvidia-ml.so.1");
    fs::create_symlink("libnvidia-nvvm.so.580.1", root / "driver/libnvidia-nvvm.so.4");
  }
  void TearDown() override { shares.reset(); }

  void open() {
    shares.reset();
    auto opened = Shares::open({.folder = folder(),
                                .driver_folder = root / "driver",
                                .library_folder = root / "lib",
                                .cdi_folder = root / "cdi",
                                .mount_tmpfs = false,
                                .warn = [this](const std::string& text) { warned += text + "\n"; },
                                .context_bytes = [this](const std::string&) { return context_bytes; }});
    ASSERT_TRUE(opened.ok());
    shares = std::move(*opened);
  }
  std::string folder() const { return root / "shares"; }

  static Card card(const std::string& id, bool simulated = false) {
    Card made;
    made.report.id = model::CardId(id);
    made.report.simulated = simulated;
    made.report.health = model::CardHealth::kHealthy;
    made.device_nodes = {"/dev/null"};
    return made;
  }
  static model::ShareOrder share(const std::string& id, std::int64_t blocks) {
    return {model::CardId(id), base::MilliGpu::blocks(blocks), {blocks * kGiB}};
  }
  base::Result<ShareDescription> prepare(const char* replica, std::int64_t blocks = 30) {
    return shares->prepare(replica, {share("GPU-1", blocks)}, {card("GPU-1")});
  }
  std::vector<CardLimit> limits_of(const char* replica) const {
    const auto pages = SharePages::open(folder() + "/" + replica);
    return pages.ok() ? pages->limits() : std::vector<CardLimit>();
  }
  static const ports::Mount* mount_at(const ShareDescription& of, const std::string& target) {
    const auto found = std::ranges::find(of.mounts, target, &ports::Mount::target);
    return found == of.mounts.end() ? nullptr : &*found;
  }

  TestFolder scratch;
  const fs::path root = scratch.path();
  std::string warned;
  std::uint64_t context_bytes = 0;  // of every card
  std::unique_ptr<Shares> shares;
};

TEST_F(SharesTest, P3_TheContainerSeesItsLimitsAndCannotWriteThem) {
  open();
  const auto share = prepare(kReplica);
  ASSERT_TRUE(share.ok());
  const auto* limits = mount_at(*share, "/run/dure/share/limits");
  const auto* usage = mount_at(*share, "/run/dure/share/usage");
  ASSERT_TRUE(limits != nullptr && usage != nullptr);
  EXPECT_TRUE(limits->read_only);
  EXPECT_FALSE(usage->read_only);
  EXPECT_EQ(limits->source, folder() + "/" + kReplica + "/limits");
  EXPECT_EQ(limits_of(kReplica), card_limits({SharesTest::share("GPU-1", 30)}));
  EXPECT_EQ(limits_of(kReplica).front().guaranteed_milli, 300u);
  EXPECT_EQ(limits_of(kReplica).front().memory_bytes, std::uint64_t{30} << 30);
  for (const auto& mount : share->mounts)
    EXPECT_TRUE(mount.read_only || mount.target == "/run/dure/share/usage") << mount.target;
}

TEST_F(SharesTest, TheShareLibraryStandsBeforeEveryNameOfTheDriver) {
  open();
  const auto share = prepare(kReplica);
  ASSERT_TRUE(share.ok());
  const std::string cuda = root / "lib/libdure-cuda.so";
  const std::string nvml = root / "lib/libdure-nvml.so";
  for (const std::string& loader : loader_folders()) {
    for (const char* name : {"libcuda.so", "libcuda.so.1", "libcuda.so.580.1"}) {
      ASSERT_NE(mount_at(*share, loader + "/" + name), nullptr) << name;
      EXPECT_EQ(mount_at(*share, loader + "/" + name)->source, cuda);
    }
    for (const char* name : {"libnvidia-ml.so", "libnvidia-ml.so.1", "libnvidia-ml.so.580.1"}) {
      ASSERT_NE(mount_at(*share, loader + "/" + name), nullptr) << name;
      EXPECT_EQ(mount_at(*share, loader + "/" + name)->source, nvml);
    }
    EXPECT_EQ(mount_at(*share, loader + "/libnvidia-nvvm.so.4")->source,
              root / "driver/libnvidia-nvvm.so.580.1");
    EXPECT_EQ(mount_at(*share, loader + "/libnvidia-opencl.so.580.1"), nullptr) << "a way past the library";
  }
  EXPECT_EQ(mount_at(*share, "/run/dure/driver/libcuda.so.1")->source, root / "driver/libcuda.so.580.1");
  EXPECT_EQ(mount_at(*share, "/run/dure/driver/libnvidia-ml.so.1")->source,
            root / "driver/libnvidia-ml.so.580.1");
}

TEST_F(SharesTest, TheFilesOutliveDureNodeAndGoWithTheContainer) {
  open();
  ASSERT_TRUE(prepare(kReplica).ok());
  ASSERT_TRUE(prepare(kOther).ok());
  auto pages = SharePages::open(folder() + "/" + kReplica);
  ASSERT_TRUE(pages.ok());
  pages->usage_page()->process[0].card[0].work.elapsed_ns = 5;
  pages->usage_page()->used = 1;
  open();
  ASSERT_TRUE(prepare(kReplica).ok()) << "a retry";
  const auto readings = shares->readings();
  ASSERT_EQ(readings.size(), 2u);
  EXPECT_EQ(readings[0].replica_id, kReplica);
  EXPECT_EQ(readings[0].card, "GPU-1");
  EXPECT_EQ(readings[0].elapsed_ns, 5u) << "nothing is reset while the container lives";
  shares->keep_only({kReplica});
  EXPECT_THAT(list_share_folders(folder()), ElementsAre(kReplica));
  EXPECT_EQ(shares->readings().size(), 1u);
  shares->keep_only({});
  EXPECT_THAT(list_share_folders(folder()), IsEmpty());
  EXPECT_THAT(warned, Not(HasSubstr("replica")));
}

TEST_F(SharesTest, WhatWasLeftHalfMadeIsCompletedOrGoes) {
  fs::create_directories(folder() + "/" + kReplica);
  std::ofstream(folder() + "/" + kReplica + "/.usage.new") << "x";
  fs::create_directories(folder() + "/" + kOther);
  open();
  EXPECT_TRUE(prepare(kReplica).ok());
  EXPECT_EQ(limits_of(kReplica).size(), 1u);
  shares->keep_only({kReplica});
  EXPECT_THAT(list_share_folders(folder()), ElementsAre(kReplica));
}

TEST_F(SharesTest, AChangedOrderChangesTheLimitsAtRunTime) {
  open();
  ASSERT_TRUE(prepare(kReplica, 30).ok());
  const auto pages = SharePages::open(folder() + "/" + kReplica);
  const auto generation = pages->limits_page()->generation;
  shares->follow(kReplica, {share("GPU-1", 30)});
  EXPECT_EQ(pages->limits_page()->generation, generation) << "nothing changed";
  shares->follow(kReplica, {share("GPU-1", 60)});
  EXPECT_EQ(pages->limits().front().guaranteed_milli, 600u);
  EXPECT_EQ(pages->limits_page()->generation, generation + 1);
  shares->follow(kReplica, {share("GPU-2", 10)});
  EXPECT_EQ(pages->limits().front().guaranteed_milli, 600u) << "another card is another container";
  shares->follow(kOther, {share("GPU-1", 60)});
  EXPECT_THAT(list_share_folders(folder()), ElementsAre(kReplica));
}

TEST_F(SharesTest, WhatAContextTakesComesWhenItIsKnownAndStays) {
  open();
  const auto context_of = [&] { return limits_of(kReplica).front().context_bytes; };
  const auto follow = [&](std::int64_t blocks) { shares->follow(kReplica, {share("GPU-1", blocks)}); };
  ASSERT_TRUE(prepare(kReplica, 30).ok());
  EXPECT_EQ(context_of(), 0u);
  context_bytes = 400 << 20;
  follow(30);
  EXPECT_EQ(context_of(), std::uint64_t{400} << 20);
  ASSERT_TRUE(prepare(kOther, 30).ok());
  EXPECT_EQ(limits_of(kOther).front().context_bytes, std::uint64_t{400} << 20);
  context_bytes = 0;  // the next dure-node, before it has seen a card
  open();
  follow(40);
  EXPECT_EQ(limits_of(kReplica).front().guaranteed_milli, 400u);
  EXPECT_EQ(context_of(), std::uint64_t{400} << 20);
  ASSERT_TRUE(prepare(kReplica, 30).ok());
  EXPECT_EQ(context_of(), std::uint64_t{400} << 20);
  context_bytes = 410 << 20;  // another driver
  follow(30);
  EXPECT_EQ(context_of(), std::uint64_t{410} << 20);
  EXPECT_EQ(warned, "");
}

TEST_F(SharesTest, AShareInWhichNoContextFitsIsSaidOnce) {
  context_bytes = std::uint64_t{2} << 30;
  open();
  ASSERT_TRUE(prepare(kReplica, 1).ok());  // of a GiB
  EXPECT_THAT(warned,
              HasSubstr(std::string(kReplica) + " has 1024 MiB of card GPU-1, where a context takes 2048"));
  ASSERT_TRUE(prepare(kReplica, 1).ok());
  shares->follow(kReplica, {share("GPU-1", 1)});
  EXPECT_EQ(std::ranges::count(warned, '\n'), 1);
  shares->follow(kReplica, {share("GPU-1", 2)});
  EXPECT_EQ(std::ranges::count(warned, '\n'), 1);
  shares->follow(kReplica, {share("GPU-1", 1)});
  EXPECT_EQ(std::ranges::count(warned, '\n'), 2) << "it has become so again";
}

TEST_F(SharesTest, P21_SimulatedCardsNeedNoDriverAndGetNoLibrary) {
  fs::remove_all(root / "driver");
  open();
  const auto share = shares->prepare(kReplica, {SharesTest::share("SIM-1", 10)}, {card("SIM-1", true)});
  ASSERT_TRUE(share.ok());
  EXPECT_THAT(share->mounts, IsEmpty());
  EXPECT_EQ(share->environment.at("DURE_GPU_SIMULATED"), "1");
  EXPECT_THAT(list_share_folders(folder()), IsEmpty());
}

TEST_F(SharesTest, ARealCardWithoutDriverOrLibraryIsRefused) {
  open();
  fs::remove(root / "lib/libdure-nvml.so");
  auto share = prepare(kReplica);
  ASSERT_FALSE(share.ok());
  EXPECT_EQ(share.failure().reason.code, "card.share_files_missing");
  std::ofstream(root / "lib/libdure-nvml.so") << "x";
  fs::remove(root / "driver/libcuda.so.580.1");
  share = prepare(kReplica);
  ASSERT_FALSE(share.ok()) << "a link to nothing";
  EXPECT_THAT(list_share_folders(folder()), IsEmpty());
}

TEST_F(SharesTest, MoreCardsThanTheFilesHoldAreRefused) {
  open();
  std::vector<model::ShareOrder> wide;
  std::vector<Card> cards;
  for (int n = 0; n <= DURE_MAX_CARDS; ++n) {
    wide.push_back(share("GPU-" + std::to_string(n), 1));
    cards.push_back(card("GPU-" + std::to_string(n)));
  }
  const auto refused = shares->prepare(kReplica, wide, cards);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().reason.code, "card.share_too_wide");
}

TEST_F(SharesTest, ACdiDeviceSaysTheSameAndGoesWithTheShare) {
  open();
  const auto share = prepare(kReplica);
  ASSERT_TRUE(share.ok());
  const fs::path file = root / "cdi" / (std::string("dure.internal-share_") + kReplica + ".json");
  const std::string text = read_file(file);
  EXPECT_THAT(text, HasSubstr(R"("kind": "dure.internal/share")"));
  EXPECT_THAT(text, HasSubstr(std::string(R"("name": ")") + kReplica + '"'));
  EXPECT_THAT(text, HasSubstr(R"({"path": "/dev/null"})"));
  EXPECT_THAT(text, HasSubstr(R"("DURE_BLOCKS=30")"));
  EXPECT_THAT(text, HasSubstr(R"("containerPath": "/run/dure/share/limits", "options": ["rbind", "ro")"));
  EXPECT_THAT(text, HasSubstr(R"("containerPath": "/run/dure/share/usage", "options": ["rbind", "rw")"));
  for (const auto& mount : share->mounts) EXPECT_THAT(text, HasSubstr('"' + mount.target + '"'));
  std::ofstream(root / "cdi/nvidia.json") << "{}";
  shares->keep_only({});
  EXPECT_FALSE(fs::exists(file));
  EXPECT_TRUE(fs::exists(root / "cdi/nvidia.json")) << "another's";
}

TEST(Cdi, TextsAreQuoted) {
  const std::string text = cdi_spec({"r", {{"A", "say \"so\"\\\n"}}, {}, {}});
  EXPECT_THAT(text, HasSubstr(R"("A=say \"so\"\\\u000a")"));
  EXPECT_THAT(text, Not(HasSubstr("deviceNodes"))) << "an empty list is none";
}

}  // namespace
}  // namespace dure::gpu
