// Tracks of a call: their own rules of eligibility, on S3's pack for research.
#include <gtest/gtest.h>

#include "programme/evidence.h"
#include "programme/example_application.h"
#include "programme/samples.h"

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

}  // namespace
}  // namespace dure::programme
