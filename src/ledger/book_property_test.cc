// Random lives of a replica, reported late, twice and out of order, the bookkeeper killed in between.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "ledger/ledger_fixture.h"

namespace dure::ledger {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return roll(1, n) == 1; }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

// What will be reported of one life, and the length that must come out in the end, in milliseconds.
struct RandomLife {
  std::vector<Observation> reports;
  std::int64_t length_ms = 0;
  bool end_known = true;      // by an exact report
  bool closes_itself = true;  // an end was reported at all
};

RandomLife random_life(Dice& dice) {
  RandomLife life;
  const std::int64_t start = dice.roll(0, 3'000'000);
  std::int64_t last = start;
  const bool exact_start = !dice.one_in(4);
  const bool guessed_start = !exact_start || dice.one_in(3);
  std::int64_t axis = start;
  if (exact_start) life.reports.push_back(started(start));
  if (guessed_start) {
    const std::int64_t guess = start + dice.roll(-900'000, 900'000);
    life.reports.push_back(started(guess, true));
    if (!exact_start) axis = guess;
  }
  for (std::int64_t n = dice.roll(0, 6); n > 0; --n)
    life.reports.push_back(checkpoint(last += dice.roll(1, 4'000'000)));
  std::int64_t seen = life.reports.back().kind == ObservationKind::kRunning ? last : axis;
  std::int64_t end = std::max(seen, axis);
  const bool exact_end = !dice.one_in(3);
  // Now and then before what was seen running, as a node with a fault might say.
  if (exact_end)
    life.reports.push_back(ended(end = dice.one_in(8) ? dice.roll(start, std::max(last, start))
                                                      : std::max(last, start) + dice.roll(0, 2'000'000)));
  const bool guessed_end = dice.one_in(3);
  if (guessed_end) {
    const std::int64_t guess = end + dice.roll(-500'000, 500'000);
    life.reports.push_back(ended(guess, true));
    if (!exact_end) end = std::max(guess, end);
  }
  const bool restarted = dice.one_in(4);
  if (restarted) life.reports.push_back(ended(dice.roll(0, 9'000'000), true, "boot-b"));
  life.end_known = exact_end;
  life.closes_itself = exact_end || guessed_end || restarted;
  life.length_ms = std::max<std::int64_t>(0, end - axis) / 1000;
  return life;
}

void add_twins_and_shuffle(Dice& dice, std::vector<Observation>& reports) {
  for (std::int64_t n = dice.roll(0, 3); n > 0; --n)
    reports.push_back(
        reports[static_cast<std::size_t>(dice.roll(0, static_cast<std::int64_t>(reports.size()) - 1))]);
  if (dice.one_in(2)) std::shuffle(reports.begin(), reports.end(), dice.engine());
}

void kill_and_rebuild(Book& book, Dice& dice) {
  auto entries = book.entries;
  auto observations = book.observations;
  std::shuffle(entries.begin(), entries.end(), dice.engine());
  std::shuffle(observations.begin(), observations.end(), dice.engine());
  const LedgerState again = rebuild(observations, entries);
  ASSERT_EQ(again.facts, book.state.facts);
  ASSERT_EQ(again.booked, book.state.booked);
  book.state = again;
}

void play(Book& book, Dice& dice, const std::vector<Observation>& reports) {
  for (std::size_t i = 0; i < reports.size();) {
    const auto take = static_cast<std::size_t>(dice.roll(1, 3));
    const auto first = reports.begin() + static_cast<std::ptrdiff_t>(i);
    const auto last = reports.begin() + static_cast<std::ptrdiff_t>(std::min(reports.size(), i + take));
    book.see({first, last});
    i += take;
    if (dice.one_in(12)) book.give_up();
    if (dice.one_in(2)) kill_and_rebuild(book, dice);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// The pieces of each share follow each other; usage is theirs; corrections name what they correct.
void expect_a_chain(const Book& book) {
  std::map<model::ShareId, std::int64_t> position;
  std::map<model::LedgerEntryId, model::LedgerKind> known;
  for (const model::LedgerEntry& entry : book.entries) {
    ASSERT_EQ(entry.from_ms, position[entry.share_id]) << "no gap, no overlap";
    position[entry.share_id] = entry.to_ms;
    ASSERT_GE(entry.to_ms, 0);
    ASSERT_EQ(entry.usage.milli_gpu_ms, entry.milli_gpu.value * (entry.to_ms - entry.from_ms));
    if (entry.to_ms < entry.from_ms) {
      ASSERT_EQ(entry.kind, model::LedgerKind::kCorrection);
    }
    ASSERT_EQ(entry.kind == model::LedgerKind::kCorrection, entry.corrects.has_value());
    if (entry.corrects) {
      ASSERT_EQ(known.at(*entry.corrects), model::LedgerKind::kEstimated);
    }
    ASSERT_EQ(entry.kind == model::LedgerKind::kObserved, !entry.reason.has_value());
    known[entry.id] = entry.kind;
  }
}

TEST(BookProperty, P14_ThePiecesAddUpToTheLife) {
  Dice dice(14);
  std::int64_t entries = 0, corrections = 0;
  for (int i = 0; i < 30'000; ++i) {
    RandomLife life = random_life(dice);
    add_twins_and_shuffle(dice, life.reports);
    Book book;
    book.rules.min_piece_ms = dice.one_in(2) ? 0 : 3'000;
    if (dice.one_in(3))
      book.shares.push_back({model::ShareId("s2"), model::CardId("c2"), "t4", base::MilliGpu::cards(1)});
    ASSERT_NO_FATAL_FAILURE(play(book, dice, life.reports)) << "case " << i;
    if (!life.closes_itself) book.give_up();
    ASSERT_NO_FATAL_FAILURE(expect_a_chain(book)) << "case " << i;
    ASSERT_EQ(book.sum_ms(), life.length_ms) << "case " << i;
    if (book.shares.size() > 1) {
      ASSERT_EQ(book.sum_ms("s2"), life.length_ms);
    }
    ASSERT_EQ(book.state.booked.end_estimated, !life.end_known) << "case " << i;
    ASSERT_EQ(book.see(life.reports).size(), 0u) << "all of it once more changes nothing";
    entries += static_cast<std::int64_t>(book.entries.size());
    for (const auto& entry : book.entries) corrections += entry.kind == model::LedgerKind::kCorrection;
  }
  EXPECT_GT(entries, 60'000);
  EXPECT_GT(corrections, 5'000);
}

// Shares of one card, granted one after the other without oversubscription, are booked without it: at no
// moment do the entries of a card hold more than the card.
TEST(BookProperty, P14_ACardIsNeverBookedBeyondItself) {
  Dice dice(15);
  for (int i = 0; i < 2'000; ++i) {
    std::map<std::int64_t, std::int64_t> change;              // at that wall microsecond, milli-GPU
    std::vector<std::pair<std::int64_t, std::int64_t>> held;  // until, milli
    std::int64_t now = 0, free = 1000;
    for (int n = 0; n < 12; ++n) {
      now += dice.roll(1, 2'000'000);
      std::erase_if(held, [&](const auto& each) {
        if (each.first > now) return false;
        free += each.second;
        return true;
      });
      if (free < 10) continue;
      const std::int64_t milli = dice.roll(1, free / 10) * 10;
      const std::int64_t end = now + dice.roll(1, 5'000'000);
      Book book;
      book.shares[0].milli_gpu = {milli};
      std::vector<Observation> reports{started(now), ended(end)};
      for (std::int64_t t = now; t < end; t += 700'000) reports.push_back(checkpoint(t));
      if (dice.one_in(3)) reports.push_back(started(now + dice.roll(-90'000, 90'000), true));
      add_twins_and_shuffle(dice, reports);
      play(book, dice, reports);
      for (const auto& entry : book.entries) {
        const std::int64_t sign = entry.to_ms < entry.from_ms ? -milli : milli;
        change[entry.started_at.us] += sign;
        change[entry.ended_at.us] -= sign;
      }
      held.emplace_back(end, milli);
      free -= milli;
    }
    std::int64_t level = 0, over_since = -1;
    for (const auto& [at, delta] : change) {
      // Where a start was corrected by a part of a millisecond, its pieces may touch by less than one.
      if (over_since >= 0) {
        ASSERT_LT(at - over_since, 1000) << "case " << i;
      }
      level += delta;
      over_since = level > 1000 ? (over_since >= 0 ? over_since : at) : -1;
    }
    ASSERT_EQ(level, 0);
  }
}

}  // namespace
}  // namespace dure::ledger
