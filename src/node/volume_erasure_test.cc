// L1, invariant 17: a volume's folder is destroyed whole, and nothing beside it.
#include "node/volume_erasure.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "node/testing/stage.h"

namespace dure::node {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text = "x") {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

TEST(VolumeErasure, L1_TheFolderGoesWithAllThatIsInItAndLinksAreNotFollowed) {
  Scratch scratch;
  const std::string volumes = scratch.file("volumes");
  const auto mine = test_uuid(1);
  const auto other = test_uuid(2);
  write(fs::path(volumes) / mine / "deep/er/model.bin");
  write(fs::path(volumes) / mine / ".hidden");
  write(fs::path(volumes) / other / "kept");
  write(fs::path(scratch.file("outside")) / "kept");
  fs::create_directory_symlink(scratch.file("outside"), fs::path(volumes) / mine / "link");
  fs::create_directory_symlink(fs::path(volumes) / other, fs::path(volumes) / mine / "deep/link");
  EXPECT_FALSE(volume_gone(volumes, mine));
  ASSERT_TRUE(erase_volume(volumes, mine).ok());
  EXPECT_TRUE(volume_gone(volumes, mine));
  EXPECT_FALSE(fs::exists(fs::path(volumes) / mine));
  EXPECT_TRUE(fs::exists(fs::path(volumes) / other / "kept"));
  EXPECT_TRUE(fs::exists(fs::path(scratch.file("outside")) / "kept"));
  EXPECT_TRUE(erase_volume(volumes, mine).ok()) << "what is gone may be erased again";
}

TEST(VolumeErasure, Invariant17_ADiskThatIsNotMountedIsNotTakenForDestroyed) {
  Scratch scratch;
  const std::string volumes = scratch.file("volumes");
  const auto id = test_uuid(1);
  EXPECT_TRUE(volumes_there(volumes)) << "marked when it is seen first";
  write(fs::path(volumes) / id / "kept");
  EXPECT_TRUE(volumes_there(volumes));
  fs::rename(volumes, scratch.file("elsewhere"));
  EXPECT_FALSE(volumes_there(volumes)) << "gone";
  fs::create_directories(volumes);
  EXPECT_TRUE(volume_gone(volumes, id)) << "it looks so";
  EXPECT_FALSE(volumes_there(volumes)) << "an empty place";
  fs::remove_all(volumes);
  fs::rename(scratch.file("elsewhere"), volumes);
  EXPECT_TRUE(volumes_there(volumes));
  EXPECT_FALSE(volume_gone(volumes, id));
}

TEST(VolumeErasure, L1_WhatACrashLeftHalfRemovedIsRemovedAndCountsAsThereUntilThen) {
  Scratch scratch;
  const std::string volumes = scratch.file("volumes");
  const auto id = test_uuid(1);
  write(fs::path(volumes) / (".erasing-" + id) / "half");
  EXPECT_FALSE(volume_gone(volumes, id));
  write(fs::path(volumes) / id / "made again");
  ASSERT_TRUE(erase_volume(volumes, id).ok());
  EXPECT_TRUE(volume_gone(volumes, id));
  EXPECT_TRUE(fs::is_empty(volumes));
}

TEST(Keeper, L1_WhatDuredWantsDestroyedIsDestroyedAndReportedButNotWhileItIsMounted) {
  Stage stage;
  const auto id = test_uuid(77);
  const auto folder = fs::path(stage.scratch.file("volumes")) / id;
  stage.books.order(1);
  stage.books.edit(1).volumes = {{model::VolumeId(id), "/home/user", 0, 0, {}}};
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  write(folder / "data");
  stage.books.erase = {id, "../../etc"};
  for (int n = 0; n < 20; ++n) stage.step();
  EXPECT_TRUE(fs::exists(folder / "data")) << "it is mounted";
  EXPECT_TRUE(stage.books.erased.empty());
  stage.books.edit(1).desired = model::Desired::kStopped;
  ASSERT_TRUE(stage.until([&] { return stage.books.erased == std::set<std::string>{id}; }));
  EXPECT_FALSE(fs::exists(folder));
  stage.books.erase.clear();
  for (int n = 0; n < 3; ++n) stage.step();  // the answer to the next report says so
  stage.books.erased.clear();
  for (int n = 0; n < 5; ++n) stage.step();
  EXPECT_TRUE(stage.books.erased.empty()) << "only what is asked for is told";
}

}  // namespace
}  // namespace dure::node
