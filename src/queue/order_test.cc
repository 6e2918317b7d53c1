#include "queue/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace dure::queue {
namespace {

Entry queued(const std::string& id, std::int64_t queued_s, std::int64_t priority = 0) {
  Entry made;
  made.run_id = model::RunId(id);
  made.queued_at = base::Instant{queued_s * 1'000'000};
  made.priority = priority;
  return made;
}

std::string names(const std::vector<Entry>& entries) {
  std::string text;
  for (const std::size_t i : order(entries)) text += entries[i].run_id.text;
  return text;
}

TEST(Order, F8_FirstComeFirstServed) {
  EXPECT_EQ(names({queued("c", 3), queued("a", 1), queued("b", 2)}), "abc");
  EXPECT_EQ(names({queued("b", 1), queued("a", 1)}), "ab") << "the id decides between equals";
}

TEST(Order, F13_PriorityFirst) {
  EXPECT_EQ(names({queued("a", 1), queued("b", 2, 5), queued("c", 3, -1)}), "bac");
}

TEST(Preview, F13_MovedFirstStartsNext) {
  const std::vector<Entry> entries{queued("a", 1), queued("b", 2), queued("c", 3)};
  const auto seen = preview(entries, {model::RunId("c"), 1});
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->changes, (std::vector<PriorityChange>{{model::RunId("c"), 0, 1}}));
  EXPECT_EQ(
      seen->shifts,
      (std::vector<Shift>{{model::RunId("c"), 3, 1}, {model::RunId("a"), 1, 2}, {model::RunId("b"), 2, 3}}));
}

TEST(Preview, F13_WhatIsNotQueuedCannotBeMoved) {
  EXPECT_EQ(preview({queued("a", 1)}, {model::RunId("x"), 1}).failure().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(preview({queued("a", 1)}, {model::RunId("a"), 0}).failure().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(*preview({queued("a", 1)}, {model::RunId("a"), 9}), Preview{});
}

TEST(Preview, F13_APriorityIsShownBeforeItIsSet) {
  const auto seen = preview_priority({queued("a", 1), queued("b", 2)}, model::RunId("b"), 3);
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->changes, (std::vector<PriorityChange>{{model::RunId("b"), 0, 3}}));
  EXPECT_EQ(seen->shifts.size(), 2u);
}

// Writing the previewed priorities gives exactly the previewed order, and moves nobody else against another.
TEST(PreviewProperty, F13_WhatIsShownIsWhatHappens) {
  std::mt19937_64 dice(3);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<Entry> entries;
    for (std::uint64_t n = 1 + dice() % 7; n > 0; --n)
      entries.push_back(queued(std::string(1, static_cast<char>('a' + n)),
                               static_cast<std::int64_t>(dice() % 4), static_cast<std::int64_t>(dice() % 4)));
    const std::string was = names(entries);
    const std::string moved(1, was[dice() % was.size()]);
    const std::size_t place = dice() % was.size();
    const auto seen = preview(entries, {model::RunId(moved), static_cast<std::int64_t>(place) + 1});
    ASSERT_TRUE(seen.ok());
    for (Entry& each : entries)
      for (const PriorityChange& change : seen->changes)
        if (change.run_id == each.run_id) each.priority = change.is;
    std::string wanted = was;
    wanted.erase(wanted.find(moved), 1);
    wanted.insert(place, moved);
    ASSERT_EQ(names(entries), wanted) << "case " << i;
  }
}

}  // namespace
}  // namespace dure::queue
