#include "programme/training.h"

#include <gtest/gtest.h>

namespace dure::programme {
namespace {

policy::Award two_pieces() {
  policy::Award rules;
  rules.training_required = true;
  rules.training = {{"safety", {"안전", "Safety"}, "https://a", "1"},
                    {"use", {"활용", ""}, "https://b", "3"}};
  return rules;
}

model::TrainingCompletion done_with(const std::string& material, const std::string& version) {
  model::TrainingCompletion made;
  made.material = material;
  made.material_version = version;
  return made;
}

TEST(Training, F4_EachPieceCountsInTheVersionThatThePackHas) {
  const auto rules = two_pieces();
  const auto first = check_training(rules, {});
  ASSERT_FALSE(first.ok());
  EXPECT_EQ(first.failure().reason.code, "training.not_done");
  EXPECT_EQ(std::get<std::string>(*first.failure().reason.find("address")), "https://a");
  const auto old = check_training(rules, {done_with("safety", "1"), done_with("use", "2")});
  ASSERT_FALSE(old.ok());
  EXPECT_EQ(std::get<std::string>(*old.failure().reason.find("material")), "use");
  EXPECT_EQ(std::get<std::string>(*old.failure().reason.find("title_en")), "활용") << "what there is";
  EXPECT_TRUE(check_training(rules, {done_with("use", "3"), done_with("safety", "1")}).ok());
}

TEST(Training, F4_APackThatDemandsNoneAsksForNothing) {
  auto rules = two_pieces();
  rules.training_required = false;
  EXPECT_TRUE(check_training(rules, {}).ok());
  EXPECT_EQ(material_to_confirm(rules, {"use", "3"}).failure().reason.code, "training.not_required");
}

TEST(Training, F4_OnlyWhatWasReadIsConfirmed) {
  const auto rules = two_pieces();
  EXPECT_EQ(material_to_confirm(rules, {"use", "2"}).failure().reason.code, "training.version_changed");
  EXPECT_EQ(material_to_confirm(rules, {"none", "1"}).failure().reason.code, "training.material_unknown");
  EXPECT_EQ(material_to_confirm(rules, {"use", "3"})->id, "use");
}

}  // namespace
}  // namespace dure::programme
