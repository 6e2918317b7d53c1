#include "ledger/statement.h"

#include <gtest/gtest.h>

#include <random>

#include "ledger/ledger_fixture.h"

namespace dure::ledger {
namespace {

constexpr base::Instant kEver{4'000'000'000'000'000};

TEST(Statement, P14_SumsByAccountAndModel) {
  Book book;
  book.shares.push_back({model::ShareId("s2"), model::CardId("c2"), "a100-40gb", base::MilliGpu::cards(1)});
  book.see({started(0), ended(2'000'000)});
  const auto lines = statement(book.entries, kWall, kEver);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].model, "a100-40gb");
  EXPECT_EQ(lines[0].usage.milli_gpu_ms, 2'000'000);
  EXPECT_EQ(lines[1].usage.milli_gpu_ms, 600'000);
  EXPECT_EQ(total(lines).milli_gpu_seconds(), 2600);
}

TEST(Statement, P14_CorrectionsCountAndSettleWhatWasEstimated) {
  Book book;
  book.see({started(0), checkpoint(1'000'000), ended(2'000'000, true)});
  auto lines = statement(book.entries, kWall, kEver);
  EXPECT_EQ(lines[0].estimated.milli_gpu_ms, 300 * 1000);
  book.see({ended(1'500'000)});
  lines = statement(book.entries, kWall, kEver);
  EXPECT_EQ(lines[0].usage.milli_gpu_ms, 300 * 1500);
  EXPECT_EQ(lines[0].estimated.milli_gpu_ms, 0);
}

// Statements of adjacent periods add up to the statement of both, wherever the border falls.
TEST(StatementProperty, P14_PeriodsAddUp) {
  std::mt19937_64 dice(4);
  for (int i = 0; i < 5'000; ++i) {
    Book book;
    const bool estimated = dice() % 3 == 0;
    std::int64_t at = static_cast<std::int64_t>(dice() % 1'000'000);
    book.see({started(at, estimated)});
    for (std::uint64_t n = dice() % 4; n > 0; --n)
      book.see({checkpoint(at += static_cast<std::int64_t>(dice() % 5'000'000))});
    book.see({ended(at + 1'000'000, true)});
    if (dice() % 2 == 0) book.see({ended(at + static_cast<std::int64_t>(dice() % 2'000'000))});
    if (estimated && dice() % 2 == 0) book.see({started(static_cast<std::int64_t>(dice() % 1'000'000))});
    const base::Instant border = kWall + base::Span{static_cast<std::int64_t>(dice() % 20'000'000)};
    const auto whole = total(statement(book.entries, {0}, kEver));
    const auto first = total(statement(book.entries, {0}, border));
    const auto second = total(statement(book.entries, border, kEver));
    ASSERT_EQ(whole.milli_gpu_ms, first.milli_gpu_ms + second.milli_gpu_ms) << "case " << i;
    ASSERT_EQ(whole.milli_gpu_ms, 300 * book.sum_ms());
  }
}

}  // namespace
}  // namespace dure::ledger
