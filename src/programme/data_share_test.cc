// K6 over random proposals and checks against the rule of the call, written down by hand: type 2 only where
// type 1 is prevented, type 3 only where both are and a law forbids to open the data and there is no own
// data. K7: surveys are counted whole. M3, M7: which day a version may be cited on. DURE_TEST_TIER=full:
// 10,000.
#include "programme/data_share.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "programme/guideline.h"
#include "programme/survey.h"
#include "programme/test_histories.h"

namespace dure::programme {
namespace {

policy::DataShareType type(const std::string& id, std::int64_t rank, const std::vector<std::string>& of) {
  policy::DataShareType made;
  made.id = id;
  made.rank = rank;
  for (const auto& each : of) {
    policy::Condition condition;
    condition.of = each;
    made.when.push_back(condition);
  }
  return made;
}

policy::Outcomes share_rules() {
  policy::Outcomes outcomes;
  outcomes.data_share_types = {type("3", 3, {"law", "none_own"}), type("1", 1, {}), type("2a", 2, {"cannot"}),
                               type("2b", 2, {"cannot"})};
  outcomes.data_share_modes = {"free", "paid"};
  return outcomes;
}

const std::vector<std::string> kAll{"1", "2a", "2b", "cannot", "law", "none_own", "weather"};

// What each type asks for, as the call says it.
std::set<std::string> asked(const std::string& id) {
  if (id == "1") return {};
  if (id == "3") return {"1", "2a", "2b", "law", "none_own"};
  return {"1", "cannot"};
}

TEST(DataShare, K6_RandomProposalsAreTakenExactlyWhereTheCallTakesThem) {
  const auto outcomes = share_rules();
  for (int seed = 1; seed <= histories(500) && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 bits(static_cast<std::uint64_t>(seed));
    const std::vector<std::string> types{"1", "2a", "2b", "3"};
    model::DataShare share;
    model::ProposeShare command{types[bits() % 4], "free", "t", "", {}};
    bool founded = true;
    std::set<std::string> claimed;
    for (const auto& of : kAll) {
      const bool wanted = asked(command.type).contains(of);
      if (bits() % 8 == 0 ? wanted : !wanted) continue;  // mostly right
      const bool empty = bits() % 16 == 0;
      founded = founded && !empty;
      command.claims.push_back(
          {of, "ground", empty ? std::vector<std::string>{} : std::vector<std::string>{"e"}});
      claimed.insert(of);
    }
    const bool right = claimed == asked(command.type) && founded;
    EXPECT_EQ(propose(share, command, outcomes, base::Instant{1}).ok(), right);
    if (!right) {
      EXPECT_EQ(share.state, model::DataShareState::kDue);
      continue;
    }
    model::CheckShare check_it;
    bool all_hold = true;
    for (const auto& of : claimed) {
      const bool holds = bits() % 6 != 0;
      all_hold = all_hold && holds;
      check_it.findings.push_back({of, holds, "seen"});
    }
    EXPECT_EQ(check(share, check_it, "accounts/a").ok(), all_hold);
    EXPECT_EQ(register_share(share, "no 1", base::Instant{2}).ok(), all_hold);
    EXPECT_EQ(share.state == model::DataShareState::kRegistered, all_hold);
  }
}

TEST(DataShare, K6_ClaimsAreAskedForInTheOrderOfTheRanks) {
  const auto outcomes = share_rules();
  EXPECT_EQ(claims_of(outcomes.data_share_types[0], outcomes),
            (std::vector<std::string>{"1", "2a", "2b", "law", "none_own"}));
  EXPECT_TRUE(claims_of(outcomes.data_share_types[1], outcomes).empty());
}

TEST(Survey, K7_EveryAnswerIsCountedOnceAndNothingOfARefusedOne) {
  for (int seed = 1; seed <= histories(500) / 10 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 bits(static_cast<std::uint64_t>(seed));
    model::UserSurvey survey;
    survey.questions = {{"a", "?", {"x", "y"}}, {"b", "?", {"x", "y", "z"}}};
    std::int64_t taken = 0;
    for (int n = 0; n < 30; ++n) {
      const std::int64_t a = static_cast<std::int64_t>(bits() % 3), b = static_cast<std::int64_t>(bits() % 4);
      model::AnswerUserSurvey answer{{{"a", a}, {"b", b}}};
      if (bits() % 5 == 0) answer.choices.pop_back();
      const bool right = answer.choices.size() == 2 && a < 2 && b < 3;
      EXPECT_EQ(count_answer(survey, answer).ok(), right);
      taken += right ? 1 : 0;
    }
    EXPECT_EQ(survey.answers, taken);
    std::map<std::string, std::int64_t> sums;
    for (const auto& each : results_of(survey).counts) sums[each.question] += each.count;
    EXPECT_EQ(sums["a"], taken);
    EXPECT_EQ(sums["b"], taken);
  }
}

TEST(Guideline, M3_M7_AVersionIsCitedFromItsFirstDayToItsLastAndNotAfterTheEndOfSupport) {
  model::PolicyVersion version;
  version.effective_from = {2026, 1, 1};
  version.ends_on = {2026, 12, 31};
  model::Programme programme;
  const auto code = [&](base::Date day) {
    const auto may = may_cite(version, programme, day);
    return may.ok() ? std::string() : may.failure().reason.code;
  };
  EXPECT_EQ(code({2025, 12, 31}), "policy.version_not_yet");
  EXPECT_EQ(code({2026, 1, 1}), "");
  EXPECT_EQ(code({2026, 12, 31}), "") << "its last day counts in full";
  EXPECT_EQ(code({2027, 1, 1}), "policy.version_ended");
  programme.ends_on = {2026, 6, 30};
  EXPECT_EQ(code({2026, 7, 1}), "programme.ended");
  EXPECT_EQ(last_day_of(version, programme, "end of the programme"), (base::Date{2026, 6, 30}));
  EXPECT_EQ(last_day_of(version, programme, ""), (base::Date{2026, 12, 31})) << "it outlives the programme";
}

}  // namespace
}  // namespace dure::programme
