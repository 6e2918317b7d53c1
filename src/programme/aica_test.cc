// Applications under AICA's own pack (S1), whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "programme/example_application.h"
#include "programme/samples.h"

namespace dure::programme {
namespace {

using model::OrganisationClass;
using Change = std::function<void(ExampleApplication&)>;

Screening screened(const Change& change) {
  const auto rules = screening_rules(aica());
  auto made = example_application(rules);
  change(made);
  return screen(made.form, made.facts, rules);
}

const model::ScreeningItem& item(const Screening& screening, const std::string& rule) {
  const auto found = std::find_if(screening.items.begin(), screening.items.end(),
                                  [&](const auto& each) { return each.rule == rule; });
  EXPECT_NE(found, screening.items.end()) << rule;
  return found == screening.items.end() ? screening.items.front() : *found;
}

// The papers that everybody hands in show no membership of the club.
TEST(Aica, C2_ALargeCompanyWithoutTheClubsPaperIsNotEligible) {
  const auto large = [](ExampleApplication& made) {
    made.form.applicant.organisation_class = OrganisationClass::kLargeCompany;
  };
  const auto without = screened(large);
  EXPECT_EQ(without.outcome, ScreeningOutcome::kIneligible);
  EXPECT_EQ(item(without, "eligibility.include.digital-leaders").reason.code,
            "eligibility.certificate_missing");
  const auto with_paper = screened([&](ExampleApplication& made) {
    large(made);
    made.facts.documents.push_back({"digital_leaders_certificate", "application/pdf", {1000}});
  });
  const auto& open = item(with_paper, "eligibility.include.digital-leaders");
  EXPECT_EQ(open.reason.code, "eligibility.certificate_unchecked") << "somebody has to look at it";
  EXPECT_EQ(policy::parameter(open.reason, "documents"), "digital_leaders_certificate");
  const auto checked = screened([&](ExampleApplication& made) {
    large(made);
    made.facts.documents.push_back({"digital_leaders_certificate", "application/pdf", {1000}});
    made.facts.certificates.push_back({"digital_leaders", made.facts.received_on, std::nullopt});
  });
  EXPECT_EQ(item(checked, "eligibility.include.digital-leaders").result, model::ScreeningResult::kMet);
}

TEST(Aica, B6_ThePoolOfAnAmountIsTheFirstThatOffersIt) {
  EXPECT_EQ(pool_with(aica(), {"t4", 200, 0, {}, {}}), "dedicated-t4");
  EXPECT_EQ(pool_with(aica(), {"bow", 1600, 0, {}, {}}), "shared-bow");
  EXPECT_EQ(pool_with(aica(), {"bow", 300, 0, {}, {}}), "shared-bow") << "its model, not the amount";
  EXPECT_EQ(pool_with(aica(), {"b200", 100, 0, {}, {}}), "");
  policy::Pack two;
  two.offer.pools.resize(2);
  two.offer.pools[0].id = "whole";
  two.offer.pools[0].models = two.offer.pools[1].models = {"a100"};
  two.offer.pools[0].unit = policy::OfferUnit::kGpu;
  two.offer.pools[1].id = "blocks";
  two.offer.pools[1].unit = policy::OfferUnit::kBlock;
  EXPECT_EQ(pool_with(two, {"a100", 30, 0, {}, {}}), "blocks") << "one model in two pools";
}

}  // namespace
}  // namespace dure::programme
