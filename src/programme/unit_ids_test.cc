#include "programme/unit_ids.h"

#include <gtest/gtest.h>

#include "programme/samples.h"

namespace dure::programme {
namespace {

model::Applicant of(const std::string& unit, const std::string& advisor = "") {
  model::Applicant applicant;
  applicant.organisation = "가나대학교";
  applicant.unit = unit;
  applicant.advisor = advisor;
  return applicant;
}

TEST(UnitIds, F1_AUnitIsComparedByItsNameAndWhereProfessorsCountByHisToo) {
  const policy::IdScope by_unit{{"university"}, {"department"}, 1};
  EXPECT_TRUE(same_unit(of("AI 연구실"), of("ai연구실"), by_unit));
  EXPECT_FALSE(same_unit(of("AI 연구실"), of("용접 연구실"), by_unit));
  EXPECT_TRUE(same_unit(of("학과", "김교수"), of("학과", "이교수"), by_unit));
  const policy::IdScope by_professor{{"university"}, {"department", "professor"}, 1};
  EXPECT_FALSE(same_unit(of("학과", "김교수"), of("학과", "이교수"), by_professor));
  EXPECT_TRUE(same_unit(of("학과", "김교수"), of("학과", "김 교수"), by_professor));
}

TEST(UnitIds, F1_TheRegionalCentreGivesOneToAUnitAndMoreByDemand) {
  const auto rules = screening_rules(regional_centre());
  auto form = good_form();
  Facts facts;
  EXPECT_FALSE(screen_unit_ids(form, facts, rules)) << "nobody counted";
  facts.unit_ids = 0;
  auto item = screen_unit_ids(form, facts, rules);
  ASSERT_TRUE(item);
  EXPECT_EQ(item->result, model::ScreeningResult::kMet);
  EXPECT_EQ(item->reason.code, "offer.unit_has_room");
  EXPECT_NE(item->source, "");
  facts.unit_ids = 1;
  item = screen_unit_ids(form, facts, rules);
  EXPECT_EQ(item->result, model::ScreeningResult::kNeedsPerson) << "article 3.3: by demand";
  EXPECT_EQ(item->reason.code, "offer.unit_has_its_ids");
  EXPECT_TRUE(check_unit_ids(form.applicant, 1, rules.offer).ok());
  auto strict = rules;
  strict.offer.ids_by_demand = false;
  EXPECT_EQ(screen_unit_ids(form, facts, strict)->result, model::ScreeningResult::kNotMet);
  EXPECT_EQ(check_unit_ids(form.applicant, 1, strict.offer).failure().reason.code, "offer.unit_has_its_ids");
  EXPECT_TRUE(check_unit_ids(form.applicant, 0, strict.offer).ok());
  form.kind = model::ApplicationKind::kChange;
  EXPECT_FALSE(screen_unit_ids(form, facts, strict)) << "who changes what he has gets no other ID";
}

}  // namespace
}  // namespace dure::programme
