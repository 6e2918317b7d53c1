// What would help, tried out: who asks for what was said starts at once, and for a little more does not.
#include "queue/help.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "placement/naive_fixture.h"
#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::card;
using placement::cards_of;
using placement::Cluster;
using placement::room;
using placement::Rows;

struct HelpCase {
  Rows rows;
  std::vector<Running> running;
  Limits limits = limits_for({"a", "b", "c"});
  Rules rules{.backfill = true};

  std::vector<Decision> decide(const std::vector<Entry>& entries, base::Instant now = kNow) const {
    return queue::decide(entries, running, Cluster::from_rows(rows), limits, rules, now);
  }
};

std::string text(const base::Reason& reason) {
  std::string text = reason.code;
  for (const auto& each : reason.parameters) {
    const auto* number = std::get_if<std::int64_t>(&each.value);
    text += " " + (number != nullptr ? std::to_string(*number) : std::get<std::string>(each.value));
  }
  return text;
}

std::vector<std::string> texts(const Decision& decision) {
  std::vector<std::string> all;
  all.reserve(decision.alternatives.size());
  for (const base::Reason& reason : decision.alternatives) all.push_back(text(reason));
  return all;
}

Entry limited(Entry entry, std::int64_t minutes) {
  entry.time_limit = base::Span::minutes(minutes);
  return entry;
}

std::string minute_before(base::Instant instant) {  // what is stopped takes a minute to end
  return base::to_text(base::Instant{(instant - Rules{}.stop_grace).us / 60'000'000 * 60'000'000});
}

std::string minute(std::int64_t minutes) {  // kNow is 20 s past a minute: rounded up
  return base::to_text(base::Instant{(at(minutes).us / 60'000'000 + 1) * 60'000'000});
}

// "30 blocks on an A100 fit now; a whole A100 frees in about 2 h".
TEST(Help, P5_BlocksThatFitNowAndWhenAWholeCardFrees) {
  HelpCase centre{room(1, 1, "a100-40gb"), {}};
  centre.running = {running(centre.rows, 0, "old", "c", 70, at(120))};
  const auto decisions = centre.decide({limited(entry("whole", "a", cards_of("a100-40gb", 1)), 60)});
  EXPECT_EQ(texts(decisions[0]),
            (std::vector<std::string>{"queue.help_blocks a100-40gb 30",
                                      "queue.help_card_frees a100-40gb " + minute(120)}));
}

TEST(Help, AnotherModelOnlyWhereTheAllocationReachesIt) {
  HelpCase centre{room(1, 1, "a100-40gb"), {}};
  centre.running = {running(centre.rows, 0, "old", "c", 100)};
  centre.rows.cards.push_back(card(centre.rows.nodes[0], 1, "h100"));
  const std::vector<Entry> entries{limited(entry("whole", "a", cards_of("a100-40gb", 1)), 60)};
  EXPECT_EQ(texts(centre.decide(entries)[0]), (std::vector<std::string>{"queue.help_model h100"}));
  centre.limits.allocations[model::AllocationId("allocation-a")].model = "a100-40gb";
  EXPECT_TRUE(centre.decide(entries)[0].alternatives.empty());
}

// A card is free for two hours, until another entry is to have it.
TEST(Help, AShorterTimeLimitLetsItRunBeforeAPromise) {
  HelpCase centre{room(1, 2), {}};
  centre.running = {running(centre.rows, 0, "old", "c", 100, at(120))};
  const auto decisions = centre.decide({limited(entry("both", "a", cards_of("t4", 2), 1), 60),
                                        limited(entry("later", "b", blocks_of("t4", 100), 2), 600)});
  EXPECT_EQ(text(*decisions[1].reason), "queue.behind 1 2");
  ASSERT_GE(decisions[1].alternatives.size(), 1u);
  EXPECT_EQ(texts(decisions[1])[0], "queue.help_time_limit " + minute_before(at(120)));
}

// Entries are planned with the time that a stop takes: ten minutes are offered where eleven are free.
TEST(Help, ALimitIsOfferedOnlyWhereItLastsLongEnough) {
  for (const std::int64_t free : {11, 12, 13}) {
    HelpCase centre{room(1, 1), {}};
    centre.rules.closed = {{centre.rows.nodes[0].id, at(free), at(500), {}, Closed::Why::kMaintenance}};
    const auto helps = texts(centre.decide({limited(entry("long", "a", cards_of("t4", 1)), 60)})[0]);
    ASSERT_FALSE(helps.empty());
    // Whole minutes are 20 s before kNow and 40 s after it.
    EXPECT_EQ(helps[0] == "queue.help_time_limit " + minute_before(at(free)), free >= 12) << free;
  }
}

TEST(Help, ItsOwnLimitIsTakenAsItWasAskedFor) {
  HelpCase centre{room(1, 1), {}};
  centre.rules.closed = {{centre.rows.nodes[0].id, at(60), at(500), {}, Closed::Why::kMaintenance}};
  // Of 59 minutes and 30 s: half a minute more than there is, and a minute to end.
  Entry asks = limited(entry("long", "a", cards_of("t4", 1)), 60);
  asks.time_limit = base::Span::seconds(60 * 60 + 30);
  EXPECT_EQ(texts(centre.decide({asks})[0])[0], "queue.help_time_limit " + minute_before(at(60)));
}

// A month and more ahead: no limit is long enough for it to be worth saying, and none changes each minute.
TEST(Help, WhereARoomLastsForLongNoLimitIsSaid) {
  for (const std::int64_t days : {29, 31}) {
    HelpCase centre{room(1, 1), {}};
    centre.rules.closed = {
        {centre.rows.nodes[0].id, at(days * 24 * 60), at(days * 24 * 60 + 60), {}, Closed::Why::kReserved}};
    const auto helps = texts(centre.decide({entry("endless", "a", cards_of("t4", 1))})[0]);
    const bool said = std::any_of(helps.begin(), helps.end(), [](const std::string& each) {
      return each.starts_with("queue.help_time_limit");
    });
    EXPECT_EQ(said, days == 29) << days;
  }
}

TEST(Help, WithinTheCeilingLessFits) {
  HelpCase centre{room(1, 2), {}};
  centre.limits.any_account.gpu = base::MilliGpu::blocks(100);
  centre.running = {running(centre.rows, 0, "mine", "a", 60, at(30))};
  const auto decisions = centre.decide({limited(entry("next", "a", blocks_of("t4", 80)), 60)});
  EXPECT_EQ(decisions[0].reason->code, "queue.ceiling");
  EXPECT_EQ(texts(decisions[0]),
            (std::vector<std::string>{"queue.help_blocks t4 40", "queue.help_starts " + minute(30)}));
}

TEST(Help, StaysTheSameWhileNothingHappens) {
  HelpCase centre{room(2, 2), {}};
  centre.running = {running(centre.rows, 0, "old", "c", 70, at(120)),
                    running(centre.rows, 2, "older", "c", 100, at(200))};
  std::vector<Entry> entries{limited(entry("r1", "a", cards_of("t4", 2), 1), 60),
                             limited(entry("r2", "b", cards_of("t4", 2), 2), 600)};
  const auto first = centre.decide(entries);
  for (Entry& each : entries)
    for (const Decision& decision : first)
      if (decision.run_id == each.run_id) each.promise = decision.promise;
  for (const std::int64_t seconds : {1, 59, 600}) {
    const auto later = centre.decide(entries, kNow + base::Span::seconds(seconds));
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(texts(later[i]), texts(first[i])) << seconds;
  }
}

// A centre at random: what runs ends by some time or at none, and a few wait.
struct DrawnHelp {
  HelpCase centre;
  std::vector<Entry> entries;
};

DrawnHelp draw_help(placement::Dice& dice) {
  DrawnHelp drawn;
  drawn.centre.rows = placement::random_rows(dice);
  drawn.centre.rules.promises = dice.roll(0, 3);
  drawn.centre.rules.backfill = !dice.one_in(5);
  for (const placement::Hold& hold : drawn.centre.rows.holds) {
    Running made;
    made.run_id = model::RunId(hold.replica_id.text);
    made.account_id = model::AccountId("c");
    made.allocation_id = model::AllocationId("allocation-c");
    made.replica_ids = {hold.replica_id};
    if (!dice.one_in(6)) made.ends_by = at(dice.roll(1, 20) * 15);
    drawn.centre.running.push_back(made);
  }
  for (std::int64_t i = 0, n = dice.roll(1, 4); i < n; ++i) {
    auto request = placement::random_request(dice);
    request.model = request.model.empty() ? "" : dice.one_in(3) ? "a100-40gb" : "t4";
    drawn.entries.push_back(entry("r" + std::to_string(i), i % 2 == 0 ? "a" : "b", request, i));
    if (!dice.one_in(5)) drawn.entries.back().time_limit = base::Span::minutes(dice.roll(1, 20) * 15);
  }
  return drawn;
}

std::int64_t amount(const base::Reason& reason, const char* name) {
  return std::get<std::int64_t>(*reason.find(name));
}

// What the reason says, as an entry; `more`: a little more than that.
Entry taken_up(Entry entry, const base::Reason& reason, std::int64_t more) {
  auto& request = entry.request;
  if (reason.code == "queue.help_model") request.model = std::get<std::string>(*reason.find("model"));
  if (reason.code == "queue.help_replicas") request.replicas = amount(reason, "replicas") + more;
  if (reason.code == "queue.help_cards")
    request = placement::with_cards(request, amount(reason, "cards") + more);
  if (reason.code == "queue.help_blocks")
    request = placement::with_blocks(request, amount(reason, "blocks") + more);
  if (reason.code == "queue.help_time_limit")
    entry.time_limit = *base::parse_instant(std::get<std::string>(*reason.find("until"))) - kNow +
                       Rules{}.stop_grace + base::Span::minutes(more);
  return entry;
}

// The last one asks again, behind those before it, to whom all is kept that was promised.
TEST(Help, Property_WhoTakesItUpStartsAtOnceAndWithMoreDoesNot) {
  placement::Dice dice(31);
  std::map<std::string, int> said;
  int told = 0, not_started = 0, more_starts = 0;
  for (int i = 0; i < 10'000 && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    DrawnHelp drawn = draw_help(dice);
    const auto decisions = drawn.centre.decide(drawn.entries);
    const Decision* last = nullptr;
    for (const Decision& decision : decisions) {
      for (Entry& each : drawn.entries)
        if (each.run_id == decision.run_id && decision.promise) each.promise = decision.promise;
      if (decision.run_id == drawn.entries.back().run_id) last = &decision;
    }
    const Entry asked = drawn.entries.back();
    const auto starts = [&](Entry entry) {
      entry.promise.reset();
      drawn.entries.back() = entry;
      for (const Decision& decision : drawn.centre.decide(drawn.entries))
        if (decision.run_id == entry.run_id) return decision.verdict == Verdict::kStart;
      return false;
    };
    EXPECT_LE(last->alternatives.size(), kMostAlternatives);
    for (const base::Reason& reason : last->alternatives) {
      ++said[reason.code];
      if (reason.code == "queue.help_card_frees" || reason.code == "queue.help_starts") continue;
      ++told;
      not_started += starts(taken_up(asked, reason, 0)) ? 0 : 1;
      if (reason.code == "queue.help_model") continue;
      more_starts += starts(taken_up(asked, reason, 1)) ? 1 : 0;
    }
  }
  // Seldom is it otherwise: where those before it are planned anew once it asks for something else.
  EXPECT_LE(not_started * 200, told) << not_started << " of " << told;
  EXPECT_LE(more_starts * 100, told) << more_starts << " of " << told;
  EXPECT_EQ(said.size(), 7U);
  for (const auto& [code, times] : said) EXPECT_GT(times, 20) << code;
}

TEST(Help, Property_PlansAreTheSameWhereNothingIsTold) {
  placement::Dice dice(7);
  for (int i = 0; i < 500 && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const DrawnHelp drawn = draw_help(dice);
    auto told = drawn.centre.decide(drawn.entries);
    const auto plans =
        queue::decide(drawn.entries, drawn.centre.running, Cluster::from_rows(drawn.centre.rows),
                      drawn.centre.limits, drawn.centre.rules, kNow, Telling::kPlans);
    for (Decision& decision : told) {
      if (decision.verdict == Verdict::kWait) decision.reason.reset();  // none of these stands aside
      decision.alternatives.clear();
    }
    EXPECT_EQ(plans, told);
  }
}

}  // namespace
}  // namespace dure::queue
