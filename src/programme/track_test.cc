// Tracks of a call: their own rules of eligibility, on S3's pack for research.
#include <gtest/gtest.h>

#include "programme/evidence.h"
#include "programme/example_application.h"
#include "programme/samples.h"
#include "programme/screening_answers.h"

namespace dure::programme {
namespace {

const policy::Pack& research() {
  static const policy::Pack pack = pack_named("s3-research-2026");
  return pack;
}

Screening screened_track(const ExampleApplication& made, const std::string& track) {
  return screen(made.form, made.facts, screening_rules(research(), "", track));
}

TEST(Track, B5_C4_OneOfItsOwnRulesMustHold) {
  auto made = example_application(screening_rules(research(), "", "young-researcher"));
  EXPECT_EQ(screened_track(made, "young-researcher").outcome, ScreeningOutcome::kEligible);
  made.facts.born_on = base::Date{1950, 1, 1};
  made.facts.appointed_on = base::Date{1980, 3, 1};
  const auto old = screened_track(made, "young-researcher");
  EXPECT_EQ(old.outcome, ScreeningOutcome::kIneligible);
  std::string told;
  for (const auto& item : old.items)
    if (item.rule.starts_with("call.tracks.")) told += item.rule + " " + item.reason.code + "; ";
  EXPECT_EQ(told,
            "call.tracks.young-researcher.recently-appointed eligibility.appointed_too_long; "
            "call.tracks.young-researcher.by-age eligibility.too_old; ");
  EXPECT_EQ(screened_track(made, "general").outcome, ScreeningOutcome::kEligible)
      << "whoever is eligible at all";
  EXPECT_EQ(screened_track(made, "").outcome, ScreeningOutcome::kEligible);
  made.facts.born_on.reset();
  const auto open = screened_track(made, "young-researcher");
  EXPECT_EQ(open.outcome, ScreeningOutcome::kNeedsPerson);
  for (const auto& item : open.items) {
    if (item.rule != "call.tracks.young-researcher.by-age") continue;
    EXPECT_NE(item.source, "");
    EXPECT_EQ(evidence_for(item, made.form, made.facts, screening_rules(research(), "", "young-researcher")),
              (std::vector<Evidence>{{EvidenceKind::kFact, "born_on", false}}));
  }
}

// C4: appointed within seven years, or aged 39 or less: a person finds one of them, and the other not.
TEST(Track, C4_APersonsAnswersNeedOneOfTheRulesAndNotAll) {
  using enum model::ScreeningResult;
  const auto item = [](const std::string& rule, model::ScreeningResult result) {
    model::ScreeningItem made;
    made.rule = rule;
    made.result = result;
    return made;
  };
  const std::string appointed = "call.tracks.young-researcher.recently-appointed";
  const std::string age = "call.tracks.young-researcher.by-age", ban = "eligibility.person_decides.ban";
  const auto settled = [&](model::ScreeningResult by_date, model::ScreeningResult by_age,
                           model::ScreeningResult not_banned) {
    std::vector<model::ScreeningItem> items{item(appointed, by_date), item(age, by_age),
                                            item(ban, not_banned)};
    std::string told = settle_answers(items) ? "holds:" : "does not:";
    for (const auto& each : items) told += " " + std::string(model::to_text(each.result));
    return told;
  };
  EXPECT_EQ(settled(kMet, kNotMet, kMet), "holds: met met") << "the rule that holds is told alone";
  EXPECT_EQ(settled(kNotMet, kMet, kMet), "holds: met met");
  EXPECT_EQ(settled(kMet, kNeedsPerson, kMet), "holds: met met") << "nobody has to look at the other";
  EXPECT_EQ(settled(kNotMet, kNeedsPerson, kMet), "holds: not_met needs_person met") << "the other may hold";
  EXPECT_EQ(settled(kNotMet, kNotMet, kMet), "does not: not_met not_met met");
  EXPECT_EQ(settled(kMet, kNotMet, kNotMet), "does not: met not_met") << "the ban has no alternative";
}

}  // namespace
}  // namespace dure::programme
