#include "ledger/book.h"

#include <gtest/gtest.h>

#include <ostream>

#include "ledger/ledger_fixture.h"

namespace dure::ledger {
namespace {

using model::LedgerKind;

// An entry in one word: "0-1500", "~1500-1600 ledger.end_estimated" (~ estimate, ! correction).
std::string text(const model::LedgerEntry& entry) {
  const char* sign = entry.kind == LedgerKind::kObserved    ? ""
                     : entry.kind == LedgerKind::kEstimated ? "~"
                                                            : "!";
  return sign + std::to_string(entry.from_ms) + "-" + std::to_string(entry.to_ms) +
         (entry.reason ? " " + entry.reason->code : "");
}

std::vector<std::string> texts(const std::vector<model::LedgerEntry>& entries) {
  std::vector<std::string> list;
  list.reserve(entries.size());
  for (const auto& entry : entries) list.push_back(text(entry));
  return list;
}

using Texts = std::vector<std::string>;

TEST(Book, P14_ExactToTheMillisecond) {
  Book book;
  book.see({started(1'000'400)});
  book.see({checkpoint(2'001'399)});
  book.see({ended(3'500'401)});
  // 2'500'001 us are 2500 ms; the pieces add up to them although the first ends inside a millisecond.
  EXPECT_EQ(texts(book.entries), (Texts{"0-1000", "1000-2500"}));
  EXPECT_EQ(book.entries[1].usage.milli_gpu_ms, 300 * 1500);
  EXPECT_EQ(book.entries[0].started_at, kWall + base::Span{1'000'400});
  EXPECT_EQ(book.entries[1].started_at, book.entries[0].ended_at);
}

TEST(Book, P14_TheSameObservationTwiceChangesNothing) {
  Book book;
  book.see({started(0), checkpoint(1'000'000), started(0)});
  EXPECT_EQ(book.see({checkpoint(1'000'000), started(0)}).size(), 0u);
  book.see({ended(2'000'000)});
  EXPECT_EQ(book.see({ended(2'000'000), checkpoint(500'000)}).size(), 0u);
  EXPECT_EQ(book.sum_ms(), 2000);
}

TEST(Book, P14_TheOrderOfArrivalDoesNotMatter) {
  Book book;
  EXPECT_EQ(book.see({ended(5'000'000)}).size(), 0u);
  EXPECT_EQ(book.see({checkpoint(3'000'000)}).size(), 0u);
  book.see({started(1'000'000)});
  EXPECT_EQ(texts(book.entries), (Texts{"0-4000"}));
}

TEST(Book, P14_OneEntryPerShare) {
  Book book;
  book.shares.push_back({model::ShareId("s2"), model::CardId("c2"), "t4", base::MilliGpu::cards(1)});
  book.see({started(0), ended(1'000'000)});
  ASSERT_EQ(book.entries.size(), 2u);
  EXPECT_EQ(book.entries[0].usage.milli_gpu_ms, 300'000);
  EXPECT_EQ(book.entries[1].usage.milli_gpu_ms, 1'000'000);
}

TEST(Book, P14_ManyCheckpointsMakeFewEntries) {
  Book book;
  book.rules.min_piece_ms = 60'000;
  book.see({started(0)});
  for (int second = 1; second < 150; ++second) book.see({checkpoint(second * 1'000'000LL)});
  EXPECT_EQ(texts(book.entries), (Texts{"0-60000", "60000-120000"}));
  book.see({ended(149'500'000)});
  EXPECT_EQ(book.sum_ms(), 149'500);
}

TEST(Book, P14_StepsOfTheWallClockChangeNothing) {
  Book book;
  Observation late = checkpoint(2'000'000);
  late.observed_at = kWall - base::Span::hours(9);
  Observation end = ended(3'000'000);
  end.observed_at = kWall + base::Span::days(400);
  book.see({started(0), late, end});
  EXPECT_EQ(book.sum_ms(), 3000);
  EXPECT_EQ(book.entries.back().ended_at, kWall + base::Span::seconds(3));
}

TEST(Book, P14_AnEstimatedStartMarksTheFirstPieceOnly) {
  Book book;
  book.see({started(500'000, true), checkpoint(1'500'000)});
  book.see({checkpoint(2'500'000), ended(3'000'000)});
  EXPECT_EQ(texts(book.entries), (Texts{"~0-1000 ledger.start_estimated", "1000-2500"}));
}

std::int64_t parameter(const model::LedgerEntry& entry, const char* name) {
  const auto* value = entry.reason ? entry.reason->find(name) : nullptr;
  return value == nullptr ? -1 : std::get<std::int64_t>(*value);
}

TEST(Book, P14_TheMarkOfAnEstimatedStartEndsWhereItWasFirstSeen) {
  Book book;
  book.see({started(500'000, true), checkpoint(510'000), checkpoint(60'000'000)});
  EXPECT_EQ(texts(book.entries), (Texts{"~0-10 ledger.start_estimated", "10-59500"}));
  EXPECT_EQ(parameter(book.entries[0], "error_ms"), 10);
  Book unseen;
  unseen.see({started(500'000, true), ended(900'000)});
  EXPECT_EQ(texts(unseen.entries), (Texts{"~0-400 ledger.start_estimated"}));
  EXPECT_EQ(parameter(unseen.entries[0], "error_ms"), 400) << "it may have begun at any moment of it";
}

TEST(Book, P14_AMarkSaysHowFarTheTruthMayBeAwayOrThatNothingBoundsIt) {
  Book bounded;
  bounded.see({started(0), checkpoint(1'500'000), ended(1'700'000, true)});
  EXPECT_EQ(parameter(bounded.entries[1], "error_ms"), 200);
  Book last_seen;
  last_seen.see({started(0), checkpoint(1'500'000), ended(1'500'000, true)});
  EXPECT_EQ(text(last_seen.entries[1]), "~1500-1500 ledger.end_estimated");
  EXPECT_EQ(parameter(last_seen.entries[1], "error_ms"), -1);
}

TEST(Book, P14_AnEstimatedEndMarksTheLastPieceOnly) {
  Book book;
  book.see({started(0), checkpoint(1'500'000), ended(1'700'000, true)});
  EXPECT_EQ(texts(book.entries), (Texts{"0-1500", "~1500-1700 ledger.end_estimated"}));
  EXPECT_EQ(std::get<std::int64_t>(*book.entries[1].reason->find("earliest_ms")), 1500);
}

TEST(Book, P14_AnEstimatedEndBeforeTheLastSightIsHeldAgainstIt) {
  Book book;
  book.see({started(0), checkpoint(1'500'000), ended(900'000, true)});
  EXPECT_EQ(texts(book.entries), (Texts{"0-1500", "~1500-1500 ledger.end_estimated"}));
}

TEST(Book, P14_BothEndsEstimated) {
  Book book;
  book.see({started(100'000, true), ended(700'000, true)});
  EXPECT_EQ(texts(book.entries), (Texts{"~0-0 ledger.start_estimated", "~0-600 ledger.end_estimated"}));
}

TEST(Book, P14_ARestartOfTheMachineEndsItWhereItWasLastSeen) {
  Book book;
  book.see({started(1'000'000), checkpoint(4'000'000)});
  book.see({ended(9'000, true, "boot-b")});
  EXPECT_EQ(texts(book.entries), (Texts{"0-3000", "~3000-3000 ledger.boot_changed"}));
}

TEST(Book, P14_TheTruthCorrectsAnEstimatedEndUpwardsAndDownwards) {
  Book up;
  up.see({started(0), ended(9'000, true, "boot-b")});
  up.see({checkpoint(2'000'000)});
  up.see({ended(2'345'000)});
  EXPECT_EQ(texts(up.entries), (Texts{"~0-0 ledger.boot_changed", "!0-2000 ledger.end_corrected",
                                      "!2000-2345 ledger.end_corrected"}));
  EXPECT_EQ(up.entries[2].corrects, up.entries[0].id);

  Book down;
  down.see({started(0), checkpoint(1'000'000), ended(2'000'000, true)});
  down.see({ended(1'250'000)});
  EXPECT_EQ(texts(down.entries),
            (Texts{"0-1000", "~1000-2000 ledger.end_estimated", "!2000-1250 ledger.end_corrected"}));
  EXPECT_EQ(down.entries[2].usage.milli_gpu_ms, -300 * 750);
  EXPECT_LT(down.entries[2].started_at, down.entries[2].ended_at);
  EXPECT_EQ(down.sum_ms(), 1250);
}

TEST(Book, P14_AnEstimateThatWasRightIsConfirmed) {
  Book book;
  book.see({started(0), ended(2'000'000, true)});
  book.see({ended(2'000'000)});
  EXPECT_EQ(text(book.entries.back()), "!2000-2000 ledger.end_corrected");
  EXPECT_EQ(book.see({ended(2'000'000)}).size(), 0u);
}

TEST(Book, P14_AnExactEndBeforeWhatWasSeenRunningIsTakenAndTheDoubtIsMarked) {
  Book book;
  book.see({started(0), checkpoint(3'000'000)});
  book.see({ended(2'000'000)});
  EXPECT_EQ(texts(book.entries),
            (Texts{"0-3000", "~3000-3000 ledger.end_estimated", "!3000-2000 ledger.end_corrected"}));
  EXPECT_EQ(book.entries[2].corrects, book.entries[1].id) << "every correction names what it corrects";
  EXPECT_EQ(book.see({ended(2'000'000), checkpoint(3'000'000)}).size(), 0u);
  EXPECT_EQ(book.state, rebuild(book.observations, book.entries));
}

TEST(Book, P14_TheTruthCorrectsAnEstimatedStart) {
  Book earlier;
  earlier.see({started(2'000'000, true), checkpoint(3'000'000)});
  earlier.see({started(1'400'000)});
  earlier.see({ended(4'000'000)});
  EXPECT_EQ(texts(earlier.entries),
            (Texts{"~0-1000 ledger.start_estimated", "!1000-1600 ledger.start_corrected", "1600-2600"}));
  EXPECT_EQ(earlier.entries[1].corrects, earlier.entries[0].id);
  EXPECT_EQ(earlier.entries[1].started_at, kWall + base::Span{1'400'000});
  EXPECT_EQ(earlier.entries[2].started_at, kWall + base::Span{3'000'000});

  Book later;
  later.see({started(1'000'000, true), checkpoint(3'000'000)});
  later.see({started(1'500'000), ended(4'000'000)});
  EXPECT_EQ(later.sum_ms(), 2500);
  EXPECT_EQ(later.entries[1].usage.milli_gpu_ms, -300 * 500);
}

// A node is given up, its replica ended where it was last seen; it comes back with the container running.
TEST(Book, P14_ANodeThatReturnsCorrectsTheLedger) {
  Book book;
  book.see({started(0), checkpoint(10'000'000)});
  book.give_up();
  EXPECT_EQ(texts(book.entries), (Texts{"0-10000", "~10000-10000 ledger.node_lost"}));
  EXPECT_EQ(book.give_up().size(), 0u) << "once";
  book.see({checkpoint(70'000'000)});
  book.see({ended(71'000'000)});
  EXPECT_EQ(book.sum_ms(), 71'000);
  EXPECT_EQ(text(book.entries.back()), "!70000-71000 ledger.end_corrected");
}

TEST(Book, GivingUpWhatNeverStartedOrHasEndedBooksNothing) {
  Book never;
  EXPECT_EQ(never.give_up().size(), 0u);
  never.see({ended(5, false)});
  EXPECT_EQ(never.entries.size(), 0u) << "an end without a start is no use";
  Book over;
  over.see({started(0), ended(1'000'000)});
  EXPECT_EQ(over.give_up().size(), 0u);
}

TEST(Book, WithoutCardsThereIsNothingToBook) {
  Book book;
  book.shares.clear();
  book.see({started(0), ended(1'000'000)});
  book.give_up();
  EXPECT_EQ(book.entries.size(), 0u);
  EXPECT_EQ(book.state, rebuild(book.observations, book.entries));
}

}  // namespace
}  // namespace dure::ledger
