// J1, J3, J4, J6, J7: a case from its report to its end. Invariants 10 and 18.
#include "programme/sanction.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "policy/test_layers.h"
#include "programme/restriction.h"
#include "programme/test_histories.h"

namespace dure::programme {
namespace {

using base::Date;
using base::Instant;
using base::Span;
using model::Sanction;
using model::SanctionMeasure;
using model::SanctionState;

policy::Pack pack_with(const std::string& more = "") {
  const auto text =
      policy::head("programme") +
      "sanctions:\n"
      "  appeal_within: " +
      policy::sourced("30 days") +
      "\n  grounds:\n    source: test\n    confidence: chosen\n    value:\n"
      "      - {id: mining, title: {ko: 채굴, en: Mining}, measures: [stop, reclaim, restrict, "
      "legal_action], at_once: true, deliberation: before_legal_action, restriction: 6 months}\n"
      "      - {id: off-purpose, title: {ko: 목적 외, en: Off purpose}, measures: [reclaim, "
      "restrict], deliberation: before_measure}\n"
      "      - {id: copyright, title: {ko: 저작권, en: Copyright}, measures: [stop], "
      "deliberation: before_measure, user_liable: true}\n" +
      more;
  std::vector<policy::Layer> layers{policy::layer_at("policies/default/policy.yaml"),
                                    policy::layer_at("policies/floors/policy.yaml"), policy::layer_of(text)};
  const auto pack = policy::merge(layers);
  EXPECT_TRUE(pack.ok()) << (pack.ok() ? "" : pack.failure().reason.code);
  return *pack;
}

const policy::Pack& the_pack() {
  static const policy::Pack pack = pack_with();
  return pack;
}

const Date kReported{2026, 9, 1};

struct Stage {
  const policy::Pack& pack = the_pack();
  Date today = kReported;
  Sanction row;

  explicit Stage(const std::string& ground) {
    row.id = model::SanctionId("s1");
    row.ground = ground;
    row.facts = "what happened";
    row.allocation_id = model::AllocationId("a1");
    row.organisation_id = model::OrganisationId("o1");
    row.person_id = model::PersonId("p1");
    row.created_at = at().now;
    for (const auto& each : pack.sanctions.grounds)
      if (each.id == ground) row.measures = measures_of(each);
  }
  CaseStep at() const {
    return {pack, today, calendar::start_of(today, policy::zone_of(pack)) + Span::hours(10), "accounts/1"};
  }
  model::Deliberation held() const { return {today, {"위원 1", "위원 2"}, "회의록"}; }
  std::string code(const base::Status& status) const {
    return status.ok() ? "" : status.failure().reason.code;
  }
};

TEST(Sanction, Invariant10_J3_NoticeThenTenDaysThenTheDeliberation) {
  Stage stage("off-purpose");
  ASSERT_TRUE(investigate(stage.row).ok());
  EXPECT_EQ(stage.code(impose(stage.row, {"사유", {}, {}, false}, stage.at())), "state.not_from_this_state");
  EXPECT_EQ(stage.code(suspend(stage.row, "사유", stage.at())), "sanction.not_urgent");
  ASSERT_TRUE(notify(stage.row, {}, stage.at()).ok());
  EXPECT_EQ(stage.row.opinion_until, (Date{2026, 9, 11}));
  EXPECT_FALSE(open_opinions(stage.row, stage.at())) << "on the day of the notice it has not begun";
  stage.today = {2026, 9, 11};
  EXPECT_EQ(stage.code(deliberate(stage.row, stage.held(), stage.at())), "sanction.opinion_time");
  ASSERT_TRUE(hear(stage.row, "아닙니다", stage.at()).ok());
  stage.today = {2026, 9, 12};
  EXPECT_EQ(stage.code(hear(stage.row, "늦게", stage.at())), "sanction.heard_too_late");
  EXPECT_EQ(stage.code(deliberate(stage.row, {stage.today, {}, "회의록"}, stage.at())),
            "sanction.deliberation_missing");
  EXPECT_EQ(stage.code(deliberate(stage.row, {{2026, 9, 13}, {"a"}, "회의록"}, stage.at())),
            "sanction.in_the_future");
  EXPECT_EQ(stage.code(deliberate(stage.row, {{2026, 9, 5}, {"a"}, "회의록"}, stage.at())),
            "sanction.before_the_facts");
  ASSERT_TRUE(deliberate(stage.row, stage.held(), stage.at()).ok());
  EXPECT_EQ(stage.code(impose(stage.row, {"사유", {SanctionMeasure::kStop}, {}, false}, stage.at())),
            "sanction.measure_not_of_ground");
  ASSERT_TRUE(impose(stage.row, {"사유", {}, Date{2027, 3, 1}, false}, stage.at()).ok());
  EXPECT_FALSE(stage.row.urgent);
  EXPECT_EQ(stage.row.restricted_until, (Date{2027, 3, 1}));
  EXPECT_EQ(stage.row.appeal_until, (Date{2026, 10, 12}));
}

TEST(Sanction, J1_J3_UrgentUseStopsAtOnceAndLegalActionWaitsForADeliberation) {
  Stage stage("mining");
  ASSERT_TRUE(investigate(stage.row).ok());
  EXPECT_EQ(stage.code(suspend(stage.row, "", stage.at())), "sanction.text_missing");
  ASSERT_TRUE(suspend(stage.row, "계속 채굴 중", stage.at()).ok());
  ASSERT_TRUE(impose(stage.row, {"채굴 확인", {}, {}, false}, stage.at()).ok());
  EXPECT_TRUE(stage.row.urgent);
  EXPECT_TRUE(stage.row.noticed_at) << "told when it is imposed";
  EXPECT_FALSE(has(stage.row, SanctionMeasure::kLegalAction));
  EXPECT_TRUE(has(stage.row, SanctionMeasure::kReclaim));
  EXPECT_EQ(stage.row.restricted_until, (Date{2027, 2, 28})) << "six months, the first day counts (R18)";
  EXPECT_EQ(stage.code(refer(stage.row, {"경찰", {}, {}}, stage.at())),
            "sanction.deliberate_before_referral");
  ASSERT_TRUE(refer(stage.row, {"경찰", {}, stage.held()}, stage.at()).ok());
  EXPECT_TRUE(has(stage.row, SanctionMeasure::kLegalAction));
  EXPECT_EQ(stage.code(refer(stage.row, {"경찰", {}, stage.held()}, stage.at())),
            "sanction.referred_already");
}

TEST(Sanction, J7_TheNoticeSaysThatTheUserIsLiable) {
  Stage stage("copyright");
  ASSERT_TRUE(investigate(stage.row).ok());
  ASSERT_TRUE(notify(stage.row, {}, stage.at()).ok());
  EXPECT_TRUE(std::any_of(stage.row.notice.begin(), stage.row.notice.end(),
                          [](const auto& each) { return each.code == "sanction.user_liable"; }));
  Stage other("off-purpose");
  ASSERT_TRUE(investigate(other.row).ok());
  ASSERT_TRUE(notify(other.row, {}, other.at()).ok());
  EXPECT_FALSE(std::any_of(other.row.notice.begin(), other.row.notice.end(),
                           [](const auto& each) { return each.code == "sanction.user_liable"; }));
}

struct RandomCase {
  explicit RandomCase(std::uint64_t seed) : bits(seed) {}
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(end));
  }
  std::mt19937_64 bits;
};

// One random step, whatever it says.
void step(Stage& stage, RandomCase& random) {
  auto& row = stage.row;
  const auto at = stage.at();
  switch (random.below(11)) {
    case 0:
      static_cast<void>(investigate(row));
      break;
    case 1:
      static_cast<void>(suspend(row, random.below(2) == 0 ? "" : "사유", at));
      break;
    case 2:
      static_cast<void>(notify(row, {}, at));
      break;
    case 3:
      open_opinions(row, at);
      break;
    case 4:
      static_cast<void>(hear(row, "의견", at));
      break;
    case 5:
      static_cast<void>(deliberate(row, stage.held(), at));
      break;
    case 6:
      static_cast<void>(impose(row, {"사유", {}, {}, false}, at));
      break;
    case 7:
      static_cast<void>(dismiss(row, "사유", at));
      break;
    case 8:
      static_cast<void>(appeal(row, "이의", at));
      break;
    case 9:
      static_cast<void>(decide_appeal(row, {random.below(2) == 0, "사유", stage.held()}, at));
      break;
    default:
      static_cast<void>(
          refer(row, {"경찰", {}, random.below(2) == 0 ? std::optional(stage.held()) : std::nullopt}, at));
      break;
  }
}

// Invariant 10: in whatever order the steps are tried, nothing was imposed without notice and ten days, but
// under an urgent ground with its reason; and no legal action without a deliberation (J3).
TEST(Sanction, Invariant10_J3_NothingIsImposedWithoutNoticeUnlessUrgent) {
  int imposed = 0, urgent = 0, referred = 0;
  for (int seed = 0; seed < histories(500); ++seed) {
    RandomCase random(static_cast<std::uint64_t>(seed));
    const char* const grounds[] = {"mining", "off-purpose", "copyright"};
    Stage stage(grounds[random.below(3)]);
    for (int i = 0; i < 40; ++i) {
      step(stage, random);
      if (random.below(3) == 0) stage.today = base::add_days(stage.today, random.below(8));
      const auto& row = stage.row;
      if (row.imposed_at && row.urgent) {
        ++urgent;
        ASSERT_EQ(row.ground, "mining") << seed;
        ASSERT_FALSE(row.urgent_reason.empty()) << seed;
        ASSERT_TRUE(row.suspended_at && *row.suspended_at <= *row.imposed_at) << seed;
      } else if (row.imposed_at) {
        ++imposed;
        ASSERT_TRUE(row.noticed_at && row.opinion_until && row.deliberation) << seed;
        const auto zone = policy::zone_of(stage.pack);
        const auto told = calendar::local_date(*row.noticed_at, zone);
        const auto on = calendar::local_date(*row.imposed_at, zone);
        ASSERT_GT(base::to_days(on) - base::to_days(told), 10) << seed;
      }
      if (row.referral) {
        ++referred;
        ASSERT_FALSE(row.referral->deliberation.minutes.empty()) << seed;
        ASSERT_TRUE(row.imposed_at) << seed;
      }
    }
  }
  EXPECT_GT(imposed, 0);
  EXPECT_GT(urgent, 0);
  EXPECT_GT(referred, 0);
}

// Invariant 18: who is under an exclusion on the day of receipt is refused, and nobody else; day by day.
TEST(Restriction, Invariant18_J2_C5_TheReceiptDateDecides) {
  for (int seed = 0; seed < histories(500); ++seed) {
    RandomCase random(static_cast<std::uint64_t>(seed));
    std::vector<AgainstApplicant> against;
    for (auto left = random.below(4); left > 0; --left) {
      model::Restriction row;
      row.starts_on = base::add_days(kReported, random.below(30));
      if (random.below(3) != 0) row.ends_on = base::add_days(row.starts_on, random.below(20));
      if (random.below(3) == 0) row.lifted_on = base::add_days(row.starts_on, random.below(25));
      if (random.below(4) == 0) row.effect = model::RestrictionEffect::kPoints;
      row.centi_points = 150;
      against.push_back({row, random.below(2) == 0});
    }
    for (int day = 0; day < 60; ++day) {
      const auto on = base::add_days(kReported, day);
      bool excluded = false;
      std::int64_t points = 0;
      for (const auto& each : against) {
        const auto& row = each.restriction;
        const bool holds = base::to_days(row.starts_on) <= base::to_days(on) &&
                           (!row.ends_on || base::to_days(on) <= base::to_days(*row.ends_on)) &&
                           (!row.lifted_on || base::to_days(on) < base::to_days(*row.lifted_on));
        if (holds && row.effect == model::RestrictionEffect::kExclusion) excluded = true;
        if (holds && row.effect == model::RestrictionEffect::kPoints) points += row.centi_points;
      }
      ASSERT_EQ(may_submit(against, on).ok(), !excluded) << seed << " day " << day;
      ASSERT_EQ(lost_points(against, on), points) << seed << " day " << day;
    }
  }
}

TEST(Restriction, C5_AnOrganisationIsKnownByItsNumberAndAPersonByNameAndAddress) {
  model::Applicant applicant;
  applicant.organisation = "가나다";
  applicant.business_number = "220-81-62517";
  applicant.name = "홍길동";
  applicant.email = "a@example.org";
  model::Organisation organisation;
  organisation.name = "다른 이름";
  organisation.business_number = "2208162517";
  EXPECT_TRUE(is_of(applicant, organisation));
  organisation.business_number = "1248100998";
  organisation.name = "가나다";
  EXPECT_FALSE(is_of(applicant, organisation)) << "another number is another body";
  applicant.business_number.clear();
  EXPECT_TRUE(is_of(applicant, organisation));
  model::Person person;
  person.name = "홍길동";
  EXPECT_FALSE(is_person(applicant, person)) << "a name alone is nobody";
  person.email = "a@example.org";
  EXPECT_TRUE(is_person(applicant, person));
}

}  // namespace
}  // namespace dure::programme
