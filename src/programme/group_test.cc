#include "programme/group.h"

#include <gtest/gtest.h>

namespace dure::programme {
namespace {

model::Group group_named(const std::string& name, std::vector<std::string> registries = {}) {
  model::Group group;
  group.name = name;
  group.registries = std::move(registries);
  return group;
}

policy::Offer offer_of_groups() {
  policy::Offer offer;
  offer.group_binds = {"users", "nodes", "namespaces", "registries", "volumes"};
  return offer;
}

std::string group_code(const base::Status& status) {
  return status.ok() ? "ok" : status.failure().reason.code;
}

TEST(GroupRules, G9_ARegistryIsAWholePartOfAReference) {
  EXPECT_TRUE(in_registry("r.example.org/vision/torch:2", "r.example.org/vision"));
  EXPECT_TRUE(in_registry("r.example.org/vision:2", "r.example.org/vision"));
  EXPECT_TRUE(in_registry("r.example.org/vision@sha256:ab", "r.example.org/vision"));
  EXPECT_TRUE(in_registry("r.example.org/vision", "r.example.org/vision"));
  EXPECT_FALSE(in_registry("r.example.org/visionary:2", "r.example.org/vision"));
  EXPECT_FALSE(in_registry("r.example.org/visio", "r.example.org/vision"));
}

TEST(GroupRules, G9_OwnRegistriesAreFirstAndOthersAreClosed) {
  const auto vision = group_named("vision", {"r/vision"});
  const auto speech = group_named("speech", {"r/speech", "r/vision"});
  const auto plain = group_named("plain");
  const std::vector<model::Group> all{vision, speech, plain};
  EXPECT_EQ(group_code(check_group_image("r/vision/a:1", &vision, all)), "ok");
  EXPECT_EQ(group_code(check_group_image("r/vision/a:1", &speech, all)), "ok") << "bound by both";
  EXPECT_EQ(group_code(check_group_image("r/speech/a:1", &vision, all)), "group.image_of_another");
  EXPECT_EQ(group_code(check_group_image("r/vision/a:1", nullptr, all)), "group.image_of_another");
  EXPECT_EQ(group_code(check_group_image("r/vision/a:1", &plain, all)), "group.image_of_another");
  EXPECT_EQ(group_code(check_group_image("r/common:1", &vision, all)), "group.image_outside");
  EXPECT_EQ(group_code(check_group_image("r/common:1", &plain, all)), "ok") << "it binds none";
  EXPECT_EQ(group_code(check_group_image("r/common:1", nullptr, all)), "ok");
}

TEST(GroupRules, G9_OfRegistriesOneBelowTheOtherTheLongestCounts) {
  const auto wide = group_named("wide", {"r"});
  const auto narrow = group_named("narrow", {"r/vision"});
  const std::vector<model::Group> all{wide, narrow};
  EXPECT_EQ(group_code(check_group_image("r/vision/a:1", &wide, all)), "group.image_of_another");
  EXPECT_EQ(group_code(check_group_image("r/vision/a:1", &narrow, all)), "ok");
  EXPECT_EQ(group_code(check_group_image("r/a:1", &wide, all)), "ok");
  EXPECT_EQ(group_code(check_group_image("r/a:1", &narrow, all)), "group.image_of_another");
}

TEST(GroupRules, G9_NamesAreLabelsAndListsHaveEachThingOnce) {
  const auto offer = offer_of_groups();
  for (const char* good : {"a", "vision-1", "9"})
    EXPECT_EQ(group_code(check_group(offer, group_named(good))), "ok");
  for (const char* bad : {"", "-a", "a-", "A", "a_b", "a@b", "비전"})
    EXPECT_EQ(group_code(check_group(offer, group_named(bad))), "group.name_malformed") << bad;
  EXPECT_EQ(group_code(check_group(offer, group_named(std::string(63, 'a')))), "ok");
  EXPECT_EQ(group_code(check_group(offer, group_named(std::string(64, 'a')))), "group.name_malformed");
  for (const char* bad : {"", "r/", "/r", "r//a", "R/a", "r/a b"})
    EXPECT_EQ(group_code(check_group(offer, group_named("a", {bad}))), "group.registry_malformed") << bad;
  EXPECT_EQ(group_code(check_group(offer, group_named("a", {"r:5000/a"}))), "ok");
  EXPECT_EQ(group_code(check_group(offer, group_named("a", {"r", "r"}))), "group.twice");
  auto spaced = group_named("a");
  spaced.namespaces = {"Team"};
  EXPECT_EQ(group_code(check_group(offer, spaced)), "group.namespace_malformed");
}

}  // namespace
}  // namespace dure::programme
