#include "gpu/node/bypass.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "gpu/node/process_place.h"

namespace dure::gpu {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

CardProcess process(const std::string& replica, std::int64_t pid, std::uint64_t bytes) {
  return {"GPU-1", pid, "python3", bytes, replica, static_cast<std::uint64_t>(pid) - 1000, 7};
}

TEST(Bypass, P3_WhoIsInTheBooksWithWhatHeHoldsIsNoFinding) {
  const BookedShare share = {"a", "GPU-1", 300 * kMiB, {{1, 7, 200 * kMiB}, {2, 0, 0}}};
  EXPECT_TRUE(find_bypass(std::vector{process("a", 1001, 210 * kMiB), process("a", 1002, 10 * kMiB)},
                          {{share}}, 10 * kMiB)
                  .empty())
      << "to the byte of what is tolerated, and a slot that does not know its namespace";
  const CardProcess silent = {"GPU-1", 1001, "x", std::nullopt, "a", 1, 7};
  EXPECT_TRUE(find_bypass({{silent}}, {{share}}, 0).empty()) << "the driver does not say how much";
}

TEST(Bypass, P3_AProcessWithoutASlotIsFoundWhateverItHolds) {
  const BookedShare share = {"a", "GPU-1", 300 * kMiB, {{1, 7, 0}}};
  const auto found = find_bypass({{process("a", 1002, 0)}}, {{share}}, 1024 * kMiB);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, BypassKind::kNotInBooks);
  CardProcess nested = process("a", 1001, 0);
  nested.pid_namespace = 8;
  EXPECT_EQ(find_bypass({{nested}}, {{share}}, 0).size(), 1u) << "another process of that number";
  EXPECT_EQ(find_bypass({{process("a", 1001, 0)}}, {}, 0).size(), 1u) << "a card that it was not given";
}

TEST(Bypass, P3_BooksThatTheContainerHasChangedDoNotRaiseItsLimit) {
  const BookedShare share = {"a", "GPU-1", 300 * kMiB, {{1, 7, 1 << 30}, {2, 7, 1 << 30}}};
  const std::vector two = {process("a", 1001, 200 * kMiB), process("a", 1002, 121 * kMiB)};
  const auto found = find_bypass(two, {{share}}, 10 * kMiB);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, BypassKind::kOverLimit);
  EXPECT_EQ(found[0].used_bytes, 321 * kMiB);
  EXPECT_EQ(found[0].booked_bytes, 300 * kMiB);
  EXPECT_EQ(found[0].pid, 1001) << "who holds most";
  const auto reason = reason_of(found[0], 10 * kMiB);
  EXPECT_EQ(reason.code, "share.memory_over_limit");
}

TEST(Bypass, SumsThatDoNotFitInto64BitsAreNoRoom) {
  const BookedShare share = {"a", "GPU-1", 300 * kMiB, {{1, 7, UINT64_MAX}, {2, 7, UINT64_MAX}}};
  const std::vector two = {process("a", 1001, UINT64_MAX), process("a", 1002, UINT64_MAX)};
  EXPECT_EQ(find_bypass(two, {{share}}, 0)[0].kind, BypassKind::kOverLimit);
  EXPECT_TRUE(find_bypass(two, {{share}}, UINT64_MAX).empty());
}

// As the header says it, once more and slowly: every replica and card by itself, every process by itself.
struct Case {
  std::vector<CardProcess> processes;
  std::vector<BookedShare> shares;
  std::uint64_t tolerance = 0;
};

using Place = std::pair<std::string, std::string>;

std::map<Place, BypassKind> kinds_by_rule(const Case& of) {
  std::map<Place, BypassKind> kinds;
  std::set<Place> places;
  for (const auto& process : of.processes) places.insert({process.card, process.replica_id});
  for (const auto& [card, replica] : places) {
    std::set<BypassKind> all;
    std::uint64_t sum = 0;
    std::uint64_t count = 0;
    const BookedShare* share = nullptr;
    for (const auto& each : of.shares)
      if (each.card == card && each.replica_id == replica) share = &each;
    for (const auto& process : of.processes) {
      if (process.card != card || process.replica_id != replica) continue;
      sum += process.bytes.value_or(0);
      ++count;
      if (replica.empty()) {
        all.insert(BypassKind::kForeign);
        continue;
      }
      bool has_slot = false;
      bool fits = false;
      for (const auto& slot : share == nullptr ? std::vector<BookedProcess>() : share->processes) {
        if (slot.pid != process.inner_pid) continue;
        if (slot.pid_namespace != 0 && slot.pid_namespace != process.pid_namespace) continue;
        if (!has_slot) fits = process.bytes.value_or(0) <= slot.bytes + of.tolerance;
        has_slot = true;
      }
      if (!has_slot) all.insert(BypassKind::kNotInBooks);
      if (has_slot && !fits) all.insert(BypassKind::kMore);
    }
    if (share != nullptr && sum > share->limit_bytes + of.tolerance * count)
      all.insert(BypassKind::kOverLimit);
    if (!all.empty()) kinds[{card, replica}] = *all.begin();  // the enum's order is that of gravity
  }
  return kinds;
}

class Dice {
 public:
  explicit Dice(unsigned seed) : bits_(seed) {}
  std::uint64_t below(std::uint64_t end) { return bits_() % end; }

 private:
  std::mt19937_64 bits_;
};

Case draw(Dice& dice) {
  Case made;
  made.tolerance = dice.below(3);
  const std::vector<std::string> replicas = {"", "a", "b"};
  const std::vector<std::string> cards = {"GPU-1", "GPU-2"};
  for (const auto& card : cards)
    for (const auto& replica : {"a", "b"}) {
      if (dice.below(4) == 0) continue;
      BookedShare share = {replica, card, dice.below(12), {}};
      for (std::uint64_t n = dice.below(4); n > 0; --n)
        share.processes.push_back({dice.below(3), dice.below(3), dice.below(6)});
      made.shares.push_back(share);
    }
  for (std::int64_t n = static_cast<std::int64_t>(dice.below(6)); n > 0; --n) {
    CardProcess one = {cards[dice.below(2)], n, "p", std::nullopt, replicas[dice.below(3)], dice.below(3),
                       1 + dice.below(2)};
    if (dice.below(5) != 0) one.bytes = dice.below(8);
    made.processes.push_back(one);
  }
  return made;
}

TEST(Bypass, FindsTheGravestOfEachReplicaOnEachCardAsTheRuleSays) {
  Dice dice(20'261'130);
  std::map<BypassKind, int> seen;
  for (int n = 0; n < 20'000; ++n) {
    const Case drawn = draw(dice);
    const auto wanted = kinds_by_rule(drawn);
    const auto found = find_bypass(drawn.processes, drawn.shares, drawn.tolerance);
    std::map<Place, BypassKind> kinds;
    for (const auto& each : found) {
      kinds[{each.card, each.replica_id}] = each.kind;
      ++seen[each.kind];
    }
    ASSERT_EQ(kinds, wanted) << "case " << n;
    ASSERT_EQ(kinds.size(), found.size()) << "one of each";
  }
  EXPECT_EQ(seen.size(), 4u) << "every kind was drawn";
}

TEST(ProcessPlace, AProcessIsFoundWithItsNameAndGoneWhenItIsGone) {
  const auto self = find_place(::getpid());
  ASSERT_TRUE(self);
  EXPECT_FALSE(self->name.empty());
  EXPECT_NE(self->pid_namespace, 0u);
  EXPECT_NE(self->inner_pid, 0u);
  EXPECT_FALSE(find_place(1 << 30));
}

TEST(ProcessPlace, AContainersProcessesAreThoseOfItsCgroupOrItsNamespace) {
  const ProcessPlace inside = {"x", "0::/machine/libpod-0123abcd\n", 5, 77};
  EXPECT_TRUE(is_in_container(inside, "0123abcd", std::nullopt));
  EXPECT_FALSE(is_in_container(inside, "", std::nullopt)) << "an engine that says no id";
  EXPECT_FALSE(is_in_container(inside, "ffff", ProcessPlace{"init", "", 1, 78}));
  EXPECT_TRUE(is_in_container(inside, "ffff", ProcessPlace{"init", "", 1, 77}));
}

}  // namespace
}  // namespace dure::gpu
