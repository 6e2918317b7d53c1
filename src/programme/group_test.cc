#include "programme/group.h"

#include <gtest/gtest.h>

namespace dure::programme {
namespace {

model::Group named(const std::string& name, std::vector<std::string> registries = {}) {
  model::Group group;
  group.name = name;
  group.registries = std::move(registries);
  return group;
}

policy::Offer all_kinds() {
  policy::Offer offer;
  offer.group_binds = {"users", "nodes", "namespaces", "registries", "volumes"};
  return offer;
}

std::string code_of(const base::Status& status) {
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
  const auto vision = named("vision", {"r/vision"});
  const auto speech = named("speech", {"r/speech", "r/vision"});
  const auto plain = named("plain");
  const std::vector<model::Group> all{vision, speech, plain};
  EXPECT_EQ(code_of(check_group_image("r/vision/a:1", &vision, all)), "ok");
  EXPECT_EQ(code_of(check_group_image("r/vision/a:1", &speech, all)), "ok") << "bound by both";
  EXPECT_EQ(code_of(check_group_image("r/speech/a:1", &vision, all)), "group.image_of_another");
  EXPECT_EQ(code_of(check_group_image("r/vision/a:1", nullptr, all)), "group.image_of_another");
  EXPECT_EQ(code_of(check_group_image("r/vision/a:1", &plain, all)), "group.image_of_another");
  EXPECT_EQ(code_of(check_group_image("r/common:1", &vision, all)), "group.image_outside");
  EXPECT_EQ(code_of(check_group_image("r/common:1", &plain, all)), "ok") << "it binds none";
  EXPECT_EQ(code_of(check_group_image("r/common:1", nullptr, all)), "ok");
}

TEST(GroupRules, G9_NamesAreLabelsAndListsHaveEachThingOnce) {
  const auto offer = all_kinds();
  for (const char* good : {"a", "vision-1", "9"}) EXPECT_EQ(code_of(check_group(offer, named(good))), "ok");
  for (const char* bad : {"", "-a", "a-", "A", "a_b", "a@b", "비전"})
    EXPECT_EQ(code_of(check_group(offer, named(bad))), "group.name_malformed") << bad;
  EXPECT_EQ(code_of(check_group(offer, named(std::string(63, 'a')))), "ok");
  EXPECT_EQ(code_of(check_group(offer, named(std::string(64, 'a')))), "group.name_malformed");
  for (const char* bad : {"", "r/", "/r", "r//a", "R/a", "r/a b"})
    EXPECT_EQ(code_of(check_group(offer, named("a", {bad}))), "group.registry_malformed") << bad;
  EXPECT_EQ(code_of(check_group(offer, named("a", {"r:5000/a"}))), "ok");
  EXPECT_EQ(code_of(check_group(offer, named("a", {"r", "r"}))), "group.twice");
  auto spaced = named("a");
  spaced.namespaces = {"Team"};
  EXPECT_EQ(code_of(check_group(offer, spaced)), "group.namespace_malformed");
}

}  // namespace
}  // namespace dure::programme
