// P14, I8, invariant 12: every entry of the ledger is billed once over an allocation's invoices.
#include "ledger/unbilled.h"

#include <gtest/gtest.h>

#include <random>

#include "ledger/ledger_fixture.h"

namespace dure::ledger {
namespace {

base::Instant at_second(std::int64_t second) {
  return kWall + base::Span::seconds(second);
}

// 10 s of 300 milli-GPU, from second 0 on, booked when it ended.
model::LedgerEntry piece() {
  Book book;
  book.see({started(0), ended(10'000'000)});
  auto entry = book.entries.at(0);
  entry.created_at = at_second(10);
  return entry;
}

// Issued invoices, as the commands keep them.
struct Issued {
  std::vector<BilledSlice> slices;

  // Makes the next one; what it bills.
  std::vector<DuePart> make(const std::vector<model::LedgerEntry>& entries, base::Instant until) {
    Unbilled due(slices, until);
    for (const auto& entry : entries) due.count(entry);
    auto parts = due.parts();
    slices.push_back({model::InvoiceId(std::to_string(slices.size())), until, {}});
    for (const auto& part : parts)
      for (auto& slice : slices)
        if (slice.invoice_id == part.corrects.value_or(slices.back().invoice_id))
          for (const auto& [key, usage] : part.uses) add(slice.billed, key.first, key.second, usage);
    return parts;
  }
  Uses sum() const {
    Uses all;
    for (const auto& slice : slices)
      for (const auto& [key, usage] : slice.billed) add(all, key.first, key.second, usage);
    return all;
  }
};

std::int64_t total_due(const DuePart& part) {
  std::int64_t sum = 0;
  for (const auto& [key, usage] : part.uses) sum += usage.milli_gpu_ms;
  return sum;
}

TEST(Unbilled, I8_APieceIsCutWhereTheInvoiceEnds) {
  auto entry = piece();
  EXPECT_EQ(used_before(entry, at_second(4)).milli_gpu_ms, 300 * 4'000);
  EXPECT_EQ(used_before(entry, at_second(-1)).milli_gpu_ms, 0);
  EXPECT_EQ(used_before(entry, at_second(99)).milli_gpu_ms, 300 * 10'000);
  entry.started_at = at_second(5'000);  // the node's clock runs ahead
  EXPECT_EQ(used_before(entry, at_second(10)).milli_gpu_ms, 300 * 10'000) << "booked by then";
}

TEST(Unbilled, I8_APieceBookedAfterTheInvoiceIsCarriedIntoTheNext) {
  Issued issued;
  issued.make({}, at_second(20));
  const auto parts = issued.make({piece()}, at_second(40));
  ASSERT_EQ(parts.size(), 1u) << "booked by second 20: it belonged on the first invoice";
  EXPECT_EQ(parts[0].corrects, model::InvoiceId("0"));
  EXPECT_EQ(total_due(parts[0]), 3'000'000);
  EXPECT_TRUE(issued.make({piece()}, at_second(60)).empty()) << "and is billed once";
}

TEST(Unbilled, I8_ACorrectionIsACreditOnTheNextInvoice) {
  Issued issued;
  auto entry = piece();
  EXPECT_EQ(total_due(issued.make({entry}, at_second(20)).at(0)), 3'000'000);
  auto correction = entry;
  correction.kind = model::LedgerKind::kCorrection;
  correction.from_ms = 10'000;
  correction.to_ms = 6'000;
  correction.usage = {-300 * 4'000};
  correction.started_at = at_second(6);
  correction.created_at = at_second(30);
  const auto parts = issued.make({entry, correction}, at_second(40));
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].corrects, model::InvoiceId("0"));
  EXPECT_EQ(total_due(parts[0]), -1'200'000);
}

// One allocation's replicas, booked by a clock that only now and then comes to them.
struct History {
  std::vector<model::LedgerEntry> entries;
  std::int64_t now_s = 0;

  void add_replica(std::mt19937_64& dice) {
    Book book;
    book.shares[0].model = dice() % 2 == 0 ? "t4" : "a100-40gb";
    book.shares[0].milli_gpu = {static_cast<std::int64_t>(1 + dice() % 1000)};
    book.holder.account_id = model::AccountId(dice() % 2 == 0 ? "a" : "b");
    const auto moment = [&] { return static_cast<std::int64_t>(dice() % 3'000'000'000); };
    std::vector<Observation> seen{started(moment(), dice() % 3 == 0)};
    for (auto n = dice() % 3; n > 0; --n) seen.push_back(checkpoint(moment()));
    if (dice() % 2 == 0) seen.push_back(ended(moment(), true));
    if (dice() % 2 == 0) seen.push_back(ended(moment()));
    if (dice() % 3 == 0) seen.push_back(started(moment()));
    for (const auto& each : seen) book.see({each});
    for (auto& entry : book.entries) {
      entry.created_at = at_second(now_s + static_cast<std::int64_t>(dice() % 10) - 5);
      entries.push_back(entry);
    }
  }
};

TEST(UnbilledProperty, I8_WhatIsInvoicedIsWhatTheLedgerHolds) {
  std::mt19937_64 dice(8);
  for (int i = 0; i < 400; ++i) {
    History history;
    Issued issued;
    base::Instant last = at_second(-10);
    for (int step = 0; step < 12; ++step) {
      history.now_s += static_cast<std::int64_t>(dice() % 600);
      if (dice() % 3 != 0) history.add_replica(dice);
      const base::Instant now = at_second(history.now_s);
      if (step < 11 && dice() % 2 == 0) continue;
      // Sometimes of a past moment, the last time after everything was booked.
      const auto back = step < 11 ? static_cast<std::int64_t>(dice() % 300) : -10;
      const base::Instant until = std::max(last, now - base::Span::seconds(back));
      issued.make(history.entries, until);
      last = until;
      Uses held;
      for (const auto& entry : history.entries)
        add(held, entry.model, entry.account_id, step < 11 ? used_before(entry, until) : entry.usage);
      ASSERT_EQ(issued.sum(), held) << "history " << i << " step " << step;
    }
    ASSERT_TRUE(issued.make(history.entries, last).empty());
  }
}

}  // namespace
}  // namespace dure::ledger
