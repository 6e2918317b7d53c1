// What a changed rule would have done, and which rule it was.
#include "compare/compare.h"

#include "policy/changes.h"
#include "programme/example_application.h"
#include "programme/from_policy.h"
#include "selection/test_random.h"

namespace dure::compare {
namespace {

using selection::testing::application;
using selection::testing::Dice;
using selection::testing::key;
using selection::testing::request;

using Words = std::vector<std::string>;

// S1's criteria and threshold, three GPUs a pool, and what is added.
policy::Pack pack_with(const std::string& evaluation, const std::string& selection = "",
                       const std::string& more = "") {
  const auto pack = selection::testing::pack_of(selection::testing::panel() + evaluation, selection,
                                                selection::testing::kGpus, more);
  EXPECT_TRUE(pack.ok());
  return pack.ok() ? *pack : policy::Pack{};
}

const std::string kBonus =
    "[{id: regional, title: {ko: 지역}, points: 3, when: [{is: org.region, in: [ulsan]}]}]";
const std::string kNoBonus =
    "[{id: regional, title: {ko: 지역}, points: 0, when: [{is: org.region, in: [ulsan]}]}]";

// A: 80 points; B: 78 and the region's bonus; C: 62, and asks for two. A and B are of one institution.
History one_round(std::int64_t capacity = 3, std::int64_t a_asks = 1) {
  auto a = application("A", a_asks, {2500, 2600, 1600, 1300});
  auto b = application("B", 1, {2400, 2500, 1600, 1300});
  b.facts = model::SelectionFacts{};
  b.facts->region = "ulsan";
  auto c = application("C", 2, {1900, 1900, 1200, 1200});
  a.organisation = b.organisation = "가대학교";
  return {{{"2026-1", request(capacity, {a, b, c})}}, {}, {}, {}};
}

Comparison compared(const policy::Pack& before, const policy::Pack& after, const History& history) {
  auto result = compare(before, after, history);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.failure().reason.code);
  return result.ok() ? *result : Comparison{};
}

const ApplicationChange& of(const Comparison& comparison, const std::string& id) {
  for (const auto& each : comparison.rounds.at(0).applications)
    if (each.id == id) return each;
  ADD_FAILURE() << id;
  static const ApplicationChange kNone;
  return kNone;
}

const Cause& cause(const std::vector<Cause>& because, const std::string& figure) {
  for (const auto& each : because)
    if (each.figure == figure) return each;
  ADD_FAILURE() << figure;
  static const Cause kNone;
  return kNone;
}

TEST(Compare, TheSamePackChangesNothing) {
  const auto pack = pack_with(key("bonuses", kBonus));
  const auto result = compared(pack, pack, one_round());
  EXPECT_FALSE(result.changed);
  EXPECT_TRUE(result.keys.empty());
  EXPECT_EQ(result.totals.applications_changed, 0);
  EXPECT_EQ(of(result, "B").after.rank, 1);
  EXPECT_TRUE(of(result, "B").because.empty());
}

TEST(Compare, E7_AChangedBonusIsNamedWithItsPartAndWhomItMoves) {
  const auto result =
      compared(pack_with(key("bonuses", kBonus)), pack_with(key("bonuses", kNoBonus)), one_round());
  ASSERT_EQ(result.keys.size(), 1u);
  EXPECT_EQ(result.keys[0].key, "evaluation.bonuses");
  EXPECT_GT(result.keys[0].after_line, 0);
  ASSERT_EQ(result.keys[0].parts.size(), 1u);
  EXPECT_EQ(result.keys[0].parts[0].path, "[regional].points");
  EXPECT_EQ(result.keys[0].parts[0].before, "3");
  EXPECT_EQ(result.keys[0].parts[0].after, "0");
  const auto& b = of(result, "B");
  EXPECT_EQ(b.before, (Standing{1, 8100, 1, model::SelectionOutcome::kSelected}));
  EXPECT_EQ(b.after, (Standing{2, 7800, 1, model::SelectionOutcome::kSelected}));
  EXPECT_EQ(cause(b.because, "rank").enough, Words{"evaluation.bonuses"});
  EXPECT_EQ(cause(b.because, "total_centi_points").needed, Words{"evaluation.bonuses"});
  EXPECT_EQ(of(result, "A").after.rank, 1);
  EXPECT_FALSE(of(result, "C").changed);
  EXPECT_EQ(result.totals.applications_changed, 2);
}

// Each difference has its own cause, also of one application.
TEST(Compare, E9_OfTwoChangesEachIsNamedWhereItCounts) {
  const auto before = pack_with(key("bonuses", kBonus), key("partial_award", "true"));
  const auto after =
      pack_with(key("bonuses", kNoBonus), key("partial_award", "true") + key("institution_cap_bp", "50 %"));
  const auto result = compared(before, after, one_round(4, 2));
  EXPECT_EQ(result.keys.size(), 2u);
  const auto& b = of(result, "B");
  EXPECT_TRUE(b.goes_out);
  EXPECT_EQ(cause(b.because, "total_centi_points").enough, Words{"evaluation.bonuses"});
  EXPECT_EQ(cause(b.because, "total_centi_points").needed, Words{"evaluation.bonuses"});
  // With the bonus B would be before A, and A out: it takes both rules to put B out.
  EXPECT_EQ(cause(b.because, "awarded").enough, Words{});
  EXPECT_EQ(cause(b.because, "awarded").needed,
            (Words{"evaluation.bonuses", "selection.institution_cap_bp"}));
  const auto& c = of(result, "C");
  EXPECT_EQ(c.before.awarded, 1);
  EXPECT_EQ(c.after.awarded, 2);
  EXPECT_EQ(cause(c.because, "awarded").enough, Words{"selection.institution_cap_bp"});
  EXPECT_EQ(result.rounds[0].go_out, 1);
  EXPECT_EQ(result.rounds[0].come_in, 0);
}

// Ten points in all: neither the criteria nor the total could be changed alone.
TEST(Compare, KeysThatGoOnlyTogetherAreTriedTogether) {
  const auto before = pack_with("");
  const std::string tenth =
      "[{id: policy_fit, title: {ko: 가}, max_points: 60, tie_order: 1}, {id: excellence, title: {ko: 나}, "
      "max_points: 60, "
      "tie_order: 2}, {id: feasibility, title: {ko: 다}, max_points: 40, tie_order: 3}, {id: outcomes, "
      "title: {ko: 라}, "
      "max_points: 40, tie_order: 4}]";
  const auto merged =
      selection::testing::pack_of(key("mode", "panel") + key("criteria", tenth) + key("total_points", "200") +
                                      key("threshold_points", "70"),
                                  "", selection::testing::kGpus);
  ASSERT_TRUE(merged.ok());
  const auto result = compared(before, *merged, one_round());
  const auto& c = of(result, "C");
  EXPECT_EQ(c.after.outcome, model::SelectionOutcome::kBelowThreshold);
  EXPECT_EQ(cause(c.because, "outcome").enough, Words{"evaluation.threshold_points"});
  EXPECT_EQ(cause(c.because, "outcome").needed, Words{"evaluation.threshold_points"});
  const auto trials = policy::with_keys(before, *merged, {"evaluation.criteria", "evaluation.total_points"});
  EXPECT_TRUE(trials.ok());
  EXPECT_FALSE(policy::with_keys(before, *merged, {"evaluation.criteria"}).ok());
}

TEST(Compare, WhatTheNewPolicyCannotDecideIsToldAndTheRestGoesOn) {
  const auto after = selection::testing::pack_of(
      key("mode", "panel") + key("criteria", "[{id: whole, title: {ko: 전체}, max_points: 100}]"), "",
      selection::testing::kGpus);
  ASSERT_TRUE(after.ok());
  auto history = one_round();
  history.events = {{"close", "call_closed", {2024, 3, 15}}};
  const auto result = compared(pack_with(""), *after, history);
  EXPECT_TRUE(result.changed);
  EXPECT_EQ(result.totals.refused, 1);
  ASSERT_FALSE(result.rounds[0].refused.empty());
  EXPECT_EQ(result.rounds[0].refused[0].code, "selection.invalid");
  EXPECT_EQ(of(result, "A").before.rank, 1);
  EXPECT_EQ(result.events.size(), 1u);
}

TEST(Compare, AHistoryThatTheOldPolicyDoesNotTakeIsRefusedWithItsPlace) {
  auto history = one_round();
  history.rounds[0].request.applications[1].reviews[0].scores[0].centi_points = 3001;
  const auto pack = pack_with("");
  const auto result = compare(pack, pack, history);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.failure().reason.code, "compare.history_invalid");
  EXPECT_EQ(result.failure().details.at(0).pointer,
            "/rounds/2026-1/applications/1/reviews/0/scores/0/centi_points");
  EXPECT_EQ(compare(pack, pack, {}).failure().reason.code, "compare.history_empty");
  history = one_round();
  history.rounds.push_back(history.rounds[0]);
  EXPECT_EQ(compare(pack, pack, history).failure().reason.code, "compare.id_twice");
}

TEST(Compare, WhatWasScreenedUnderTheOldPackCountsUnderTheNewOneAndUnderNoOther) {
  const auto before = pack_with(key("bonuses", kBonus));
  const auto after = pack_with(key("bonuses", kNoBonus));
  auto history = one_round();
  history.rounds[0].request.applications[0].policy_hash = before.hash();
  history.rounds[0].request.applications[2].policy_hash = std::string(64, '0');
  const auto result = compared(before, after, history);
  EXPECT_EQ(of(result, "A").after.rank, 1);
  EXPECT_FALSE(of(result, "C").before.rank);
  EXPECT_FALSE(of(result, "C").after.rank);
}

std::string prices(const std::string& discount) {
  return "billing:\n" + key("prices", "[{id: market, unit: gpu_month, price_krw: 3333000}]") +
         key("matching", "[{id: level, title: {ko: 시장가의 3 %}, rate_bp: 3 %}]") +
         key("discounts",
             "[{id: youth, title: {ko: 청년}, when: [{is: certificate.valid, of: youth_company}], rate_bp: " +
                 discount + "}]");
}

// The figures of governance 6.7: 4,799,520 won, half of it for a youth company.
TEST(Compare, I2_ABillIsComparedWonByWon) {
  Bill bill{"INV-1", "가온", {}};
  bill.statement.payer.organisation_class = model::OrganisationClass::kSmallCompany;
  bill.statement.payer.certificates = {{"youth_company", base::Date{2025, 7, 1}, {}}};
  bill.statement.uses.emplace_back();
  bill.statement.uses[0].model = "h200";
  bill.statement.uses[0].gpus = 16;
  bill.statement.uses[0].starts_on = base::Date{2026, 4, 1};
  bill.statement.uses[0].months = 3;
  Bill other = bill;
  other.id = "INV-2";
  other.statement.payer.certificates.clear();
  other.payer = "나래";
  const auto result = compared(pack_with("", "", prices("50 %")), pack_with("", "", prices("30 %")),
                               {{}, {bill, other}, {}, {}});
  ASSERT_EQ(result.bills.size(), 2u);
  EXPECT_EQ(result.bills[0].before.won, 2'399'760);
  EXPECT_EQ(result.bills[0].after.won, 3'359'664);
  ASSERT_EQ(result.bills[0].lines.size(), 1u);
  EXPECT_EQ(result.bills[0].lines[0].before->won, 2'399'760);
  EXPECT_NE(result.bills[0].lines[0].after_rules.find("discount:youth 3000 bp"), std::string::npos);
  EXPECT_EQ(cause(result.bills[0].lines[0].because, "amount_krw").enough, Words{"billing.discounts"});
  EXPECT_EQ(cause(result.bills[0].because, "payable_krw").needed, Words{"billing.discounts"});
  EXPECT_FALSE(result.bills[1].changed);
  EXPECT_EQ(result.bills[1].after.won, 4'799'520);
  EXPECT_EQ(result.totals.before.won, 7'199'280);
  EXPECT_EQ(result.totals.after.won, 8'159'184);
  ASSERT_EQ(result.payers.size(), 2u);
  EXPECT_EQ(result.payers[0].payer, "가온");
  EXPECT_EQ(result.payers[0].after.won, 3'359'664);
}

std::string regions(const std::string& list) {
  return "eligibility:\n" +
         key("include", "[{id: region, title: {ko: 지역}, all: [{is: org.region, in: " + list + "}]}]");
}

// Who may apply decides who is ranked, where the application itself is part of the history.
TEST(Compare, C1_AScreeningThatEndsOtherwiseTakesItsApplicationOutOfTheRound) {
  const auto before = pack_with("", "", regions("[ulsan, gyeongnam]"));
  const auto after = pack_with("", "", regions("[gyeongnam]"));
  const auto example = programme::example_application(programme::screening_rules(before));
  auto history = one_round();
  history.screenings = {{"A", "", "", example.form, example.facts}};
  history.screenings[0].form.applicant.region = "ulsan";
  const auto result = compared(before, after, history);
  EXPECT_EQ(result.screenings.at(0).before, "eligible");
  EXPECT_EQ(result.screenings.at(0).after, "ineligible");
  EXPECT_EQ(cause(result.screenings[0].because, "outcome").enough, Words{"eligibility.include"});
  ASSERT_EQ(result.screenings[0].items.size(), 1u);
  EXPECT_EQ(result.screenings[0].items[0].after, "not_met");
  EXPECT_TRUE(of(result, "A").goes_out);
  EXPECT_EQ(cause(of(result, "A").because, "outcome").needed, Words{"eligibility.include"});
  EXPECT_EQ(of(result, "C").after.awarded, 2) << "what A had is there for it";
  EXPECT_EQ(result.totals.eligible_after, 0);
}

// What a pack does not have would bind nothing: no answer is better than a wrong one.
TEST(Compare, B6_AScreeningForAPoolThatIsNotThereIsRefused) {
  const auto pack = pack_with("", "", regions("[ulsan]"));
  const auto example = programme::example_application(programme::screening_rules(pack));
  History history;
  history.screenings = {{"A", "q", "", example.form, example.facts}};
  const auto refused = compare(pack, pack, history);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().details.at(0).pointer, "/screenings/A");
  EXPECT_EQ(refused.failure().details.at(0).reason.code, "selection.pool_unknown");
  history.screenings[0].pool = "p";
  const auto other = selection::testing::pack_of(
      selection::testing::panel(), "", "{id: q, kind: shared, title: {ko: q}, models: [], unit: gpu}",
      regions("[ulsan]"));
  ASSERT_TRUE(other.ok());
  const auto result = compared(pack, *other, history);
  EXPECT_TRUE(result.changed);
  EXPECT_EQ(result.totals.refused, 1);
  EXPECT_EQ(result.screenings.at(0).refused.at(0).code, "selection.pool_unknown");
}

TEST(Compare, E11_ADeadlineMovesWithItsKey) {
  const auto call = [](const std::string& within) { return key("result_within", within); };
  const auto pack_of = [&](const std::string& within) {
    const auto merged =
        policy::merge({policy::layer_of(policy::head("programme") + "call:\n" + call(within))});
    EXPECT_TRUE(merged.ok());
    return *merged;
  };
  const auto result = compared(pack_of("3 weeks"), pack_of("2 weeks"),
                               {{}, {}, {}, {{"close", "call_closed", {2024, 3, 15}}}});
  ASSERT_EQ(result.events.at(0).deadlines.size(), 1u);
  const auto& told = result.events[0].deadlines[0];
  EXPECT_EQ(*told.before, (base::Date{2024, 4, 5}));
  EXPECT_EQ(*told.after, (base::Date{2024, 3, 29}));
  EXPECT_EQ(cause(told.because, "due_on").enough, Words{"call.result_within"});
  EXPECT_EQ(result.totals.deadlines_changed, 1);
}

// ---- Histories

std::string drawn_evaluation(Dice& dice) {
  std::string text = key("bonuses", dice.one_in(2) ? kBonus : kNoBonus);
  if (dice.one_in(2)) text += key("threshold_on", dice.any<std::string>({"base", "total"}));
  if (dice.one_in(2)) text += key("rounding", dice.any<std::string>({"down", "half_up", "exact"}));
  if (dice.one_in(3)) text += key("min_reviews", std::to_string(dice.roll(0, 2)));
  return text;
}

std::string drawn_selection(Dice& dice) {
  std::string text = key("partial_award", dice.one_in(2) ? "true" : "false");
  if (dice.one_in(2)) text += key("institution_cap_bp", std::to_string(dice.roll(20, 100)) + " %");
  if (dice.one_in(2)) text += key("institution_penalty_points", std::to_string(dice.roll(0, 3)));
  if (dice.one_in(2))
    text += key("reservations", "[{track: young, share_bp: " + std::to_string(dice.roll(0, 60)) +
                                    " %, release: after_track}]");
  if (dice.one_in(2)) text += key("waiting_list", "true");
  return text;
}

History random_history(Dice& dice) {
  std::vector<model::SelectionApplication> all;
  const auto count = dice.roll(1, 12);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto points = [&](std::int64_t most) { return 100 * dice.roll(most / 2, most); };
    std::vector<std::int64_t> scores;
    for (const std::int64_t most : {30, 30, 20, 20}) scores.push_back(points(most));
    const auto asked = dice.roll(1, 4);
    const auto second = dice.roll(0, 2);
    auto it = application("a" + std::to_string(i), asked, scores, second);
    it.organisation = "o" + std::to_string(dice.roll(1, 3));
    if (dice.one_in(3)) it.track = "young";
    if (dice.one_in(2)) {
      it.facts = model::SelectionFacts{};
      it.facts->region = dice.one_in(2) ? "ulsan" : "seoul";
    }
    all.push_back(std::move(it));
  }
  const auto capacity = dice.roll(0, 20);
  return {{{"round", request(capacity, all)}}, {}, {}, {}};
}

// Before and after are what selection itself says, a figure has a cause exactly where it differs, the way
// back is the same way, and of a single change it is enough and needed everywhere.
TEST(CompareProperty, Invariant6_BothSidesAreThoseOfTheSelectionAndEachDifferenceHasItsCause) {
  for (int seed = 1; seed <= selection::testing::cases(40); ++seed) {
    Dice dice(static_cast<std::uint32_t>(seed));
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto draw = [&] {
      const auto evaluation = drawn_evaluation(dice);
      const auto selection = drawn_selection(dice);
      return pack_with(evaluation, selection);
    };
    const auto before = draw(), after = draw();
    const auto history = random_history(dice);
    const auto result = compared(before, after, history);
    const auto back = compared(after, before, history);
    ASSERT_EQ(result.keys.size(), back.keys.size());
    ASSERT_EQ(result.totals.come_in, back.totals.go_out);
    for (const auto* side : {&before, &after}) {
      const auto rules = *selection::rules_of(*side, std::nullopt);
      for (const auto& ranked : selection::testing::selected(history.rounds[0].request, rules).ranking) {
        const auto& told = of(result, ranked.id);
        const auto& standing = side == &before ? told.before : told.after;
        ASSERT_EQ(standing.rank, ranked.rank);
        ASSERT_EQ(standing.awarded, ranked.awarded.count);
        ASSERT_EQ(standing.total_centi_points, ranked.total_centi_points);
        ASSERT_EQ(told.changed, !told.because.empty());
        if (result.keys.size() == 1)
          for (const auto& each : told.because) {
            ASSERT_EQ(each.enough, Words{result.keys[0].key});
            ASSERT_EQ(each.needed, each.enough);
          }
      }
    }
  }
}

}  // namespace
}  // namespace dure::compare
